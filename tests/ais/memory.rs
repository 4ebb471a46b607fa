//! How much memory the command needs to show what it found. Measured by the operating system, as the peak of the process
//! while it writes.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::process::Stdio;

use crate::common::Lab;
use crate::made::HEADER;

/// What the process may need, in bytes.
const MOST: usize = 72 << 20;

/// The most memory that a process had until now, in bytes; `None` if it has ended.
fn peak(process: u32) -> Option<usize> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes << 10)
}

#[test]
fn the_silences_of_a_vessel_are_not_kept_as_json() {
    let lab = Lab::new();
    // Every row but the first ends a silence of seven hours: as many as one vessel may have.
    let mut text = format!("{HEADER}\n");
    for n in 0..10_001 {
        let (day, hour) = (n * 7 / 24, n * 7 % 24);
        let (month, day) = (day / 28, 1 + day % 28);
        let (year, month) = (2010 + month / 12, 1 + month % 12);
        writeln!(
            text,
            "445000000,{year}-{month:02}-{day:02}T{hour:02}:00:00,42.5,133.5,5.0,90.0,90,MADE,,HMAB,80,0,100,16,5.0,80,A"
        )
        .unwrap();
    }
    lab.write("many.csv", text);
    let mut child = lab
        .command(&["track", "many.csv", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut written, mut most) = (0, 0);
    let mut out = child.stdout.take().unwrap();
    let mut block = vec![0; 1 << 16];
    loop {
        let read = out.read(&mut block).unwrap();
        if read == 0 {
            break;
        }
        written += read;
        most = most.max(peak(child.id()).unwrap_or(0));
    }
    assert!(child.wait().unwrap().success());
    // As values they took twice as much.
    assert!(written > 10_000_000, "{written} bytes written");
    assert!(most > 0 && most < MOST, "{most} bytes at the peak");
}
