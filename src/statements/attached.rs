//! What the ledger attaches to a statement's PDF, taken out again.
//!
//! This reads no PDF but the ledger's own: its writer puts each attached file in an object of its
//! own, as one deflated stream whose dictionary stands before it in one line. What isn't found that
//! way isn't checked; and what is found is checked as if it had been handed in alone.

use std::io::Read;

use flate2::read::ZlibDecoder;

/// What an attached JSON document's dictionary has in it.
const JSON: [&[u8]; 3] = [
    b"/Type/EmbeddedFile",
    b"/Subtype/application#2Fjson",
    b"/Filter/FlateDecode",
];

/// No document of a statement is larger: a page can't be made to fill the memory.
const MOST_BYTES: u64 = 256 << 20;

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|it| it == wanted)
}

/// The statement's JSON in its PDF, if there is one.
pub fn attached_json(pdf: &[u8]) -> Option<String> {
    let mut rest = pdf;
    loop {
        let start = find(rest, b"<</Length ")?;
        rest = &rest[start..];
        let end = find(rest, b"\nstream\n")?;
        let (dictionary, stream) = (&rest[..end], &rest[end + b"\nstream\n".len()..]);
        // The nearest dictionary before the stream is its own.
        let own = dictionary.len() < 512 && JSON.iter().all(|it| find(dictionary, it).is_some());
        if own {
            let mut json = String::new();
            let mut inflated = ZlibDecoder::new(stream).take(MOST_BYTES);
            return inflated.read_to_string(&mut json).ok().map(|_| json);
        }
        rest = &rest[b"<</Length ".len()..];
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::attached_json;
    use crate::domain::Code;
    use crate::statements::Form;
    use crate::statements::tests::{issued, paper};

    #[test]
    fn what_is_attached_to_a_page_is_what_the_api_answers() {
        let paper = issued(paper(Code::CashMarket));
        let pdf = paper.write(Form::Pdf).unwrap().bytes;
        let json = paper.write(Form::Json).unwrap().bytes;
        assert_eq!(attached_json(&pdf).unwrap().into_bytes(), json);
        for other in [&b"%PDF-1.7\n"[..], b"", &json, &pdf[..pdf.len() / 4]] {
            assert_eq!(attached_json(other), None);
        }
    }
}
