//! Who is who, where two things that were done must be two people's.

/// Somebody who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The issuer's name for them, which the ledger writes on what they did.
    pub name: String,
    /// Who they are, whatever name they go by; for what was done before that was kept, nothing.
    pub identity: Option<String>,
}

impl Person {
    /// Whether both are one person: one identity, or one name. Where two people have one name it
    /// refuses too much, never too little.
    pub fn is(&self, other: &Person) -> bool {
        let identified = self.identity.is_some() && self.identity == other.identity;
        identified || self.name == other.name
    }
}

#[cfg(test)]
mod tests {
    use super::Person;

    fn person(name: &str, identity: Option<&str>) -> Person {
        Person {
            name: name.to_owned(),
            identity: identity.map(str::to_owned),
        }
    }

    #[test]
    fn people_are_one_by_identity_or_by_name() {
        let petra = person("petra", Some("idn_1"));
        assert!(petra.is(&person("petra@other", Some("idn_1"))));
        assert!(petra.is(&person("petra", Some("idn_2"))));
        assert!(petra.is(&person("petra", None)));
        assert!(!petra.is(&person("aiko", Some("idn_2"))));
        assert!(!person("petra", None).is(&person("aiko", None)));
    }
}
