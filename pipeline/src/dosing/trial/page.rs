//! The trial's page.

use anyhow::{Context, Result};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use pgx_rules::dosing::trial::ORACLE;
use pgx_rules::dosing::trial::compare::{EVERYONE, Figure};
use pgx_rules::dosing::trial::population::GROUP_NAMES;
use pgx_rules::dosing::trial::protocol::{COMPARATOR, Trial};
use pgx_rules::dosing::trial::simulator::SIMULATORS;
use serde::Serialize;

use super::drawing::{Mark, rows};

const TEMPLATE: &str = include_str!("../templates/trial.html.jinja");

/// Measures of the table, with their heads and what a value is multiplied with.
const COLUMNS: [(&str, &str, f64, usize); 9] = [
    ("ttr", "true TTR, %", 100.0, 1),
    ("ttr_15_90", "from day 15, %", 100.0, 1),
    ("rosendaal", "Rosendaal, %", 100.0, 1),
    ("above_4", "INR > 4, %", 100.0, 2),
    ("below_1_5", "INR < 1.5, %", 100.0, 1),
    ("first_in_range_day", "first in range, day", 1.0, 1),
    ("dose_changes", "dose changes", 1.0, 1),
    ("visits", "visits", 1.0, 1),
    ("abstentions", "abstentions", 1.0, 2),
];

#[derive(Serialize)]
struct Page<'a> {
    program: String,
    knowledge: &'a str,
    patients: usize,
    days: usize,
    seed: u64,
    visits: String,
    goals: Vec<[String; 4]>,
    scenarios: Vec<ScenarioView>,
    shaken: Vec<ShakenView>,
    stable_doses: Vec<[String; 7]>,
}

#[derive(Serialize)]
struct ScenarioView {
    name: String,
    words: &'static str,
    ttr: String,
    above: String,
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    strata: Vec<String>,
    by_stratum: Vec<Vec<String>>,
    gaps: Vec<[String; 4]>,
}

#[derive(Serialize)]
struct ShakenView {
    name: String,
    rows: Vec<[String; 3]>,
}

/// The page. `knowledge` is the version of the knowledge base.
///
/// # Errors
/// When the template asks for what the page does not hold.
pub fn render(trial: &Trial, knowledge: &str) -> Result<String> {
    let (whole, shaken): (Vec<&String>, Vec<&String>) =
        trial.scenarios.iter().partition(|s| SIMULATORS.contains(&s.as_str()));
    let page = Page {
        program: format!("rxstrata {}", env!("CARGO_PKG_VERSION")),
        knowledge,
        patients: trial.patients,
        days: trial.days,
        seed: trial.seed,
        visits: trial.visits.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        goals: trial
            .goals
            .iter()
            .map(|g| {
                let met = if g.met { "met" } else { "missed" };
                [g.goal.clone(), format!("{:.1}", g.found), format!("{:.0}", g.asked), met.to_owned()]
            })
            .collect(),
        scenarios: whole.iter().map(|name| scenario(trial, name)).collect(),
        shaken: shaken
            .iter()
            .map(|name| ShakenView { name: (*name).clone(), rows: shaken_rows(trial, name) })
            .collect(),
        stable_doses: stable_doses(trial),
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("trial", TEMPLATE).context("the page's template")?;
    let template = environment.get_template("trial").context("the page's template")?;
    template.render(minijinja::value::Serde(&page)).context("the page of the trial")
}

fn policies(trial: &Trial, scenario: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for figure in trial.figures.iter().filter(|f| f.scenario == scenario) {
        if !names.contains(&figure.policy) {
            names.push(figure.policy.clone());
        }
    }
    names
}

fn scenario(trial: &Trial, name: &str) -> ScenarioView {
    let policies = policies(trial, name);
    let marks = |measure: &str| -> Vec<(String, Vec<Mark>)> {
        let of = |policy: &String| {
            let found = GROUP_NAMES.iter().enumerate().filter_map(|(group, stratum)| {
                let f = trial.figure(name, policy, "", stratum, measure)?;
                Some(Mark { group, mean: 100.0 * f.mean, low: 100.0 * f.low, high: 100.0 * f.high })
            });
            (policy.clone(), found.collect())
        };
        policies.iter().map(of).collect()
    };
    let value = |policy: &str, stratum: &str, (measure, _, times, digits): (&str, &str, f64, usize)| {
        trial
            .figure(name, policy, "", stratum, measure)
            .map_or_else(String::new, |f| format!("{:.*}", digits, times * f.mean))
    };
    let mut strata: Vec<String> = Vec::new();
    for f in trial.figures.iter().filter(|f| f.scenario == name && f.by != "all") {
        if !strata.contains(&f.stratum) {
            strata.push(f.stratum.clone());
        }
    }
    ScenarioView {
        name: name.to_owned(),
        words: words(name),
        ttr: rows(
            &marks("ttr"),
            &GROUP_NAMES,
            (20.0, 90.0),
            "true time in range, %",
            "true time in range by policy and group",
        ),
        above: rows(
            &marks("above_4"),
            &GROUP_NAMES,
            (0.0, 10.0),
            "time above INR 4, %",
            "time above 4 by policy and group",
        ),
        heads: COLUMNS.iter().map(|c| c.1).collect(),
        rows: policies
            .iter()
            .map(|policy| {
                let gain = trial.figure(name, policy, COMPARATOR, EVERYONE, "ttr").map_or_else(String::new, span);
                let cells = COLUMNS.iter().map(|c| value(policy, EVERYONE, *c));
                [policy.clone(), gain].into_iter().chain(cells).collect()
            })
            .collect(),
        by_stratum: policies
            .iter()
            .map(|policy| {
                let [ttr, ..] = COLUMNS;
                let cells = strata.iter().map(|stratum| value(policy, stratum, ttr));
                [policy.clone()].into_iter().chain(cells).collect()
            })
            .collect(),
        strata,
        gaps: trial
            .gaps
            .iter()
            .filter(|g| g.scenario == name && g.policy != ORACLE)
            .map(|g| {
                let gap = format!("{:.1} ({:.1} to {:.1})", 100.0 * g.gap, 100.0 * g.low, 100.0 * g.high);
                [g.policy.clone(), g.worst.clone(), g.best.clone(), gap]
            })
            .collect(),
    }
}

fn words(name: &str) -> &'static str {
    match name {
        "hamberg2010" => {
            "the model that the twin doses with, and that the learned policy was trained on: a ceiling, not a result"
        }
        "hamberg2007" => "another model, with its own spread of volumes and transit times",
        _ => {
            "the twin's model with much wrong: transit times off by up to 30 %, drifting sensitivity, hidden CYP4F2 and rs12777823 effects, interacting drugs, more spread of baseline and volume"
        }
    }
}

fn shaken_rows(trial: &Trial, name: &str) -> Vec<[String; 3]> {
    let row = |policy: String| {
        let mean = trial.figure(name, &policy, "", EVERYONE, "ttr").map_or_else(String::new, span);
        let gain = trial.figure(name, &policy, COMPARATOR, EVERYONE, "ttr").map_or_else(String::new, span);
        [policy, mean, gain]
    };
    policies(trial, name).into_iter().map(row).collect()
}

fn span(figure: &Figure) -> String {
    format!("{:.1} ({:.1} to {:.1})", 100.0 * figure.mean, 100.0 * figure.low, 100.0 * figure.high)
}

fn stable_doses(trial: &Trial) -> Vec<[String; 7]> {
    let own = trial.stable_doses.iter().filter(|d| SIMULATORS.contains(&d.scenario.as_str()));
    own.map(|d| {
        [
            d.scenario.clone(),
            d.group.clone(),
            d.patients.to_string(),
            format!("{:.1}", d.median),
            format!("{:.2}", d.spread),
            format!("{:.1}", d.cohort_median),
            format!("{:.2}", d.cohort_spread),
        ]
    })
    .collect()
}
