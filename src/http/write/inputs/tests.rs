//! The documented shapes against what is read.

use std::collections::BTreeSet;

use time::macros::date;
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use super::*;
use crate::domain::command::{AdvanceStep, PledgeMove};
use crate::domain::identity::{IdentityState, Subject};
use crate::domain::payout::PayoutMove;
use crate::domain::{
    AdAccountId, AllocationId, Command, CreatorId, IdentityId, InstalmentId, JournalId, LotId,
    ObligationId, PayoutId, PledgeId, SpendLineId,
};
use crate::http::body::tests::catalogue;
use crate::http::body::{Edge, Fields, Node};
use crate::http::write::{
    allocations, budgets, closing, creators, credits, exchange, identities, instalments, invoices,
    lots, obligations, payouts, pledges, reversals, spend, splits, tax_reserves,
};

type Reader = fn(&mut Fields<'_>) -> Option<Command>;

/// Each shape that is documented, with what reads it.
fn shapes() -> Vec<(RefOr<Schema>, Reader)> {
    fn pledge() -> PledgeId {
        PledgeId(Uuid::nil())
    }
    fn instalment() -> InstalmentId {
        InstalmentId(Uuid::nil())
    }
    vec![
        (PledgeIn::schema(), pledges::pledge),
        (AgreementIn::schema(), |body| {
            pledges::agreement(pledge(), body)
        }),
        (ConditionMetIn::schema(), |body| {
            instalments::condition_met(instalment(), body)
        }),
        (ReceiptIn::schema(), |body| {
            instalments::receipt(instalment(), body)
        }),
        (LotIn::schema(), |body| instalments::lot(instalment(), body)),
        (WriteOffIn::schema(), |body| {
            instalments::write_off(instalment(), body)
        }),
        (SupportCostIn::schema(), |body| {
            budgets::support_cost(pledge(), body)
        }),
        (BudgetIn::schema(), |body| budgets::budget(pledge(), body)),
        (BudgetReturnIn::schema(), |body| {
            budgets::budget_return(pledge(), body)
        }),
        (CreatorIn::schema(), creators::creator),
        (BankDetailsIn::schema(), |body| {
            creators::bank_details(CreatorId(Uuid::nil()), body)
        }),
        (ErasureIn::schema(), |body| {
            creators::erasure(CreatorId(Uuid::nil()), body)
        }),
        (AllocationIn::schema(), allocations::allocation),
        (AllocationSplitIn::schema(), splits::first),
        (ReleaseIn::schema(), |body| {
            allocations::release(AllocationId(Uuid::nil()), body)
        }),
    ]
}

/// Those of what binds, ends and leaves.
fn later_shapes() -> Vec<(RefOr<Schema>, Reader)> {
    fn pledge() -> PledgeId {
        PledgeId(Uuid::nil())
    }
    vec![
        (AdAccountIn::schema(), |body| {
            obligations::ad_account(pledge(), body)
        }),
        (ObligationIn::schema(), obligations::obligation),
        (ExtensionIn::schema(), |body| {
            lots::extension(LotId(Uuid::nil()), body)
        }),
        (RevocationIn::schema(), |body| {
            lots::revocation(LotId(Uuid::nil()), body)
        }),
        (ReleaseIn::schema(), |body| {
            obligations::release(ObligationId(Uuid::nil()), body)
        }),
        (ClawbackIn::schema(), |body| {
            closing::clawback(ObligationId(Uuid::nil()), body)
        }),
        (RecoveryIn::schema(), |body| {
            closing::recovery(CreatorId(Uuid::nil()), body)
        }),
        (BadDebtIn::schema(), |body| {
            closing::bad_debt(CreatorId(Uuid::nil()), body)
        }),
        (DonorRefundIn::schema(), |body| {
            closing::donor_refund(pledge(), body)
        }),
        (BankPaymentIn::schema(), |body| {
            closing::donor_payment(pledge(), body)
        }),
        (BankPaymentIn::schema(), |body| {
            closing::support_cost_draw(pledge(), body)
        }),
        (PledgeMoveIn::schema(), |body| {
            closing::pledge_move(pledge(), PledgeMove::BeginClosing, body)
        }),
        (ClosureIn::schema(), |body| {
            closing::pledge_move(pledge(), PledgeMove::Close, body)
        }),
        (ReversalIn::schema(), |body| {
            reversals::reversal(JournalId(Uuid::nil()), body)
        }),
    ]
}

/// The same of identities and tokens.
fn register_shapes() -> Vec<(RefOr<Schema>, Reader)> {
    fn identity() -> IdentityId {
        IdentityId(Uuid::nil())
    }
    fn adele() -> Subject {
        Subject {
            issuer: "almoner-local".to_owned(),
            subject: "adele".to_owned(),
        }
    }
    vec![
        (IdentityIn::schema(), identities::identity),
        (SubjectIn::schema(), |body| {
            identities::subject(identity(), "almoner-local", &adele(), body)
        }),
        (RoleIn::schema(), |body| {
            identities::role(identity(), &adele(), body)
        }),
        (RoleEndIn::schema(), |body| {
            identities::role_end(identity(), body)
        }),
        (ReasonIn::schema(), |body| {
            identities::state(identity(), IdentityState::Suspended, body)
        }),
    ]
}

/// The same of money on its way out.
fn cash_out_shapes() -> Vec<(RefOr<Schema>, Reader)> {
    fn pledge() -> PledgeId {
        PledgeId(Uuid::nil())
    }
    vec![
        (InvoiceIn::schema(), |body| {
            invoices::invoice(ObligationId(Uuid::nil()), body)
        }),
        (AdvanceIn::schema(), |body| {
            let contract = ObligationId(Uuid::nil());
            invoices::advance(contract, AdvanceStep::Pay, body)
        }),
        (LiquidationIn::schema(), |body| {
            invoices::liquidation(ObligationId(Uuid::nil()), body)
        }),
        (WithholdingRuleIn::schema(), invoices::withholding_rule),
        (TaxPaymentIn::schema(), |body| {
            invoices::tax_payment(pledge(), body)
        }),
        (PayoutIn::schema(), payouts::payout),
        (ExchangeRateIn::schema(), exchange::exchange_rate),
        (ReserveIn::schema(), |body| {
            exchange::reserve(pledge(), false, body)
        }),
        (SettlementIn::schema(), |body| {
            payouts::moved(PayoutId(Uuid::nil()), PayoutMove::Settle, body)
        }),
        (PayoutReturnIn::schema(), |body| {
            payouts::moved(PayoutId(Uuid::nil()), PayoutMove::Return, body)
        }),
        (PayoutVoidIn::schema(), |body| {
            payouts::moved(PayoutId(Uuid::nil()), PayoutMove::Void, body)
        }),
        (PlacementIn::schema(), |body| {
            credits::placement(LotId(Uuid::nil()), body)
        }),
        (SpendImportIn::schema(), |body| {
            spend::spend_import(pledge(), body)
        }),
        (TaxReserveIn::schema(), |body| {
            tax_reserves::tax_reserve(pledge(), false, body)
        }),
        (AdTaxIn::schema(), |body| {
            credits::ad_tax(AdAccountId(Uuid::nil()), body)
        }),
        (PlatformPaymentIn::schema(), |body| {
            credits::platform_payment(pledge(), body)
        }),
        (SpendRefundIn::schema(), |body| {
            credits::spend_refund(SpendLineId(Uuid::nil()), body)
        }),
    ]
}

#[test]
fn what_is_documented_is_what_is_read() {
    let catalogue = catalogue();
    let edge = Edge {
        catalogue: &catalogue,
        today: date!(2026 - 11 - 24),
    };
    for (schema, read) in [shapes(), later_shapes()]
        .concat()
        .into_iter()
        .chain(cash_out_shapes())
        .chain(register_shapes())
    {
        let RefOr::T(Schema::Object(schema)) = schema else {
            panic!("not an object")
        };
        let example = schema.examples.first().unwrap().to_string();
        let node = Node::read(example.as_bytes()).unwrap();
        let result = Fields::read(&node, "", edge, read);
        assert!(result.is_ok(), "{example}: {:?}", result.err());

        let nothing = Node::Object(Default::default());
        let reasons = Fields::read(&nothing, "", edge, read).unwrap_err();
        let missing = reasons
            .iter()
            .map(|reason| reason.pointer.trim_start_matches('/'));
        let required: BTreeSet<&str> = schema.required.iter().map(String::as_str).collect();
        assert_eq!(missing.collect::<BTreeSet<_>>(), required, "{example}");

        let Node::Object(nothing) = nothing else {
            unreachable!()
        };
        let mut fields = Fields::of(&nothing, String::new(), edge);
        assert!(read(&mut fields).is_none());
        let documented: BTreeSet<&str> = schema.properties.keys().map(String::as_str).collect();
        assert_eq!(
            fields.asked().iter().copied().collect::<BTreeSet<_>>(),
            documented
        );
    }
}
