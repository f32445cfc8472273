//! The one report model: everything that is known of one sample, with the path to each conclusion.
//!
//! [`SampleDocument`] borrows from the compact answers of an input (`stage::answers`), so that a cohort is never held as
//! documents. `calls.json` is its serialisation (schema in `docs/schema/`); the page for people is rendered from it.

use std::fmt::Write;

use indexmap::IndexMap;
use pgx_rules::ambiguity::{Ambiguity, UnseenAlleles};
use pgx_rules::call::{CallSource, Candidate, GeneCall, Warning};
use pgx_rules::calling::Sex;
use pgx_rules::guidance::{Advice, Patient, Unanswered, Uncovered};
use serde::Serialize;
use variants::model::{Discrepancy, State, Support};

use crate::provenance::InputProvenance;

/// Everything about one sample.
#[derive(Clone, Debug, Serialize)]
pub struct SampleDocument<'a> {
    /// Name in the input.
    pub sample: &'a str,
    /// What was read; `None` for a sample known from outside calls only.
    pub input: Option<&'a InputProvenance>,
    /// Sex as stated by the user.
    pub sex: Option<Sex>,
    /// Population group as stated by the user: whose frequencies the probabilities are of.
    pub population: Option<&'a str>,
    /// Facts about the patient that guidance may depend on.
    pub patient: &'a Patient,
    /// Free fields from the sample metadata, in the order of the file.
    pub metadata: &'a IndexMap<String, String>,
    /// One entry a gene that was asked for, by symbol.
    pub genes: Vec<GeneDocument<'a>>,
    /// Guidance rows, by drug.
    pub guidance: Vec<&'a Advice>,
    /// Drugs without a row whose guidance needs a gene without a result, by name.
    pub unanswered: Vec<&'a Unanswered>,
    /// Documents on a drug that have no row for the results there are, by drug.
    pub uncovered: Vec<&'a Uncovered>,
}

/// One gene of one sample.
#[derive(Clone, Debug, Serialize)]
pub struct GeneDocument<'a> {
    /// Gene symbol.
    pub gene: &'a str,
    /// Who made the call.
    pub source: CallSource,
    /// Calling rule that decided.
    pub rule: &'a str,
    /// What fits best; empty for a no call.
    pub candidates: Vec<CandidateDocument<'a>>,
    /// Whether every heterozygous site was phased.
    pub phased: bool,
    /// Whether at most one site is heterozygous, so that phase does not matter.
    pub effectively_phased: bool,
    /// Number of sites that define the gene's named alleles.
    pub sites_total: usize,
    /// Number of those with a usable genotype.
    pub sites_seen: usize,
    /// Defining sites without a usable genotype, in order.
    pub missing: Vec<SiteName<'a>>,
    /// Named alleles that the missing sites make impossible to see.
    pub not_excluded: &'a [String],
    /// What was seen at each site of the gene, in order.
    pub sites: Vec<SiteDocument<'a>>,
    /// Things worth a person's attention.
    pub warnings: &'a [Warning],
    /// Every diplotype that fits, weighed; `None` when only one does.
    pub ambiguity: Option<&'a Ambiguity>,
    /// Alleles with an effect that this input could not have shown.
    pub unseen: Option<&'a UnseenAlleles>,
    /// What is uncertain about the knowledge of this gene.
    pub confidence: &'a [String],
}

/// One answer with the path from alleles to phenotype.
#[derive(Clone, Debug, Serialize)]
pub struct CandidateDocument<'a> {
    /// As in `calls.tsv`; `None` when only a phenotype or a score is known.
    pub diplotype: Option<String>,
    /// Function of each allele, in the order of the diplotype.
    pub functions: &'a [String],
    /// Phenotype in the source's vocabulary.
    pub phenotype: Option<&'a str>,
    /// Activity score as written.
    pub activity_score: Option<&'a str>,
    /// What guidance was looked up with.
    pub lookup_key: Option<&'a str>,
    /// Sites matched by the alleles, summed.
    pub match_score: u32,
}

/// A site by its names.
#[derive(Clone, Debug, Serialize)]
pub struct SiteName<'a> {
    /// `chr10:94942290 C>T`, on the assembly of the input (GRCh38 when there is none).
    pub site: String,
    /// dbSNP identifier.
    pub rsid: Option<&'a str>,
}

/// A site and what the sample shows there.
#[derive(Clone, Debug, Serialize)]
pub struct SiteDocument<'a> {
    /// `chr10:94942290 C>T`, on the assembly of the input.
    pub site: String,
    /// dbSNP identifier.
    pub rsid: Option<&'a str>,
    /// Genotype in bases, `C/T` or `C|T`; `None` where nothing was read.
    pub genotype: Option<String>,
    /// Phase set, where the input names one.
    pub phase_set: Option<u32>,
    /// How the site ended.
    pub state: State,
    /// Whether a usable genotype has an allele other than the reference allele of the definition.
    pub differs: bool,
    /// Called alleles that carry something other than the reference allele here.
    pub defines: Vec<&'a str>,
    /// Reasons and warnings about the observation.
    pub discrepancies: &'a [Discrepancy],
    /// Read support; `None` where the input has none.
    pub support: Option<Support>,
}

impl GeneDocument<'_> {
    /// Whether there is any answer for the gene.
    pub fn is_called(&self) -> bool {
        !self.candidates.is_empty()
    }
}

impl<'a> CandidateDocument<'a> {
    /// The document form of a candidate.
    pub fn of(candidate: &'a Candidate) -> Self {
        let phenotype = candidate.phenotype.as_ref();
        Self {
            diplotype: candidate.diplotype.as_ref().map(ToString::to_string),
            functions: &candidate.functions,
            phenotype: phenotype.map(|p| p.name.as_str()),
            activity_score: phenotype.and_then(|p| p.activity_score.as_deref()),
            lookup_key: phenotype.map(|p| p.lookup_key.as_str()),
            match_score: candidate.score,
        }
    }
}

/// The columns of `calls.tsv` that say what was called: alternatives joined by `;`, in one order for all three.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// `*1/*2;*1/*3`.
    pub diplotype: String,
    /// One value an alternative; empty when no alternative has one.
    pub phenotype: String,
    /// One value an alternative; empty when no alternative has one.
    pub activity_score: String,
}

impl Columns {
    /// The columns of a call.
    pub fn of(call: &GeneCall) -> Self {
        let phenotype = |c: &Candidate| c.phenotype.as_ref().map(|p| p.name.clone()).unwrap_or_default();
        let score = |c: &Candidate| c.phenotype.as_ref().and_then(|p| p.activity_score.clone()).unwrap_or_default();
        let diplotype = |c: &Candidate| c.diplotype.as_ref().map(ToString::to_string).unwrap_or_default();
        Self {
            diplotype: joined(call.candidates.iter().map(diplotype)),
            phenotype: joined(call.candidates.iter().map(phenotype)),
            activity_score: joined(call.candidates.iter().map(score)),
        }
    }
}

/// Values joined by `;`; empty when all of them are.
fn joined(values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.collect();
    if values.iter().all(String::is_empty) { String::new() } else { values.join(";") }
}

/// Read support in one line: `31 reads (15, 16), quality 99`; empty when nothing is known.
pub fn support_text(support: &Support) -> String {
    let mut text = String::new();
    if let Some(depth) = support.depth {
        let _ = write!(text, "{depth} reads"); // writing into a string cannot fail
    }
    if !support.allele_depths.is_empty() {
        let depths: Vec<String> = support.allele_depths.iter().map(u32::to_string).collect();
        let _ = write!(text, "{}({})", if text.is_empty() { "reads " } else { " " }, depths.join(", "));
    }
    if let Some(quality) = support.quality {
        let _ = write!(text, "{}quality {quality}", if text.is_empty() { "" } else { ", " });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use pgx_rules::call::{Component, Diplotype, Phenotype, Strand};

    fn candidate(names: [&str; 2], phenotype: Option<(&str, &str)>) -> Candidate {
        let strand = |name: &str| Strand(vec![Component::Named(name.to_owned())]);
        Candidate {
            diplotype: Some(Diplotype::Pair(strand(names[0]), strand(names[1]))),
            score: 0,
            functions: Vec::new(),
            phenotype: phenotype.map(|(name, score)| Phenotype {
                name: name.to_owned(),
                activity_score: Some(score.to_owned()),
                lookup_key: score.to_owned(),
            }),
            posterior: None,
        }
    }

    fn call(candidates: Vec<Candidate>) -> GeneCall {
        GeneCall {
            gene: "G".to_owned(),
            source: CallSource::Matcher,
            rule: "named-allele".to_owned(),
            candidates,
            phased: false,
            effectively_phased: false,
            missing: Vec::new(),
            not_excluded: Vec::new(),
            sites: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn alternatives_keep_one_order_in_all_columns() {
        let call = call(vec![
            candidate(["*1", "*2"], Some(("Intermediate Metabolizer", "1.0"))),
            candidate(["*1", "*3"], None),
        ]);
        let columns = Columns::of(&call);
        assert_eq!(columns.diplotype, "*1/*2;*1/*3");
        assert_eq!(columns.phenotype, "Intermediate Metabolizer;");
        assert_eq!(columns.activity_score, "1.0;");
    }

    #[test]
    fn a_no_call_has_empty_columns() {
        assert_eq!(Columns::of(&call(Vec::new())), Columns::default());
    }

    #[test]
    fn support_says_only_what_is_known() {
        let full = Support { depth: Some(31), allele_depths: vec![15, 16], quality: Some(99) };
        assert_eq!(support_text(&full), "31 reads (15, 16), quality 99");
        assert_eq!(support_text(&Support::default()), "");
        let quality = Support { quality: Some(40), ..Support::default() };
        assert_eq!(support_text(&quality), "quality 40");
    }
}
