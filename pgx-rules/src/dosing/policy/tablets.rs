//! Doses that tablets make: half milligrams a day, in a weekly pattern.

/// Smallest step of a day's dose, mg: half of the 1 mg tablet. Strengths of 1, 2, 2.5, 3, 4, 5, 6, 7.5 and 10 mg and their
/// halves make every multiple.
pub const STEP: f64 = 0.5;
/// Days of a pattern.
const WEEK: usize = 7;

/// A weekly total that the pattern can make, mg/day: the nearest multiple of half a milligram a week.
pub fn nearest(daily: f64) -> f64 {
    if !(daily.is_finite() && daily > 0.0) {
        return 0.0;
    }
    (daily * WEEK as f64 / STEP).round() * STEP / WEEK as f64
}

/// mg on each day of the week: two neighbouring doses, the larger ones spread over the week.
pub fn pattern(daily: f64) -> [f64; WEEK] {
    let steps = (nearest(daily) * WEEK as f64 / STEP).round() as usize;
    let (low, extra) = (steps / WEEK, steps % WEEK);
    std::array::from_fn(|day| {
        let is_larger = (day + 1) * extra / WEEK > day * extra / WEEK;
        (low + usize::from(is_larger)) as f64 * STEP
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_adds_up_and_its_days_differ_by_one_step() {
        for tenth in 0..=150 {
            let daily = f64::from(tenth) / 10.0;
            let week = pattern(daily);
            let total: f64 = week.iter().sum();
            assert!((total / 7.0 - nearest(daily)).abs() < 1e-12, "{daily}: {week:?}");
            assert!((nearest(daily) - daily).abs() <= STEP / 14.0 + 1e-12, "{daily}");
            let (low, high) = week.iter().fold((f64::MAX, 0.0_f64), |(l, h), d| (l.min(*d), h.max(*d)));
            assert!(high - low <= STEP, "{daily}: {week:?}");
        }
        assert_eq!(pattern(f64::NAN), [0.0; 7]);
    }
}
