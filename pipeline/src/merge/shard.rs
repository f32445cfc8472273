//! One shard: a folder that `rxstrata call` or `rxstrata merge` wrote.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use polars::prelude::{ParquetReader, SerReader};

/// A folder with its tables and where they come from.
#[derive(Debug)]
pub struct Shard {
    /// The folder.
    pub path: PathBuf,
    /// `provenance.json`.
    pub provenance: serde_json::Value,
    /// Whether `calls.tsv` is there.
    pub has_tsv: bool,
    /// Whether `calls.parquet` is there.
    pub has_parquet: bool,
    /// Samples, in their order.
    pub samples: Vec<String>,
    /// Genes.
    pub genes: BTreeSet<String>,
}

impl Shard {
    /// Opens a folder.
    ///
    /// # Errors
    /// When it lacks a table or its provenance, or they cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        let about = path.join("provenance.json");
        let text = std::fs::read_to_string(&about)
            .with_context(|| format!("{}: no shard; `rxstrata call` writes provenance.json", path.display()))?;
        let provenance = serde_json::from_str(&text).with_context(|| about.display().to_string())?;
        let (tsv, parquet) = (path.join("calls.tsv"), path.join("calls.parquet"));
        let mut shard = Self {
            path: path.to_owned(),
            provenance,
            has_tsv: tsv.is_file(),
            has_parquet: parquet.is_file(),
            samples: Vec::new(),
            genes: BTreeSet::new(),
        };
        let read = match (shard.has_tsv, shard.has_parquet) {
            (true, _) => shard.read_lines(&tsv),
            (false, true) => shard.read_columns(&parquet),
            (false, false) => bail!("{}: no calls.tsv and no calls.parquet", path.display()),
        };
        read.with_context(|| format!("{}: cannot be read", path.display()))?;
        let mut seen = BTreeSet::new();
        if let Some(twice) = shard.samples.iter().find(|s| !seen.insert(s.as_str())) {
            bail!("{}: sample {twice} is there in two places", path.display());
        }
        Ok(shard)
    }

    fn saw(&mut self, sample: &str, gene: &str) {
        if self.samples.last().is_none_or(|last| last != sample) {
            self.samples.push(sample.to_owned());
        }
        if !self.genes.contains(gene) {
            self.genes.insert(gene.to_owned());
        }
    }

    fn read_lines(&mut self, path: &Path) -> Result<()> {
        for line in BufReader::new(File::open(path)?).lines().skip(1) {
            let line = line?;
            let mut cells = line.split('\t');
            let (Some(sample), Some(gene)) = (cells.next(), cells.next()) else { bail!("a line without a gene") };
            self.saw(sample, gene);
        }
        Ok(())
    }

    fn read_columns(&mut self, path: &Path) -> Result<()> {
        let columns = Some(vec!["sample".to_owned(), "gene".to_owned()]);
        let frame = ParquetReader::new(File::open(path)?).with_columns(columns).finish()?;
        let (samples, genes) = (frame.column("sample")?.str()?, frame.column("gene")?.str()?);
        for (sample, gene) in samples.iter().zip(genes.iter()) {
            self.saw(sample.unwrap_or_default(), gene.unwrap_or_default());
        }
        Ok(())
    }

    /// Whether the two were made alike.
    ///
    /// # Errors
    /// Names what differs, and both folders.
    pub fn goes_with(&self, other: &Self) -> Result<()> {
        let differs = |what: &str, a: &serde_json::Value, b: &serde_json::Value| {
            anyhow::anyhow!(
                "{what} of {} is {a}, of {} it is {b}: call them alike",
                self.path.display(),
                other.path.display()
            )
        };
        let (a, b) = (&self.provenance, &other.provenance);
        for what in ["program", "version", "choices"] {
            if a[what] != b[what] {
                return Err(differs(what, &a[what], &b[what]));
            }
        }
        for what in ["version", "date"] {
            if a["knowledge"][what] != b["knowledge"][what] {
                return Err(differs(&format!("knowledge {what}"), &a["knowledge"][what], &b["knowledge"][what]));
            }
        }
        let options = |p: &serde_json::Value| p["options"].as_object().cloned().unwrap_or_default();
        let (mut ours, mut theirs) = (options(a), options(b));
        for divided in ["samples", "genes"] {
            ours.remove(divided);
            theirs.remove(divided);
        }
        for name in ours.keys().chain(theirs.keys()) {
            if ours.get(name) != theirs.get(name) {
                return Err(differs(&format!("option {name}"), &a["options"][name], &b["options"][name]));
            }
        }
        if (self.has_tsv, self.has_parquet) != (other.has_tsv, other.has_parquet) {
            bail!("{} and {} have not the same formats", self.path.display(), other.path.display());
        }
        Ok(())
    }
}
