//! The whole trial: every policy in every simulator, and what shakes the result: permuted genotypes, fewer visits, other
//! readings of the published variability.

use std::sync::Arc;

use serde::Serialize;

use super::compare::{ArmOutcomes, EVERYONE, Figure, Gap, figures, gaps, strata};
use super::covariates::Covariates;
use super::keyed::Cohort;
use super::life::{SPARSE, WEEKLY};
use super::population::{GROUP_NAMES, TABLE, VirtualPatient};
use super::simulator::{SIMULATORS, Simulator, Truth};
use super::{Arm, CannotTry, Cast, Design, NOMOGRAM, ORACLE, oracle, run};
use crate::dosing::policy::Policy;
use crate::dosing::policy::fixed::Fixed;
use crate::dosing::policy::guided::Guided;
use crate::dosing::policy::learned::{self, Learned};
use crate::dosing::policy::predictive::{self, Predictive};
use crate::dosing::policy::starts::{Begin, USUAL_DAILY};
use crate::dosing::twin::Numbers;
use crate::dosing::twin::person::vkorc1;
use crate::knowledge::schema::Knowledge;

/// The comparator: the usual dose, then the nomogram.
pub const COMPARATOR: &str = "nomogram";
/// Patients of a scenario that only shakes the result.
const SHAKEN_PATIENTS: usize = 2000;
/// Policies whose result is shaken.
const SHAKEN: [&str; 5] = ["clinical", "pgx", COMPARATOR, predictive::NAME, learned::NAME];

/// What to run.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// Virtual patients.
    pub patients: usize,
    /// Length, days.
    pub days: usize,
    /// Seed.
    pub seed: u64,
    /// Simulators, by name.
    pub simulators: Vec<String>,
    /// Whether the scenarios that shake the result are run as well.
    pub shaken: bool,
    /// People whose covariates the patients take, in place of the summaries that ship.
    pub covariates: Option<Arc<Covariates>>,
}

/// Stable doses of a group in a simulator, beside the cohort's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StableDose {
    /// Scenario.
    pub scenario: String,
    /// Group by ancestry, with a genotype where it is divided further.
    pub group: String,
    /// Virtual patients.
    pub patients: usize,
    /// Median, mg/week.
    pub median: f64,
    /// Spread of the logarithm (interquartile range / 1.349).
    pub spread: f64,
    /// The cohort's patients that it is matched with.
    pub cohort: String,
    /// Their median, mg/week.
    pub cohort_median: f64,
    /// Their spread.
    pub cohort_spread: f64,
}

/// A goal set before the trial.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Goal {
    /// In words.
    pub goal: String,
    /// What was found, in percentage points.
    pub found: f64,
    /// What was asked.
    pub asked: f64,
    /// Whether it is met.
    pub met: bool,
}

/// Everything that a trial found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// Virtual patients.
    pub patients: usize,
    /// Length, days.
    pub days: usize,
    /// Seed.
    pub seed: u64,
    /// Days of the planned visits.
    pub visits: Vec<usize>,
    /// Scenarios, those on whole cohorts first.
    pub scenarios: Vec<String>,
    /// Calibration, made before any policy was run.
    pub stable_doses: Vec<StableDose>,
    /// Means and differences.
    pub figures: Vec<Figure>,
    /// Gaps between groups.
    pub gaps: Vec<Gap>,
    /// Goals.
    pub goals: Vec<Goal>,
}

/// One setting in which arms are compared.
struct Scenario {
    name: String,
    simulator: Simulator,
    design: Design,
    permuted: bool,
    only: Option<&'static [&'static str]>,
}

/// Runs the trial; `watch` hears what is being run.
///
/// # Errors
/// When a table lacks a number or a simulator is not known.
pub fn conduct(knowledge: &Knowledge, protocol: &Protocol, mut watch: impl FnMut(&str)) -> Result<Trial, CannotTry> {
    let mut trial = Trial {
        patients: protocol.patients,
        days: protocol.days,
        seed: protocol.seed,
        visits: WEEKLY.iter().copied().filter(|v| *v < protocol.days).collect(),
        scenarios: Vec::new(),
        stable_doses: Vec::new(),
        figures: Vec::new(),
        gaps: Vec::new(),
        goals: Vec::new(),
    };
    let policies = policies(knowledge)?;
    let search = oracle(knowledge)?;
    for scenario in scenarios(knowledge, protocol)? {
        let cast = Cast::new(knowledge, &scenario.design)?;
        let truths = cast.truths(&scenario.simulator, scenario.design.days)?;
        trial.stable_doses.extend(stable_doses(knowledge, &scenario.name, &cast, &truths)?);
        let seen = if scenario.permuted { cast.permuted() } else { cast };
        let mut arms: Vec<(&str, Arm<'_>)> = policies.iter().map(|p| (p.name(), Arm::Policy(p.as_ref()))).collect();
        arms.push((ORACLE, Arm::Oracle(search)));
        let mut found = Vec::new();
        for (name, arm) in arms.iter().filter(|(name, _)| scenario.only.is_none_or(|only| only.contains(name))) {
            watch(&format!("{}: {name}", scenario.name));
            let outcomes = run(knowledge, &scenario.design, &seen, &scenario.simulator, &truths, arm)?;
            found.push(ArmOutcomes { scenario: scenario.name.clone(), policy: (*name).to_owned(), outcomes });
        }
        let mut strata = strata(knowledge, &seen);
        if scenario.only.is_some() {
            strata.retain(|s| s.by == "all" || s.by == "ancestry");
        }
        trial.figures.extend(figures(&found, &strata, seen.keyed(), COMPARATOR));
        trial.gaps.extend(gaps(&found, &strata, seen.keyed()));
        trial.scenarios.push(scenario.name);
    }
    trial.goals = goals(&trial);
    Ok(trial)
}

/// Every policy but the oracle, in the order of the tables.
///
/// # Errors
/// When a table lacks a number.
pub fn policies(knowledge: &Knowledge) -> Result<Vec<Box<dyn Policy + '_>>, CannotTry> {
    let guided = |name: &'static str, begin: Begin| Guided::new(name, knowledge, NOMOGRAM, begin);
    Ok(vec![
        Box::new(Fixed),
        Box::new(guided(COMPARATOR, Begin::Fixed(USUAL_DAILY))?),
        Box::new(guided("clinical", Begin::Clinical)?),
        Box::new(guided("pgx", Begin::Pharmacogenetic)?),
        Box::new(guided("pgx_lenzini", Begin::Pharmacogenetic)?.with_revision("lenzini_pgx")),
        Box::new(Predictive::of(knowledge)?),
        Box::new(Learned::of(knowledge)?),
    ])
}

fn scenarios(knowledge: &Knowledge, protocol: &Protocol) -> Result<Vec<Scenario>, CannotTry> {
    let design = |patients: usize, plan: &[usize]| Design {
        patients,
        days: protocol.days,
        seed: protocol.seed,
        cohort: Cohort::Test,
        visits: plan.to_vec(),
        covariates: protocol.covariates.clone(),
        unrest: 1.0,
    };
    let groups = super::population::groups(knowledge)?;
    let simulator = |name: &str| Simulator::of(knowledge, &groups, name);
    let mut scenarios = Vec::new();
    for name in &protocol.simulators {
        scenarios.push(Scenario {
            name: name.clone(),
            simulator: simulator(name)?,
            design: design(protocol.patients, &WEEKLY),
            permuted: false,
            only: None,
        });
    }
    let [own, ..] = SIMULATORS;
    if protocol.shaken && protocol.simulators.iter().any(|s| s == own) {
        let printed = Numbers::of(knowledge, own)?;
        let [clearance, ec50] =
            [printed.get("published_variability", "clearance")?, printed.get("published_variability", "ec50")?];
        let patients = protocol.patients.min(SHAKEN_PATIENTS);
        let shake = |what: &str, simulator: Simulator, plan: &[usize], permuted: bool| Scenario {
            name: format!("{own}, {what}"),
            simulator,
            design: design(patients, plan),
            permuted,
            only: Some(&SHAKEN),
        };
        scenarios.push(shake("genotypes permuted", simulator(own)?, &WEEKLY, true));
        scenarios.push(shake("fewer visits", simulator(own)?, &SPARSE, false));
        let as_deviations = simulator(own)?.with_spreads([clearance, ec50]);
        scenarios.push(shake("printed spreads as standard deviations", as_deviations, &WEEKLY, false));
        for (what, unrest) in
            [("no day-to-day change of the INR", 0.0), ("twice the day-to-day change of the INR", 2.0)]
        {
            let mut scenario = shake(what, simulator(own)?, &WEEKLY, false);
            scenario.design.unrest = unrest;
            scenarios.push(scenario);
        }
        let as_variances = simulator(own)?.with_spreads([clearance.sqrt(), ec50.sqrt()]);
        scenarios.push(shake("printed spreads as variances", as_variances, &WEEKLY, false));
    }
    Ok(scenarios)
}

fn stable_doses(
    knowledge: &Knowledge,
    scenario: &str,
    cast: &Cast,
    truths: &[Truth],
) -> Result<Vec<StableDose>, CannotTry> {
    let numbers = Numbers::of(knowledge, TABLE)?;
    let (medians, spreads) = (numbers.group("stable_dose_median")?, numbers.group("stable_dose_spread")?);
    let mut rows = Vec::new();
    for (matched, cohort_median) in medians {
        // `white *1/*2` is a diplotype among the patients of a group, `white` is the whole group.
        let (race, genotype) = matched.split_once(' ').unwrap_or((matched, ""));
        let Some(place) = cast.groups.iter().position(|g| g.key == race) else { continue };
        let holds = |p: &VirtualPatient| p.group == place && (genotype.is_empty() || has_genotype(p, genotype));
        let of_group = cast.patients.iter().zip(truths).filter(|(p, _)| holds(p));
        let mut logs: Vec<f64> = of_group.filter_map(|(_, t)| t.stable_dose.map(|d| (7.0 * d).ln())).collect();
        logs.sort_by(f64::total_cmp);
        let at = |share: f64| logs.get((share * logs.len() as f64) as usize).copied().unwrap_or(f64::NAN);
        rows.push(StableDose {
            scenario: scenario.to_owned(),
            group: format!("{} {genotype}", GROUP_NAMES.get(place).copied().unwrap_or_default()).trim().to_owned(),
            patients: logs.len(),
            median: at(0.5).exp(),
            spread: (at(0.75) - at(0.25)) / 1.349,
            cohort: matched.clone(),
            cohort_median: *cohort_median,
            cohort_spread: spreads.get(matched).copied().unwrap_or(f64::NAN),
        });
    }
    Ok(rows)
}

/// Whether a patient has a genotype of VKORC1 (`AG`) or a diplotype of CYP2C9 (`*1/*2`).
fn has_genotype(patient: &VirtualPatient, genotype: &str) -> bool {
    let genotypes = &patient.record.genotypes;
    match vkorc1(genotype) {
        Some(count) => genotypes.vkorc1 == Some(count),
        None => genotypes.cyp2c9.as_ref().is_some_and(|stars| stars.name() == genotype),
    }
}

impl Trial {
    /// A mean, or a mean paired difference.
    pub fn figure(&self, scenario: &str, policy: &str, against: &str, stratum: &str, measure: &str) -> Option<&Figure> {
        self.figures.iter().find(|f| {
            f.scenario == scenario
                && f.policy == policy
                && f.against == against
                && f.stratum == stratum
                && f.measure == measure
        })
    }
}

/// The goals that the trial was set.
fn goals(trial: &Trial) -> Vec<Goal> {
    let mut goals = Vec::new();
    let mut goal = |goal: String, found: Option<f64>, asked: f64, at_least: bool| {
        let found = found.unwrap_or(f64::NAN) * 100.0;
        goals.push(Goal { goal, found, asked, met: if at_least { found >= asked } else { found <= asked } });
    };
    let [own, ..] = SIMULATORS;
    let mean = |s: &str, p: &str, g: &str, m: &str| trial.figure(s, p, "", g, m).map(|f| f.mean);
    let gain = |s: &str, p: &str, g: &str, m: &str| trial.figure(s, p, COMPARATOR, g, m).map(|f| f.mean);
    let least = |values: Vec<Option<f64>>| {
        values.into_iter().collect::<Option<Vec<f64>>>().map(|v| v.into_iter().fold(f64::INFINITY, f64::min))
    };
    for scenario in trial.scenarios.iter().map(String::as_str).filter(|s| SIMULATORS.contains(s)) {
        let asked = if scenario == own { 75.0 } else { 70.0 };
        goal(
            format!("{scenario}: mpc, true time in range, % at least"),
            mean(scenario, predictive::NAME, EVERYONE, "ttr"),
            asked,
            true,
        );
        let gains = GROUP_NAMES.map(|g| gain(scenario, predictive::NAME, g, "ttr")).to_vec();
        goal(
            format!("{scenario}: mpc, least gain over the nomogram in any group, points at least"),
            least(gains),
            10.0,
            true,
        );
        if scenario == own {
            let learned =
                mean(scenario, learned::NAME, EVERYONE, "ttr").zip(mean(scenario, predictive::NAME, EVERYONE, "ttr"));
            goal(format!("{scenario}: learned less mpc, points at least"), learned.map(|(l, m)| l - m), -3.0, true);
        } else {
            goal(
                format!("{scenario}: learned, gain over the nomogram, points at least"),
                gain(scenario, learned::NAME, EVERYONE, "ttr"),
                8.0,
                true,
            );
        }
        for policy in [predictive::NAME, learned::NAME] {
            let gap = trial.gaps.iter().find(|g| g.scenario == scenario && g.policy == policy).map(|g| g.gap);
            goal(format!("{scenario}: {policy}, gap between best and worst group, points at most"), gap, 5.0, false);
            let above = GROUP_NAMES.map(|g| gain(scenario, policy, g, "above_4").map(|v| -v)).to_vec();
            goal(
                format!(
                    "{scenario}: {policy}, largest excess of time above 4 over the nomogram in any group, points at most"
                ),
                least(above).map(|v| -v),
                0.0,
                false,
            );
        }
        goal(
            format!("{scenario}: mpc, true time in range, % at most (more would be a leak until shown otherwise)"),
            mean(scenario, predictive::NAME, EVERYONE, "ttr"),
            90.0,
            false,
        );
    }
    goals
}
