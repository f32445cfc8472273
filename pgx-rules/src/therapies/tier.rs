//! Where a statement stands, and why: the kind of study and the tumour type together.
//!
//! Tiers are those of AMP, ASCO and CAP for somatic variants (Li et al. 2017, PMID 27993330): I-A, approved or in guidelines
//! for this tumour type; I-B, well-powered studies in this tumour type; II-C, approved or in guidelines for another tumour
//! type, or several small studies; II-D, preclinical or a few cases. Theirs are given by experts who weigh all evidence on a
//! variant; these are derived, one statement at a time, from the level that the source gave. They order and explain; they do
//! not replace a board.

use std::fmt;

use serde::Serialize;

use super::disease::DiseaseMatch;
use super::evidence::{Direction, EvidenceKind, EvidenceLevel};
use super::matching::MatchLevel;
use super::report::Statement;

/// A tier, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Tier {
    /// Strong: validated in this tumour type.
    #[serde(rename = "I-A")]
    IA,
    /// Strong: clinical studies in this tumour type.
    #[serde(rename = "I-B")]
    IB,
    /// Potential: validated or clinical studies in another tumour type.
    #[serde(rename = "II-C")]
    IIC,
    /// Potential: cases or preclinical studies.
    #[serde(rename = "II-D")]
    IID,
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IA => "I-A",
            Self::IB => "I-B",
            Self::IIC => "II-C",
            Self::IID => "II-D",
        })
    }
}

/// How far the tumour type of the studies is the patient's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// It is, or it contains it.
    Same,
    /// It is a kind of it: whether the patient has that kind is not known.
    Within,
    /// It is not, or one of the two is not stated.
    Other,
}

/// The place of a level in a tumour type; whether the studies speak for or against makes no difference to it.
pub fn standing(level: EvidenceLevel, disease: &DiseaseMatch) -> impl Ord + Copy + use<> {
    let nearness = nearness(disease);
    let tier = place(level, nearness);
    // without a tier comes last
    (tier.is_none(), tier, nearness)
}

fn nearness(disease: &DiseaseMatch) -> Nearness {
    match disease {
        DiseaseMatch::Exact | DiseaseMatch::Ancestor(_) | DiseaseMatch::AncestorByName | DiseaseMatch::AnyCancer => {
            Nearness::Same
        }
        DiseaseMatch::Descendant(_) | DiseaseMatch::DescendantByName => Nearness::Within,
        DiseaseMatch::SharedWord(_) | DiseaseMatch::Other | DiseaseMatch::NotStated => Nearness::Other,
    }
}

fn place(level: EvidenceLevel, nearness: Nearness) -> Option<Tier> {
    match (level, nearness) {
        (EvidenceLevel::A, Nearness::Same | Nearness::Within) => Some(Tier::IA),
        (EvidenceLevel::B, Nearness::Same | Nearness::Within) => Some(Tier::IB),
        (EvidenceLevel::A | EvidenceLevel::B, Nearness::Other) => Some(Tier::IIC),
        (EvidenceLevel::C | EvidenceLevel::D, _) => Some(Tier::IID),
        (EvidenceLevel::E, _) => None,
    }
}

/// The tier of a statement, and in words why it stands where it does.
pub fn explain(statement: &Statement) -> (Option<Tier>, String) {
    let nearness = nearness(&statement.disease_match);
    let tier = place(statement.level, nearness);
    let where_ = match &statement.disease_match {
        DiseaseMatch::Exact => "in this tumour type".to_owned(),
        DiseaseMatch::Ancestor(1) => format!("in {}, which contains this tumour type", statement.disease),
        DiseaseMatch::Ancestor(steps) => {
            format!("in {}, which contains this tumour type ({steps} steps up)", statement.disease)
        }
        DiseaseMatch::AncestorByName => {
            format!("in {}, which by its name contains this tumour type", statement.disease)
        }
        DiseaseMatch::AnyCancer => "in cancer of any type".to_owned(),
        DiseaseMatch::Descendant(_) => format!("in {}, a kind of the tumour type given", statement.disease),
        DiseaseMatch::DescendantByName => {
            format!("in {}, by its name a kind of the tumour type given", statement.disease)
        }
        DiseaseMatch::SharedWord(_) | DiseaseMatch::Other => format!("in another tumour type ({})", statement.disease),
        DiseaseMatch::NotStated if statement.disease.is_empty() => "in a disease that is not stated".to_owned(),
        DiseaseMatch::NotStated => format!("in {}; this tumour's type is not stated", statement.disease),
    };
    let what = format!("Level {} ({}) {where_}", statement.level, statement.level.meaning());
    let none = |because: &str| (None, format!("{what}. No tier: {because}."));
    if statement.matched == MatchLevel::OtherChangeAtCodon {
        return none("it is on another change");
    }
    if statement.direction == Direction::DoesNotSupport {
        return none("the studies speak against it");
    }
    if statement.direction == Direction::NotStated {
        return none("the source does not say whether the studies support it");
    }
    if matches!(statement.kind, EvidenceKind::Predisposing | EvidenceKind::Functional | EvidenceKind::Oncogenic) {
        return none("it is not on therapy, diagnosis or course");
    }
    if statement.origin.contains("germline") && !statement.origin.contains("somatic") {
        return none("the studies are on inherited variants, and tiers on somatic ones");
    }
    if statement.disease_match == DiseaseMatch::NotStated {
        return none("it depends on the tumour type");
    }
    match tier {
        None => none("inferred only"),
        Some(tier @ (Tier::IA | Tier::IB)) if nearness == Nearness::Within => {
            (Some(tier), format!("{what}. Tier {tier} only if the tumour is {}.", statement.disease))
        }
        Some(tier) => (Some(tier), format!("{what}. Tier {tier}.")),
    }
}

/// Whether a tier holds only if the tumour is of the studies' narrower kind.
pub fn is_conditional(tier: Option<Tier>, disease: &DiseaseMatch) -> bool {
    matches!(tier, Some(Tier::IA | Tier::IB)) && nearness(disease) == Nearness::Within
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_approval_elsewhere_stands_below_studies_in_this_tumour_type() {
        let rows = [
            (EvidenceLevel::A, DiseaseMatch::Exact),
            (EvidenceLevel::A, DiseaseMatch::Descendant(1)),
            (EvidenceLevel::B, DiseaseMatch::Ancestor(2)),
            (EvidenceLevel::B, DiseaseMatch::DescendantByName),
            (EvidenceLevel::A, DiseaseMatch::Other),
            (EvidenceLevel::C, DiseaseMatch::Exact),
            (EvidenceLevel::D, DiseaseMatch::Other),
            (EvidenceLevel::E, DiseaseMatch::Exact),
        ];
        let places: Vec<_> = rows.iter().map(|(level, disease)| standing(*level, disease)).collect();
        assert!(places.windows(2).all(|w| matches!(w, [a, b] if a < b)));
        assert!(
            standing(EvidenceLevel::A, &DiseaseMatch::AnyCancer) == standing(EvidenceLevel::A, &DiseaseMatch::Exact)
        );
        assert!(
            standing(EvidenceLevel::A, &DiseaseMatch::NotStated) == standing(EvidenceLevel::B, &DiseaseMatch::Other),
            "tier II-C; the level orders within it"
        );
    }
}
