//! A phenotype or an activity score that was given instead of alleles.

use super::{NEGATIVE, NO_SCORE, POSITIVE, of_row};
use crate::call::Phenotype;
use crate::knowledge::schema::{Gene, Lookup, PhenotypeRow};

/// The phenotype that an activity score means in a gene; `None` when no rule has it. `2` is `2.0`, `>=4` is `≥4.0`.
pub fn of_score(gene: &Gene, score: &str) -> Option<Phenotype> {
    let wanted = Score::read(score)?;
    let has = |text: &Option<String>| text.as_deref().and_then(Score::read) == Some(wanted);
    let exact = gene.phenotypes.iter().find(|r| has(&r.activity_score)).map(of_row);
    exact.or_else(|| beyond_table(gene, wanted, score))
}

/// The phenotype of that name; where guidance is looked up by score, by every score that has it (`0.25/0.5/0.75/1.0`).
/// A name that the gene's rules do not know is kept as it is.
pub fn of_name(gene: &Gene, name: &str) -> Phenotype {
    if gene.lookup == Lookup::Allele {
        let name = presence(name);
        return Phenotype { lookup_key: name.clone(), name, activity_score: None };
    }
    let known = gene.phenotypes.iter().find(|r| r.phenotype.eq_ignore_ascii_case(name)).map(|r| r.phenotype.as_str());
    let name = known.unwrap_or(name).to_owned();
    let lookup_key = match gene.lookup {
        Lookup::ActivityScore => scores_of(gene, &name).unwrap_or_else(|| NO_SCORE.into()),
        Lookup::Phenotype | Lookup::Allele => name.clone(),
    };
    Phenotype { name, activity_score: None, lookup_key }
}

/// `*57:01 positive/*58:01 negative`, whatever the case of the words and the blanks around the slash.
fn presence(text: &str) -> String {
    let state = |part: &str| {
        let part = part.trim();
        for word in [POSITIVE, NEGATIVE] {
            let cut = part.len().saturating_sub(word.len());
            if let (Some(allele), Some(tail)) = (part.get(..cut), part.get(cut..))
                && tail.eq_ignore_ascii_case(word)
            {
                return format!("{} {word}", allele.trim_end());
            }
        }
        part.to_owned()
    };
    text.split('/').map(state).collect::<Vec<_>>().join("/")
}

/// Scores of a phenotype, ascending, joined by `/`.
fn scores_of(gene: &Gene, phenotype: &str) -> Option<String> {
    let mut scores: Vec<&str> = gene
        .phenotypes
        .iter()
        .filter(|r| r.phenotype == phenotype)
        .filter_map(|r| r.activity_score.as_deref())
        .collect();
    scores.sort_by(|a, b| Score::order(a).total_cmp(&Score::order(b)).then_with(|| a.cmp(b)));
    scores.dedup();
    (!scores.is_empty()).then(|| scores.join("/"))
}

/// A score in none of the rules means what the closest open one (`≥4.0`) below it means.
fn beyond_table(gene: &Gene, wanted: Score, text: &str) -> Option<Phenotype> {
    let open = |row: &&PhenotypeRow| row.activity_score.as_deref().and_then(Score::read).is_some_and(|s| s.is_open);
    let floor = |row: &PhenotypeRow| row.activity_score.as_deref().map_or(f64::INFINITY, Score::order);
    let below = gene.phenotypes.iter().filter(open).filter(|r| floor(r) <= wanted.value);
    let closest = below.max_by(|a, b| floor(a).total_cmp(&floor(b)))?;
    Some(Phenotype { activity_score: Some(text.trim().to_owned()), ..of_row(closest) })
}

/// An activity score as written.
#[derive(Clone, Copy, PartialEq)]
struct Score {
    value: f64,
    is_open: bool,
}

impl Score {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let number = text.strip_prefix('≥').or_else(|| text.strip_prefix(">="));
        let value: f64 = number.unwrap_or(text).trim().parse().ok()?;
        (value.is_finite() && value >= 0.0).then_some(Self { value, is_open: number.is_some() })
    }

    fn order(text: &str) -> f64 {
        Self::read(text).map_or(f64::INFINITY, |s| s.value)
    }
}
