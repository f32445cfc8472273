//! Fisher's exact test, and the hypergeometric distribution it rests on.

use ndarray::{Array2, ArrayView2, Axis};
use rand::seq::SliceRandom;
use serde::Serialize;
use statrs::function::factorial::ln_factorial;

use crate::random;

/// Counts of two yes-or-no properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TwoByTwo {
    /// Patients with both.
    pub both: u64,
    /// Patients with the first only.
    pub first: u64,
    /// Patients with the second only.
    pub second: u64,
    /// Patients with neither.
    pub neither: u64,
}

/// The exact test of a 2 × 2 table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Exact {
    /// Sample odds ratio, both × neither / (first × second): infinite where only the divisor is 0, NaN where a row or
    /// a column is empty.
    pub odds_ratio: f64,
    /// Two-sided: the chance of a table no likelier than this one, the margins being as they are.
    pub p: f64,
}

/// Tables whose chance is this close count as equally likely: two orders of the same sum must not differ.
const EQUAL: f64 = 1e-7;

impl TwoByTwo {
    /// Counts two properties over the same patients; those beyond the end of the shorter list are left out.
    pub fn count(first: &[bool], second: &[bool]) -> Self {
        let mut table = Self { both: 0, first: 0, second: 0, neither: 0 };
        for pair in first.iter().zip(second) {
            match pair {
                (true, true) => table.both += 1,
                (true, false) => table.first += 1,
                (false, true) => table.second += 1,
                (false, false) => table.neither += 1,
            }
        }
        table
    }

    /// Fisher's exact test.
    pub fn exact(self) -> Exact {
        let (row, column) = (self.both + self.first, self.both + self.second);
        let total = row + self.second + self.neither;
        let drawn = Hypergeometric { population: total, marked: row, drawn: column };
        let observed = drawn.ln_chance(self.both);
        let p =
            drawn.support().map(|x| drawn.ln_chance(x)).filter(|c| *c <= observed + EQUAL).map(f64::exp).sum::<f64>();
        let odds_ratio = (self.both as f64 * self.neither as f64) / (self.first as f64 * self.second as f64);
        Exact { odds_ratio, p: p.min(1.0) }
    }
}

/// Chance of `seen` or more marked among `drawn` of a `population` with `marked`: is a pathway hit more often than a
/// draw would? 1 where `seen` is 0, and 0 where it cannot be.
pub fn hypergeometric_tail(population: u64, marked: u64, drawn: u64, seen: u64) -> f64 {
    let urn = Hypergeometric { population, marked: marked.min(population), drawn: drawn.min(population) };
    urn.support().filter(|x| *x >= seen).map(|x| urn.ln_chance(x).exp()).sum::<f64>().min(1.0)
}

struct Hypergeometric {
    population: u64,
    marked: u64,
    drawn: u64,
}

impl Hypergeometric {
    fn support(&self) -> std::ops::RangeInclusive<u64> {
        (self.marked + self.drawn).saturating_sub(self.population)..=self.marked.min(self.drawn)
    }

    /// Logarithm of the chance of `x` within the support.
    fn ln_chance(&self, x: u64) -> f64 {
        let choose = |n: u64, k: u64| ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
        choose(self.marked, x) + choose(self.population - self.marked, self.drawn - x)
            - choose(self.population, self.drawn)
    }
}

/// The same test for larger tables (Freeman and Halton 1951, doi 10.1093/biomet/38.1-2.141), by `draws` random tables
/// with these margins: share of them no likelier than this one, counting itself. The least p is 1 / (draws + 1).
pub fn simulated(table: ArrayView2<'_, u64>, draws: usize, seed: u64) -> f64 {
    let mut columns = Vec::new();
    let mut rows = Vec::new();
    for ((i, j), &count) in table.indexed_iter() {
        for _ in 0..count {
            rows.push(i);
            columns.push(j);
        }
    }
    let filled = |axis| table.axis_iter(axis).filter(|line| line.sum() > 0).count();
    if filled(Axis(0)) < 2 || filled(Axis(1)) < 2 {
        return f64::NAN;
    }
    // With fixed margins the chance of a table falls with the sum of ln n! of its counts.
    let unlikely = |t: ArrayView2<'_, u64>| t.iter().map(|&n| ln_factorial(n)).sum::<f64>();
    let observed = unlikely(table);
    let mut generator = random::stream(seed, &[]);
    let mut extreme = 1;
    let mut drawn = Array2::zeros(table.dim());
    for _ in 0..draws {
        columns.shuffle(&mut generator);
        drawn.fill(0);
        for (&i, &j) in rows.iter().zip(&columns) {
            drawn[[i, j]] += 1;
        }
        extreme += usize::from(unlikely(drawn.view()) >= observed - EQUAL);
    }
    extreme as f64 / (draws + 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_lady_tasting_tea() {
        // Fisher 1935: three of four cups right on both sides; 2 × (16 + 1) / 70.
        let found = TwoByTwo { both: 3, first: 1, second: 1, neither: 3 }.exact();
        assert!((found.p - 34.0 / 70.0).abs() < 1e-12 && found.odds_ratio == 9.0, "{found:?}");
    }

    #[test]
    fn tables_with_an_empty_margin_say_nothing() {
        let found = TwoByTwo { both: 0, first: 0, second: 4, neither: 5 }.exact();
        assert!(found.odds_ratio.is_nan() && (found.p - 1.0).abs() < 1e-12, "{found:?}");
        assert_eq!(TwoByTwo { both: 0, first: 0, second: 0, neither: 0 }.exact().p, 1.0);
    }

    #[test]
    fn tails_hold_at_the_ends() {
        assert!((hypergeometric_tail(10, 4, 3, 0) - 1.0).abs() < 1e-12);
        assert_eq!(hypergeometric_tail(10, 4, 3, 4), 0.0);
        assert!((hypergeometric_tail(10, 4, 3, 3) - 4.0 / 120.0).abs() < 1e-12);
    }

    #[test]
    fn simulation_comes_near_the_exact_chance() {
        let found = simulated(array![[3, 1], [1, 3]].view(), 20_000, 1);
        // Four standard errors of a share of 34/70 in 20,000 draws.
        assert!((found - 34.0 / 70.0).abs() < 0.0142, "{found}");
    }
}
