//! One statement as outputs show it.

use pgx_rules::therapies::report::Statement;
use pgx_rules::therapies::tier::is_conditional;
use serde::Serialize;

/// What `therapies.tsv` and `therapies.json` hold of a statement; the order is that of the columns.
#[derive(Debug, Serialize)]
pub struct StatementRow<'a> {
    pub gene: &'a str,
    pub variant: &'a str,
    #[serde(rename = "match")]
    pub matched: &'static str,
    pub evidence_variant: &'a str,
    pub therapy: String,
    pub interaction: &'a str,
    pub effect: &'static str,
    pub level: String,
    pub direction: &'static str,
    pub evidence_type: String,
    pub significance: &'a str,
    pub disease: &'a str,
    pub disease_match: String,
    pub origin: &'a str,
    pub rating: Option<u8>,
    pub evidence_ids: Vec<u32>,
    pub pmids: Vec<&'a str>,
    pub note: String,
    pub tier: Option<String>,
    /// Whether the tier holds only if the tumour is of the studies' narrower kind.
    pub tier_conditional: bool,
    pub reason: &'a str,
}

impl<'a> StatementRow<'a> {
    /// Of a statement.
    pub fn of(statement: &'a Statement) -> Self {
        let mut notes = vec![statement.note.clone()];
        if statement.flagged {
            notes.push("flagged by the source".to_owned());
        }
        notes.retain(|n| !n.is_empty());
        Self {
            gene: &statement.gene,
            variant: &statement.found,
            matched: statement.matched.word(),
            evidence_variant: &statement.speaks_of,
            therapy: statement.therapies.replace(',', ", "),
            interaction: &statement.interaction,
            effect: statement.effect.word(),
            level: statement.level.to_string(),
            direction: statement.direction.word(),
            evidence_type: statement.kind.to_string(),
            significance: &statement.significance,
            disease: &statement.disease,
            disease_match: statement.disease_match.word(),
            origin: &statement.origin,
            rating: statement.rating,
            evidence_ids: statement.items.clone(),
            pmids: statement.citations.iter().map(|c| c.strip_prefix("PMID:").unwrap_or(c)).collect(),
            note: notes.join("; "),
            tier: statement.tier.map(|t| t.to_string()),
            tier_conditional: is_conditional(statement.tier, &statement.disease_match),
            reason: &statement.reason,
        }
    }
}
