//! Who a creator is: recorded by version, erased once, and not while money is owed.

use almoner::domain::command::{EraseCreator, RecordBankDetails};
use almoner::domain::creator::Person;
use almoner::domain::refusal::OpenReason;
use almoner::domain::{Code, Command, Creator, Document, Outcome};

use super::fixture::*;

fn erase() -> Command {
    Command::EraseCreator(EraseCreator {
        creator: HANAKO,
        reason: "Asked to be forgotten".to_owned(),
        document: Document {
            uri: "doc:1".to_owned(),
            sha256: "aa".to_owned(),
        },
    })
}

fn record() -> Command {
    Command::RecordBankDetails(RecordBankDetails {
        creator: HANAKO,
        holder: "山田 花子".to_owned(),
        account: "1234567890".to_owned(),
        bank: None,
    })
}

fn ledger(debts: Vec<OpenReason>) -> Ledger {
    let mut ledger = Ledger::announced();
    let creator = Creator {
        id: HANAKO,
        reference: "JP-1".to_owned(),
        name: None,
        market: "JP".parse().unwrap(),
        enrolled_at: NOW,
        erased_at: None,
    };
    let person = Person {
        creator,
        bank_versions: 2,
        debts,
    };
    ledger.books.persons.insert(HANAKO, Some(person));
    ledger
}

#[test]
fn bank_details_are_recorded_as_the_next_version() {
    let mut ledger = ledger(Vec::new());
    for version in [3, 4] {
        let Outcome::BankDetails(details) = ledger.carry_out(&record()).outcome else {
            panic!("no bank details");
        };
        assert_eq!((details.version, details.creator), (version, HANAKO));
    }
    let written = ledger.books.changes.bank_details.iter();
    assert_eq!(written.map(|it| it.version).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn a_creator_is_erased_once_and_nothing_more_is_recorded_of_it() {
    let mut ledger = ledger(Vec::new());
    let Outcome::Creator(creator) = ledger.carry_out(&erase()).outcome else {
        panic!("no creator");
    };
    assert_eq!(creator.erased_at, Some(NOW));
    assert_eq!((creator.name, creator.reference.as_str()), (None, "JP-1"));
    for command in [erase(), record()] {
        let refusal = ledger.decide(&command).unwrap_err();
        assert_eq!(refusal.code(), "creator-erased");
        assert!(refusal.to_string().contains("JP-1"), "{refusal}");
    }
    assert_eq!(ledger.books.changes.erasures.len(), 1);
}

#[test]
fn a_creator_isn_t_erased_while_money_is_owed_and_each_debt_is_named() {
    let owed = |code, amount| OpenReason {
        code,
        market: "JP".parse().ok(),
        amount,
    };
    let debts = vec![
        owed(Code::CreatorPayable, jpy(3000)),
        owed(Code::CashObligated, usd(4000)),
    ];
    let refusal = ledger(debts).decide(&erase()).unwrap_err();
    assert_eq!(refusal.code(), "creator-owed");
    let sentence = refusal.to_string();
    for part in [
        "3000 JPY is left on 2120 Payable to a creator, JP",
        "40.00 USD is left on 3140 Purse: obligated, cash, JP",
        "release",
    ] {
        assert!(sentence.contains(part), "{sentence}");
    }
    assert_eq!(refusal.open_reasons().len(), 2);
}

#[test]
fn a_creator_that_isn_t_there_has_no_person() {
    let mut ledger = ledger(Vec::new());
    ledger.books.persons.insert(HANAKO, None);
    for command in [erase(), record()] {
        assert_eq!(ledger.decide(&command).unwrap_err().code(), "not-found");
    }
}

#[test]
fn an_account_goes_to_no_log() {
    let shown = format!("{:?}", record());
    assert!(
        !shown.contains("1234567890") && !shown.contains("花子"),
        "{shown}"
    );
}
