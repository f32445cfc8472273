//! A table of doses and INRs to twins: deviations from the typical person, and a forecast.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use pgx_rules::dosing::ttr::{Visit, check};
use pgx_rules::dosing::twin::TwinModel;
use pgx_rules::dosing::twin::fit::{History, Observation, Posterior, Spreads, Twin};
use pgx_rules::dosing::twin::forecast::{Forecast, Maintenance};
use pgx_rules::dosing::twin::rule::Mesh;

use super::simulation::doses;
use super::table::write_aside;
use super::twin_table::{Row, Rows};

/// What is asked of every row.
pub struct Question<'a> {
    /// The model.
    pub model: &'a dyn TwinModel,
    /// Spreads of priors and residual.
    pub spreads: Spreads,
    /// Day to forecast.
    pub day: usize,
    /// INR that the maintenance dose is for.
    pub target: f64,
}

/// Fits every row and writes the table; gives a sentence for each row that could not be.
///
/// # Errors
/// When the file cannot be written.
pub fn write(rows: &Rows, question: &Question<'_>, path: &Path) -> Result<Vec<String>> {
    let day = question.day;
    let mut text = format!(
        "id\teta_cl\teta_ec50\tinr_day{day}\tinr_day{day}_low\tinr_day{day}_high\tsd_cl\tsd_ec50\tcorrelation\tobjective\t\
         maintenance_mg_day\tmaintenance_low\tmaintenance_high\n"
    );
    let mut failures = Vec::new();
    for row in &rows.rows {
        match answer(row, question) {
            Ok((posterior, forecast, maintenance)) => {
                if forecast.is_none() {
                    failures.push(rows.failure(row, &format!("no forecast: doses_mg ends before day {day}")));
                }
                cells(&mut text, &row.id, &posterior, forecast, maintenance);
            }
            Err(why) => {
                let _ = writeln!(text, "{}{}", row.id, "\t".repeat(12)); // into a string: cannot fail
                failures.push(rows.failure(row, &why));
            }
        }
    }
    write_aside(path, &text)?;
    Ok(failures)
}

fn cells(text: &mut String, id: &str, fit: &Posterior, forecast: Option<Forecast>, maintenance: Option<Maintenance>) {
    let [[cl, both], [_, ec50]] = fit.covariance;
    let three = |values: Option<[f64; 3]>| values.map_or_else(Default::default, |v| v.map(|n| n.to_string()));
    let [inr, low, high] = three(forecast.map(|f| [f.inr, f.band().0, f.band().1]));
    let [daily, least, most] = three(maintenance.map(|m| [m.daily, m.band().0, m.band().1]));
    let _ = writeln!(
        text, // into a string: cannot fail
        "{id}\t{}\t{}\t{inr}\t{low}\t{high}\t{}\t{}\t{}\t{}\t{daily}\t{least}\t{most}",
        fit.mode.clearance,
        fit.mode.ec50,
        cl.sqrt(),
        ec50.sqrt(),
        both / (cl * ec50).sqrt(),
        fit.objective
    );
}

type Answer = (Posterior, Option<Forecast>, Option<Maintenance>);

fn answer(row: &Row, question: &Question<'_>) -> Result<Answer, String> {
    let person = row.person.as_ref().map_err(Clone::clone)?;
    let history = history(row)?;
    let typical = question.model.parameters(person).map_err(|e| e.to_string())?;
    let twin = Twin::new(question.model, typical, question.spreads, Mesh::Fine);
    let posterior = twin.fit(&history).map_err(|e| e.to_string())?;
    let forecast = history.doses.get(..question.day).and_then(|doses| twin.forecast(&posterior, doses).last().copied());
    Ok((posterior, forecast, twin.maintenance(&posterior, question.target)))
}

fn history(row: &Row) -> Result<History, String> {
    let (days, inrs) = (row.days.as_ref().map_err(Clone::clone)?, row.inrs.as_ref().map_err(Clone::clone)?);
    if days.len() != inrs.len() {
        return Err(format!("{} days, but {} INRs", days.len(), inrs.len()));
    }
    let visits: Vec<Visit> = days.iter().zip(inrs).map(|(&day, &inr)| Visit { day, inr }).collect();
    check(&visits).map_err(|e| e.to_string())?;
    let observations = visits.iter().map(|v| Observation { day: v.day, inr: v.inr, doubt: 1.0 }).collect();
    Ok(History { doses: doses(row)?.to_vec(), observations })
}
