//! What a command is mostly about, so that much of it succeeds.

use almoner::domain::{Market, Unit};
use uuid::Uuid;

use super::books::{self, Instalment, Pledge};
use super::draw::Draw;
use super::model::Model;

impl Draw<'_> {
    /// An instalment, mostly one of that kind that still brings something.
    pub(super) fn likely<'b>(&mut self, model: &'b Model, credits: bool) -> &'b Instalment {
        let likely =
            |it: &Instalment| it.unit.code().starts_with("ADC:") == credits && it.outstanding() > 0;
        let all: Vec<&Instalment> = model
            .pledges
            .iter()
            .flat_map(|it| &it.instalments)
            .collect();
        let some: Vec<&Instalment> = all.into_iter().filter(|it| likely(it)).collect();
        match self.pick(&some) {
            Some(found) if !self.one_in(10) => found,
            _ => self.instalment(model),
        }
    }

    /// A market, mostly one of the pledge's.
    pub(super) fn market_of(&mut self, pledge: &Pledge) -> Market {
        match self.pick(&pledge.markets) {
            Some(own) if !self.one_in(10) => own.parse().unwrap(),
            _ => self.market(),
        }
    }

    /// A market, mostly one that has a budget to give back.
    pub(super) fn budgeted(&mut self, pledge: &Pledge, unit: &Unit) -> Market {
        let there = |market: &&String| pledge.balance(&books::budget(unit, market)) > 0;
        let some: Vec<_> = pledge.markets.iter().filter(there).cloned().collect();
        match self.pick(&some) {
            Some(found) if !self.one_in(10) => found.parse().unwrap(),
            _ => self.market_of(pledge),
        }
    }

    /// A creator, mostly one of the pledge's markets.
    pub(super) fn creator_of(&mut self, pledge: &Pledge, model: &Model) -> (Uuid, String) {
        let inside = |it: &&(Uuid, String)| pledge.markets.contains(&it.1);
        let likely: Vec<_> = model.creators.iter().filter(inside).cloned().collect();
        match self.pick(&likely) {
            Some(own) if !self.one_in(10) => own.clone(),
            _ => self.pick(&model.creators).unwrap().clone(),
        }
    }
}
