//! A person's parameters, in the models' common terms.

/// Parameters of one person; those that a model does not have are 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// Clearance of S-warfarin, L/h.
    pub clearance: f64,
    /// Central volume, L.
    pub volume: f64,
    /// Flow between the compartments, L/h.
    pub exchange: f64,
    /// Peripheral volume, L.
    pub peripheral_volume: f64,
    /// Rate of absorption, 1/h.
    pub absorption: f64,
    /// Part of the dose that enters.
    pub share_of_dose: f64,
    /// Concentration of half inhibition, mg/L.
    pub ec50: f64,
    /// Exponent of the inhibition.
    pub hill: f64,
    /// Mean transit times as published, h.
    pub mean_transit: [f64; 2],
    /// INR without drug.
    pub baseline: f64,
    /// Highest rise of the INR.
    pub inr_scale: f64,
    /// Exponent of the response, where there is one.
    pub inr_power: f64,
}

/// How a person differs from the typical one: natural logarithms of factors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deviation {
    /// Of clearance.
    pub clearance: f64,
    /// Of EC50.
    pub ec50: f64,
}

impl Parameters {
    /// The parameters of a person who differs from the typical one.
    pub fn deviate(&self, by: Deviation) -> Self {
        Self { clearance: self.clearance * by.clearance.exp(), ec50: self.ec50 * by.ec50.exp(), ..*self }
    }

    /// The drug's level that would hold this INR for ever, in units of EC50; `None` when no dose can.
    pub(super) fn relative_level(&self, inhibition: f64) -> Option<f64> {
        (inhibition > 0.0 && inhibition < 1.0).then(|| (inhibition / (1.0 - inhibition)).powf(1.0 / self.hill))
    }

    /// mg/day of racemate that keeps S-warfarin at a level (mg/L) by clearance.
    pub(super) fn daily_for_level(&self, level: f64) -> f64 {
        24.0 * self.clearance * level / self.share_of_dose
    }
}
