//! Equations that are a sum of terms under a link.

use super::gather::{Gathered, Part};
use super::{Dose, DoseModel, Estimate, Stage, Term, blank, interval};
use crate::dosing::record::Record;
use crate::knowledge::schema::{DosingTable, Knowledge};

/// From the sum to mg/week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// The sum is √(mg/week).
    SquareRoot,
    /// The sum is ln(mg/day).
    LogDaily,
    /// The sum is ln(mg/week).
    LogWeekly,
}

impl Link {
    fn weekly(self, sum: f64) -> f64 {
        match self {
            Self::SquareRoot => sum * sum,
            Self::LogDaily => 7.0 * sum.exp(),
            Self::LogWeekly => sum.exp(),
        }
    }
}

/// A published equation.
pub(super) struct Equation {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) stage: Stage,
    pub(super) uses_genotypes: bool,
    /// File and equation of the coefficients.
    pub(super) table: &'static str,
    pub(super) equation: &'static str,
    pub(super) link: Link,
    /// Said where no accuracy is published.
    pub(super) no_interval: &'static str,
    /// Gathers what the equation needs.
    pub(super) gather: for<'r> fn(&'r Record) -> Gathered<'r>,
}

impl DoseModel for Equation {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn uses_genotypes(&self) -> bool {
        self.uses_genotypes
    }

    fn estimate(&self, knowledge: &Knowledge, record: &Record) -> Estimate {
        let table = knowledge.dosing.get(self.table);
        let mut estimate = blank(self, table);
        let Some(table) = table else { return estimate };
        estimate.scale.clone_from(&table.gives);
        let gathered = (self.gather)(record);
        let only_flags = gathered.missing.len() == gathered.missing_flags.len();
        if let Some(why) = &gathered.no_dose {
            estimate.no_dose.clone_from(why);
        } else if gathered.missing.is_empty() {
            self.compute(table, &gathered.parts, record, &mut estimate);
        } else if only_flags && gathered.missing_flags.len() <= MOST_FLAGS {
            estimate.depending_on_missing = self.over_missing(table, &gathered);
        }
        estimate.inputs = gathered.inputs;
        estimate.missing = gathered.missing;
        estimate.unknown_terms = gathered.unknown_terms;
        estimate.outside = gathered.outside;
        estimate
    }
}

/// Missing facts over whose values the dose is spanned, at most.
const MOST_FLAGS: usize = 6;

impl Equation {
    fn compute(&self, table: &DosingTable, parts: &[Part], record: &Record, estimate: &mut Estimate) {
        match self.terms(table, parts) {
            Ok((weekly, terms)) => {
                estimate.dose = Some(Dose::Weekly(weekly));
                estimate.terms = terms;
                estimate.interval = interval(table, self.equation, record, weekly);
                if estimate.interval.is_none() {
                    self.no_interval.clone_into(&mut estimate.no_interval);
                }
            }
            Err(why) => estimate.no_dose = why,
        }
    }

    fn terms(&self, table: &DosingTable, parts: &[Part]) -> Result<(f64, Vec<Term>), String> {
        let coefficients = table.equations.get(self.equation);
        let mut products = Vec::with_capacity(parts.len());
        for part in parts {
            let coefficient = coefficients.and_then(|c| c.get(&part.term)).copied();
            let coefficient = coefficient.ok_or_else(|| format!("the table of coefficients has no {}", part.term))?;
            products.push((part, coefficient, coefficient * part.value));
        }
        let total: f64 = products.iter().map(|(_, _, product)| product).sum();
        if !total.is_finite() || (self.link == Link::SquareRoot && total < 0.0) {
            return Err("the values are outside the range of the model".into());
        }
        let (mut sum, mut before) = (0.0, 0.0);
        let mut terms = Vec::with_capacity(products.len());
        for (part, coefficient, contribution) in products {
            sum += contribution;
            let now = self.link.weekly(sum);
            terms.push(Term {
                name: part.term.clone(),
                value: part.value,
                coefficient,
                contribution,
                weekly: now - before,
                without: self.link.weekly(total - contribution),
            });
            before = now;
        }
        Ok((self.link.weekly(total), terms))
    }

    /// Lowest and highest dose over all values of the missing facts.
    fn over_missing(&self, table: &DosingTable, gathered: &Gathered<'_>) -> Option<[f64; 2]> {
        let flags = &gathered.missing_flags;
        let mut bounds: Option<[f64; 2]> = None;
        for choice in 0..1_u32 << flags.len() {
            let mut record = gathered.record.clone();
            for (i, flag) in flags.iter().enumerate() {
                record.set(*flag, Some(choice >> i & 1 == 1));
            }
            let (weekly, _) = self.terms(table, &(self.gather)(&record).parts).ok()?;
            bounds = Some(bounds.map_or([weekly; 2], |[low, high]| [low.min(weekly), high.max(weekly)]));
        }
        bounds
    }
}
