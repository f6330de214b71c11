//! A reply that `openssl ts` made (of RustCrypto's `x509-tsp`), and what it isn't.

use super::*;

/// To a query about the SHA-256 of `abc`.
const REPLY: &str = "\
3082028430030201003082027B06092A864886F70D010702A082026C30820268020103310F300D060960864801650304\
020105003081C9060B2A864886F70D0109100104A081B90481B63081B302010106042A0304013031300D060960864801\
650304020105000420BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD020104180F3230\
3233303630373131323632365A300A020101800201F48101640101FF0208314CFCE4E0651827A048A4463044310B3009\
0603550406130255533113301106035504080C0A536F6D652D5374617465310D300B060355040A0C0454657374311130\
0F06035504030C0854657374205453413182018430820180020101305C3044310B300906035504061302555331133011\
06035504080C0A536F6D652D5374617465310D300B060355040A0C04546573743111300F06035504030C085465737420\
54534102146A0DCC59137C11D1C2B092042B4BC51C0D634D24300D06096086480165030402010500A08198301A06092A\
864886F70D010903310D060B2A864886F70D0109100104301C06092A864886F70D010905310F170D3233303630373131\
323632365A302B060B2A864886F70D010910020C311C301A3018301604142F36B1B52456F5AC3A1CA09794AE3D0D64AD\
38C2302F06092A864886F70D01090431220420BAF4CCF82E9B5B3956EADCC87346B407684F26D82B68D0E7DE0D31EA79\
AF648C300A06082A8648CE3D0403020467306502305A6E1C175B20A93FAB25D14CC5F5A2836D726D6D4A964B66FFBFFC\
E46276A96475F1408728B3385DCA37C2BA46BE17E1023100C46B7F08D03409A8ECCFD7637765412C3C5EC050E0D39CF4\
8F0F5015950342CB18D8434FF331BA4463C086297C37D07B";

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}

/// The query that was answered.
fn asked() -> Query {
    let digest = bytes("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    Query {
        digest: digest.try_into().unwrap(),
        nonce: bytes("314CFCE4E0651827").try_into().unwrap(),
    }
}

#[test]
fn a_query_is_written_as_openssl_reads_it_and_its_nonce_is_a_positive_number() {
    let query = Query::new([7; 32], [0xff; 8]).to_der();
    assert_eq!(query.len(), 2 + usize::from(query[1]));
    assert!(AnyRef::from_der(&query).is_ok());
    let parts = parts(AnyRef::from_der(&query).unwrap()).unwrap();
    assert_eq!(parts.len(), 4);
    assert_eq!(parts[2].value(), [0x7f, 255, 255, 255, 255, 255, 255, 255]);
    assert_eq!(Query::new([7; 32], [0; 8]).to_der()[58], 0x40);
}

#[test]
fn a_reply_states_its_time_to_who_asked_for_it_and_to_nobody_else() {
    let reply = bytes(REPLY);
    let at = time::macros::datetime!(2023-06-07 11:26:26 UTC);
    assert_eq!(asked().time_of(&reply), Ok(at));
    let mut other = asked();
    other.digest[31] ^= 1;
    assert_eq!(other.time_of(&reply), Err(BadReply::AnotherImprint));
    let mut other = asked();
    other.nonce[7] ^= 1;
    assert_eq!(other.time_of(&reply), Err(BadReply::AnotherNonce));
}

#[test]
fn what_is_cut_off_or_says_no_is_told_apart_and_nothing_panics() {
    let reply = bytes(REPLY);
    for end in 0..reply.len() {
        assert!(asked().time_of(&reply[..end]).is_err(), "{end}");
    }
    for at in 0..reply.len() {
        for flip in [1, 0x20, 0x80] {
            let mut other = reply.clone();
            other[at] ^= flip;
            let _ = asked().time_of(&other);
        }
    }
    let rejection = bytes("30053003020102");
    assert_eq!(asked().time_of(&rejection), Err(BadReply::Declined(2)));
    let without = bytes("30053003020100");
    assert_eq!(asked().time_of(&without), Err(BadReply::Unreadable));
}
