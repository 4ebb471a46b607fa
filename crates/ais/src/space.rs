//! Points on the Earth's surface, for asking which are near: a k-d tree of places in space, where neither the poles nor
//! the antimeridian are special.

use crate::geodesy::in_space;
use crate::units::Place;

/// Points in space with numbers, in an order that halves them by turns along x, y and z.
#[derive(Debug, Clone, Default)]
pub(crate) struct Points {
    points: Vec<([f64; 3], u32)>,
}

impl Points {
    /// Of places, numbered in their order.
    pub(crate) fn of(places: impl Iterator<Item = Place>) -> Self {
        Self::numbered((0u32..).zip(places))
    }

    /// Of places with numbers.
    pub(crate) fn numbered(places: impl Iterator<Item = (u32, Place)>) -> Self {
        let mut points: Vec<_> = places.map(|(n, place)| (in_space(place), n)).collect();
        halve(&mut points, 0);
        Self { points }
    }

    /// Calls `visit` with every point within `radius` metres in a straight line, and maybe some beyond it, with the
    /// square of that line's length. It gives the radius from then on, which may only shrink; a negative
    /// one ends the search.
    pub(crate) fn near(&self, place: Place, radius: f64, visit: &mut dyn FnMut(u32, f64) -> f64) {
        let mut radius = radius;
        search(&self.points, &in_space(place), 0, &mut radius, visit);
    }
}

fn halve(points: &mut [([f64; 3], u32)], axis: usize) {
    if points.len() < 2 {
        return;
    }
    let middle = points.len() / 2;
    points.select_nth_unstable_by(middle, |(a, n), (b, m)| {
        let (a, b) = (along(a, axis), along(b, axis));
        a.total_cmp(&b).then(n.cmp(m))
    });
    let (left, right) = points.split_at_mut(middle);
    halve(left, (axis + 1) % 3);
    if let Some((_, right)) = right.split_first_mut() {
        halve(right, (axis + 1) % 3);
    }
}

fn search(
    points: &[([f64; 3], u32)],
    at: &[f64; 3],
    axis: usize,
    radius: &mut f64,
    visit: &mut dyn FnMut(u32, f64) -> f64,
) {
    if *radius < 0.0 {
        return;
    }
    let (left, right) = points.split_at(points.len() / 2);
    let Some(((point, n), right)) = right.split_first() else {
        return;
    };
    let side = along(at, axis) - along(point, axis);
    let (near, far) = if side < 0.0 {
        (left, right)
    } else {
        (right, left)
    };
    search(near, at, (axis + 1) % 3, radius, visit);
    let square = square_between(point, at);
    if *radius >= 0.0 && square <= *radius * *radius {
        *radius = visit(*n, square);
    }
    if side <= *radius && side >= -*radius {
        search(far, at, (axis + 1) % 3, radius, visit);
    }
}

fn along(point: &[f64; 3], axis: usize) -> f64 {
    let [x, y, z] = *point;
    match axis {
        0 => x,
        1 => y,
        _ => z,
    }
}

/// The square of a straight line's length.
pub(crate) fn square_between([a, b, c]: &[f64; 3], [x, y, z]: &[f64; 3]) -> f64 {
    (a - x) * (a - x) + (b - y) * (b - y) + (c - z) * (c - z)
}
