//! Distances on the WGS-84 ellipsoid, the same on every machine: `f64` with `+ - * / sqrt` alone, which IEEE 754
//! specifies to the last bit. `docs/AIS.md` ("Distances") has the formulas, the coefficients and the error.

use crate::units::{Metres, PER_DEGREE, Place, TenthKnots};

/// The ellipsoid's radius at the equator, in metres.
const A: f64 = 6_378_137.0;
/// Its flattening.
const F: f64 = 1.0 / 298.257_223_563;
/// Its radius at the poles.
const B: f64 = A * (1.0 - F);
/// Half a meridian: from any place to its antipode, and the greatest distance there is.
const HALF_MERIDIAN: f64 = 20_003_931.458_6;
const PI: f64 = std::f64::consts::PI;
/// Units of a [`Place`] in half a turn.
const HALF_TURN: i32 = 180 * PER_DEGREE;
/// Radians in a unit of a [`Place`].
const UNIT: f64 = PI / 108_000_000.0;
/// After so many steps the inverse formula is given up: the places are nearly antipodes.
const STEPS: u32 = 200;

/// The distance between two places along the surface, rounded to the nearest metre.
///
/// Vincenty's inverse formula: within a millimetre of the geodesic before rounding. Between places less than three
/// quarters of a degree from being antipodes it may not converge; then the answer is off by at most 10 km in 20,000.
pub fn distance(a: Place, b: Place) -> Metres {
    // The same both ways, to the last bit.
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let metres = match vincenty(a, b) {
        Some(metres) => metres,
        None => {
            // Half a meridian less the way to the antipode, of which the part along a parallel counts half: a geodesic
            // this long passes near a pole, where it costs little to turn.
            let antipode = Place {
                lat: -a.lat,
                lon: wrap(i64::from(a.lon) + i64::from(HALF_TURN)),
            };
            let abeam = Place {
                lat: b.lat,
                lon: antipode.lon,
            };
            let whole = vincenty(antipode, b).unwrap_or(0.0);
            let north = vincenty(antipode, abeam).unwrap_or(0.0);
            HALF_MERIDIAN - (whole + north) / 2.0
        }
    };
    rounded(metres)
}

/// What `distance` of the two is at least, without a trigonometric function: for leaving out what is far.
pub fn at_least(a: Place, b: Place) -> Metres {
    // A degree of latitude is shortest at the equator: 110,574.2 m.
    let north = f64::from(a.lat.abs_diff(b.lat)) * (110_574.0 / 600_000.0);
    // The chord between two meridians at the higher latitude, with cos x >= 1 - x²/2 and sin x >= x - x³/6.
    let high = f64::from(a.lat.unsigned_abs().max(b.lat.unsigned_abs())) * UNIT;
    let cos = 1.0 - high * high / 2.0;
    let half = f64::from(turn(a.lon, b.lon).unsigned_abs()) * UNIT / 2.0;
    let sin = half - half * half * half / 6.0;
    let east = if cos > 0.0 { 2.0 * A * cos * sin } else { 0.0 };
    floored(if north > east { north } else { east })
}

/// The speed that a distance needs in so many milliseconds, rounded to the nearest; `None` if no time passed.
pub fn implied_speed(distance: Metres, milliseconds: i64) -> Option<TenthKnots> {
    let ms = u64::try_from(milliseconds).ok().filter(|ms| *ms > 0)?;
    // A knot is 1,852 m in 3,600,000 ms.
    let numerator = u128::from(distance.0) * 36_000_000;
    let denominator = u128::from(ms) * 1_852;
    let tenths = (numerator + denominator / 2) / denominator;
    Some(TenthKnots(u32::try_from(tenths).unwrap_or(u32::MAX)))
}

/// How far a speed brings in so many milliseconds, rounded down.
pub fn reach(speed: TenthKnots, milliseconds: i64) -> Metres {
    let ms = u128::try_from(milliseconds).unwrap_or(0);
    let metres = u128::from(speed.0) * 1_852 * ms / 36_000_000;
    Metres(u32::try_from(metres).unwrap_or(u32::MAX))
}

/// How far one place lies to the side of another, left or right, as seen along a heading in degrees there: the distance
/// between the two times the sine of the angle. The angle is taken on the plane that touches the ellipsoid halfway,
/// so this is meant for short ways.
pub fn abeam(from: Place, to: Place, heading: u16) -> Metres {
    let (sin, cos) = sin_cos(i32::midpoint(from.lat, to.lat));
    let flat = F * (2.0 - F);
    // Metres in a radian of latitude and of longitude, but for the same factor.
    let north =
        f64::from(to.lat.saturating_sub(from.lat)) * (1.0 - flat) / (1.0 - flat * sin * sin);
    let east = f64::from(turn(from.lon, to.lon)) * cos;
    let length = (north * north + east * east).sqrt();
    if length == 0.0 {
        return Metres(0);
    }
    let (sin, cos) = sin_cos(turn(0, i32::from(heading % 360) * PER_DEGREE));
    let side = (east * cos - north * sin) / length;
    let metres = f64::from(distance(from, to).0) * side;
    rounded(if metres < 0.0 { -metres } else { metres })
}

/// The place `part` of `whole` on the way from one place to another, straight in latitude and longitude and the short
/// way round, rounded to the nearest unit. Meant for short ways: near a pole a straight line on the globe is another.
pub fn between(from: Place, to: Place, part: i64, whole: i64) -> Place {
    if whole <= 0 || part <= 0 {
        return from;
    }
    if part >= whole {
        return to;
    }
    let share = |delta: i32| -> i64 {
        let (n, d) = (i128::from(delta) * i128::from(part), i128::from(whole));
        // Rounded half away from zero, so that both directions mirror one another.
        let rounded = if n < 0 {
            -((-n + d / 2) / d)
        } else {
            (n + d / 2) / d
        };
        i64::try_from(rounded).unwrap_or(0)
    };
    let lat = i64::from(from.lat) + share(to.lat.saturating_sub(from.lat));
    Place {
        lat: i32::try_from(lat).unwrap_or(from.lat),
        lon: wrap(i64::from(from.lon) + share(turn(from.lon, to.lon))),
    }
}

/// The way from one longitude to another, eastward positive, the short way round: -180° (exclusive) to 180°.
pub fn turn(from: i32, to: i32) -> i32 {
    wrap(i64::from(to) - i64::from(from))
}

/// A longitude brought to -180° (exclusive) to 180°.
fn wrap(lon: i64) -> i32 {
    let full = 2 * i64::from(HALF_TURN);
    let turned = lon.rem_euclid(full);
    let turned = if turned > i64::from(HALF_TURN) {
        turned - full
    } else {
        turned
    };
    // Within half a turn, so it always fits.
    i32::try_from(turned).unwrap_or(HALF_TURN)
}

/// The place in space: metres from the centre of the Earth, the axis last. The straight line between two such points
/// is never longer than the distance along the surface.
pub fn in_space(place: Place) -> [f64; 3] {
    let (sin, cos) = reduced(place.lat);
    let (sin_lon, cos_lon) = sin_cos(place.lon);
    [A * cos * cos_lon, A * cos * sin_lon, B * sin]
}

fn vincenty(a: Place, b: Place) -> Option<f64> {
    let (sin1, cos1) = reduced(a.lat);
    let (sin2, cos2) = reduced(b.lat);
    let lon = turn(a.lon, b.lon).abs();
    let (sin_l, cos_l) = sin_cos(lon);
    let l = f64::from(lon) * UNIT;
    let mut delta = 0.0;
    for _ in 0..STEPS {
        let (sin_d, cos_d) = (sin_series(delta), cos_series(delta));
        let sin_lambda = sin_l * cos_d + cos_l * sin_d;
        let cos_lambda = cos_l * cos_d - sin_l * sin_d;
        let east = cos2 * sin_lambda;
        let north = cos1 * sin2 - sin1 * cos2 * cos_lambda;
        let sin_sigma = (east * east + north * north).sqrt();
        let cos_sigma = sin1 * sin2 + cos1 * cos2 * cos_lambda;
        if sin_sigma == 0.0 {
            // One place, or two poles of a sphere.
            return if cos_sigma > 0.0 { Some(0.0) } else { None };
        }
        let sigma = angle(sin_sigma, cos_sigma);
        let sin_alpha = cos1 * cos2 * sin_lambda / sin_sigma;
        let cos2_alpha = 1.0 - sin_alpha * sin_alpha;
        let mid = if cos2_alpha > 0.0 {
            cos_sigma - 2.0 * sin1 * sin2 / cos2_alpha
        } else {
            0.0
        };
        let c = F / 16.0 * cos2_alpha * (4.0 + F * (4.0 - 3.0 * cos2_alpha));
        let next = (1.0 - c)
            * F
            * sin_alpha
            * (sigma + c * sin_sigma * (mid + c * cos_sigma * (2.0 * mid * mid - 1.0)));
        if l + next > PI {
            return None;
        }
        let moved = next - delta;
        delta = next;
        if moved < 1e-12 && moved > -1e-12 {
            let u2 = cos2_alpha * ((A * A - B * B) / (B * B));
            let big_a = 1.0 + u2 / 16384.0 * (4096.0 + u2 * (-768.0 + u2 * (320.0 - 175.0 * u2)));
            let big_b = u2 / 1024.0 * (256.0 + u2 * (-128.0 + u2 * (74.0 - 47.0 * u2)));
            let correction = big_b
                * sin_sigma
                * (mid
                    + big_b / 4.0
                        * (cos_sigma * (2.0 * mid * mid - 1.0)
                            - big_b / 6.0
                                * mid
                                * (4.0 * sin_sigma * sin_sigma - 3.0)
                                * (4.0 * mid * mid - 3.0)));
            return Some(B * big_a * (sigma - correction));
        }
    }
    None
}

/// Sine and cosine of the reduced latitude: tan u = (1 - f) tan φ.
fn reduced(lat: i32) -> (f64, f64) {
    let (sin, cos) = sin_cos(lat);
    let sin = (1.0 - F) * sin;
    let length = (sin * sin + cos * cos).sqrt();
    (sin / length, cos / length)
}

/// Sine and cosine of an angle of at most half a turn, in units of a [`Place`]. Reduced in integers, so exactly.
fn sin_cos(units: i32) -> (f64, f64) {
    let size = units.unsigned_abs().min(HALF_TURN.unsigned_abs());
    let half = HALF_TURN.unsigned_abs();
    let (acute, obtuse) = if size > half / 2 {
        (half - size, true)
    } else {
        (size, false)
    };
    let (sin, cos) = if acute > half / 4 {
        let x = f64::from(half / 2 - acute) * UNIT;
        (cos_series(x), sin_series(x))
    } else {
        let x = f64::from(acute) * UNIT;
        (sin_series(x), cos_series(x))
    };
    (
        if units < 0 { -sin } else { sin },
        if obtuse { -cos } else { cos },
    )
}

/// sin x for |x| <= π/4: Σ (-1)^k x^(2k+1) / (2k+1)!, k to 8.
fn sin_series(x: f64) -> f64 {
    let y = x * x;
    let mut sum = 1.0;
    for k in [16.0, 14.0, 12.0, 10.0, 8.0, 6.0, 4.0, 2.0] {
        sum = 1.0 - y * sum / (k * (k + 1.0));
    }
    x * sum
}

/// cos x for |x| <= π/4: Σ (-1)^k x^2k / (2k)!, k to 8.
fn cos_series(x: f64) -> f64 {
    let y = x * x;
    let mut sum = 1.0;
    for k in [15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        sum = 1.0 - y * sum / (k * (k + 1.0));
    }
    sum
}

/// The angle, 0 to π, whose sine and cosine stand as y >= 0 to x. Its tangent is halved three times, to at most
/// tan(π/16), and atan t = Σ (-1)^k t^(2k+1) / (2k+1), k to 10.
fn angle(y: f64, x: f64) -> f64 {
    let length = (x * x + y * y).sqrt();
    let (obtuse, x) = if x < 0.0 { (true, -x) } else { (false, x) };
    let mut t = y / (length + x);
    t /= 1.0 + (1.0 + t * t).sqrt();
    t /= 1.0 + (1.0 + t * t).sqrt();
    let y = t * t;
    let mut sum = 0.0;
    for k in [21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        sum = 1.0 / k - y * sum;
    }
    let acute = 8.0 * t * sum;
    if obtuse { PI - acute } else { acute }
}

fn rounded(metres: f64) -> Metres {
    floored(metres + 0.5)
}

fn floored(metres: f64) -> Metres {
    // Never negative and far below u32's end; the cast saturates all the same.
    Metres(metres as u32)
}
