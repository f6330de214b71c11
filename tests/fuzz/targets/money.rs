//! Whatever text is read as an amount is exactly that amount, and is written again as one that
//! reads the same; everything else is refused with a code.

#![no_main]

use almoner::domain::Money;
use almoner::domain::unit::{Unit, UnitFacts, UnitKind};
use libfuzzer_sys::fuzz_target;

fn unit(code: &str, minor_digits: u32) -> Unit {
    Unit::new(UnitFacts {
        code: code.to_owned(),
        kind: UnitKind::Cash,
        minor_digits,
        currency: code.to_owned(),
        platform: None,
        name: code.to_owned(),
    })
}

fuzz_target!(|text: &str| {
    for unit in [unit("USD", 2), unit("JPY", 0), unit("KWD", 3)] {
        match Money::parse(text, &unit) {
            Ok(money) => {
                assert!(
                    text.bytes()
                        .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
                );
                let again = Money::parse(&money.amount(), &unit);
                assert_eq!(again.map(|it| it.minor()), Ok(money.minor()), "{text}");
                // The digits say the same, whatever is left out of them; zero has no sign.
                let text = text
                    .strip_prefix('-')
                    .filter(|_| money.minor() == 0)
                    .unwrap_or(text);
                let plain = |text: &str| {
                    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
                    format!("{whole}.{part:0<3}")
                };
                assert_eq!(plain(text), plain(&money.amount()), "{text}");
            }
            Err(refused) => assert!(!refused.code().is_empty()),
        }
    }
});
