//! The page's first table: each therapy once, with the strongest evidence for and against the tumour's response side by side.

use pgx_rules::therapies::evidence::{Direction, EvidenceKind, EvidenceLevel};
use pgx_rules::therapies::matching::MatchLevel;
use pgx_rules::therapies::report::{Effect, Findings, Statement};
use pgx_rules::therapies::tier::{Tier, is_conditional, standing};
use serde::Serialize;

/// A therapy, or a combination as the source names it.
#[derive(Debug, PartialEq, Serialize)]
pub struct Glance {
    pub therapy: String,
    pub interaction: String,
    pub sensitivity: Option<Best>,
    pub resistance: Option<Best>,
}

/// The strongest statement of one kind on a therapy.
#[derive(Debug, PartialEq, Serialize)]
pub struct Best {
    /// `Tier I-A`, or the level where there is no tier.
    pub strength: String,
    /// Disease that the tier depends on; empty where it does not.
    pub only_if: String,
    pub found: String,
    pub speaks_of: String,
    pub disease: String,
    /// Whether studies that stand as high, on the same variant, do not support it.
    pub disputed: bool,
}

/// Therapies with validated or clinical evidence in this tumour type; where no type is given, in any. Strongest first.
/// Evidence on substitutes holds for each of them, and is shown with each.
pub fn of(findings: &Findings) -> Vec<Glance> {
    let mut rows: Vec<Glance> = Vec::new();
    for statement in findings.statements.iter().filter(|s| is_strong(s)) {
        if statement.interaction == "substitutes" {
            statement.therapies.split(',').for_each(|drug| add(&mut rows, drug, "", statement, findings));
        } else {
            add(&mut rows, &shown(&statement.therapies), &statement.interaction, statement, findings);
        }
    }
    rows
}

/// Statements come strongest first: the first on a therapy is the best.
fn add(rows: &mut Vec<Glance>, therapy: &str, interaction: &str, statement: &Statement, findings: &Findings) {
    let is_same = |row: &Glance| row.therapy == therapy && row.interaction == interaction;
    let place = rows.iter().position(is_same).unwrap_or_else(|| {
        let (therapy, interaction) = (therapy.to_owned(), interaction.to_owned());
        rows.push(Glance { therapy, interaction, sensitivity: None, resistance: None });
        rows.len() - 1
    });
    let Some(row) = rows.get_mut(place) else { return };
    let best = match statement.effect {
        Effect::Resistance => &mut row.resistance,
        _ => &mut row.sensitivity,
    };
    best.get_or_insert_with(|| best_of(statement, findings));
}

fn shown(therapies: &str) -> String {
    therapies.replace(',', ", ")
}

fn is_strong(statement: &Statement) -> bool {
    let speaks = statement.kind == EvidenceKind::Predictive
        && matches!(statement.effect, Effect::Sensitivity | Effect::Resistance)
        && statement.matched != MatchLevel::OtherChangeAtCodon
        && statement.direction == Direction::Supports
        && !statement.therapies.is_empty();
    let without_type = statement.tier.is_none() && statement.level <= EvidenceLevel::B;
    speaks && (matches!(statement.tier, Some(Tier::IA | Tier::IB)) || without_type)
}

fn best_of(statement: &Statement, findings: &Findings) -> Best {
    let disputes = |other: &&Statement| {
        other.direction == Direction::DoesNotSupport
            && other.effect == statement.effect
            && (&other.gene, &other.found) == (&statement.gene, &statement.found)
            && other.therapies == statement.therapies
            // in another tumour type, or at a weaker level, it disputes nothing
            && standing(other.level, &other.disease_match) <= standing(statement.level, &statement.disease_match)
            && other.matched != MatchLevel::OtherChangeAtCodon
    };
    let only_if = is_conditional(statement.tier, &statement.disease_match).then(|| statement.disease.clone());
    Best {
        strength: match statement.tier {
            Some(tier) => format!("Tier {tier}"),
            None => format!("Level {}", statement.level),
        },
        only_if: only_if.unwrap_or_default(),
        found: format!("{} {}", statement.gene, statement.found),
        speaks_of: statement.speaks_of.clone(),
        disease: statement.disease.clone(),
        disputed: findings.statements.iter().any(|other| disputes(&other)),
    }
}
