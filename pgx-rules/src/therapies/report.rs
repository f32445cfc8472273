//! What was found, in the order in which a reader wants it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::disease::{DiseaseMatch, TumourType};
use super::evidence::{Direction, EvidenceKind, EvidenceLevel};
use super::matching::{Index, MatchLevel, NotCompared};
use super::tier::{Tier, explain, standing};
use super::tumour::Tumour;

/// What evidence says of a therapy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The tumour responds.
    Sensitivity,
    /// The tumour does not respond, or less.
    Resistance,
    /// The patient suffers from it.
    AdverseResponse,
    /// Nothing about a therapy, or nothing clear.
    Other,
}

impl Effect {
    /// The word of the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sensitivity => "sensitivity",
            Self::Resistance => "resistance",
            Self::AdverseResponse => "adverse response",
            Self::Other => "other",
        }
    }

    fn of(kind: EvidenceKind, significance: &str) -> Self {
        match (kind, significance) {
            (EvidenceKind::Predictive, "sensitivity/response" | "sensitivityresponse") => Self::Sensitivity,
            (EvidenceKind::Predictive, "resistance" | "reduced sensitivity") => Self::Resistance,
            (EvidenceKind::Predictive, "adverse response") => Self::AdverseResponse,
            _ => Self::Other,
        }
    }
}

/// Items that say the same of the same, as one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What the evidence is for.
    pub kind: EvidenceKind,
    /// Strength of the kind of study.
    pub level: EvidenceLevel,
    /// How closely the tumour agrees.
    pub matched: MatchLevel,
    /// How near the disease is.
    pub disease_match: DiseaseMatch,
    /// What it says of the therapy.
    pub effect: Effect,
    /// For or against that.
    pub direction: Direction,
    /// Therapies, comma-separated.
    pub therapies: String,
    /// How several are meant.
    pub interaction: String,
    /// Gene in the tumour.
    pub gene: String,
    /// What the tumour has.
    pub found: String,
    /// What the evidence speaks of.
    pub speaks_of: String,
    /// Disease of the studies.
    pub disease: String,
    /// What the items say, as the source words it.
    pub significance: String,
    /// Origin of the variant in the studies.
    pub origin: String,
    /// What a reader must know of the comparison.
    pub note: String,
    /// Items, by identifier.
    pub items: Vec<u32>,
    /// Their citations, in the same order, each once.
    pub citations: Vec<String>,
    /// Their highest rating, 1 to 5.
    pub rating: Option<u8>,
    /// Whether the source has put one of them in question.
    pub flagged: bool,
    /// Its tier, where one can be derived.
    pub tier: Option<Tier>,
    /// Why it stands where it does, in a sentence or two.
    pub reason: String,
}

/// What a release says of one tumour.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// Statements: on therapies first, then by tier, level, disease and match.
    pub statements: Vec<Statement>,
    /// Genes that the input names otherwise than the release, or by a name that several genes have.
    pub gene_names: Vec<String>,
    /// Number of items that could not be compared, by reason.
    pub not_compared: BTreeMap<NotCompared, usize>,
}

/// Matches a tumour and orders what is found.
pub fn findings(index: &Index<'_>, tumour: &Tumour, tumour_type: Option<&TumourType>) -> Findings {
    let matched = index.matches(tumour);
    let mut statements: Vec<Statement> = Vec::new();
    for found in matched.hits {
        let item = found.item;
        let statement = Statement {
            kind: item.kind,
            level: item.level,
            matched: found.hit.level,
            disease_match: tumour_type.map_or(DiseaseMatch::NotStated, |t| t.compare(&item.disease, &item.doid)),
            effect: Effect::of(item.kind, &item.significance),
            direction: item.direction,
            therapies: in_order(&item.therapies, &item.interaction),
            interaction: item.interaction.clone(),
            gene: found.hit.gene,
            found: found.hit.found,
            speaks_of: index.words(&item.profile),
            disease: item.disease.clone(),
            significance: item.significance.clone(),
            origin: item.origin.clone(),
            note: found.hit.note,
            items: vec![item.id],
            citations: Some(item.citation.clone()).filter(|c| !c.is_empty()).into_iter().collect(),
            rating: item.rating,
            flagged: item.flagged,
            tier: None,
            reason: String::new(),
        };
        statements.push(statement);
    }
    statements.sort_by(|a, b| a.key().cmp(&b.key()).then_with(|| a.items.cmp(&b.items)));
    let mut joined: Vec<Statement> = Vec::new();
    for statement in statements {
        match joined.last_mut().filter(|last| last.key() == statement.key()) {
            Some(last) => last.join(statement),
            None => joined.push(statement),
        }
    }
    for statement in &mut joined {
        (statement.tier, statement.reason) = explain(statement);
    }
    Findings { statements: joined, gene_names: matched.gene_names, not_compared: matched.not_compared }
}

/// The source writes the partners of a combination in any order; that of a sequence means something.
fn in_order(therapies: &str, interaction: &str) -> String {
    if interaction == "sequential" {
        return therapies.to_owned();
    }
    let mut parts: Vec<&str> = therapies.split(',').collect();
    parts.sort_unstable();
    parts.join(",")
}

impl Statement {
    /// What makes two items one statement, in the order of ranking.
    fn key(&self) -> impl Ord + '_ {
        let is_related = self.matched == MatchLevel::OtherChangeAtCodon;
        let place = (standing(self.level, &self.disease_match), self.level, &self.disease_match);
        let rank = (self.kind, is_related, place, self.matched);
        let says = (self.effect, self.direction, &self.therapies, &self.interaction, &self.significance);
        let of = (&self.gene, &self.found, &self.speaks_of, &self.disease, &self.origin, &self.note);
        (rank, says, of)
    }

    fn join(&mut self, other: Self) {
        self.items.extend(other.items);
        for citation in other.citations {
            if !self.citations.contains(&citation) {
                self.citations.push(citation);
            }
        }
        self.rating = self.rating.max(other.rating);
        self.flagged |= other.flagged;
    }
}
