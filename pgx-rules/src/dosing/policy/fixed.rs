//! One dose for ever: what the rails alone would make of it.

use super::starts::USUAL_DAILY;
use super::{Abstains, Chart, Conduct, Policy, Start};
use crate::dosing::rails::{Rail, Suggestion};
use crate::dosing::record::Record;
use crate::dosing::ttr::Range;

/// The usual dose, never changed by the policy.
pub struct Fixed;

impl Policy for Fixed {
    fn name(&self) -> &str {
        "fixed"
    }

    fn uses_genotypes(&self) -> bool {
        false
    }

    fn begin<'p>(&'p self, _: &'p Record, _: Range) -> Result<Box<dyn Conduct + 'p>, Abstains> {
        Ok(Box::new(Unchanged))
    }
}

struct Unchanged;

impl Conduct for Unchanged {
    fn start(&mut self, _: usize) -> Start {
        Start { loading: Vec::new(), daily: USUAL_DAILY }
    }

    fn revise(&mut self, chart: &Chart<'_>) -> Result<Suggestion, Rail> {
        Ok(Suggestion { daily: USUAL_DAILY, ..chart.unchanged() })
    }
}
