//! GRCh37 placement of sites from PyPGx's variant table (PyPI `pypgx`, MIT), which gives both assemblies.

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::{ImportError, read_text};
use crate::knowledge::schema::{Gene, GeneSite, Placement, PlacementEvidence};

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "rsID")]
    rsid: String,
    #[serde(rename = "Chromosome")]
    chromosome: String,
    #[serde(rename = "GRCh37Position")]
    position37: u32,
    #[serde(rename = "GRCh38Position")]
    position38: u32,
    #[serde(rename = "GRCh37Allele")]
    allele37: String,
    #[serde(rename = "GRCh38Allele")]
    allele38: String,
}

/// Places the sites of every gene that has a contig.
///
/// A site in the table takes its position from there, when the dbSNP identifiers of both sources agree or one has none.
/// A site that is not in the table takes the offset that all tabled sites of its gene share, if they share one. A gene
/// with a site that cannot be placed says so in its `confidence`.
pub(super) fn place(path: &Path, genes: &mut IndexMap<String, Gene>) -> Result<(), ImportError> {
    let text = read_text(path)?;
    let rows: Vec<Row> = csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|e| ImportError::format(path, e))?;
    for gene in genes.values_mut().filter(|g| !g.sites.is_empty()) {
        let chromosome = gene.contig.trim_start_matches("chr").to_owned();
        let of_contig: Vec<&Row> = rows.iter().filter(|r| r.chromosome == chromosome).collect();
        place_gene(gene, &of_contig);
    }
    Ok(())
}

/// Sets the reference bases that were read in the sequence, by GRCh38 position: an offset tells where a site lies, not what
/// stands there.
///
/// # Errors
/// When a position has no site that was placed.
pub(super) fn correct(gene: &mut Gene, bases: &IndexMap<String, String>) -> Result<(), String> {
    for (position, base) in bases {
        let site = gene.sites.iter_mut().find(|site| site.position.to_string() == *position);
        let placed = site.and_then(|site| site.grch37.as_mut());
        let placed = placed.ok_or_else(|| format!("grch37_reference has {position}, where no site was placed"))?;
        placed.reference.clone_from(base);
        placed.evidence = PlacementEvidence::Sequence;
    }
    Ok(())
}

fn place_gene(gene: &mut Gene, rows: &[&Row]) {
    for site in &mut gene.sites {
        site.grch37 = rows.iter().find(|r| is_same(site, r)).map(|r| Placement {
            position: r.position37,
            reference: reference37(site, r),
            evidence: PlacementEvidence::Table,
        });
    }
    let offsets: Vec<i64> = gene
        .sites
        .iter()
        .filter_map(|s| s.grch37.as_ref().map(|p| i64::from(p.position) - i64::from(s.position)))
        .collect();
    let constant = offsets.first().copied().filter(|first| offsets.iter().all(|o| o == first));
    if let Some(offset) = constant {
        for site in gene.sites.iter_mut().filter(|s| s.grch37.is_none()) {
            site.grch37 = u32::try_from(i64::from(site.position) + offset).ok().map(|position| Placement {
                position,
                reference: site.reference.clone(),
                evidence: PlacementEvidence::LocalOffset,
            });
        }
    }
    let unplaced = gene.sites.iter().filter(|s| s.grch37.is_none()).count();
    if unplaced > 0 {
        gene.confidence.push(format!("{unplaced} of {} sites have no GRCh37 position: GRCh38 only", gene.sites.len()));
        gene.sites.iter_mut().for_each(|s| s.grch37 = None);
    }
}

/// Same place on GRCh38, and no contradiction between dbSNP identifiers.
fn is_same(site: &GeneSite, row: &Row) -> bool {
    let agree = site.rsid.as_deref().is_none_or(|id| id == row.rsid || !row.rsid.starts_with("rs"));
    row.position38 == site.position && agree
}

/// The reference base differs between assemblies at a few single-base sites.
fn reference37(site: &GeneSite, row: &Row) -> String {
    let single = site.reference.len() == 1 && row.allele37.len() == 1;
    if single && row.allele37 != row.allele38 && "ACGT".contains(&row.allele37) {
        row.allele37.clone()
    } else {
        site.reference.clone()
    }
}
