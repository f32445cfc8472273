//! The twin's equations on real curves: warfarin concentrations and prothrombin complex activity of volunteers after one dose
//! (O'Reilly et al., J Clin Invest 1963;42:1542; Circulation 1968;38:169). The data do not ship: without them the test says so.
//!
//! Published fits: clearance 0.131-0.135 L/h/70 kg, volume 8.1 L/70 kg, E0 96 %, EC50 5.8 mg/L, equilibration half-life 40 h.
//! The first three come out; EC50 and equilibration do not (1.7 mg/L, 33 h), see the end of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;

use nalgebra::{DMatrix, DVector};
use pgx_rules::dosing::twin::mechanism::{Chain, Mechanism, Response, one_compartment};
use pgx_rules::dosing::twin::rule::Mesh;
use pgx_rules::dosing::twin::{Course, Parameters};

struct Volunteer {
    weight: f64,
    dose: f64,
    /// Hours and mg/L.
    concentrations: Vec<(f64, f64)>,
    /// Hours and percent of normal.
    activities: Vec<(f64, f64)>,
}

fn volunteers() -> Option<Vec<Volunteer>> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let path = above.map(|f| f.join("shared/data/warfarin/oreilly_pkpd.tsv")).find(|p| p.is_file())?;
    let mut found: BTreeMap<u32, Volunteer> = BTreeMap::new();
    for line in std::fs::read_to_string(path).unwrap().lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let number = |i: usize| cells[i].parse::<f64>().unwrap();
        let volunteer = found.entry(cells[0].parse().unwrap()).or_insert_with(|| Volunteer {
            weight: number(6),
            dose: 0.0,
            concentrations: Vec::new(),
            activities: Vec::new(),
        });
        match (cells[5], cells[4]) {
            ("1", _) => volunteer.dose += number(2),
            (_, "cp") => volunteer.concentrations.push((number(1), number(3))),
            _ => volunteer.activities.push((number(1), number(3))),
        }
    }
    Some(found.into_values().collect())
}

/// Least squares by Levenberg-Marquardt with differences for derivatives.
fn least_squares(start: &[f64], residuals: impl Fn(&[f64]) -> Vec<f64>) -> (Vec<f64>, f64) {
    let mut at = start.to_vec();
    let mut now = DVector::from_vec(residuals(&at));
    let mut damping = 1e-3;
    for _ in 0..200 {
        let mut slopes = DMatrix::zeros(now.len(), at.len());
        for i in 0..at.len() {
            let mut beside = at.clone();
            beside[i] += 1e-5;
            slopes.set_column(i, &((DVector::from_vec(residuals(&beside)) - &now) / 1e-5));
        }
        let mut normal = slopes.transpose() * &slopes;
        for i in 0..at.len() {
            normal[(i, i)] *= 1.0 + damping;
        }
        let Some(step) = normal.lu().solve(&(-slopes.transpose() * &now)) else { break };
        let next: Vec<f64> = at.iter().zip(step.iter()).map(|(a, s)| a + s).collect();
        let there = DVector::from_vec(residuals(&next));
        if there.norm_squared() < now.norm_squared() {
            let gain = now.norm_squared() - there.norm_squared();
            (at, now, damping) = (next, there, damping / 5.0);
            if gain < 1e-10 * now.norm_squared() {
                break;
            }
        } else {
            damping *= 5.0;
        }
    }
    let spread = (now.norm_squared() / now.len() as f64).sqrt();
    (at, spread)
}

fn mechanism(clearance: f64, volume: f64, absorption: f64, half: f64, equilibration: f64) -> Mechanism {
    let parameters = Parameters {
        clearance,
        volume,
        absorption,
        share_of_dose: 1.0, // the racemate was measured
        exchange: 0.0,
        peripheral_volume: 0.0,
        ec50: half,
        hill: 1.0,
        mean_transit: [1.0; 2],
        baseline: 0.0,
        inr_scale: 1.0,
        inr_power: 1.0,
    };
    let chain = Chain { compartments: 1, rate: 2.0_f64.ln() / equilibration };
    Mechanism {
        modes: one_compartment(&parameters),
        half,
        hill: 1.0,
        chains: [chain; 2],
        response: Response::Mean,
        baseline: 0.0,
        scale: 1.0,
    }
}

/// Values of a course at the times of a sample, after a lag.
fn sampled(mechanism: Mechanism, dose: f64, lag: f64, times: &[(f64, f64)], read: impl Fn(&Course) -> f64) -> Vec<f64> {
    let mut course = Course::new(mechanism, Mesh::Fine);
    let mut now = lag;
    let mut given = false;
    times
        .iter()
        .map(|(hours, _)| {
            if *hours > lag && !given {
                course.dose(dose);
                given = true;
            }
            course.advance(hours - now);
            now = now.max(*hours);
            read(&course)
        })
        .collect()
}

#[test]
fn real_curves_give_the_published_figures() {
    let Some(volunteers) = volunteers() else {
        eprintln!("SKIPPED: shared/data/warfarin/oreilly_pkpd.tsv is not here");
        return;
    };
    assert!(volunteers.len() > 15);
    // Population: log clearance and volume of 70 kg, absorption, lag. Early samples are near the limit of the assay.
    let kinetics = |v: &Volunteer, clearance: f64, volume: f64, absorption: f64, lag: f64| -> Vec<f64> {
        let equations = mechanism(clearance, volume, absorption, 1.0, 1.0);
        let found = sampled(equations, v.dose, lag, &v.concentrations, Course::drug);
        let pairs = found.iter().zip(&v.concentrations).filter(|(_, (_, c))| *c > 0.5);
        pairs.map(|(f, (_, c))| (f.max(1e-3) / c).ln()).collect()
    };
    let (population, spread) = least_squares(&[0.13_f64.ln(), 8.0_f64.ln(), 0.0, 0.0], |p| {
        let each = volunteers.iter().flat_map(|v| {
            let size = v.weight / 70.0;
            kinetics(v, p[0].exp() * size.powf(0.75), p[1].exp() * size, p[2].exp(), 0.5 * p[3].exp())
        });
        each.collect()
    });
    let [clearance, volume, absorption, lag] =
        [p(&population, 0), p(&population, 1), p(&population, 2), 0.5 * p(&population, 3)];
    eprintln!(
        "everyone: CL {clearance:.3} L/h/70 kg, V {volume:.2} L/70 kg, ka {absorption:.2} /h, lag {lag:.2} h, spread {spread:.3}"
    );
    // Persons: their own clearance and volume, with absorption and lag of the population.
    let own: Vec<(f64, f64)> = volunteers
        .iter()
        .map(|v| {
            let size = v.weight / 70.0;
            let start = [(clearance * size.powf(0.75)).ln(), (volume * size).ln()];
            let (found, _) = least_squares(&start, |p| kinetics(v, p[0].exp(), p[1].exp(), absorption, lag));
            (found[0].exp(), found[1].exp())
        })
        .collect();
    let mean = |values: Vec<f64>| (values.iter().map(|v| v.ln()).sum::<f64>() / values.len() as f64).exp();
    let sizes = || volunteers.iter().map(|v| v.weight / 70.0);
    let typical_clearance = mean(own.iter().zip(sizes()).map(|(o, s)| o.0 / s.powf(0.75)).collect());
    let typical_volume = mean(own.iter().zip(sizes()).map(|(o, s)| o.1 / s).collect());
    eprintln!("persons: CL {typical_clearance:.3} L/h/70 kg, V {typical_volume:.2} L/70 kg (geometric means)");

    // Effect compartment: its level follows the plasma's with a half-life; the exact solution is one more exponential.
    let effect = |equations: &Mechanism, dose: f64, hours: f64, rate: f64| -> f64 {
        equations
            .modes
            .iter()
            .map(|m| dose * m.weight * rate / (rate - m.rate) * ((-m.rate * hours).exp() - (-rate * hours).exp()))
            .sum()
    };
    let delayed = |start: &[f64], response: &dyn Fn(&[f64], f64) -> f64| {
        least_squares(start, |p| {
            let each = volunteers.iter().zip(&own).flat_map(|(v, (clearance, volume))| {
                let equations = mechanism(*clearance, *volume, absorption, 1.0, 1.0);
                let rate = 2.0_f64.ln() / p[2].exp();
                let level = |hours: f64| effect(&equations, v.dose, (hours - lag).max(0.0), rate);
                v.activities.iter().map(|(hours, a)| response(p, level(*hours)) - a).collect::<Vec<_>>()
            });
            each.collect()
        })
    };
    // Full inhibition at high levels; with a maximum of its own the fit is the same (Emax 96 %).
    let (full, full_spread) =
        delayed(&[96.0, 5.0_f64.ln(), 40.0_f64.ln()], &|p, level| p[0] / (1.0 + level / p[1].exp()));
    eprintln!(
        "effect compartment, full inhibition: E0 {:.1} %, EC50 {:.2} mg/L, Teq {:.1} h, spread {full_spread:.1} %",
        full[0],
        full[1].exp(),
        full[2].exp()
    );
    let (_, published_spread) =
        delayed(&[96.0, 0.0, 40.0_f64.ln()], &|p, level| p[0] / (1.0 + level / 5.8) + 0.0 * p[1]);
    eprintln!("the same with the published EC50 of 5.8 mg/L, the others free: spread {published_spread:.1} %");

    // The same with the twin's own step: inhibited synthesis behind a single compartment.
    let (turnover, turnover_spread) = least_squares(&[96.0, 1.0_f64.ln(), 15.0_f64.ln()], |p| {
        let each = volunteers.iter().zip(&own).flat_map(|(v, (clearance, volume))| {
            let equations = mechanism(*clearance, *volume, absorption, p[1].exp(), p[2].exp());
            // With baseline 0 and scale 1 the response is the fall of the chain.
            let found = sampled(equations, v.dose, lag, &v.activities, |course| p[0] * (1.0 - course.inr()));
            found.iter().zip(&v.activities).map(|(f, (_, a))| f - a).collect::<Vec<_>>()
        });
        each.collect()
    });
    eprintln!(
        "turnover: E0 {:.1} %, IC50 {:.2} mg/L, half-life {:.1} h, spread {turnover_spread:.1} %",
        turnover[0],
        turnover[1].exp(),
        turnover[2].exp()
    );
    // 22 of 32 volunteers, two stages instead of a mixed model: within a tenth of the published figures.
    for (what, value, low, high) in [
        ("clearance", typical_clearance, 0.9 * 0.131, 1.1 * 0.135),
        ("volume", typical_volume, 0.9 * 8.1, 1.1 * 8.1),
        ("E0", full[0], 0.9 * 96.0, 1.1 * 96.0),
    ] {
        assert!((low..=high).contains(&value), "{what} {value} outside {low} to {high}");
    }
    // The published EC50 belongs to a form of the effect that is not printed with it: in this form the curves exclude it.
    assert!(full_spread < 10.0 && turnover_spread < 10.0, "{full_spread} {turnover_spread}");
    assert!(published_spread > 1.5 * full_spread, "{published_spread} {full_spread}");
}

fn p(values: &[f64], place: usize) -> f64 {
    values[place].exp()
}
