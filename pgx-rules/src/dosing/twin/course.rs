//! A course in time: doses go in, hours pass, drug and INR come out; with the INR's derivatives where asked for.

use std::sync::Arc;

use super::mechanism::{COMPARTMENTS, MODES, Mechanism, Mode};
use super::rule::{Compartments, Mesh, Rule, ends};

/// Hours of a day.
pub const DAY: f64 = 24.0;

/// The repeated step of one person: a rule with the decay of the drug to its nodes.
#[derive(Clone, Debug)]
pub struct Step {
    rule: Arc<Rule>,
    decay: Vec<[f64; MODES]>,
    at_end: [f64; MODES],
}

impl Step {
    /// Joins a rule, which belongs to the chains, with a person's drug.
    pub fn new(rule: Arc<Rule>, modes: &[Mode; MODES]) -> Self {
        let at = |hours: f64| modes.map(|m| if m.weight == 0.0 { 0.0 } else { (-m.rate * hours).exp() });
        let decay = rule.nodes.iter().map(|&t| at(t)).collect();
        let at_end = at(rule.hours);
        Self { rule, decay, at_end }
    }
}

/// A person's course up to now.
#[derive(Clone, Debug)]
pub struct Course {
    mechanism: Mechanism,
    mesh: Mesh,
    day: Arc<Step>,
    modes: [f64; MODES],
    state: Compartments,
}

impl Course {
    /// Before the first dose.
    pub fn new(mechanism: Mechanism, mesh: Mesh) -> Self {
        let rule = Arc::new(Rule::new(mechanism.chains, DAY, mesh));
        Self::with_day(mechanism, mesh, rule)
    }

    /// As [`Course::new`], with a rule of one day that was made before for the same chains.
    pub fn with_day(mechanism: Mechanism, mesh: Mesh, day: Arc<Rule>) -> Self {
        let day = Arc::new(Step::new(day, &mechanism.modes));
        Self { mechanism, mesh, day, modes: [0.0; MODES], state: [1.0; COMPARTMENTS] }
    }

    /// Takes a dose, mg of racemate.
    pub fn dose(&mut self, mg: f64) {
        for (level, mode) in self.modes.iter_mut().zip(&self.mechanism.modes) {
            *level += mg * mode.weight;
        }
    }

    /// Lets time pass.
    pub fn advance(&mut self, hours: f64) {
        if hours == DAY {
            let day = Arc::clone(&self.day);
            self.step(&day);
        } else if hours > 0.0 {
            let rule = Arc::new(Rule::new(self.mechanism.chains, hours, self.mesh));
            self.step(&Step::new(rule, &self.mechanism.modes));
        }
    }

    /// Lets one day pass after taking a dose.
    pub fn day(&mut self, mg: f64) {
        self.dose(mg);
        self.advance(DAY);
    }

    /// Changes the equations from now on: the person has changed. Between doses a day apart what is left of absorption is
    /// nothing, so that the slowest mode alone holds the drug's level; of models with one compartment only.
    pub fn replace(&mut self, mechanism: Mechanism) {
        if mechanism != self.mechanism {
            self.day = Arc::new(Step::new(Arc::clone(&self.day.rule), &mechanism.modes));
            self.mechanism = mechanism;
        }
    }

    /// Drug level: mg/L, or mg in a model without concentrations.
    pub fn drug(&self) -> f64 {
        self.modes.iter().sum()
    }

    /// INR now.
    pub fn inr(&self) -> f64 {
        self.mechanism.inr(ends(&self.mechanism.chains, &self.state))
    }

    /// The equations.
    pub fn mechanism(&self) -> &Mechanism {
        &self.mechanism
    }

    fn step(&mut self, step: &Step) {
        let mut state = step.rule.transferred(&self.state);
        for (decay, gain) in step.decay.iter().zip(&step.rule.gains) {
            let level: f64 = self.modes.iter().zip(decay).map(|(m, d)| m * d).sum();
            let drive = 1.0 - self.mechanism.inhibition(level);
            state.iter_mut().zip(gain).for_each(|(value, gain)| *value += gain * drive);
        }
        self.state = state;
        self.modes.iter_mut().zip(&step.at_end).for_each(|(m, d)| *m *= d);
    }
}

/// A course with derivatives by the logarithms of clearance and EC50.
#[derive(Clone, Debug)]
pub struct SensitiveCourse {
    course: Course,
    slopes: ModeSlopes,
    /// Relative change of half inhibition with each of the two.
    half: [f64; 2],
    /// Derivative of the drug's modes by log clearance.
    modes: [f64; MODES],
    /// Derivatives of the chains by log clearance and by log EC50.
    by: [Compartments; 2],
}

/// Derivatives of a person's modes by log clearance.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModeSlopes {
    /// Of the rates, 1/h.
    pub rate: [f64; MODES],
    /// Of the weights.
    pub weight: [f64; MODES],
}

impl SensitiveCourse {
    /// Before the first dose; `slopes` and `half` (relative, by log clearance and log EC50) belong to the course's mechanism.
    pub fn new(course: Course, slopes: ModeSlopes, half: [f64; 2]) -> Self {
        Self { course, slopes, half, modes: [0.0; MODES], by: [[0.0; COMPARTMENTS]; 2] }
    }

    /// Takes a dose, mg of racemate.
    pub fn dose(&mut self, mg: f64) {
        self.course.dose(mg);
        self.modes.iter_mut().zip(&self.slopes.weight).for_each(|(m, w)| *m += mg * w);
    }

    /// Lets time pass.
    pub fn advance(&mut self, hours: f64) {
        if hours == DAY {
            let day = Arc::clone(&self.course.day);
            self.step(&day);
        } else if hours > 0.0 {
            let rule = Arc::new(Rule::new(self.course.mechanism.chains, hours, self.course.mesh));
            self.step(&Step::new(rule, &self.course.mechanism.modes));
        }
    }

    /// Lets one day pass after taking a dose.
    pub fn day(&mut self, mg: f64) {
        self.dose(mg);
        self.advance(DAY);
    }

    /// The course itself.
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// Derivatives of the INR by log clearance and log EC50.
    pub fn slopes(&self) -> [f64; 2] {
        let mechanism = &self.course.mechanism;
        let [a, b] = mechanism.inr_slopes(ends(&mechanism.chains, &self.course.state));
        self.by.map(|by| {
            let [first, second] = ends(&mechanism.chains, &by);
            a * first + b * second
        })
    }

    fn step(&mut self, step: &Step) {
        let mechanism = &self.course.mechanism;
        let mut state = step.rule.transferred(&self.course.state);
        let mut by = [step.rule.transferred(&self.by[0]), step.rule.transferred(&self.by[1])];
        let nodes = step.decay.iter().zip(&step.rule.gains).zip(&step.rule.nodes);
        for ((decay, gain), &hours) in nodes {
            let (mut level, mut slope) = (0.0, 0.0);
            let levels = self.course.modes.iter().zip(&self.modes).zip(&self.slopes.rate);
            for (((mode, by_clearance), rate), left) in levels.zip(decay) {
                level += mode * left;
                slope += (by_clearance - rate * hours * mode) * left;
            }
            let inhibition = mechanism.inhibition(level);
            let steepness = mechanism.hill * inhibition * (1.0 - inhibition);
            let relative = if level > 0.0 { slope / level } else { 0.0 };
            let change = [-steepness * (relative - self.half[0]), steepness * self.half[1]];
            for i in 0..COMPARTMENTS {
                state[i] += gain[i] * (1.0 - inhibition);
                by[0][i] += gain[i] * change[0];
                by[1][i] += gain[i] * change[1];
            }
        }
        let hours = step.rule.hours;
        for i in 0..MODES {
            let moved = self.modes[i] - self.slopes.rate[i] * hours * self.course.modes[i];
            self.modes[i] = moved * step.at_end[i];
            self.course.modes[i] *= step.at_end[i];
        }
        self.course.state = state;
        self.by = by;
    }
}
