#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::fit::{History, Observation, Spreads, Twin};
use super::person::{alleles, vkorc1};
use super::rule::Mesh;
use super::*;
use crate::knowledge::embedded;

const SPREADS: Spreads = Spreads { clearance: 0.30, ec50: 0.34, inr: 0.20 };

fn person(cyp2c9: &str, genotype: &str, age: f64) -> Person {
    Person::new(alleles(cyp2c9), vkorc1(genotype), Some(age), 1.0)
}

/// Runge-Kutta of fourth order on the differential equations themselves, in small steps: slow and obvious.
fn obvious_inr(p: &Parameters, two_chains_of_three: bool, doses: &[f64]) -> (f64, f64) {
    let chains: [(usize, f64); 2] = match two_chains_of_three {
        true => [(3, 3.0 / p.mean_transit[0]), (3, 3.0 / p.mean_transit[1])],
        false => [(6, 1.0 / p.mean_transit[0]), (1, 1.0 / p.mean_transit[1])],
    };
    let slope = |y: &[f64; 10]| {
        let mut d = [0.0; 10];
        let level = y[1] / p.volume;
        d[0] = -p.absorption * y[0];
        d[1] = p.absorption * y[0] - p.clearance * level;
        if p.peripheral_volume > 0.0 {
            let flow = p.exchange * (level - y[2] / p.peripheral_volume);
            d[1] -= flow;
            d[2] = flow;
        }
        let power = level.max(0.0).powf(p.hill);
        let mut place = 3;
        for (count, rate) in chains {
            let mut before = 1.0 - power / (p.ec50.powf(p.hill) + power);
            for _ in 0..count {
                d[place] = rate * (before - y[place]);
                before = y[place];
                place += 1;
            }
        }
        d
    };
    let mut y = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    let add = |y: &[f64; 10], d: &[f64; 10], h: f64| std::array::from_fn::<f64, 10, _>(|i| y[i] + h * d[i]);
    for dose in doses {
        y[0] += dose * p.share_of_dose;
        // Steps shrink towards the dose, where the drive has a root's slope.
        let mut at: f64 = 0.0;
        while at < 24.0 {
            let h = (1e-5 + at / 50.0).min(0.05).min(24.0 - at);
            let a = slope(&y);
            let b = slope(&add(&y, &a, h / 2.0));
            let c = slope(&add(&y, &b, h / 2.0));
            let d = slope(&add(&y, &c, h));
            y = std::array::from_fn(|i| y[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
            at += h;
        }
    }
    let fall = match two_chains_of_three {
        true => 1.0 - (y[5] + y[8]) / 2.0,
        false => (1.0 - y[8] * y[9]).powf(p.inr_power),
    };
    (y[1] / p.volume, p.baseline + p.inr_scale * fall)
}

#[test]
fn courses_agree_with_the_differential_equations_solved_step_by_step() {
    let knowledge = embedded().unwrap();
    let doses = [10.0, 10.0, 0.0, 5.0, 2.5, 7.5, 5.0, 5.0];
    for (name, three) in [("hamberg2010", true), ("hamberg2007", false)] {
        let model = model(knowledge, name).unwrap();
        for who in [person("*1/*1", "AG", 60.0), person("*2/*3", "AA", 81.0), person("*1/*3", "GG", 30.0)] {
            let parameters = model.parameters(&who).unwrap();
            let mut course = Course::new(model.mechanism(&parameters), Mesh::Fine);
            let mut coarse = Course::new(model.mechanism(&parameters), Mesh::Coarse);
            for dose in doses {
                course.day(dose);
                coarse.day(dose);
            }
            let (drug, inr) = obvious_inr(&parameters, three, &doses);
            assert!((course.drug() / drug - 1.0).abs() < 1e-7, "{name}: drug {} for {drug}", course.drug());
            assert!((course.inr() - inr).abs() < 2e-6, "{name}: INR {} for {inr}", course.inr());
            assert!((coarse.inr() - inr).abs() < 3e-3 * inr, "{name}: coarse INR {} for {inr}", coarse.inr());
        }
    }
}

#[test]
fn maintenance_doses_of_the_2010_model_are_those_of_its_steady_state() {
    // Section 9.1: 71 years, baseline 1, target 2.5.
    let knowledge = embedded().unwrap();
    let model = model(knowledge, "hamberg2010").unwrap();
    for (cyp2c9, genotype, daily) in [
        ("*1/*1", "GG", 7.7),
        ("*1/*1", "AG", 5.7),
        ("*1/*1", "AA", 3.6),
        ("*3/*3", "GG", 1.9),
        ("*3/*3", "AG", 1.4),
        ("*3/*3", "AA", 0.9),
    ] {
        let parameters = model.parameters(&person(cyp2c9, genotype, 71.0)).unwrap();
        let found = model.mechanism(&parameters).maintenance(&parameters, 2.5).unwrap();
        assert!((found - daily).abs() < 0.06, "{cyp2c9} {genotype}: {found} for {daily}");
    }
}

#[test]
fn a_maintenance_dose_divided_over_the_day_holds_its_target() {
    let knowledge = embedded().unwrap();
    for name in MODELS {
        let model = model(knowledge, name).unwrap();
        let parameters = model.parameters(&person("*1/*2", "AG", 65.0)).unwrap();
        let mechanism = model.mechanism(&parameters);
        let daily = mechanism.maintenance(&parameters, 2.5).unwrap();
        let mut course = Course::new(mechanism, Mesh::Fine);
        for _ in 0..120 * 24 {
            course.dose(daily / 24.0);
            course.advance(1.0);
        }
        assert!((course.inr() - 2.5).abs() < 0.02, "{name}: {} at {daily} mg", course.inr());
    }
}

#[test]
fn derivatives_are_those_of_differences() {
    let knowledge = embedded().unwrap();
    for name in MODELS {
        let model = model(knowledge, name).unwrap();
        let typical = model.parameters(&person("*1/*3", "AG", 50.0)).unwrap();
        let twin = Twin::new(model.as_ref(), typical, SPREADS, Mesh::Fine);
        let at = Deviation { clearance: 0.2, ec50: -0.1 };
        let run = |deviation: Deviation| {
            let mut course = twin.course(deviation);
            (0..9).for_each(|_| course.day(5.0));
            course.inr()
        };
        let mut course = twin.sensitive_course(at);
        for _ in 0..9 {
            course.dose(5.0);
            course.advance(24.0);
        }
        let [by_clearance, by_ec50] = course.slopes();
        let h = 1e-4;
        let difference = |up: Deviation, down: Deviation| (run(up) - run(down)) / (2.0 * h);
        let clearance = difference(Deviation { clearance: 0.2 + h, ..at }, Deviation { clearance: 0.2 - h, ..at });
        let ec50 = difference(Deviation { ec50: -0.1 + h, ..at }, Deviation { ec50: -0.1 - h, ..at });
        assert!((by_clearance - clearance).abs() < 1e-6, "{name}: {by_clearance} for {clearance}");
        assert!((by_ec50 - ec50).abs() < 1e-6, "{name}: {by_ec50} for {ec50}");
        assert_eq!(course.course().inr(), run(at), "{name}: with and without derivatives");
    }
}

fn history() -> History {
    let observations = [(3.0, 1.4), (6.0, 2.1), (9.5, 2.9), (14.0, 3.1)];
    History {
        doses: vec![5.0; 30],
        observations: observations.map(|(day, inr)| Observation { day, inr, doubt: 1.0 }).to_vec(),
    }
}

#[test]
fn the_posterior_agrees_with_a_grid_over_it() {
    let knowledge = embedded().unwrap();
    let model = model(knowledge, "hamberg2010").unwrap();
    let typical = model.parameters(&person("*1/*1", "AG", 68.0)).unwrap();
    let twin = Twin::new(model.as_ref(), typical, SPREADS, Mesh::Coarse);
    let history = history();
    let posterior = twin.fit(&history).unwrap();
    let forecast = twin.forecast(&posterior, &[5.0; 28]);
    let (mut total, mut mean, mut square, mut log_inr, mut log_square) = (0.0, [0.0; 2], [0.0; 2], 0.0, 0.0);
    let mut best: f64 = f64::INFINITY;
    for i in -40..=40 {
        for j in -40..=40 {
            let at = Deviation { clearance: f64::from(i) * 0.03, ec50: f64::from(j) * 0.03 };
            let mut objective = (at.clearance / 0.30).powi(2) / 2.0 + (at.ec50 / 0.34).powi(2) / 2.0;
            let mut course = twin.course(at);
            for day in 0..28 {
                for o in history.observations.iter().filter(|o| o.day.floor() == f64::from(day)) {
                    let mut aside = course.clone();
                    if o.day > f64::from(day) {
                        aside.dose(5.0);
                        aside.advance((o.day - f64::from(day)) * 24.0);
                    }
                    objective += ((o.inr / aside.inr()).ln() / 0.20).powi(2) / 2.0;
                }
                course.day(5.0);
            }
            best = best.min(objective);
            let weight = (-objective).exp();
            total += weight;
            for (k, value) in [at.clearance, at.ec50].into_iter().enumerate() {
                mean[k] += weight * value;
                square[k] += weight * value * value;
            }
            log_inr += weight * course.inr().ln();
            log_square += weight * course.inr().ln().powi(2);
        }
    }
    let spread = |sum: f64, squares: f64| (squares / total - (sum / total).powi(2)).sqrt();
    assert!(posterior.objective <= best + 1e-9 && posterior.objective > best - 0.01);
    for (k, mode) in [posterior.mode.clearance, posterior.mode.ec50].into_iter().enumerate() {
        let (grid_mean, grid_spread) = (mean[k] / total, spread(mean[k], square[k]));
        let laplace = posterior.covariance[k][k].sqrt();
        // The mode is not the mean of a skewed posterior: a fifth of its spread is allowed, and a tenth of the spread itself.
        assert!((mode - grid_mean).abs() < 0.2 * grid_spread, "{k}: mode {mode}, mean {grid_mean}");
        assert!((laplace / grid_spread - 1.0).abs() < 0.1, "{k}: {laplace} for {grid_spread}");
    }
    let last = forecast.last().unwrap();
    let (grid_mean, grid_spread) = (log_inr / total, spread(log_inr, log_square));
    assert!((last.inr.ln() - grid_mean).abs() < 0.2 * grid_spread, "{} for {}", last.inr, grid_mean.exp());
    assert!((last.spread / grid_spread - 1.0).abs() < 0.15, "{} for {grid_spread}", last.spread);
}

#[test]
fn a_forecast_narrows_with_every_inr_and_the_last_lesson_is_the_fit() {
    let knowledge = embedded().unwrap();
    let model = model(knowledge, "kpd2010").unwrap();
    let typical = model.parameters(&person("*1/*2", "AG", 68.0)).unwrap();
    let twin = Twin::new(model.as_ref(), typical, SPREADS, Mesh::Fine);
    let lessons = twin.lessons(&history(), 2.5).unwrap();
    assert_eq!(lessons.len(), 5);
    for pair in lessons.windows(2) {
        assert!(pair[1].maintenance.unwrap().spread < pair[0].maintenance.unwrap().spread);
        assert!(pair[1].forecast.unwrap().inr > 1.0);
    }
    let fit = twin.fit(&history()).unwrap();
    let last = lessons.last().unwrap().posterior;
    assert!((last.mode.clearance - fit.mode.clearance).abs() < 1e-6);
    assert!((last.mode.ec50 - fit.mode.ec50).abs() < 1e-6);
}

#[test]
fn contradictions_in_a_history_are_named() {
    let knowledge = embedded().unwrap();
    let model = model(knowledge, "hamberg2010").unwrap();
    let typical = model.parameters(&person("*1/*1", "GG", 40.0)).unwrap();
    let twin = Twin::new(model.as_ref(), typical, SPREADS, Mesh::Coarse);
    let mut backwards = history();
    backwards.observations.reverse();
    assert_eq!(twin.fit(&backwards).unwrap_err(), fit::CannotFit::Order(9.5));
    let mut late = history();
    late.doses.truncate(10);
    assert_eq!(twin.fit(&late).unwrap_err(), fit::CannotFit::Later { day: 14.0, days: 10 });
    let mut strange = history();
    strange.observations[1].inr = 0.0;
    assert_eq!(twin.fit(&strange).unwrap_err(), fit::CannotFit::Inr(0.0));
    let mut taken = history();
    taken.doses[3] = f64::NAN;
    assert!(matches!(twin.fit(&taken).unwrap_err(), fit::CannotFit::Dose(d) if d.is_nan()));
}

#[test]
fn extreme_inrs_still_give_a_twin() {
    let knowledge = embedded().unwrap();
    let model = model(knowledge, "hamberg2010").unwrap();
    let typical = model.parameters(&person("*3/*3", "AA", 90.0)).unwrap();
    let twin = Twin::new(model.as_ref(), typical, SPREADS, Mesh::Coarse);
    for inr in [0.2, 0.9, 12.0, 45.0] {
        let mut history = history();
        history.observations.iter_mut().for_each(|o| o.inr = inr);
        let posterior = twin.fit(&history).unwrap();
        assert!(posterior.objective.is_finite() && posterior.covariance[0][0] > 0.0, "INR {inr}: {posterior:?}");
    }
}

#[test]
fn what_the_models_do_not_speak_of_is_refused() {
    let knowledge = embedded().unwrap();
    let model = model(knowledge, "hamberg2010").unwrap();
    assert_eq!(model.parameters(&person("*1/*8", "GG", 40.0)), Err(CannotModel::Allele("CYP2C9 *8".into())));
    assert_eq!(model.parameters(&person("", "GG", 40.0)), Err(CannotModel::Missing("CYP2C9")));
    assert_eq!(model.parameters(&person("*1/*1", "unknown", 40.0)), Err(CannotModel::Missing("VKORC1")));
    assert!(matches!(model.parameters(&person("*1/*1", "GG", 12.0)), Err(CannotModel::Range { what: "age", .. })));
    assert!(matches!(super::model(knowledge, "gong2011"), Err(CannotModel::NoModel(_))));
}
