//! Tree heads from outside the log: the checkpoint, pins, anchors, signers' memories.

use super::report::{Code, PresentedHead, Problem};
use crate::checkpoint::{self, CHECKPOINT_MAX, CosignedCheckpoint};
use crate::governance::Authority;
use crate::ids::{AuthorKey, LedgerId, Role, TreeHash, TreeSize};
use crate::statement::Head;
use crate::store::{Store, read_small};

/// A head that the log is held against.
pub(super) struct Presented {
    pub from: &'static str,
    pub head: Head,
    pub signed: Option<CosignedCheckpoint>,
    /// Its file in the ledger.
    file: Option<String>,
    /// The root that the log has at this size, once it got there.
    here: Option<TreeHash>,
    signed_by: Option<AuthorKey>,
}

/// All heads from outside, in the order in which they were presented.
#[derive(Default)]
pub(super) struct Heads {
    all: Vec<Presented>,
    /// Sizes of heads that timestamps should be over.
    awaited: Vec<TreeSize>,
    /// The smallest size that is still waited for.
    next: Option<u64>,
    /// Whether there is a checkpoint's file.
    pub checkpoint_found: bool,
    /// What stands in it.
    file: Option<std::io::Result<Vec<u8>>>,
}

impl Heads {
    pub(super) fn memory(&mut self, head: Head) {
        self.push("memory", head, None, None);
    }

    /// Adds a cosigned checkpoint that is kept in the ledger.
    pub(super) fn anchor(&mut self, signed: CosignedCheckpoint, path: String) {
        self.push("anchor", signed.head(), Some(signed), Some(path));
    }

    /// Waits for the roots at these sizes too.
    pub(super) fn await_roots(&mut self, sizes: &[TreeSize]) {
        self.awaited.extend(sizes);
        sizes.iter().for_each(|size| self.wait_for(*size));
    }

    /// Adds a pin.
    pub(super) fn pin(&mut self, bytes: &[u8], ledger: &LedgerId) -> Result<(), Box<Problem>> {
        let signed = checkpoint::parse_cosigned(bytes, ledger).map_err(|error| {
            Box::new(Problem::new(
                Code::PinUnusable,
                format!("the checkpoint you gave is not one of this ledger: {error}"),
            ))
        })?;
        self.push("pin", signed.head(), Some(signed), None);
        Ok(())
    }

    /// Reads the checkpoint's file, if there is one; what it says is judged when the ledger is known.
    pub(super) fn read_checkpoint(&mut self, store: &dyn Store) {
        self.file = read_small(store, "checkpoint", CHECKPOINT_MAX as u64).transpose();
        self.checkpoint_found = self.file.is_some();
    }

    /// Adds the ledger's own checkpoint, if there is one.
    pub(super) fn checkpoint(&mut self, ledger: &LedgerId) -> Result<(), Box<Problem>> {
        let bytes = match self.file.take() {
            Some(Ok(bytes)) => bytes,
            None => return Ok(()),
            Some(Err(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
                return Err(Box::new(malformed(&error.to_string())));
            }
            Some(Err(error)) => {
                let message = format!("the checkpoint cannot be read: {error}");
                let problem = Problem::new(Code::Unreadable, message);
                return Err(Box::new(problem.in_file("checkpoint", None)));
            }
        };
        let signed = checkpoint::parse_file(&bytes, ledger)
            .map_err(|error| Box::new(malformed(&error.to_string())))?;
        let file = Some("checkpoint".to_owned());
        self.push("checkpoint", signed.head(), Some(signed.into()), file);
        Ok(())
    }

    fn push(
        &mut self,
        from: &'static str,
        head: Head,
        signed: Option<CosignedCheckpoint>,
        file: Option<String>,
    ) {
        let empty = Head::empty();
        self.all.push(Presented {
            from,
            head,
            signed,
            file,
            here: (head.size == empty.size).then_some(empty.root),
            signed_by: None,
        });
        self.wait_for(head.size);
    }

    /// The size of the ledger's own checkpoint.
    pub(super) fn own_size(&self) -> Option<TreeSize> {
        let own = self.all.iter().find(|head| head.from == "checkpoint");
        own.map(|own| own.head.size)
    }

    /// Every log begins with the empty head: it is not waited for.
    fn wait_for(&mut self, size: TreeSize) {
        if size.0 > 0 {
            let next = self.next.get_or_insert(size.0);
            *next = (*next).min(size.0);
        }
    }

    /// Called at every size of the log, in ascending order. The root, where it was waited for.
    pub(super) fn pass(
        &mut self,
        size: TreeSize,
        root: impl FnOnce() -> TreeHash,
        authority: &Authority,
    ) -> Option<TreeHash> {
        if self.next != Some(size.0) {
            return None;
        }
        let root = root();
        for presented in self.all.iter_mut().filter(|p| p.head.size == size) {
            presented.here = Some(root);
            if let Some(signed) = &presented.signed {
                presented.signed_by = authority.custodians().find(|k| signed.verify(k)).copied();
            }
        }
        let heads = self.all.iter().map(|p| p.head.size.0);
        let awaited = self.awaited.iter().map(|size| size.0);
        self.next = heads.chain(awaited).filter(|s| *s > size.0).min();
        Some(root)
    }

    /// What came of the heads. `stopped`: the log could not be read to its end.
    pub(super) fn finish(
        mut self,
        entries: TreeSize,
        root: TreeHash,
        authority: &Authority,
        stopped: bool,
    ) -> Outcome {
        let mut problems = Vec::new();
        for presented in &mut self.all {
            if presented.here.is_none()
                && let Some(signed) = &presented.signed
            {
                // Who was custodian there cannot be known; who ever was, can.
                presented.signed_by = authority
                    .authors()
                    .filter(|(_, a)| a.role == Role::Custodian)
                    .map(|(key, _)| *key)
                    .find(|key| signed.verify(key));
            }
            // What governance that cannot be read says below a head may have admitted its signer.
            let unread = authority
                .unread_at()
                .is_some_and(|at| at.0 < presented.head.size.0);
            if let Some(problem) = presented.problem(entries, root, stopped, unread) {
                problems.push(problem);
            }
        }
        let heads = self
            .all
            .into_iter()
            .map(|p| PresentedHead {
                from: p.from,
                file: p.file,
                size: p.head.size,
                root: p.head.root,
                agrees: p.here.map(|here| here == p.head.root),
                note: p
                    .signed
                    .map(|s| String::from_utf8_lossy(s.note().as_bytes()).into_owned()),
                signed_by: p.signed_by,
            })
            .collect();
        Outcome { heads, problems }
    }
}

/// What came of all that was presented.
pub(super) struct Outcome {
    pub heads: Vec<PresentedHead>,
    pub problems: Vec<Problem>,
}

impl Presented {
    fn problem(
        &self,
        entries: TreeSize,
        root: TreeHash,
        stopped: bool,
        unread: bool,
    ) -> Option<Problem> {
        let file = |problem: Problem| match &self.file {
            Some(file) => problem.in_file(file, None),
            None => problem,
        };
        // Beyond the log's end its signer may have been admitted in what is missing.
        if self.signed.is_some() && self.signed_by.is_none() && self.here.is_some() {
            let code = match self.from {
                "pin" => Code::PinUnusable,
                _ if unread => return None,
                "anchor" => Code::AnchorSignature,
                _ => Code::CheckpointSignature,
            };
            return Some(file(Problem::new(
                code,
                format!(
                    "the {} of {} entries is not signed by a key in force as custodian at that size",
                    self.from, self.head.size
                ),
            )));
        }
        match self.here {
            Some(here) if here != self.head.root => Some(file(
                Problem::new(
                    Code::Fork,
                    format!(
                        "the {} gives another root for the first {} entries than the entries here",
                        self.from, self.head.size
                    ),
                )
                .between(self.head.root, here),
            )),
            Some(_) => None,
            // What lies behind damage is unknown: the damage is the problem.
            None if stopped => None,
            None => {
                let code = match self.from {
                    "checkpoint" => Code::BehindCheckpoint,
                    "pin" => Code::BehindPin,
                    "anchor" => Code::BehindAnchor,
                    _ => Code::BehindMemory,
                };
                let expected = format!("{} entries, root {}", self.head.size, self.head.root);
                let actual = format!("{entries} entries, root {root}");
                Some(file(
                    Problem::new(
                        code,
                        format!(
                            "the {} covers {} entries, and {entries} are here",
                            self.from, self.head.size
                        ),
                    )
                    .between(expected, actual),
                ))
            }
        }
    }
}

fn malformed(why: &str) -> Problem {
    Problem::new(
        Code::CheckpointMalformed,
        format!("the checkpoint is not well-formed: {why}"),
    )
    .in_file("checkpoint", None)
}
