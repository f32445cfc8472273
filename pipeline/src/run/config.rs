//! Options of the stages, from a TOML file: tables `[call]`, `[therapies]` and `[stratify]`, whose keys are the long options
//! of these commands.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Serialize;

/// Options by stage, as arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Config {
    /// Of `rxstrata call`.
    pub call: Vec<String>,
    /// Of `rxstrata therapies`.
    pub therapies: Vec<String>,
    /// Of `rxstrata stratify`.
    pub stratify: Vec<String>,
}

/// Options that the run sets itself, or that come from the sheet.
const OWN: [&str; 12] = [
    "output",
    "threads",
    "quiet",
    "verbose",
    "samples",
    "sample-metadata",
    "outside-calls",
    "assembly",
    "maf",
    "vcf",
    "germline",
    "tumour-type",
];

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not TOML, or has a table or option that is not known here. Values are checked with the options themselves.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let table: toml::Table = text.parse().context("not TOML")?;
        let mut config = Self::default();
        for (stage, options) in table {
            let arguments = match stage.as_str() {
                "call" => &mut config.call,
                "therapies" => &mut config.therapies,
                "stratify" => &mut config.stratify,
                other => bail!("table [{other}]: expected [call], [therapies] or [stratify]"),
            };
            let toml::Value::Table(options) = options else { bail!("{stage}: expected a table [{stage}]") };
            for (name, value) in options {
                if OWN.contains(&name.as_str()) {
                    bail!("[{stage}] {name}: set by the run or the samplesheet, not here");
                }
                arguments.extend(argument(&name, &value).with_context(|| format!("[{stage}] {name}"))?);
            }
        }
        Ok(config)
    }
}

fn argument(name: &str, value: &toml::Value) -> Result<Vec<String>> {
    let flag = format!("--{name}");
    Ok(match value {
        toml::Value::Boolean(true) => vec![flag],
        toml::Value::Boolean(false) => Vec::new(),
        toml::Value::String(text) => vec![flag, text.clone()],
        toml::Value::Integer(number) => vec![flag, number.to_string()],
        toml::Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            vec![flag, texts.context("expected a list of texts")?.join(",")]
        }
        _ => bail!("expected a text, a whole number, true, false or a list of texts"),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_options() {
        let config =
            Config::parse("[call]\nrequire-pass = true\nmin-depth = 10\ndrugs = [\"warfarin\", \"codeine\"]\n")
                .unwrap();
        assert_eq!(config.call, ["--drugs", "warfarin,codeine", "--min-depth", "10", "--require-pass"]);
        assert!(config.therapies.is_empty());
    }

    #[test]
    fn what_the_run_sets_itself_and_what_is_unknown_is_refused() {
        for (text, named) in [
            ("[call]\noutput = \"x\"\n", "set by the run"),
            ("[cal]\n", "expected [call]"),
            ("call = 3\n", "expected a table"),
            ("[call]\nmin-depth = 1.5\n", "expected a text"),
            ("[", "not TOML"),
        ] {
            let error = format!("{:#}", Config::parse(text).unwrap_err());
            assert!(error.contains(named), "{text}: {error}");
        }
    }
}
