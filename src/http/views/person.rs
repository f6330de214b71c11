//! What tells who a creator is: where it is paid, and what is kept of answers that name it.

use serde::Serialize;
use utoipa::ToSchema;

use super::CreatorOut;
use crate::domain::{BankDetails, Command, Creator, CreatorId, Outcome};
use crate::http::wire::Instant;

/// Where a creator is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BankDetails)]
pub struct BankDetailsOut {
    /// The creator.
    pub creator_id: CreatorId,
    /// Which version it is, from 1.
    pub version: i16,
    /// Whose account it is.
    pub holder: String,
    /// The account; all but its last four characters are hidden unless the caller may pay.
    pub account: String,
    /// The bank; null where the account says it.
    pub bank: Option<String>,
    /// Whether the account is hidden in part.
    pub masked: bool,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl BankDetailsOut {
    /// As whoever may pay sees them, or others.
    pub fn new(details: &BankDetails, may_pay: bool) -> Self {
        BankDetailsOut {
            creator_id: details.creator,
            version: details.version,
            holder: details.holder.clone(),
            account: match may_pay {
                true => details.account.clone(),
                false => details.masked_account(),
            },
            bank: details.bank.clone(),
            masked: !may_pay,
            recorded_at: Instant(details.recorded_at),
        }
    }
}

/// That it was recorded where a creator is paid: the answer is kept, so it doesn't say where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RecordedBankDetails)]
pub struct RecordedBankDetailsOut {
    /// The creator.
    pub creator_id: CreatorId,
    /// Which version it is, from 1.
    pub version: i16,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl From<&BankDetails> for RecordedBankDetailsOut {
    fn from(details: &BankDetails) -> Self {
        RecordedBankDetailsOut {
            creator_id: details.creator,
            version: details.version,
            recorded_at: Instant(details.recorded_at),
        }
    }
}

/// What stands in a kept answer where the name was. No name is empty, and quotes within a text are
/// escaped, so it stands nowhere else.
const NAME_LEFT_OUT: &str = r#""name":"""#;

/// What is kept of an answer that names a creator.
pub(super) fn kept(outcome: &Outcome) -> Option<Vec<u8>> {
    let Outcome::Creator(creator) = outcome else {
        return None;
    };
    creator.name.as_ref()?;
    let nameless = Creator {
        name: Some(String::new()),
        ..creator.clone()
    };
    Some(super::json(&CreatorOut::from(&nameless)))
}

/// The answer again: to an enrolment, with the name as it was sent again.
pub(super) fn repeated(command: &Command, kept: &[u8]) -> Vec<u8> {
    let (Command::EnrolCreator(enrol), Ok(text)) = (command, std::str::from_utf8(kept)) else {
        return kept.to_vec();
    };
    let name = serde_json::to_string(&enrol.name).unwrap_or_default();
    text.replacen(NAME_LEFT_OUT, &format!(r#""name":{name}"#), 1)
        .into_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::command::EnrolCreator;

    #[test]
    fn an_answer_is_kept_without_the_name_and_repeated_with_it_byte_for_byte() {
        for (reference, name) in [
            ("JP-1", "山田 花子"),
            (r#"a","name":"""#, r#"Zoë "Z" \ name"#),
            (r#""name":"""#, r#""name":"""#),
        ] {
            let creator = Creator {
                id: CreatorId(Uuid::nil()),
                reference: reference.to_owned(),
                name: Some(name.to_owned()),
                market: "JP".parse().unwrap(),
                enrolled_at: OffsetDateTime::UNIX_EPOCH,
                erased_at: None,
            };
            let enrol = Command::EnrolCreator(EnrolCreator {
                id: creator.id,
                reference: creator.reference.clone(),
                name: name.to_owned(),
                market: creator.market,
            });
            let outcome = Outcome::Creator(creator);
            let whole = super::super::render(&outcome);
            let kept = kept(&outcome).unwrap();
            let written: serde_json::Value = serde_json::from_slice(&kept).unwrap();
            assert_eq!(written["name"], "", "{reference}");
            assert_eq!(repeated(&enrol, &kept), whole, "{reference}");
        }
    }
}
