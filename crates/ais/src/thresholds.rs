//! Every threshold by name, with the defaults in use in the field. A derivation reads none but these.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// No more than 30 days before a gap are counted.
const GAP_BEFORE_MAX: u32 = 30 * 86_400;

/// All thresholds. Seconds, metres, tenths of a knot and tenths of a metre, as each name says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Silence that counts as a gap.
    pub gap_seconds: u32,
    /// How far back positions before a gap are counted: at most 30 days ([`Self::gap_before`]).
    pub gap_before_seconds: u32,
    /// In how many per hundred of a gap's whole hours others must have been heard in the region for its basis to be
    /// that they were.
    pub gap_coverage_percent: u32,
    /// Distance at which a port is entered.
    pub port_enter_metres: u32,
    /// Distance at which it is left.
    pub port_exit_metres: u32,
    /// Speed at or below which a stop begins.
    pub stop_begin_tenth_knots: u32,
    /// Speed at or above which it ends.
    pub stop_end_tenth_knots: u32,
    /// Silence in a port that stands for a stop.
    pub port_gap_seconds: u32,
    /// How close two vessels are in an encounter.
    pub encounter_metres: u32,
    /// For how long at least.
    pub encounter_seconds: u32,
    /// Slower than this, both.
    pub encounter_tenth_knots: u32,
    /// Farther than this from every port.
    pub encounter_port_metres: u32,
    /// Steps in which tracks are compared.
    pub encounter_step_seconds: u32,
    /// Longest silence over which a place between two is worked out.
    pub encounter_bridge_seconds: u32,
    /// Mean speed of an hour below which a vessel loiters.
    pub loiter_tenth_knots: u32,
    /// At least this far from the shore.
    pub loiter_shore_metres: u32,
    /// For how long at least.
    pub loiter_seconds: u32,
    /// Slowest drift.
    pub drift_low_tenth_knots: u32,
    /// Fastest drift.
    pub drift_high_tenth_knots: u32,
    /// Course and heading at least this far apart.
    pub drift_angle_degrees: u32,
    /// For how long at least.
    pub drift_seconds: u32,
    /// Over what distance at least.
    pub drift_metres: u32,
    /// A sudden stop: from above this
    pub sudden_stop_from_tenth_knots: u32,
    /// to below this
    pub sudden_stop_to_tenth_knots: u32,
    /// within this.
    pub sudden_stop_seconds: u32,
    /// Draught change that is told of: of vessels shorter than the next, and of those whose length is not known.
    pub draught_tenth_metres: u32,
    /// Length from which a vessel is of medium size,
    pub draught_medium_metres: u32,
    /// and the draught change that is told of then.
    pub draught_medium_tenth_metres: u32,
    /// Length from which a vessel is large,
    pub draught_large_metres: u32,
    /// and the draught change that is told of then.
    pub draught_large_tenth_metres: u32,
    /// Longest time from a report of one draught to one of the other, silences not counted.
    pub draught_change_seconds: u32,
    /// Within which time before and after a call or gap.
    pub draught_seconds: u32,
    /// Reports that must give a name, or dimensions, and as many another, for the two to be told.
    pub identity_reports: u32,
    /// Two positions nearer than this are never held apart, whatever the speed between them: receivers' noise, and
    /// times that are whole seconds.
    pub jump_metres: u32,
    /// Speed between two positions that no one ship makes: two ships on one MMSI.
    pub split_tenth_knots: u32,
    /// Added to the time between two positions before that speed is held against them: clocks of receivers
    /// differ, and a place is not exact.
    pub split_slack_seconds: u32,
    /// Positions that make a track of its own; fewer are stray.
    pub split_positions: u32,
    /// Speed between two positions from which the same identity is in two places.
    pub clone_tenth_knots: u32,
    /// Speed against which a reappearance is held.
    pub reappear_tenth_knots: u32,
    /// How many per hundred of the distance that speed covers make it implausible.
    pub reappear_percent: u32,
    /// How long apart two receptions of one payload may be and still be one transmission.
    pub duplicate_seconds: u32,
}

impl Thresholds {
    /// How far back positions before a gap are counted, in seconds: what was asked for, or 30 days if that is more.
    pub fn gap_before(&self) -> u32 {
        self.gap_before_seconds.min(GAP_BEFORE_MAX)
    }
}

impl Thresholds {
    /// What a threshold of this name, written with dashes, may be. Some may not be above another, too
    /// ([`Self::impossible`]).
    pub fn limits(name: &str) -> RangeInclusive<u32> {
        match name {
            "gap-seconds" | "encounter-step-seconds" | "split-positions" => 1..=u32::MAX,
            "gap-before-seconds" => 0..=GAP_BEFORE_MAX,
            "gap-coverage-percent" => 0..=100,
            "drift-angle-degrees" => 0..=180,
            _ => 0..=u32::MAX,
        }
    }

    /// What cannot be meant by them, in words; `None` if nothing. Derivations bear any values all the same.
    pub fn impossible(&self) -> Option<&'static str> {
        let whole = [
            (self.gap_seconds == 0, "gap-seconds is at least 1"),
            (
                self.gap_before_seconds > GAP_BEFORE_MAX,
                "gap-before-seconds is at most 2592000, 30 days",
            ),
            (
                self.gap_coverage_percent > 100,
                "gap-coverage-percent is at most 100",
            ),
            (
                self.port_exit_metres < self.port_enter_metres,
                "port-enter-metres is above port-exit-metres",
            ),
            (
                self.stop_end_tenth_knots < self.stop_begin_tenth_knots,
                "stop-begin-tenth-knots is above stop-end-tenth-knots",
            ),
            (
                self.draught_medium_metres > self.draught_large_metres,
                "draught-medium-metres is above draught-large-metres",
            ),
            (
                self.encounter_step_seconds == 0,
                "encounter-step-seconds is at least 1",
            ),
            (
                self.drift_low_tenth_knots > self.drift_high_tenth_knots,
                "drift-low-tenth-knots is above drift-high-tenth-knots",
            ),
            (
                self.drift_angle_degrees > 180,
                "drift-angle-degrees is at most 180",
            ),
            (self.split_positions == 0, "split-positions is at least 1"),
        ];
        whole
            .into_iter()
            .find_map(|(wrong, words)| wrong.then_some(words))
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            gap_seconds: 6 * 3600,
            gap_before_seconds: 12 * 3600,
            gap_coverage_percent: 50,
            port_enter_metres: 3_000,
            port_exit_metres: 4_000,
            stop_begin_tenth_knots: 2,
            stop_end_tenth_knots: 5,
            port_gap_seconds: 4 * 3600,
            encounter_metres: 500,
            encounter_seconds: 2 * 3600,
            encounter_tenth_knots: 20,
            encounter_port_metres: 10_000,
            encounter_step_seconds: 600,
            encounter_bridge_seconds: 3600,
            loiter_tenth_knots: 20,
            loiter_shore_metres: 37_040,
            loiter_seconds: 3600,
            drift_low_tenth_knots: 10,
            drift_high_tenth_knots: 50,
            drift_angle_degrees: 45,
            drift_seconds: 600,
            drift_metres: 500,
            sudden_stop_from_tenth_knots: 70,
            sudden_stop_to_tenth_knots: 10,
            sudden_stop_seconds: 30,
            draught_tenth_metres: 10,
            draught_medium_metres: 200,
            draught_medium_tenth_metres: 20,
            draught_large_metres: 300,
            draught_large_tenth_metres: 30,
            draught_change_seconds: 24 * 3600,
            draught_seconds: 24 * 3600,
            identity_reports: 2,
            jump_metres: 1_852,
            split_tenth_knots: 300,
            split_slack_seconds: 60,
            split_positions: 3,
            clone_tenth_knots: 500,
            reappear_tenth_knots: 200,
            reappear_percent: 110,
            duplicate_seconds: 10,
        }
    }
}
