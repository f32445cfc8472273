//! Tables and sentences of a fit.

use std::fmt::Write as _;

use super::judge::Judged;
use super::learn::Learnt;
use super::patients::Cohort;

/// `performance.tsv`.
pub fn performance(judged: &Judged) -> String {
    let mut text = String::from(
        "group\tvalue\tmodel\tpatients\tmae\tmae_low\tmae_high\twithin_20_percent\tbias\trefit_minus_model\tlow\thigh\tnote\n",
    );
    for row in &judged.rows {
        let [mae, low, high] = row.error.map(|v| format!("{v:.3}"));
        let against = row.against.map_or_else(|| "\t\t".to_owned(), |v| v.map(|v| format!("{v:.3}")).join("\t"));
        let _ = writeln!(
            // into a string: cannot fail
            text,
            "{}\t{}\t{}\t{}\t{mae}\t{low}\t{high}\t{:.1}\t{:.3}\t{against}\t{}",
            row.group,
            row.value,
            row.model,
            row.patients,
            row.within,
            row.bias,
            row.note
        );
    }
    text
}

/// `calibration.tsv`.
pub fn calibration(judged: &Judged) -> String {
    let mut text = String::from("fifth\tpatients\tmean_predicted\tmean_stable\n");
    for (i, (patients, predicted, stable)) in judged.fifths.iter().enumerate() {
        let _ = writeln!(text, "{}\t{patients}\t{predicted:.3}\t{stable:.3}", i + 1); // into a string: cannot fail
    }
    text
}

/// `held-out.tsv`.
pub fn held_out(cohort: &Cohort, learnt: &Learnt, judged: &Judged) -> String {
    let names: Vec<&str> = judged.published.iter().map(|(name, _)| name.as_str()).collect();
    let mut text = format!("id\tstable\trefit\t{}\n", names.join("\t"));
    for (i, id) in cohort.ids.iter().enumerate() {
        let _ = write!(text, "{id}\t{}\t{}", cohort.doses[i], learnt.held_out[i]); // into a string: cannot fail
        for (_, doses) in &judged.published {
            let dose = doses.get(i).copied().flatten().map_or_else(String::new, |d| d.to_string());
            let _ = write!(text, "\t{dose}"); // into a string: cannot fail
        }
        text.push('\n');
    }
    text
}

/// What a person should know.
pub fn sentences(cohort: &Cohort, learnt: &Learnt, judged: &Judged) -> Vec<String> {
    let mut said = cohort.notes.clone();
    let shares: Vec<String> = learnt.chosen.iter().map(|s| s.share.to_string()).collect();
    said.push(format!(
        "{} patients, {} columns; share of trees {} (folds chose {})",
        cohort.doses.len(),
        learnt.columns.len(),
        learnt.settings.share,
        shares.join(", ")
    ));
    for row in judged.rows.iter().filter(|r| r.model == "refit") {
        let group = format!("{} {}", row.group, row.value);
        let mut line = format!(
            "{:<26} n {:>5}  MAE {:.2} ({:.2} to {:.2}) mg/week, within 20 % {:.1} %",
            group.trim(),
            row.patients,
            row.error[0],
            row.error[1],
            row.error[2],
            row.within
        );
        let same = judged.rows.iter().filter(|r| r.group == row.group && r.value == row.value);
        for other in same.filter(|r| r.model == "iwpc_pgx") {
            let _ = write!(line, "; IWPC {:.2}, {:.1} %", other.error[0], other.within); // into a string: cannot fail
        }
        if !row.note.is_empty() {
            let _ = write!(line, "; {}", row.note); // into a string: cannot fail
        }
        said.push(line);
    }
    let [intercept, slope] = judged.calibration;
    said.push(format!("stable dose = {intercept:.2} + {slope:.3} x predicted (held-out; 0 and 1 are perfect)"));
    said
}
