//! Of a file every line is told by its number and its own bytes, and a record is read as a row or
//! refused, never more.

#![no_main]

use almoner::http::write::table::{Columns, Lines};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut lines = Lines::new(bytes, 0);
    let mut record = csv::ByteRecord::new();
    let mut columns = None;
    let (mut last, mut seen) = (0, 0);
    while let Ok(Some(line)) = lines.next(&mut record) {
        assert!(line.number > last, "lines are numbered upwards");
        last = line.number;
        seen += line.bytes.len();
        assert!(seen <= bytes.len(), "no byte is in two lines");
        match columns {
            // Its record takes in what comes after the line, and is refused by whoever reads it.
            _ if !line.is_closed => {}
            None => columns = Columns::read(["day", "amount"], &record).ok(),
            Some(columns) => {
                let number = i32::try_from(line.number).unwrap_or(i32::MAX);
                match columns.texts(number, &record) {
                    Ok([day, amount]) => assert!(day.len() + amount.len() <= line.bytes.len()),
                    Err(refused) => assert_eq!(refused.line, number),
                }
            }
        }
    }
    let breaks = bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n'));
    assert!(lines.ended() <= breaks.count());
});
