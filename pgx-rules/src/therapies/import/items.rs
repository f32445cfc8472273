//! The file of evidence, in either layout.

use indexmap::IndexMap;

use super::Problem;
use super::files::Files;
use super::rows::{Row, Table};
use super::variants::{Variants, located};
use crate::knowledge::import::ImportError;
use crate::therapies::evidence::{Direction, EvidenceItem, EvidenceKind, EvidenceLevel};
use crate::therapies::profile::Profile;

/// Items, and what else the file says.
pub struct Read {
    pub items: Vec<EvidenceItem>,
    pub not_accepted: usize,
    /// Address of an item, without its identifier.
    pub link: String,
}

pub fn read(files: &Files, variants: &mut Variants, problems: &mut Vec<Problem>) -> Result<Read, ImportError> {
    let table = Table::read(&files.evidence)?;
    for column in ["evidence_id", "evidence_type", "evidence_level", "evidence_direction", "disease"] {
        table.column(&[column])?;
    }
    let columns = Columns {
        therapies: table.column(&["therapies", "drugs"])?,
        interaction: table.column(&["therapy_interaction_type", "drug_interaction_type"])?,
        significance: table.column(&["significance", "clinical_significance"])?,
    };
    let has_profiles = table.has("molecular_profile");
    if !has_profiles {
        table.column(&["variant_id"])?;
    }
    let names = variants.by_name();
    let profile_names = profile_names(files)?;
    let mut read = Read { items: Vec::new(), not_accepted: 0, link: String::new() };
    for row in table.rows() {
        if row.surplus() > 0 {
            // a stray tab has moved what stands behind it
            let what = format!("{} cells more than the header; the row is left out", row.surplus());
            problems.push(Problem { path: files.evidence.clone(), line: row.line, what });
            continue;
        }
        let status = row.get("evidence_status");
        if !status.is_empty() && !status.eq_ignore_ascii_case("accepted") {
            read.not_accepted += 1;
            continue;
        }
        let profile = if has_profiles {
            of_molecular_profile(&row, variants, &names, &profile_names)
        } else {
            of_variant(&row, variants)
        };
        match profile.and_then(|profile| item(&row, profile, &columns)) {
            Ok(item) => {
                if read.link.is_empty() {
                    read.link = link(&row, item.id);
                }
                read.items.push(item);
            }
            Err(what) => {
                let what = format!("{what}; the row is left out");
                problems.push(Problem { path: files.evidence.clone(), line: row.line, what });
            }
        }
    }
    Ok(read)
}

/// What columns are called in this layout.
struct Columns {
    therapies: &'static str,
    interaction: &'static str,
    significance: &'static str,
}

/// Names of molecular profiles by identifier: the evidence file repeats them, this file is their home.
fn profile_names(files: &Files) -> Result<IndexMap<u32, String>, ImportError> {
    let Some(path) = &files.profiles else { return Ok(IndexMap::new()) };
    let table = Table::read(path)?;
    table.column(&["molecular_profile_id"])?;
    table.column(&["name"])?;
    let id = |row: &Row<'_>| row.number("molecular_profile_id").ok();
    Ok(table.rows().filter_map(|row| Some((id(&row)?, row.get("name").to_owned()))).collect())
}

fn of_molecular_profile(
    row: &Row<'_>,
    variants: &Variants,
    names: &IndexMap<String, u32>,
    profile_names: &IndexMap<u32, String>,
) -> Result<Profile, String> {
    let id = row.number::<u32>("molecular_profile_id").ok();
    if let Some(variant) = id.and_then(|id| variants.by_profile.get(&id)) {
        return Ok(Profile::Variant(*variant));
    }
    let name = id.and_then(|id| profile_names.get(&id)).map_or(row.get("molecular_profile"), String::as_str);
    let find = |leaf: &str| names.get(leaf).copied();
    find(name).map(Profile::Variant).map_or_else(|| Profile::parse(name, &find), Ok)
}

/// The older layout: the row itself says which variant, and where it lies.
fn of_variant(row: &Row<'_>, variants: &mut Variants) -> Result<Profile, String> {
    let id = row.number("variant_id")?;
    if !variants.known.contains_key(&id) {
        variants.known.insert(id, located(row, id, row.get("gene"))?);
    }
    Ok(Profile::Variant(id))
}

fn item(row: &Row<'_>, profile: Profile, columns: &Columns) -> Result<EvidenceItem, String> {
    let citation = match (row.get("source_type"), row.get("citation_id")) {
        (_, "") => String::new(),
        ("PubMed" | "", id) => format!("PMID:{id}"),
        (source, id) => {
            format!("{source}:{}", Some(row.get("asco_abstract_id")).filter(|a| !a.is_empty()).unwrap_or(id))
        }
    };
    Ok(EvidenceItem {
        id: row.number("evidence_id")?,
        profile,
        disease: row.get("disease").to_owned(),
        doid: row.get("doid").trim_start_matches("DOID:").to_owned(),
        therapies: row.get(columns.therapies).split(',').map(str::trim).collect::<Vec<_>>().join(","),
        interaction: row.get(columns.interaction).to_ascii_lowercase(),
        kind: kind(row.get("evidence_type"))?,
        level: level(row.get("evidence_level"))?,
        direction: direction(row.raw("evidence_direction"))?,
        significance: row.get(columns.significance).replace('_', " ").to_ascii_lowercase(),
        rating: row.number("rating").ok(),
        origin: row.get("variant_origin").replace('_', " ").to_ascii_lowercase(),
        citation,
        reviewed: row.date("last_review_date").unwrap_or_default(),
        flagged: row.get("is_flagged").eq_ignore_ascii_case("true"),
    })
}

fn kind(text: &str) -> Result<EvidenceKind, String> {
    Ok(match text.to_ascii_lowercase().as_str() {
        "predictive" => EvidenceKind::Predictive,
        "diagnostic" => EvidenceKind::Diagnostic,
        "prognostic" => EvidenceKind::Prognostic,
        "predisposing" => EvidenceKind::Predisposing,
        "oncogenic" => EvidenceKind::Oncogenic,
        "functional" => EvidenceKind::Functional,
        _ => return Err(format!("unknown evidence_type '{text}'")),
    })
}

fn level(text: &str) -> Result<EvidenceLevel, String> {
    Ok(match text {
        "A" => EvidenceLevel::A,
        "B" => EvidenceLevel::B,
        "C" => EvidenceLevel::C,
        "D" => EvidenceLevel::D,
        "E" => EvidenceLevel::E,
        _ => return Err(format!("unknown evidence_level '{text}'")),
    })
}

fn direction(text: &str) -> Result<Direction, String> {
    Ok(match text.replace('_', " ").to_ascii_lowercase().as_str() {
        "supports" => Direction::Supports,
        "does not support" => Direction::DoesNotSupport,
        "" | "n/a" | "na" => Direction::NotStated,
        _ => return Err(format!("unknown evidence_direction '{text}'")),
    })
}

/// The address of items, from that of this one.
fn link(row: &Row<'_>, id: u32) -> String {
    row.get("evidence_civic_url").strip_suffix(&id.to_string()).unwrap_or_default().to_owned()
}
