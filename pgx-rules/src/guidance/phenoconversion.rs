//! Co-medication that lowers a gene's activity: the score is multiplied, and read anew.
//!
//! A product that the gene's table does not list (`0.625`) lies between two listed scores. Where both have one phenotype,
//! guidance of both is looked up; else the phenotype is that of the lower one, except that only a score of 0 is a score of 0
//! (CPIC's bands: poor 0, intermediate above 0, PMID 31647186).

use crate::call::Phenotype;
use crate::knowledge::schema::comedication::Inhibitor;
use crate::knowledge::schema::{Gene, Phenoconversion};
use crate::phenotype;

/// A phenotype as co-medication leaves it, and why. The reason may stand alone: an inhibitor whose effect is disputed.
pub(super) struct Converted {
    pub(super) phenotype: Phenotype,
    pub(super) reason: String,
}

/// Applies the strongest of the inhibitors taken; `None` when none is.
pub(super) fn convert(
    gene: &Gene,
    rule: &Phenoconversion,
    medication: &[String],
    phenotype: &Phenotype,
) -> Option<Converted> {
    let taken: Vec<&Inhibitor> =
        rule.inhibitors.iter().filter(|i| medication.iter().any(|m| m.eq_ignore_ascii_case(&i.drug))).collect();
    let strongest = taken
        .iter()
        .filter_map(|i| rule.factors.get(&i.strength).map(|factor| (*factor, *i)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    let Some((factor, inhibitor)) = strongest else { return unchanged(&taken, phenotype) };
    let what = format!("{} is a {} inhibitor of {}", inhibitor.drug, inhibitor.strength, gene.symbol);
    let before = phenotype.activity_score.as_deref().unwrap_or("not known");
    let Some(after) = multiplied(gene, phenotype, factor) else {
        let reason = format!("{what}; its effect on an activity score of {before} cannot be calculated");
        return Some(Converted { phenotype: phenotype.clone(), reason });
    };
    let score = after.activity_score.as_deref().unwrap_or_default();
    let reason = format!(
        "{what}: activity score {before} × {factor} = {score}, {} becomes {} ({})",
        phenotype.name,
        after.name,
        rule.sources.join("; ")
    );
    Some(Converted { phenotype: after, reason })
}

fn unchanged(taken: &[&Inhibitor], phenotype: &Phenotype) -> Option<Converted> {
    let notes: Vec<String> = taken
        .iter()
        .map(|i| format!("{}: {}; not applied", i.drug, i.note.as_deref().unwrap_or("no factor is known")))
        .collect();
    (!notes.is_empty()).then(|| Converted { phenotype: phenotype.clone(), reason: notes.join("; ") })
}

/// The phenotype of the product. A factor of 0 needs no score, unless the phenotype itself is not known to be one.
fn multiplied(gene: &Gene, phenotype: &Phenotype, factor: f64) -> Option<Phenotype> {
    if factor == 0.0 {
        return phenotype::of_score(gene, "0.0");
    }
    let score: f64 = phenotype.activity_score.as_deref()?.parse().ok()?;
    let product = score * factor;
    let text = written(product);
    phenotype::of_score(gene, &text).or_else(|| between(gene, product, text))
}

/// At least one decimal, as the tables write scores.
fn written(score: f64) -> String {
    let text = score.to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}

fn between(gene: &Gene, product: f64, text: String) -> Option<Phenotype> {
    let exact = |score: &str| score.parse::<f64>().ok();
    let listed = || {
        gene.phenotypes.iter().filter_map(|r| {
            let score = r.activity_score.as_deref()?;
            Some((exact(score)?, score, r))
        })
    };
    let (low, low_score, below) = listed().filter(|l| l.0 < product).max_by(|a, b| a.0.total_cmp(&b.0))?;
    let (_, high_score, above) = listed().filter(|l| l.0 > product).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let (name, lookup_key) = if below.phenotype == above.phenotype {
        (&below.phenotype, format!("{low_score}/{high_score}"))
    } else if low > 0.0 {
        (&below.phenotype, low_score.to_owned())
    } else {
        (&above.phenotype, high_score.to_owned())
    };
    Some(Phenotype { name: name.clone(), activity_score: Some(text), lookup_key })
}
