//! What the input could not show, with the share of people whom that concerns.

use pgx_rules::ambiguity::UnseenAlleles;
use serde::Serialize;
use variants::model::State;

use super::text::{anchor, group, percent, some};
use crate::report::document::{GeneDocument, SampleDocument, SiteDocument};

/// Alleles listed by name in a row; the rest is counted.
const LISTED: usize = 10;

/// The section on blind spots.
#[derive(Debug, Default, Serialize)]
pub struct Blind {
    groups: Vec<Group>,
    rows: Vec<Row>,
    /// Genes of which the input shows no site at all.
    unread: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Group {
    code: String,
    name: String,
}

#[derive(Debug, Serialize)]
struct Row {
    gene: String,
    anchor: String,
    /// Whether the gene has its own section.
    linked: bool,
    alleles: String,
    must_test: String,
    shares: Vec<Share>,
}

#[derive(Debug, Serialize)]
struct Share {
    text: String,
    /// 0 to 100, for the bar.
    width: f64,
}

impl Blind {
    /// Of all genes that were called from variants, or could have been.
    pub fn of(document: &SampleDocument<'_>) -> Self {
        let unseen: Vec<(&GeneDocument<'_>, &UnseenAlleles)> =
            document.genes.iter().filter_map(|g| Some((g, g.unseen?))).collect();
        let mut codes: Vec<&str> = Vec::new();
        for share in unseen.iter().flat_map(|(_, u)| &u.carriers) {
            if !codes.contains(&share.group.as_str()) {
                codes.push(&share.group);
            }
        }
        Self {
            rows: unseen.iter().map(|(gene, unseen)| row(gene, unseen, &codes)).collect(),
            groups: codes.iter().map(|c| Group { code: (*c).to_owned(), name: group(c).to_owned() }).collect(),
            unread: document.genes.iter().filter(|g| is_unread(g)).map(|g| g.gene.to_owned()).collect(),
        }
    }
}

/// Whether the input says nothing of a gene: no answer, no site with a usable genotype, no record that raised a question.
pub fn is_unread(gene: &GeneDocument<'_>) -> bool {
    let has_record = |s: &SiteDocument<'_>| s.state != State::Missing || !s.discrepancies.is_empty();
    !gene.is_called() && gene.sites_seen == 0 && gene.warnings.is_empty() && !gene.sites.iter().any(has_record)
}

fn row(gene: &GeneDocument<'_>, unseen: &UnseenAlleles, codes: &[&str]) -> Row {
    let share = |code: &&str| match unseen.carriers.iter().find(|c| c.group == *code) {
        Some(carriers) => Share { text: percent(carriers.probability), width: 100.0 * carriers.probability },
        None => Share { text: "not known".to_owned(), width: 0.0 },
    };
    Row {
        gene: gene.gene.to_owned(),
        anchor: anchor(gene.gene),
        linked: !is_unread(gene),
        alleles: some(&unseen.alleles, LISTED),
        must_test: if unseen.must_test.is_empty() { "none of these".to_owned() } else { unseen.must_test.join(", ") },
        shares: codes.iter().map(share).collect(),
    }
}
