//! What a line of outside calls means for its gene.

use super::diplotype;
use super::line::Given;
use crate::call::{Candidate, Diplotype, Phenotype, Warning};
use crate::knowledge::schema::{Gene, Lookup, PhenotypeMethod};
use crate::phenotype;

/// A candidate with what is to be said about it.
pub(super) struct Answer {
    pub(super) candidate: Candidate,
    pub(super) warnings: Vec<Warning>,
}

/// Judges a line.
pub(super) fn answer(gene: &Gene, given: &Given<'_>) -> Result<Answer, String> {
    let mut warnings = Vec::new();
    let diplotype = given.diplotype.map(|text| diplotype::read(gene, text)).transpose()?;
    let mut candidate = of_alleles(gene, diplotype, &mut warnings);
    let stated = stated(gene, given, candidate.phenotype.as_ref(), &mut warnings)?;
    if let Some(stated) = stated {
        if let Some(own) = candidate.phenotype.as_ref().filter(|own| differ(own, &stated)) {
            warnings.push(Warning {
                code: "outside-call-differs".into(),
                text: format!(
                    "{}: the outside call says {}, its alleles mean {}; the outside call is used",
                    gene.symbol,
                    in_words(&stated),
                    in_words(own)
                ),
            });
        }
        candidate.phenotype = Some(stated);
    }
    Ok(Answer { candidate, warnings })
}

/// Functions and phenotype of the alleles.
fn of_alleles(gene: &Gene, diplotype: Option<Diplotype>, warnings: &mut Vec<Warning>) -> Candidate {
    if let Some(diplotype) = &diplotype {
        warnings.extend(about_alleles(gene, diplotype));
    }
    let candidate = Candidate { diplotype, score: 0, functions: Vec::new(), phenotype: None, posterior: None };
    let mut call = super::empty(gene);
    call.candidates.push(candidate.clone());
    phenotype::assign(gene, &mut call);
    call.candidates.pop().unwrap_or(candidate)
}

fn about_alleles(gene: &Gene, diplotype: &Diplotype) -> Option<Warning> {
    if gene.lookup == Lookup::Allele {
        let one_only = matches!(diplotype, Diplotype::Single(_));
        return one_only.then(|| Warning {
            code: "outside-one-allele".into(),
            text: format!(
                "{}: one allele was given; the others asked about count as absent, which holds only if both copies \
                 were typed",
                gene.symbol
            ),
        });
    }
    let unknown = diplotype::unknown_names(gene, diplotype);
    (!unknown.is_empty()).then(|| Warning {
        code: "outside-unknown-allele".into(),
        text: format!(
            "{}: {} is in no definition used here; it has no function, and the diplotype no phenotype of its own",
            gene.symbol,
            unknown.join(", ")
        ),
    })
}

/// The phenotype that the line states, by name, by score or both.
fn stated(
    gene: &Gene,
    given: &Given<'_>,
    own: Option<&Phenotype>,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Phenotype>, String> {
    let name = given.phenotype.map(|text| without_symbol(gene, text)).filter(|t| !says_nothing(t));
    let score = given.score.filter(|t| !says_nothing(t));
    if score.is_some() && gene.phenotype_method != PhenotypeMethod::ActivityScore {
        let what = format!("{} has no activity score", gene.symbol);
        if given.diplotype.is_none() && name.is_none() {
            return Err(format!("{what}; give its diplotype or phenotype"));
        }
        warnings
            .push(Warning { code: "outside-score-unused".into(), text: format!("{what}; the one given is not used") });
        return Ok(name.map(|n| by_name(gene, n, own, warnings)));
    }
    match (name, score) {
        (None, None) => Ok(None),
        (Some(name), None) => Ok(Some(by_name(gene, name, own, warnings))),
        (name, Some(score)) => {
            let Some(mut phenotype) = phenotype::of_score(gene, score) else {
                return Err(format!(
                    "'{score}' is not an activity score of {}; correct it, or give diplotype or phenotype instead",
                    gene.symbol
                ));
            };
            if let Some(name) = name.map(|n| by_name(gene, n, None, warnings)).filter(|n| n.name != phenotype.name) {
                warnings.push(Warning {
                    code: "outside-call-differs".into(),
                    text: format!(
                        "{}: the outside call says {}, but a score of {score} means {}; the score is used",
                        gene.symbol, name.name, phenotype.name
                    ),
                });
            }
            if let Some(own) = own.filter(|o| o.name == phenotype.name && o.lookup_key == phenotype.lookup_key) {
                phenotype = own.clone();
            }
            Ok(Some(phenotype))
        }
    }
}

/// A named phenotype; the alleles' own where the name is the same, since that may have a score.
fn by_name(gene: &Gene, name: &str, own: Option<&Phenotype>, warnings: &mut Vec<Warning>) -> Phenotype {
    let phenotype = phenotype::of_name(gene, name);
    if let Some(own) = own.filter(|o| o.name == phenotype.name) {
        return own.clone();
    }
    if gene.lookup != Lookup::Allele && !gene.phenotypes.iter().any(|r| r.phenotype == phenotype.name) {
        warnings.push(Warning {
            code: "outside-unknown-phenotype".into(),
            text: format!("{}: '{name}' is no phenotype known here; no guidance can be found by it", gene.symbol),
        });
    }
    phenotype
}

fn differ(own: &Phenotype, stated: &Phenotype) -> bool {
    own.name != stated.name || own.activity_score != stated.activity_score
}

fn in_words(phenotype: &Phenotype) -> String {
    match &phenotype.activity_score {
        Some(score) => format!("{} ({score})", phenotype.name),
        None => phenotype.name.clone(),
    }
}

/// `Poor Metabolizer` of `CYP2D6 Poor Metabolizer`.
fn without_symbol<'t>(gene: &Gene, text: &'t str) -> &'t str {
    text.strip_prefix(gene.symbol.as_str()).filter(|r| r.starts_with([' ', '*'])).map_or(text, str::trim_start)
}

fn says_nothing(text: &str) -> bool {
    ["n/a", "na", "no result", "unknown", "."].iter().any(|w| text.eq_ignore_ascii_case(w))
}
