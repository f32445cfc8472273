//! The samplesheet's JSON Schema as rules. One file, `docs/schema/samplesheet.schema.json`, serves the binary and workflows.

use anyhow::{Context, Result, anyhow, bail};
use indexmap::IndexMap;
use regex::Regex;
use serde::Deserialize;

/// The schema, as it ships.
pub const SCHEMA: &str = include_str!("../../../docs/schema/samplesheet.schema.json");

#[derive(Deserialize)]
struct Document {
    items: Items,
}

#[derive(Deserialize)]
struct Items {
    properties: IndexMap<String, Property>,
    required: Vec<String>,
}

#[derive(Deserialize)]
struct Property {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    exists: bool,
    pattern: Option<String>,
    #[serde(rename = "enum")]
    values: Option<Vec<String>>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    #[serde(default)]
    description: String,
}

/// What a column may hold.
#[derive(Debug)]
pub struct Rule {
    /// Name of the column.
    pub name: String,
    /// Whether each row needs it.
    pub required: bool,
    /// Whether it names a file that must be there.
    pub is_file: bool,
    /// What it means.
    pub about: String,
    is_number: bool,
    pattern: Option<Regex>,
    values: Option<Vec<String>>,
    range: (f64, f64),
}

/// The rules, in the order of the schema.
///
/// # Errors
/// When the schema is not of the form that this reads, which a test excludes.
pub fn rules() -> Result<Vec<Rule>> {
    let document: Document = serde_json::from_str(SCHEMA).context("schema of the samplesheet")?;
    let required = document.items.required;
    let rule = |(name, property): (String, Property)| {
        let is_number = match property.kind.as_str() {
            "number" => true,
            "string" => false,
            other => bail!("schema of the samplesheet: {name}: type {other}"),
        };
        Ok(Rule {
            required: required.contains(&name),
            is_file: property.exists,
            about: property.description,
            is_number,
            pattern: property.pattern.as_deref().map(Regex::new).transpose()?,
            values: property.values,
            range: (property.minimum.unwrap_or(f64::NEG_INFINITY), property.maximum.unwrap_or(f64::INFINITY)),
            name,
        })
    };
    document.items.properties.into_iter().map(rule).collect()
}

impl Rule {
    /// Checks a cell that is not empty.
    ///
    /// # Errors
    /// With what was expected and found.
    pub fn check(&self, cell: &str) -> Result<()> {
        if let Some(values) = &self.values
            && !values.iter().any(|v| v == cell)
        {
            bail!("expected {}, found '{cell}'", values.join(", "));
        }
        if self.is_number {
            let (low, high) = self.range;
            let number: f64 = cell.parse().map_err(|_| anyhow!("expected a number, found '{cell}'"))?;
            if !(low..=high).contains(&number) {
                bail!("expected {low} to {high}, found {cell}");
            }
        }
        if let Some(pattern) = &self.pattern
            && !pattern.is_match(cell)
        {
            bail!("'{cell}' does not look like it ({})", self.about);
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Cells by column that rules and schema must judge alike.
    const CELLS: [(&str, &str); 27] = [
        ("sample", "NA12878"),
        ("sample", "a b"),
        ("sample", "-x"),
        ("sample", "S.1_2-3"),
        ("vcf", "a.vcf"),
        ("vcf", "a.vcf.gz"),
        ("vcf", "a.bcf"),
        ("vcf", "a.bam"),
        ("vcf", "vcf"),
        ("bam", "a.cram"),
        ("bam", "a.sam"),
        ("bam", "a.bam"),
        ("assembly", "GRCh38"),
        ("assembly", "hg19"),
        ("sex", "female"),
        ("sex", "F"),
        ("population", "EUR"),
        ("population", "CEU"),
        ("age", "63"),
        ("age", "430"),
        ("age", "-1"),
        ("height_cm", "171.5"),
        ("weight_kg", "1"),
        ("medication", "amiodarone;fluvastatin"),
        ("medication", "a,b"),
        ("target_inr", "2.5"),
        ("tumour_maf", "t.maf.gz"),
    ];

    #[test]
    fn rules_and_schema_agree_on_every_kind_of_cell() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let rules = rules().unwrap();
        for (column, cell) in CELLS {
            let rule = rules.iter().find(|r| r.name == column).unwrap();
            let value =
                if rule.is_number { serde_json::json!(cell.parse::<f64>().unwrap()) } else { serde_json::json!(cell) };
            let mut row = serde_json::json!({ "sample": "S" });
            row[column] = value;
            let by_schema = validator.is_valid(&serde_json::json!([row]));
            assert_eq!(rule.check(cell).is_ok(), by_schema, "{column} = {cell}");
        }
        assert!(!validator.is_valid(&serde_json::json!([{ "vcf": "a.vcf" }])), "a sample needs a name");
        assert!(!validator.is_valid(&serde_json::json!([{ "sample": "S", "vfc": "a.vcf" }])), "no other columns");
    }

    #[test]
    fn every_rule_of_the_schema_is_known_here() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let known = ["type", "format", "exists", "pattern", "enum", "minimum", "maximum", "description", "meta"];
        for (name, property) in schema["items"]["properties"].as_object().unwrap() {
            let unknown: Vec<_> =
                property.as_object().unwrap().keys().filter(|k| !known.contains(&k.as_str())).collect();
            assert!(unknown.is_empty(), "{name}: {unknown:?}");
        }
    }
}
