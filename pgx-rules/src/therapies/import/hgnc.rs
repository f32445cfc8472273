//! Names of genes, from a table of the HUGO Gene Nomenclature Committee: its complete set, or a download with columns of
//! one's own choice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::rows::Table;
use crate::knowledge::import::ImportError;
use crate::therapies::evidence::Evidence;
use crate::therapies::genes::{GeneName, GeneNames, NameKind};
use crate::therapies::name::{VariantKind, VariantName};
use crate::therapies::ontology::PartSource;

/// A gene of the table.
struct Gene {
    symbol: String,
    /// Other names, previous symbols before aliases.
    others: Vec<(NameKind, String)>,
}

/// Reads the names of the genes that a release speaks of. A name that is the approved symbol of another gene is left out;
/// one that several genes have is kept with a mark, and decides nothing. `release` is the date of the table.
///
/// # Errors
/// When the table cannot be read, lacks a column, or knows none of the genes.
pub fn genes(path: &Path, evidence: &Evidence, release: &str) -> Result<GeneNames, ImportError> {
    let genes = read(path)?;
    let approved: BTreeMap<&str, usize> = genes.iter().enumerate().map(|(i, g)| (g.symbol.as_str(), i)).collect();
    let mut owners: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (index, gene) in genes.iter().enumerate() {
        for (_, name) in &gene.others {
            owners.entry(name).or_default().insert(index);
        }
    }
    let only = |name: &str| owners.get(name).filter(|o| o.len() == 1).and_then(BTreeSet::first).copied();
    let written = symbols(evidence);
    // one symbol of the release for each gene: a gene it files variants under goes before a fusion's partner
    let mut of_gene: BTreeMap<usize, &str> = BTreeMap::new();
    for symbol in written.iter().flatten() {
        if let Some(index) = approved.get(symbol.as_str()).copied().or_else(|| only(symbol)) {
            of_gene.entry(index).or_insert(symbol);
        }
    }
    if of_gene.is_empty() {
        return Err(ImportError::format(path, "it knows none of the genes of the evidence"));
    }
    let mut names = BTreeSet::new();
    for (index, symbol) in &of_gene {
        let Some(gene) = genes.get(*index) else { continue };
        let whole = std::iter::once((NameKind::Approved, &gene.symbol)).chain(gene.others.iter().map(|(k, n)| (*k, n)));
        let mut seen = BTreeSet::from([*symbol]);
        for (kind, name) in whole {
            let is_another = kind != NameKind::Approved && approved.contains_key(name.as_str());
            if is_another || !seen.insert(name) {
                continue;
            }
            let others = owners.get(name.as_str()).into_iter().flatten().filter(|o| *o != index);
            let also: Vec<&str> = others.filter_map(|o| genes.get(*o)).map(|g| g.symbol.as_str()).collect();
            let also = if kind == NameKind::Approved { String::new() } else { also.join(",") };
            names.insert(GeneName { symbol: (*symbol).to_owned(), name: name.clone(), kind, also });
        }
    }
    let source = PartSource {
        source: "HGNC".to_owned(),
        release: release.to_owned(),
        licence: "CC0-1.0".to_owned(),
        references: vec!["PMID:36243972".to_owned()],
    };
    Ok(GeneNames { source: Some(source), names: names.into_iter().collect() })
}

fn read(path: &Path) -> Result<Vec<Gene>, ImportError> {
    let table = Table::read(path)?;
    let symbol = table.column(&["symbol", "approved symbol"])?;
    let previous = table.column(&["prev_symbol", "previous symbols"])?;
    let alias = table.column(&["alias_symbol", "alias symbols"])?;
    let is_approved = |status: &str| status.is_empty() || status.eq_ignore_ascii_case("approved");
    let rows = table.rows().filter(|row| is_approved(row.get("status")) && !row.get(symbol).is_empty());
    Ok(rows
        .map(|row| {
            let list = |kind: NameKind, column| -> Vec<(NameKind, String)> {
                let parts = row.get(column).trim_matches('"').split(['|', ',']).map(str::trim);
                parts.filter(|p| !p.is_empty()).map(|p| (kind, p.to_owned())).collect()
            };
            let others = [list(NameKind::Previous, previous), list(NameKind::Alias, alias)].concat();
            Gene { symbol: row.get(symbol).to_owned(), others }
        })
        .collect())
}

/// Symbols that a release uses: those that variants are filed under, and those of partners in fusions.
fn symbols(evidence: &Evidence) -> [BTreeSet<String>; 2] {
    let mut filed = BTreeSet::new();
    let mut partners = BTreeSet::new();
    for variant in &evidence.variants {
        filed.extend(variant.gene.split("::").map(str::to_owned));
        let names = std::iter::once(variant.name.as_str()).chain(variant.aliases.split(',').filter(|a| !a.is_empty()));
        for name in names {
            add_partners(&VariantName::parse(&variant.gene, name).kind, &mut partners);
        }
    }
    partners.retain(|p| !filed.contains(p));
    [filed, partners]
}

fn add_partners(kind: &VariantKind, partners: &mut BTreeSet<String>) {
    match kind {
        VariantKind::Fusion { five_prime, three_prime } => {
            partners.extend([five_prime.clone(), three_prime.clone()]);
        }
        VariantKind::AnyOf(parts) | VariantKind::AllOf(parts) => parts.iter().for_each(|p| add_partners(p, partners)),
        _ => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const HGNC: &str = "hgnc_id\tsymbol\tstatus\talias_symbol\tprev_symbol\n\
        HGNC:3430\tERBB2\tApproved\t\"NEU|HER-2|CD340|HER2\"\tNGL\n\
        HGNC:7133\tKMT2D\tApproved\t\"ALR|MLL4\"\t\"MLL2|TNRC21\"\n\
        HGNC:15840\tKMT2B\tApproved\t\"MLL2|TRX2\"\tWBP7\n\
        HGNC:0\tBRAF9\tApproved\tBRAF1\tBRAF\n\
        HGNC:7910\tNPM1\tApproved\t\"B23|NPM\"\t\n\
        HGNC:1\tGONE\tEntry Withdrawn\tHER2\t\n";

    #[test]
    fn names_lead_to_the_symbol_of_the_release_and_shared_ones_are_marked() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("hgnc.tsv");
        std::fs::write(&path, HGNC).unwrap();
        let found = genes(&path, crate::therapies::embedded().unwrap(), "2024").unwrap();
        let of = |name: &str| found.find(name).map(|n| (n.symbol.as_str(), n.kind, n.also.as_str()));
        assert_eq!(of("HER2"), Some(("ERBB2", NameKind::Alias, "")));
        assert_eq!(of("NGL"), Some(("ERBB2", NameKind::Previous, "")));
        assert_eq!(of("MLL2"), Some(("KMT2D", NameKind::Previous, "KMT2B")), "two genes went by this name");
        assert_eq!(of("BRAF9"), Some(("BRAF", NameKind::Approved, "")), "the release would use the previous symbol");
        assert_eq!(of("NPM"), Some(("NPM1", NameKind::Alias, "")), "the partner of a fusion by its alias");
        assert_eq!(of("ERBB2"), None, "it is the symbol itself");
    }

    #[test]
    fn a_table_without_the_columns_or_the_genes_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("hgnc.tsv");
        let refused = |text: &str| {
            std::fs::write(&path, text).unwrap();
            genes(&path, crate::therapies::embedded().unwrap(), "2024").unwrap_err().to_string()
        };
        assert!(refused("symbol\talias_symbol\n").contains("prev_symbol"));
        assert!(refused("symbol\talias_symbol\tprev_symbol\nXX1\t\t\n").contains("none of the genes"));
    }
}
