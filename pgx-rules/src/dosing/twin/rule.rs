//! One step of the chains, ready to be repeated: an exact transfer and a quadrature of the drive.
//!
//! A chain with rate k that is fed u(t) obeys x(h) = T(h)·x(0) + ∫ K(h - s)·u(s) ds, where T and K are terms of a Poisson
//! distribution: (kt)^j/j!·exp(-kt), times k for K. Only u, the uninhibited share, needs the drug's level, and it is smooth
//! except just after a dose: panels grow from there, each with Gauss-Legendre nodes. Cost of a step: one power a node.

use std::f64::consts::PI;

use super::mechanism::{COMPARTMENTS, Chain};

/// A value for each compartment, first chain first.
pub type Compartments = [f64; COMPARTMENTS];

/// How closely the drive is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mesh {
    /// For answers: errors of the INR below 1e-7.
    Fine,
    /// For trials and searches: errors of the INR below 0.3 %, nine evaluations a day.
    Coarse,
}

impl Mesh {
    /// Ends of the panels in hours after the start of a step, and the nodes in each.
    fn panels(self, hours: f64) -> (Vec<f64>, usize) {
        let (first, nodes): (&[f64], usize) = match self {
            Self::Fine => (&[0.0, 1e-4, 2e-3, 0.01, 0.05, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 24.0], 8),
            Self::Coarse => (&[0.0, 0.6, 3.0, 24.0], 3),
        };
        let mut ends: Vec<f64> = first.iter().copied().filter(|&end| end < hours).collect();
        while ends.last().is_some_and(|&last| hours - last > 24.0) {
            ends.push(ends.last().map_or(24.0, |last| last + 24.0));
        }
        ends.push(hours);
        (ends, nodes)
    }
}

/// One step of fixed length for fixed chains.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Length, h.
    pub hours: f64,
    /// Times of the nodes after the start, h.
    pub nodes: Vec<f64>,
    /// What one unit of drive at a node adds to each compartment at the end.
    pub gains: Vec<Compartments>,
    chains: [Chain; 2],
    /// By chain, what is left of a compartment in the one `j` places further.
    transfer: [Compartments; 2],
}

impl Rule {
    /// The rule of a step.
    pub fn new(chains: [Chain; 2], hours: f64, mesh: Mesh) -> Self {
        let (ends, count) = mesh.panels(hours);
        let unit = gauss_legendre(count);
        let (mut nodes, mut gains) = (Vec::new(), Vec::new());
        for pair in ends.windows(2) {
            let &[from, to] = pair else { continue };
            for &(node, weight) in &unit {
                let at = from + (to - from) * (node + 1.0) / 2.0;
                nodes.push(at);
                gains.push(gain(chains, hours - at, weight * (to - from) / 2.0));
            }
        }
        Self { hours, nodes, gains, chains, transfer: chains.map(|chain| poisson(chain.rate * hours)) }
    }

    /// What is left of a state at the end of the step, without the drive.
    pub fn transferred(&self, state: &Compartments) -> Compartments {
        let mut result = [0.0; COMPARTMENTS];
        let mut first = 0;
        for (chain, transfer) in self.chains.iter().zip(&self.transfer) {
            let part = state.iter().skip(first).take(chain.compartments);
            for (from, value) in part.enumerate() {
                let rest = result.iter_mut().skip(first + from).take(chain.compartments - from);
                for (to, share) in rest.zip(transfer) {
                    *to += share * value;
                }
            }
            first += chain.compartments;
        }
        result
    }
}

/// The chains' ends in a state.
pub fn ends(chains: &[Chain; 2], state: &Compartments) -> [f64; 2] {
    let [first, second] = chains;
    let at = |place: usize| state.get(place.wrapping_sub(1)).copied().unwrap_or(f64::NAN);
    [at(first.compartments), at(first.compartments + second.compartments)]
}

fn gain(chains: [Chain; 2], left: f64, weight: f64) -> Compartments {
    let mut result = [0.0; COMPARTMENTS];
    let mut first = 0;
    for chain in chains {
        let part = result.iter_mut().skip(first).take(chain.compartments);
        for (value, share) in part.zip(poisson(chain.rate * left)) {
            *value = weight * chain.rate * share;
        }
        first += chain.compartments;
    }
    result
}

/// mean^j/j!·exp(-mean).
fn poisson(mean: f64) -> Compartments {
    let mut term = (-mean).exp();
    let mut place = 0.0;
    [(); COMPARTMENTS].map(|()| {
        let value = term;
        place += 1.0;
        term *= mean / place;
        value
    })
}

/// Nodes on -1 … 1 with their weights: roots of the Legendre polynomial, by Newton's method from Chebyshev's guess.
fn gauss_legendre(count: usize) -> Vec<(f64, f64)> {
    let n = count as f64;
    (0..count)
        .map(|i| {
            let mut x = (PI * (i as f64 + 0.75) / (n + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..20 {
                let (mut before, mut value) = (1.0, x);
                for degree in 2..=count {
                    let d = degree as f64;
                    (before, value) = (value, ((2.0 * d - 1.0) * x * value - (d - 1.0) * before) / d);
                }
                slope = n * (x * value - before) / (x * x - 1.0);
                x -= value / slope;
            }
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_nodes_integrate_a_polynomial_of_degree_fifteen() {
        let rule = gauss_legendre(8);
        for power in 0..16 {
            let sum: f64 = rule.iter().map(|(x, w)| w * x.powi(power)).sum();
            let exact = if power % 2 == 0 { 2.0 / (f64::from(power) + 1.0) } else { 0.0 };
            assert!((sum - exact).abs() < 1e-13, "x^{power}: {sum} for {exact}");
        }
    }

    #[test]
    fn an_uninhibited_chain_stays_full() {
        let chains = [Chain { compartments: 3, rate: 0.1 }, Chain { compartments: 2, rate: 0.03 }];
        for hours in [0.5, 7.0, 24.0, 200.0] {
            let rule = Rule::new(chains, hours, Mesh::Fine);
            let mut state = rule.transferred(&[1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
            for gain in &rule.gains {
                state.iter_mut().zip(gain).for_each(|(value, add)| *value += add);
            }
            for value in &state[..5] {
                assert!((value - 1.0).abs() < 1e-12, "{hours} h: {state:?}");
            }
        }
    }
}
