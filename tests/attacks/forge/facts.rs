//! Facts and sources (§6 to §8), honest and ill-formed: every field can be set to what it must not be.

use super::Bytes32;

/// §6, with each field as it will be written.
#[derive(Clone)]
pub struct Facts {
    pub version: u16,
    pub kind: Vec<u8>,
    pub kind_version: u16,
    /// The option byte, and the label's bytes if it is not 0.
    pub label: (u8, Vec<u8>),
    pub exhibits: Vec<(Bytes32, u64)>,
    pub references: Vec<Bytes32>,
    pub amendment: Option<Amendment>,
    pub event: Vec<u8>,
}

#[derive(Clone)]
pub struct Amendment {
    pub relation: u32,
    /// Follow a relation 3.
    pub parts: Option<(u8, u8)>,
    pub targets: Vec<Bytes32>,
}

impl Facts {
    /// Evidence of a kind that only its own readers understand.
    pub fn trial(event: &str) -> Self {
        Self::kind("trial", event.as_bytes().to_vec())
    }

    pub fn kind(kind: &str, event: Vec<u8>) -> Self {
        Self {
            version: 1,
            kind: kind.into(),
            kind_version: 1,
            label: (0, Vec::new()),
            exhibits: Vec::new(),
            references: Vec::new(),
            amendment: None,
            event,
        }
    }

    /// 0 corrects, 1 retracts, 2 disputes.
    pub fn amends(relation: u32, targets: &[Bytes32]) -> Self {
        Self {
            amendment: Some(Amendment {
                relation,
                parts: None,
                targets: targets.to_vec(),
            }),
            ..Self::kind("amended", Vec::new())
        }
    }

    pub fn redacts(facts: bool, source: bool, targets: &[Bytes32]) -> Self {
        Self {
            amendment: Some(Amendment {
                relation: 3,
                parts: Some((facts.into(), source.into())),
                targets: targets.to_vec(),
            }),
            ..Self::kind("redacted", Vec::new())
        }
    }

    pub fn labelled(mut self, label: &str) -> Self {
        self.label = (1, label.into());
        self
    }

    pub fn naming(mut self, exhibit: &[u8]) -> Self {
        self.exhibits
            .push((super::sha256(&[exhibit]), exhibit.len() as u64));
        self
    }

    /// Bytes before the label: version, kind, kind version.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.version.to_le_bytes().to_vec();
        bytes.extend(text(&self.kind));
        bytes.extend(self.kind_version.to_le_bytes());
        bytes.push(self.label.0);
        if self.label.0 != 0 {
            bytes.extend(text(&self.label.1));
        }
        bytes.extend((self.exhibits.len() as u64).to_le_bytes());
        for (digest, length) in &self.exhibits {
            bytes.extend(digest);
            bytes.extend(length.to_le_bytes());
        }
        bytes.extend(list(&self.references));
        match &self.amendment {
            None => bytes.push(0),
            Some(amendment) => {
                bytes.push(1);
                bytes.extend(amendment.relation.to_le_bytes());
                if let Some((facts, source)) = amendment.parts {
                    bytes.extend([facts, source]);
                }
                bytes.extend(list(&amendment.targets));
            }
        }
        bytes.extend(text(&self.event));
        bytes
    }
}

/// A string, or a list of bytes: its length and itself.
pub fn text(bytes: &[u8]) -> Vec<u8> {
    let mut encoded = (bytes.len() as u64).to_le_bytes().to_vec();
    encoded.extend(bytes);
    encoded
}

pub fn list(ids: &[Bytes32]) -> Vec<u8> {
    let mut encoded = (ids.len() as u64).to_le_bytes().to_vec();
    encoded.extend(ids.concat());
    encoded
}

/// §7
pub fn source(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = 1u16.to_le_bytes().to_vec();
    bytes.extend((fields.len() as u64).to_le_bytes());
    for (name, words) in fields {
        bytes.extend(text(name.as_bytes()));
        bytes.extend(text(words.as_bytes()));
    }
    bytes
}

/// §8: roles are 0 custodian, 1 investigator, 2 witness.
pub fn admits(key: &Bytes32, role: u32) -> Facts {
    let mut event = key.to_vec();
    event.extend(role.to_le_bytes());
    Facts::kind("author-admitted", event)
}

/// §8, with the reason "compromised".
pub fn revokes(key: &Bytes32, suspect_from: Option<u64>) -> Facts {
    let mut event = key.to_vec();
    event.extend(1u32.to_le_bytes());
    match suspect_from {
        None => event.push(0),
        Some(entry) => {
            event.push(1);
            event.extend(entry.to_le_bytes());
        }
    }
    Facts::kind("author-revoked", event)
}

pub fn closed() -> Facts {
    Facts::kind("closed", Vec::new())
}

/// A row of a roster.
pub type Row = (super::Key, u32, u64, Option<u64>, Option<u64>);

/// §8: key, role, admitted at, revoked at, suspect from; put in order here.
pub fn roster(rows: &[Row]) -> Facts {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| row.0.public);
    let mut event = (rows.len() as u64).to_le_bytes().to_vec();
    for (key, role, admitted, revoked, suspect) in rows {
        event.extend(key.public);
        event.extend(role.to_le_bytes());
        event.extend(admitted.to_le_bytes());
        for option in [revoked, suspect] {
            match option {
                None => event.push(0),
                Some(position) => {
                    event.push(1);
                    event.extend(position.to_le_bytes());
                }
            }
        }
    }
    Facts::kind("roster", event)
}
