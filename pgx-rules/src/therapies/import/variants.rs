//! The file of variants.

use std::path::Path;

use indexmap::IndexMap;

use super::Problem;
use super::rows::{Row, Table};
use crate::knowledge::import::ImportError;
use crate::therapies::evidence::KnownVariant;
use crate::therapies::name::{VariantKind, VariantName};

/// Variants of a release.
pub struct Variants {
    /// By identifier.
    pub known: IndexMap<u32, KnownVariant>,
    /// Identifier by that of the molecular profile which is this variant alone.
    pub by_profile: IndexMap<u32, u32>,
}

impl Variants {
    /// The variant with this gene and name, as molecular profiles write it.
    pub fn by_name(&self) -> IndexMap<String, u32> {
        self.known.values().map(|v| (format!("{} {}", v.gene, v.name), v.id)).collect()
    }
}

pub fn read(path: &Path, problems: &mut Vec<Problem>) -> Result<Variants, ImportError> {
    let table = Table::read(path)?;
    table.column(&["variant_id"])?;
    table.column(&["variant"])?;
    table.column(&["gene", "feature_name"])?;
    let mut variants = Variants { known: IndexMap::new(), by_profile: IndexMap::new() };
    for row in table.rows() {
        let mut problem = |what: String| problems.push(Problem { path: path.to_owned(), line: row.line, what });
        // Stray tabs stand behind the last column that is read, or the date is not in its place.
        let is_in_place = row.surplus() == 0 || row.date("last_review_date").is_some();
        match variant(&row) {
            Ok(variant) if is_in_place => {
                if row.surplus() != 0 {
                    problem(format!(
                        "{} cells more than the header; those in the last columns are not read",
                        row.surplus()
                    ));
                }
                if let Ok(profile) = row.number("single_variant_molecular_profile_id") {
                    variants.by_profile.insert(profile, variant.id);
                }
                variants.known.insert(variant.id, variant);
            }
            Ok(_) => problem(format!("{} cells more than the header; the row is left out", row.surplus())),
            Err(what) => problem(format!("{what}; the row is left out")),
        }
    }
    Ok(variants)
}

fn variant(row: &Row<'_>) -> Result<KnownVariant, String> {
    let gene = [row.get("gene"), row.get("feature_name")].into_iter().find(|g| !g.is_empty()).unwrap_or_default();
    let mut variant = located(row, row.number("variant_id")?, gene)?;
    variant.types = row.get("variant_types").to_owned();
    let hgvs = [row.get("hgvs_expressions"), row.get("hgvs_descriptions")].join(",");
    variant.hgvs = list(&hgvs, |e| e.contains(":c."));
    let is_fusion = |name: &str| matches!(VariantName::parse(gene, name).kind, VariantKind::Fusion { .. });
    variant.aliases = list(row.get("variant_aliases"), is_fusion);
    Ok(variant)
}

/// Gene, name and coordinates, which older rows of evidence hold too.
pub fn located(row: &Row<'_>, id: u32, gene: &str) -> Result<KnownVariant, String> {
    let name = row.get("variant");
    if gene.is_empty() || name.is_empty() {
        return Err("gene or variant is empty".to_owned());
    }
    let position = |column| match row.get(column) {
        "" => Ok(None),
        _ => row.number(column).map(Some),
    };
    Ok(KnownVariant {
        id,
        gene: gene.to_owned(),
        name: name.to_owned(),
        assembly: row.get("reference_build").to_owned(),
        contig: row.get("chromosome").to_owned(),
        start: position("start")?,
        end: position("stop")?,
        reference: bases(row.get("reference_bases")),
        alternate: bases(row.get("variant_bases")),
        transcript: row.get("representative_transcript").to_owned(),
        ..KnownVariant::default()
    })
}

/// Bases; anything else (`-`, a number of bases) says nothing that can be compared.
fn bases(text: &str) -> String {
    let upper = text.to_ascii_uppercase();
    if upper.bytes().all(|b| b"ACGT".contains(&b)) { upper } else { String::new() }
}

fn list(text: &str, keep: impl Fn(&str) -> bool) -> String {
    text.split(',').map(str::trim).filter(|e| keep(e)).collect::<Vec<_>>().join(",")
}
