# The few things a person does here.

# List them.
default:
    @just --list

# The README's test command.
test:
    cargo test --workspace

# Format, clippy, rustdoc, licences.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
    cargo deny check licenses bans sources

# Record, verify and replay the example case in a new folder.
demo *ARGS:
    cargo run --release -- demo {{ARGS}}

# The work beside its floors: prints `floor / measured`.
bench:
    cargo bench -p seaproof-ledger --bench bars
    cargo bench -p seaproof-ledger --bench proofs
    cargo bench -p seaproof-replay --bench replay
    cargo bench -p seaproof-evidence --bench matching
    cargo bench -p seaproof-ais --bench tables
    cargo bench -p seaproof-ais --bench decode
    cargo bench -p seaproof-ais --bench derive

# From a thousand to a million entries, with peak memory.
scale:
    cargo bench -p seaproof-ledger --bench scale

# Kept answers and searching on a large ledger, with peak memory.
scale-index ENTRIES="1000000":
    cargo build --release
    SEAPROOF_LARGE={{ENTRIES}} SEAPROOF_BIN=target/release/seaproof cargo bench -p seaproof-index --bench scale

# Peak memory of tracks from 2 GB of input: many ships, one, ten million.
scale-tracks:
    SEAPROOF_LARGE=1 cargo bench -p seaproof-ais --bench memory

# Kill the recorder many times (default 2000).
kill KILLS="2000":
    SEAPROOF_KILLS={{KILLS}} cargo test --release -p seaproof-ledger --test killed -- --nocapture

# Mangled input for every parser, many times (default 200000).
fuzz ROUNDS="200000":
    SEAPROOF_FUZZ_ROUNDS={{ROUNDS}} cargo test --release -p seaproof-ledger --test fuzz_parsers -- --nocapture
    SEAPROOF_FUZZ_ROUNDS={{ROUNDS}} cargo test --release -p seaproof-evidence --test fuzz_lines --test fuzz_lists -- --nocapture
    SEAPROOF_FUZZ_ROUNDS={{ROUNDS}} cargo test --release -p seaproof-ais --test tracks mangled -- --nocapture
    SEAPROOF_FUZZ_ROUNDS={{ROUNDS}} cargo test --release -p seaproof-ais --test fuzz_sentences -- --nocapture

# Everything that CI does.
ci:
    .ci/run
