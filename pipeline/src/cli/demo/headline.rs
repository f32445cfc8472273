//! What came out of a run, one line a person, read back from its own `calls.json`.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// Drugs named in a line; the rest is counted.
const NAMED: usize = 4;

#[derive(Deserialize)]
struct Calls {
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    sample: String,
    metadata: serde_json::Map<String, serde_json::Value>,
    genes: Vec<Gene>,
    guidance: Vec<Row>,
}

#[derive(Deserialize)]
struct Gene {
    candidates: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Row {
    drug: String,
    urgency: String,
}

/// The summary of a folder of results.
///
/// # Errors
/// When `calls.json` cannot be read.
pub fn summary(folder: &Path) -> Result<String> {
    let path = folder.join("calls.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let calls: Calls = serde_json::from_str(&text).with_context(|| format!("{} is not understood", path.display()))?;
    let mut out = format!(
        "{} people called. To read first, in any browser: one page a person in {}\n\n",
        calls.samples.len(),
        folder.display()
    );
    for sample in &calls.samples {
        let _ = writeln!(out, "{}", line(sample)); // into a string: cannot fail
    }
    let files = ["calls.tsv", "guidance.tsv", "calls.json", "SAMPLE.html", "input/"].join(", ");
    let _ = writeln!(
        out,
        "\nFiles: {files} and more in {}; input/ORIGINS.md says where the input comes from.",
        folder.display()
    );
    Ok(out)
}

fn line(sample: &Sample) -> String {
    let population = sample.metadata.get("1000 Genomes population").and_then(|p| p.as_str()).unwrap_or("");
    let called = sample.genes.iter().filter(|g| !g.candidates.is_empty()).count();
    let mut said = Vec::new();
    for (urgency, words) in [("avoid", "avoid or replace"), ("adjust", "change the dose of")] {
        let drugs = drugs(sample, urgency);
        if !drugs.is_empty() {
            let more = drugs.len().saturating_sub(NAMED);
            let named = drugs.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            said.push(format!("{words} {named}{more}"));
        }
    }
    let said = match (sample.guidance.is_empty(), said.as_slice()) {
        (true, _) => "no drug could be looked up".to_owned(),
        (false, []) => "no drug to change among those looked up".to_owned(),
        (false, said) => said.join("; "),
    };
    format!("{:<8} {population:<4} {called:>2} genes  {said}", sample.sample)
}

/// Drugs whose most serious row is this urgent, by name.
fn drugs<'a>(sample: &'a Sample, urgency: &str) -> Vec<&'a str> {
    let rank = |u: &str| ["avoid", "adjust", "monitor", "standard", "none"].iter().position(|r| *r == u);
    let worst = |drug: &str| sample.guidance.iter().filter(|r| r.drug == drug).filter_map(|r| rank(&r.urgency)).min();
    let mut drugs: Vec<&str> = sample.guidance.iter().map(|r| r.drug.as_str()).collect();
    drugs.sort_unstable();
    drugs.dedup();
    drugs.retain(|d| worst(d) == rank(urgency));
    drugs
}
