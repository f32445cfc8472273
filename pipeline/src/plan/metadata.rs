//! Facts by sample: the options' for everybody, and those of the metadata table (sample, field, value).

use anyhow::{Result, anyhow, bail};
use indexmap::IndexMap;
use pgx_rules::calling::Sex;
use pgx_rules::guidance::Patient;

use super::{TextFile, patient};

/// What is known about one sample besides its variants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SampleFacts {
    /// Sex as stated.
    pub sex: Option<Sex>,
    /// Code of the population group as stated, one of [`pgx_rules::ambiguity::groups`].
    pub population: Option<String>,
    /// Facts that guidance may depend on.
    pub patient: Patient,
    /// Other fields, shown as they are.
    pub shown: IndexMap<String, String>,
}

/// Facts of all samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    defaults: SampleFacts,
    by_sample: IndexMap<String, SampleFacts>,
}

impl Metadata {
    /// Reads the table, if there is one. What it states for a sample wins over the defaults. `groups` are the population
    /// groups that can be stated.
    ///
    /// # Errors
    /// Names the line that cannot be understood.
    pub fn new(defaults: SampleFacts, table: Option<&TextFile>, groups: &[&str]) -> Result<Self> {
        let mut by_sample: IndexMap<String, SampleFacts> = IndexMap::new();
        if let Some(TextFile { path, text }) = table {
            for (index, line) in text.lines().enumerate() {
                if line.trim().is_empty() || line.starts_with('#') {
                    continue;
                }
                let place = || format!("{}, line {}", path.display(), index + 1);
                let mut columns = line.trim_end_matches('\r').split('\t');
                let (Some(sample), Some(field), Some(value)) = (columns.next(), columns.next(), columns.next()) else {
                    bail!("{}: expected sample, field and value, separated by tabs", place());
                };
                let facts = by_sample.entry(sample.trim().to_owned()).or_insert_with(|| defaults.clone());
                if !patient::set(facts, field, value, groups).map_err(|e| anyhow!("{}: {field}: {e}", place()))? {
                    facts.shown.insert(field.trim().to_owned(), value.trim().to_owned());
                }
            }
        }
        Ok(Self { defaults, by_sample })
    }

    /// What is known about a sample.
    pub fn of(&self, sample: &str) -> &SampleFacts {
        self.by_sample.get(sample).unwrap_or(&self.defaults)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn table(text: &str) -> TextFile {
        TextFile { path: "m.tsv".into(), text: text.to_owned() }
    }

    #[test]
    fn a_table_overrides_the_defaults_sample_by_sample() {
        let defaults = SampleFacts { sex: Some(Sex::Female), ..SampleFacts::default() };
        let metadata =
            Metadata::new(defaults, Some(&table("S1\tsex\tmale\r\nS1\tTown\tBasel\n\nS2\tage\t50\n")), &[]).unwrap();
        assert_eq!(metadata.of("S1").sex, Some(Sex::Male));
        assert_eq!(metadata.of("S1").shown.get("Town").map(String::as_str), Some("Basel"));
        assert_eq!(metadata.of("S2").sex, Some(Sex::Female));
        assert_eq!(metadata.of("S2").patient.age, Some(50.0));
        assert_eq!(metadata.of("S3").sex, Some(Sex::Female));
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = Metadata::new(SampleFacts::default(), Some(&table("S1\tage\told\n")), &[]).unwrap_err().to_string();
        assert!(error.starts_with("m.tsv, line 1: age: 'old'"), "{error}");
        let error =
            Metadata::new(SampleFacts::default(), Some(&table("ok\tage\t1\nS1 age 3\n")), &[]).unwrap_err().to_string();
        assert!(error.starts_with("m.tsv, line 2: expected sample"), "{error}");
    }
}
