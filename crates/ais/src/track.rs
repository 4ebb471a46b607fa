//! A track: all that one MMSI reported, by time.

use crate::report::Report;

/// One transmission in a track, after receptions of it by several receivers were merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// What it said; time and line are those of its first reception.
    pub report: Report,
    /// Which of the ships that use this MMSI it is of, from 0: nearly always 0.
    pub ship: u32,
    /// How many receptions were merged.
    pub receptions: u32,
}
