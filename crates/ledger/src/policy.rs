//! Which logs and witnesses somebody trusts, and how many witnesses make a quorum (FORMAT.md §22): a file in the form of
//! C2SP's tlog-policy.
//!
//! ```text
//! log <vkey> [<url>]                 witness <name> <vkey> [<url>]
//! group <name> <k|any|all> <name>…   quorum <name|none>
//! ```
//!
//! A policy says how to judge a checkpoint. What the log holds, and who may sign for it inside, is not its business.

use std::collections::HashMap;

use crate::ids::AuthorKey;
use crate::note::{CosignerKey, Note, PosixTime, VerifierKey, VerifierKeyError};
use crate::text;

/// The most bytes of a policy file.
pub const POLICY_MAX: usize = 1 << 20;
/// The most logs, witnesses and groups, of each. The specification asks for at least 32.
pub const NAMED_MAX: usize = 1_024;

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// A byte that is no printable character, tab or line feed.
    #[error("the control character {byte:02x} stands in it; only tabs may")]
    ControlCharacter {
        /// The byte.
        byte: u8,
    },
    /// The last line is not ended by LF.
    #[error("it is not ended by a line feed: the file's end may be missing")]
    Unterminated,
    /// The first word is none of the four.
    #[error("it begins with {found:?}: a line says log, witness, group or quorum")]
    UnknownWord {
        /// What stood there, cut to 80 characters.
        found: String,
    },
    /// Too few or too many words.
    #[error("it must have the form `{form}`")]
    Form {
        /// The form that such a line has.
        form: &'static str,
    },
    /// The verifier key is not one.
    #[error("{0}")]
    Key(#[from] VerifierKeyError),
    /// The same public key stands in an earlier line of the kind.
    #[error("the key stands in line {first} already, and counts once")]
    SameKey {
        /// That line, from 1.
        first: usize,
    },
    /// The name is taken.
    #[error("the name {name:?} was given in line {first} already")]
    SameName {
        /// The name, cut to 80 characters.
        name: String,
        /// That line, from 1.
        first: usize,
    },
    /// `none` names no witness and no group.
    #[error("`none` is the name of no witness and no group")]
    None,
    /// No line above gives the name.
    #[error("no line above names a witness or group {name:?}")]
    UnknownName {
        /// The name, cut to 80 characters.
        name: String,
    },
    /// The name is a member of another group, or twice of this one.
    #[error("{name:?} is a member of a group in line {first} already, and each counts in one way")]
    SecondMembership {
        /// The name, cut to 80 characters.
        name: String,
        /// That line, from 1.
        first: usize,
    },
    /// The threshold is no number from 1 to the number of members.
    #[error("the threshold {found:?} must be any, all or a number from 1 to the {members} members")]
    Threshold {
        /// What stood there, cut to 80 characters.
        found: String,
        /// How many members the group has.
        members: usize,
    },
    /// A second quorum.
    #[error("a quorum was given in line {first} already")]
    SecondQuorum {
        /// That line, from 1.
        first: usize,
    },
    /// Above [`NAMED_MAX`].
    #[error("it is the {NAMED_MAX}th of its kind and one more: more are not read")]
    TooMany,
}

/// Why bytes are not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// More than [`POLICY_MAX`] bytes.
    #[error("the policy has {found} bytes, more than the {POLICY_MAX} that are read")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// A line cannot be used.
    #[error("line {line}: {error}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        error: LineError,
    },
    /// No quorum line.
    #[error(
        "the policy has no quorum line: it must say which witnesses are enough, or `quorum none`"
    )]
    NoQuorum,
}

/// A witness or a group, by its place among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group(usize),
}

/// So many of the members, each of them defined before it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    threshold: usize,
    members: Vec<Member>,
}

/// A policy, ready to judge cosignatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<VerifierKey>,
    witnesses: Vec<CosignerKey>,
    /// In the order of their lines: a group's members come before it.
    groups: Vec<Group>,
    /// `None`: no cosignature is asked for.
    quorum: Option<Member>,
}

/// A cosignature by a witness of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'p> {
    /// The witness.
    pub witness: &'p CosignerKey,
    /// The time that it states.
    pub time: PosixTime,
}

/// What a policy's witnesses say of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned<'p> {
    /// Each witness's latest valid cosignature, in the order of the policy.
    pub counted: Vec<Counted<'p>>,
    /// Witnesses in whose name a line stands that is not their cosignature. By the rule of signed notes such a note is
    /// not to be used.
    pub invalid: Vec<&'p CosignerKey>,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`PolicyError`], with the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > POLICY_MAX {
            return Err(PolicyError::TooLong { found: bytes.len() });
        }
        let mut parser = Parser::default();
        let mut lines = bytes.split(|b| *b == b'\n').peekable();
        for line in 1.. {
            let Some(text) = lines.next() else { break };
            // What stands behind the last line feed is no line.
            if lines.peek().is_none() && text.is_empty() {
                break;
            }
            let read = match lines.peek() {
                None => Err(LineError::Unterminated),
                Some(_) => parser.line(line, text),
            };
            read.map_err(|error| PolicyError::Line { line, error })?;
        }
        let (_, quorum) = parser.quorum.ok_or(PolicyError::NoQuorum)?;
        Ok(Self {
            logs: parser.logs.into_iter().map(|(_, key)| key).collect(),
            witnesses: parser.witnesses.into_iter().map(|(_, key)| key).collect(),
            groups: parser.groups,
            quorum,
        })
    }

    /// The logs' keys; a key's name is its log's origin. May be empty.
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// The witnesses' keys, in the order of their lines.
    pub fn witnesses(&self) -> &[CosignerKey] {
        &self.witnesses
    }

    /// Whether any cosignature is asked for (`quorum none` asks for none).
    pub fn asks_for_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// What the witnesses say of a note. Lines of others are ignored.
    pub fn cosigned<'p>(&'p self, note: &Note) -> Cosigned<'p> {
        let mut cosigned = Cosigned {
            counted: Vec::new(),
            invalid: Vec::new(),
        };
        // At most as many keys as lines have a line: the rest costs a comparison of names.
        for witness in &self.witnesses {
            let lines = note.lines().iter().filter(|line| witness.is_named_by(line));
            let mut latest = None;
            for line in lines {
                match witness.verify(note.unverified_text(), line) {
                    Some(time) => latest = latest.max(Some(time)),
                    None if !cosigned.invalid.contains(&witness) => cosigned.invalid.push(witness),
                    None => {}
                }
            }
            cosigned
                .counted
                .extend(latest.map(|time| Counted { witness, time }));
        }
        cosigned
    }

    /// Whether these witnesses make the quorum.
    pub fn is_met(&self, by: impl Fn(&CosignerKey) -> bool) -> bool {
        let Some(quorum) = self.quorum else {
            return true;
        };
        let witnesses: Vec<bool> = self.witnesses.iter().map(by).collect();
        let mut groups: Vec<bool> = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            let met = (group.members.iter())
                .filter(|member| holds(**member, &witnesses, &groups))
                .count();
            groups.push(met >= group.threshold);
        }
        holds(quorum, &witnesses, &groups)
    }
}

/// Members stand above what names them, so that they are decided when they are asked for.
fn holds(member: Member, witnesses: &[bool], groups: &[bool]) -> bool {
    match member {
        Member::Witness(at) => witnesses.get(at),
        Member::Group(at) => groups.get(at),
    }
    .copied()
    .unwrap_or(false)
}

#[derive(Default)]
struct Parser {
    logs: Vec<(usize, VerifierKey)>,
    witnesses: Vec<(usize, CosignerKey)>,
    groups: Vec<Group>,
    /// Names in use: the line, what is meant, and the line of the group that it belongs to.
    names: HashMap<Vec<u8>, (usize, Member, Option<usize>)>,
    quorum: Option<(usize, Option<Member>)>,
}

impl Parser {
    fn line(&mut self, line: usize, text: &[u8]) -> Result<(), LineError> {
        let refused = |byte: &&u8| (**byte < 0x20 && **byte != b'\t') || **byte == 0x7f;
        if let Some(byte) = text.iter().find(refused) {
            return Err(LineError::ControlCharacter { byte: *byte });
        }
        let words: Vec<&[u8]> = text
            .split(|b| matches!(b, b' ' | b'\t'))
            .filter(|word| !word.is_empty())
            .collect();
        match words[..] {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", ref rest @ ..] => self.log(line, rest),
            [b"witness", ref rest @ ..] => self.witness(line, rest),
            [b"group", ref rest @ ..] => self.group(line, rest),
            [b"quorum", ref rest @ ..] => self.set_quorum(line, rest),
            [found, ..] => Err(LineError::UnknownWord { found: cut(found) }),
        }
    }

    fn log(&mut self, line: usize, words: &[&[u8]]) -> Result<(), LineError> {
        let form = LineError::Form {
            form: "log <vkey> [<url>]",
        };
        let ([vkey] | [vkey, _]) = words else {
            return Err(form);
        };
        let key: VerifierKey = utf8(vkey)?.parse()?;
        once(&self.logs, key.key(), VerifierKey::key)?;
        self.logs.push((line, key));
        bounded(self.logs.len())
    }

    fn witness(&mut self, line: usize, words: &[&[u8]]) -> Result<(), LineError> {
        let form = LineError::Form {
            form: "witness <name> <vkey> [<url>]",
        };
        let ([name, vkey] | [name, vkey, _]) = words else {
            return Err(form);
        };
        let key: CosignerKey = utf8(vkey)?.parse()?;
        once(&self.witnesses, key.key(), CosignerKey::key)?;
        self.define(line, name, Member::Witness(self.witnesses.len()))?;
        self.witnesses.push((line, key));
        bounded(self.witnesses.len())
    }

    fn group(&mut self, line: usize, words: &[&[u8]]) -> Result<(), LineError> {
        let [name, threshold, members @ ..] = words else {
            return Err(LineError::Form {
                form: "group <name> <k|any|all> <name>…",
            });
        };
        if members.is_empty() {
            return Err(LineError::Form {
                form: "group <name> <k|any|all> <name>…",
            });
        }
        let count = members.len();
        let threshold = match *threshold {
            b"any" => 1,
            b"all" => count,
            written => decimal(written)
                .filter(|k| (1..=count).contains(k))
                .ok_or_else(|| LineError::Threshold {
                    found: cut(written),
                    members: count,
                })?,
        };
        let members = members
            .iter()
            .map(|member| self.join(line, member))
            .collect::<Result<_, _>>()?;
        self.define(line, name, Member::Group(self.groups.len()))?;
        self.groups.push(Group { threshold, members });
        bounded(self.groups.len())
    }

    fn set_quorum(&mut self, line: usize, words: &[&[u8]]) -> Result<(), LineError> {
        let [name] = words else {
            return Err(LineError::Form {
                form: "quorum <name|none>",
            });
        };
        if let Some((first, _)) = self.quorum {
            return Err(LineError::SecondQuorum { first });
        }
        let member = match *name {
            b"none" => None,
            name => Some(self.find(name)?.1),
        };
        self.quorum = Some((line, member));
        Ok(())
    }

    fn define(&mut self, line: usize, name: &[u8], member: Member) -> Result<(), LineError> {
        if name == b"none" {
            return Err(LineError::None);
        }
        if let Some((first, ..)) = self.names.get(name) {
            return Err(LineError::SameName {
                name: cut(name),
                first: *first,
            });
        }
        self.names.insert(name.to_vec(), (line, member, None));
        Ok(())
    }

    fn find(&mut self, name: &[u8]) -> Result<&mut (usize, Member, Option<usize>), LineError> {
        self.names
            .get_mut(name)
            .ok_or_else(|| LineError::UnknownName { name: cut(name) })
    }

    /// Makes a name a member of the group in this line.
    fn join(&mut self, line: usize, name: &[u8]) -> Result<Member, LineError> {
        if name == b"none" {
            return Err(LineError::None);
        }
        let (_, member, of) = self.find(name)?;
        match of.replace(line) {
            None => Ok(*member),
            Some(first) => Err(LineError::SecondMembership {
                name: cut(name),
                first,
            }),
        }
    }
}

fn utf8(word: &[u8]) -> Result<&str, LineError> {
    std::str::from_utf8(word).map_err(|_| LineError::Key(VerifierKeyError::Form))
}

fn decimal(word: &[u8]) -> Option<usize> {
    let number = text::decimal(std::str::from_utf8(word).ok()?)?;
    number.try_into().ok()
}

fn once<K>(
    all: &[(usize, K)],
    key: AuthorKey,
    of: impl Fn(&K) -> AuthorKey,
) -> Result<(), LineError> {
    match all.iter().find(|(_, known)| of(known) == key) {
        Some((first, _)) => Err(LineError::SameKey { first: *first }),
        None => Ok(()),
    }
}

fn bounded(count: usize) -> Result<(), LineError> {
    match count > NAMED_MAX {
        true => Err(LineError::TooMany),
        false => Ok(()),
    }
}

fn cut(word: &[u8]) -> String {
    text::cut(&String::from_utf8_lossy(word))
}
