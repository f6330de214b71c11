//! Reading a JSON object the way a token has to be read.
//!
//! Guarantee: a name occurs once or the whole object is refused. Two readers that pick different
//! occurrences of a claim would disagree on what was signed.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of one JSON object, each still as it was written.
pub(super) struct Members<'a>(BTreeMap<String, &'a RawValue>);

/// What an object says under one name.
#[derive(Debug, PartialEq)]
pub(super) enum Member<T> {
    Absent,
    /// Present, `null` included, but not of the type asked for.
    WrongType,
    Is(T),
}

impl<'a> Members<'a> {
    /// Reads one object and nothing after it.
    pub(super) fn parse(json: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn get<T: Deserialize<'a>>(&self, name: &str) -> Member<T> {
        match self.0.get(name) {
            None => Member::Absent,
            Some(raw) => match serde_json::from_str(raw.get()) {
                Ok(value) => Member::Is(value),
                Err(_) => Member::WrongType,
            },
        }
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UniqueMembers)
    }
}

struct UniqueMembers;

impl<'de> Visitor<'de> for UniqueMembers {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object whose names are unique")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
            if members.insert(name, value).is_some() {
                return Err(de::Error::custom("a name occurs twice"));
            }
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::{Member, Members};

    #[test]
    fn a_repeated_name_is_refused_however_it_is_spelled() {
        assert!(Members::parse(br#"{"a":1,"b":2}"#).is_some());
        assert!(Members::parse(br#"{"a":1,"a":1}"#).is_none());
        assert!(Members::parse(br#"{"a":1,"\u0061":2}"#).is_none());
    }

    #[test]
    fn only_one_whole_object_is_read() {
        for json in [
            &b"[]"[..],
            b"{} {}",
            b"{",
            b"null",
            b"\xff",
            b"{\"a\":\"\xff\"}",
        ] {
            assert!(Members::parse(json).is_none(), "{json:?}");
        }
    }

    #[test]
    fn null_and_other_types_are_not_absence() {
        let members = Members::parse(br#"{"none":null,"text":"1","number":1,"float":1.0}"#);
        let members = members.unwrap_or_else(|| panic!("an object"));
        assert_eq!(members.get::<u64>("missing"), Member::Absent);
        assert_eq!(members.get::<u64>("none"), Member::WrongType);
        assert_eq!(members.get::<u64>("text"), Member::WrongType);
        assert_eq!(members.get::<u64>("float"), Member::WrongType);
        assert_eq!(members.get::<u64>("number"), Member::Is(1));
    }
}
