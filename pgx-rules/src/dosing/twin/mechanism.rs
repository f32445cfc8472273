//! The equations that all models share, as numbers ready to run.

use super::parameters::Parameters;

/// Exponentials of the drug's response to a dose.
pub const MODES: usize = 3;
/// Room for the compartments of both chains.
pub const COMPARTMENTS: usize = 8;

/// One exponential of the drug's level after a dose of 1 mg: `weight · exp(-rate · hours)`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mode {
    /// 1/h.
    pub rate: f64,
    /// Level per mg.
    pub weight: f64,
}

/// Transit compartments in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chain {
    /// How many, at least one; those of both chains fit into [`COMPARTMENTS`].
    pub compartments: usize,
    /// 1/h, from each to the next.
    pub rate: f64,
}

/// From the ends of the two chains to the INR.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Response {
    /// Rises with the mean of the ends.
    Mean,
    /// Rises with a power of what the product of the ends leaves.
    ProductPower(f64),
}

/// One person's equations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mechanism {
    /// The drug; unused modes have weight 0.
    pub modes: [Mode; MODES],
    /// Drug level of half inhibition.
    pub half: f64,
    /// Exponent of the inhibition.
    pub hill: f64,
    /// The two chains.
    pub chains: [Chain; 2],
    /// From chains to INR.
    pub response: Response,
    /// INR without drug.
    pub baseline: f64,
    /// Highest rise of the INR.
    pub scale: f64,
}

impl Mechanism {
    /// Inhibition of clotting-factor production by a drug level, 0 to 1.
    pub fn inhibition(&self, level: f64) -> f64 {
        if level > 0.0 { 1.0 / (1.0 + (self.half / level).powf(self.hill)) } else { 0.0 }
    }

    /// INR from the ends of the chains.
    pub fn inr(&self, ends: [f64; 2]) -> f64 {
        let [first, second] = ends;
        let fall = match self.response {
            Response::Mean => 1.0 - (first + second) / 2.0,
            Response::ProductPower(power) => (1.0 - first * second).max(0.0).powf(power),
        };
        self.baseline + self.scale * fall
    }

    /// Derivatives of the INR by the ends of the chains.
    pub fn inr_slopes(&self, ends: [f64; 2]) -> [f64; 2] {
        let [first, second] = ends;
        match self.response {
            Response::Mean => [-self.scale / 2.0; 2],
            Response::ProductPower(power) => {
                let left = (1.0 - first * second).max(0.0);
                let slope = -self.scale * power * left.powf(power - 1.0);
                [slope * second, slope * first]
            }
        }
    }

    /// The inhibition that holds an INR for ever; `None` when none does.
    pub fn inhibition_for(&self, inr: f64) -> Option<f64> {
        let fall = (inr - self.baseline) / self.scale;
        if !(fall > 0.0 && fall < 1.0) {
            return None;
        }
        Some(match self.response {
            Response::Mean => fall,
            // Both ends settle at 1 - inhibition.
            Response::ProductPower(power) => 1.0 - (1.0 - fall.powf(1.0 / power)).sqrt(),
        })
    }

    /// mg/day that holds an INR in the long run, doses taken as a steady inflow; `None` when none does.
    pub fn maintenance(&self, parameters: &Parameters, inr: f64) -> Option<f64> {
        let level = parameters.relative_level(self.inhibition_for(inr)?)? * parameters.ec50;
        Some(parameters.daily_for_level(level))
    }
}

/// Modes of first-order absorption into one compartment (Bateman), per mg of racemate.
pub fn one_compartment(parameters: &Parameters) -> [Mode; MODES] {
    let (ka, k) = (parameters.absorption, parameters.clearance / parameters.volume);
    let weight = parameters.share_of_dose * ka / (parameters.volume * apart(ka, k));
    [Mode { rate: k, weight }, Mode { rate: ka, weight: -weight }, Mode::default()]
}

/// Modes of first-order absorption into two compartments, per mg of racemate.
pub(super) fn two_compartments(parameters: &Parameters) -> [Mode; MODES] {
    let (ka, out) = (parameters.absorption, parameters.clearance / parameters.volume);
    let (to, back) = (parameters.exchange / parameters.volume, parameters.exchange / parameters.peripheral_volume);
    let sum = out + to + back;
    let root = (sum * sum - 4.0 * out * back).max(0.0).sqrt();
    let (fast, slow) = ((sum + root) / 2.0, (sum - root) / 2.0);
    let unit = parameters.share_of_dose * ka / parameters.volume;
    let weight = |rate: f64, other: f64| unit * (back - rate) / (apart(ka, rate) * apart(other, rate));
    let (first, second) = (weight(fast, slow), weight(slow, fast));
    [
        Mode { rate: fast, weight: first },
        Mode { rate: slow, weight: second },
        Mode { rate: ka, weight: -(first + second) },
    ]
}

/// The difference of two rates, kept off 0, where the formula's limit is within 1e-9 of its value beside it.
fn apart(a: f64, b: f64) -> f64 {
    let difference = a - b;
    if difference.abs() < 1e-9 { 1e-9_f64.copysign(difference) } else { difference }
}
