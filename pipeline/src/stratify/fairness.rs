//! `fairness.tsv`: for whom a model is worse.

use std::fmt::Write as _;

use cluster::classify::assess::Assessment;
use cluster::classify::fairness::{Comparison, FEW, Measure, Verdict};

/// One row a subgroup × measure.
pub fn table(found: &Assessment) -> String {
    let mut text = String::from(
        "subgroup\tvalue\tmeasure\tclass\tpatients\tshare\trest_patients\trest_share\tgap\tlower\tupper\tp_adjusted\tverdict\n",
    );
    for c in &found.comparisons {
        let (measure, class) = named(c, &found.classes);
        let _ = writeln!(
            // into a string: cannot fail
            text,
            "{}\t{}\t{measure}\t{class}\t{}\t{:.4}\t{}\t{:.4}\t{:.4}\t{:.4}\t{:.4}\t{:.4}\t{}",
            c.property,
            c.value,
            c.patients,
            c.share,
            c.rest_patients,
            c.rest_share,
            c.gap,
            c.lower,
            c.upper,
            c.p_adjusted,
            c.verdict.word()
        );
    }
    text
}

/// What nobody may overlook: gaps that are there, and subgroups that are too small to show one.
pub fn warnings(found: &Assessment) -> Vec<String> {
    let mut warnings = Vec::new();
    for c in found.comparisons.iter().filter(|c| c.verdict == Verdict::Worse) {
        let (measure, class) = named(c, &found.classes);
        let of = if class.is_empty() { String::new() } else { format!(" of {class}") };
        warnings.push(format!(
            "the model is worse for {} = {}: {measure}{of} {:.3} of {} patients against {:.3} of {} others (gap {:.3}, 95 % {:.3} to {:.3}, adjusted p {})",
            c.property,
            c.value,
            c.share,
            c.patients,
            c.rest_share,
            c.rest_patients,
            c.gap,
            c.lower,
            c.upper,
            shown(c.p_adjusted)
        ));
    }
    let is_small = |c: &&Comparison| c.measure == Measure::Accuracy && c.verdict == Verdict::TooFew && c.patients < FEW;
    for c in found.comparisons.iter().filter(is_small) {
        warnings.push(format!(
            "{} = {} has {} patients: too few to tell whether the model is worse for them",
            c.property, c.value, c.patients
        ));
    }
    warnings
}

fn named<'a>(comparison: &Comparison, classes: &'a [String]) -> (&'static str, &'a str) {
    match comparison.measure {
        Measure::Accuracy => ("accuracy", ""),
        Measure::Sensitivity(class) => ("sensitivity", classes.get(class).map_or("", String::as_str)),
        Measure::Placed => ("placed", ""),
    }
}

fn shown(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("= {p:.3}") }
}
