//! Judging signatures: with an author's table, beside strict verification of the same ones.

#![allow(clippy::expect_used, reason = "a benchmark may panic")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use seaproof_ledger::ids::AuthorKey;
use seaproof_ledger::keys::{AdmissibleKey, SecretKey, Signer};
use seaproof_ledger::signature::{AuthorTable, Item, Signed, Verifier, verify_one};
use seaproof_ledger::sshsig::signed_bytes;
use std::hint::black_box;

const BATCH: usize = 256;

/// The signatures of `authors` authors in turn.
struct Signatures {
    keys: Vec<AuthorKey>,
    messages: Vec<[u8; 113]>,
    signatures: Vec<[u8; 64]>,
}

impl Signatures {
    fn new(authors: u8, count: usize) -> Self {
        let secrets: Vec<SecretKey> = (0..authors)
            .map(|seed| SecretKey::from_seed([seed; 32]))
            .collect();
        let signers: Vec<&SecretKey> = secrets.iter().cycle().take(count).collect();
        let messages: Vec<[u8; 113]> = (0..count).map(|i| signed_bytes(&i.to_le_bytes())).collect();
        let signatures = signers
            .iter()
            .zip(&messages)
            .map(|(signer, message)| signer.sign(message).expect("signed"))
            .collect();
        Self {
            keys: signers.iter().map(|signer| signer.public()).collect(),
            messages,
            signatures,
        }
    }

    fn items(&self) -> Vec<Item<'_>> {
        self.messages
            .iter()
            .zip(&self.signatures)
            .map(|(message, signature)| Item { message, signature })
            .collect()
    }

    fn signed(&self) -> Vec<Signed<'_>> {
        self.keys
            .iter()
            .zip(self.items())
            .map(|(key, Item { message, signature })| Signed {
                key,
                message,
                signature,
            })
            .collect()
    }
}

fn one_author(criterion: &mut Criterion) {
    let all = Signatures::new(1, BATCH);
    let (items, signed) = (all.items(), all.signed());
    let key = AdmissibleKey::admit(all.keys[0]).expect("a good key");
    let table = AuthorTable::new(&key);
    let verifier = Verifier::new();

    let mut group = criterion.benchmark_group("signatures of one author");
    group.throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("verify_strict, the floor", |bencher| {
        bencher.iter(|| {
            items
                .iter()
                .filter(|item| verify_one(&key, item.message, item.signature))
                .count()
        });
    });
    group.bench_function("with its table", |bencher| {
        bencher.iter(|| table.verify_many(black_box(&items)));
    });
    group.bench_function("by the verifier", |bencher| {
        bencher.iter(|| verifier.verify(black_box(&signed)));
    });
    group.finish();
    criterion.bench_function("build an author's table", |bencher| {
        bencher.iter(|| AuthorTable::new(black_box(&key)));
    });
}

fn many_authors(criterion: &mut Criterion) {
    let all = Signatures::new(64, 4_096);
    let signed = all.signed();
    let verifier = Verifier::new();
    let mut group = criterion.benchmark_group("signatures of 64 authors in turn");
    group.throughput(Throughput::Elements(signed.len() as u64));
    group.bench_function("by the verifier", |bencher| {
        bencher.iter(|| verifier.verify(black_box(&signed)));
    });
    group.finish();
}

criterion_group!(benches, one_author, many_authors);
criterion_main!(benches);
