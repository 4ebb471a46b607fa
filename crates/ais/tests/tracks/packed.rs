use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use seaproof_ais::input::{Options, Packing, Problem, open};

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn table(rows: usize) -> Vec<u8> {
    let mut text = format!("{HEADER}\n");
    for row in 0..rows {
        text.push_str(&format!(
            "{},2022-01-03T00:00:{:02},1.{row},1,,,,,,,,,,,,,A\n",
            row % 7,
            row % 60
        ));
    }
    text.into_bytes()
}

fn read(bytes: &[u8]) -> (Result<Counts, ReadError>, Kept) {
    read_kept(bytes, &Options::default())
}

#[test]
fn packed_inputs_are_read_as_they_are() {
    let plain = table(5_000);
    let (a, b) = plain.split_at(40_000);
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let (expected, lines) = read(&plain);
    let expected = expected.unwrap();
    assert_eq!(expected.decoded, 5_000);
    for (packing, bytes) in [
        (Packing::Gzip, gzip(&plain)),
        (Packing::Gzip, [gzip(a), gzip(b)].concat()),
        (Packing::Zstandard, zstandard(&plain)),
        (
            Packing::Gzip,
            [&gzip(a)[..], &gzip(b), &[0; 10_000]].concat(),
        ),
        (
            Packing::Zstandard,
            [&skipped[..], &zstandard(a), &skipped, &zstandard(b)].concat(),
        ),
    ] {
        assert_eq!(open(&bytes[..], None).unwrap().packing, Some(packing));
        let (counts, kept) = read(&bytes);
        assert_eq!(counts.unwrap(), expected);
        assert_eq!(kept.heard, lines.heard);
    }
}

#[test]
fn packing_that_is_cut_short_or_broken_says_where_after_what_was_read() {
    let plain = table(20_000);
    for (name, bytes) in [("gzip", gzip(&plain)), ("Zstandard", zstandard(&plain))] {
        let mut broken = bytes.clone();
        let half = bytes.len() / 2;
        broken[half..half + 64].fill(0xff);
        for damaged in [&bytes[..half], &broken[..]] {
            let (counts, kept) = read(damaged);
            let error = counts.unwrap_err();
            assert!(
                matches!(error.problem, Problem::Packing { .. }),
                "{error:?}"
            );
            assert!(error.to_string().contains(name), "{error}");
            assert_eq!(error.counts.total, kept.lines.len() as u64);
            assert!(error.counts.decoded <= 20_000);
            assert_eq!(error.line, error.counts.total + 2);
        }
        // Cut late enough, most of it was read.
        let (counts, _) = read(&bytes[..bytes.len() - 5]);
        assert!(counts.unwrap_err().counts.decoded > 1_000);
    }
}

#[test]
fn sentences_in_broken_packing_are_counted_up_to_there() {
    let line = "!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A\n";
    let plain = line.repeat(10_000);
    // Cut in the middle of a line; as a member of its own, so that all before the cut can be unpacked.
    let cut = [gzip(&plain.as_bytes()[..plain.len() - 20]), gzip(b"")].concat();
    for threads in [1, 2] {
        let options = Options {
            threads: NonZeroUsize::new(threads).unwrap(),
            ..Options::default()
        };
        let (counts, kept) = read_kept(&cut[..cut.len() - 3], &options);
        let error = counts.unwrap_err();
        // The line that was cut has no outcome, and is where reading ended.
        assert_eq!((error.counts.total, error.line), (9_999, 10_000));
        assert_eq!(kept.lines.len(), 9_999);
        assert_eq!(error.counts.refused_total(), 0);
    }
}

#[test]
fn a_window_that_would_take_too_much_memory_is_refused() {
    // A frame that says it looks back over a gigabyte.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 1, 0, 0];
    let error = read(&frame).0.unwrap_err();
    assert!(matches!(error.problem, Problem::Packing { .. }), "{error}");
    let why = std::error::Error::source(&error.problem).unwrap();
    assert!(why.to_string().contains("window"), "{why}");
}

#[test]
fn a_frame_that_was_altered_is_told_by_its_checksum() {
    let packed = zstandard(&table(1));
    // Every byte of the text of the one row, as it lies in a block that did not pack.
    let place = packed.windows(4).position(|four| four == b"2022").unwrap();
    let mut altered = packed.clone();
    altered[place + 3] = b'1';
    assert_eq!(read(&packed).0.unwrap().decoded, 1);
    let error = read(&altered).0.unwrap_err();
    assert!(matches!(error.problem, Problem::Packing { .. }), "{error}");
}

#[test]
fn a_frame_that_is_not_as_long_as_it_says_is_told() {
    let text = table(3);
    // One raw block in a frame of a single segment that states its size in four bytes.
    let frame = |stated: usize| {
        let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0xa0];
        frame.extend(u32::try_from(stated).unwrap().to_le_bytes());
        frame.extend(&u32::try_from(text.len() << 3 | 1).unwrap().to_le_bytes()[..3]);
        frame.extend(&text);
        frame
    };
    assert_eq!(read(&frame(text.len())).0.unwrap().decoded, 3);
    for stated in [text.len() + 1, text.len() - 1, 0] {
        let error = read(&frame(stated)).0.unwrap_err();
        assert!(matches!(error.problem, Problem::Packing { .. }), "{error}");
    }
    // One after the other, each is held to its own.
    let both = [frame(text.len()), frame(text.len() + 1)].concat();
    let error = read(&both).0.unwrap_err();
    // The second header is a row here.
    assert_eq!(error.counts.total, 7);
}

#[test]
fn a_gzip_bomb_is_read_as_a_stream() {
    // 64 MiB of one letter without a line end: one line, refused, never held.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(format!("{HEADER}\n").as_bytes()).unwrap();
    for _ in 0..64 {
        encoder.write_all(&vec![b'A'; 1 << 20]).unwrap();
    }
    let (counts, kept) = read(&encoder.finish().unwrap());
    assert_eq!(counts.unwrap().refused_total(), 1);
    assert_eq!(kept.lines[0].0, 2);
}

#[test]
fn bytes_behind_the_packed_data_are_told_and_what_was_unpacked_counts() {
    let plain = table(5_000);
    let (whole, lines) = read(&plain);
    let whole = whole.unwrap();
    for (packed, zeros) in [
        (gzip(&plain), 0),
        (gzip(&plain), 5_000),
        (zstandard(&plain), 0),
    ] {
        for follows in [&b"\xde\xad\xbe\xef and so on"[..], b"\x1f", b"\x1f\0"] {
            let end = packed.len() + zeros;
            let bytes = [&packed[..], &vec![0; zeros], follows].concat();
            let (counts, kept) = read(&bytes);
            let error = counts.unwrap_err();
            let Problem::Trailing {
                bytes,
                packed,
                ref first,
                ..
            } = error.problem
            else {
                panic!("{error:?}");
            };
            assert_eq!((bytes, packed), (plain.len() as u64, end as u64));
            let start: Vec<String> = (follows.iter().take(8))
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(*first, start.join(" "));
            assert_eq!(*error.counts, whole);
            assert_eq!(kept.heard, lines.heard);
        }
    }
}

#[test]
fn a_packed_file_inside_a_packed_file_is_told() {
    let plain = table(3);
    for (outer, inner, bytes) in [
        (Packing::Gzip, Packing::Gzip, gzip(&gzip(&plain))),
        (Packing::Gzip, Packing::Zstandard, gzip(&zstandard(&plain))),
        (Packing::Zstandard, Packing::Gzip, zstandard(&gzip(&plain))),
    ] {
        let error = read(&bytes).0.unwrap_err();
        let told = matches!(error.problem, Problem::PackedTwice { outer: a, inner: b } if (a, b) == (outer, inner));
        assert!(told, "{error:?}");
    }
}
