//! The first daily dose that the flow's route comes to, within the rails.

use pgx_rules::dosing::first::{Branch, highly_sensitive};
use pgx_rules::dosing::rails::{self, Rail};
use pgx_rules::dosing::record::Record;
use pgx_rules::knowledge::schema::Knowledge;
use serde::Serialize;

use super::answer::Reason;

/// A first daily dose.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Start {
    /// Branch of the flow.
    pub african_ancestry: bool,
    /// mg a day, lowest over the route's equations and the flow's range, as computed.
    pub computed_low: f64,
    /// mg a day, highest, as computed.
    pub computed_high: f64,
    /// mg, lowest, within the rails.
    pub low: f64,
    /// mg, highest, within the rails.
    pub high: f64,
    /// Rails that were touched.
    pub rails: Vec<Reason>,
}

/// One for each branch whose route could be computed.
pub fn starts(knowledge: &Knowledge, record: &Record, branches: &[Branch]) -> Vec<Start> {
    let person = record.situation(highly_sensitive(knowledge, record));
    let mut starts = Vec::new();
    for branch in branches {
        let daily = |read: fn(f64, f64) -> f64, from: f64, value: fn(&pgx_rules::dosing::first::RouteDose) -> f64| {
            branch.doses.iter().map(value).fold(from, read) / 7.0
        };
        if branch.doses.is_empty() {
            continue;
        }
        let computed_low = daily(f64::min, f64::INFINITY, |d| d.low);
        let computed_high = daily(f64::max, 0.0, |d| d.high);
        let (low, high) = (rails::first_dose(&person, computed_low), rails::first_dose(&person, computed_high));
        let mut touched: Vec<Rail> = low.rails.iter().chain(&high.rails).copied().collect();
        touched.sort();
        touched.dedup();
        starts.push(Start {
            african_ancestry: branch.african_ancestry,
            computed_low,
            computed_high,
            low: low.mg,
            high: high.mg,
            rails: touched.into_iter().map(Reason::from).collect(),
        });
    }
    starts
}
