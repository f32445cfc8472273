//! `rxstrata merge`: shards of a cohort into one, by sample block or by gene.
//!
//! Shards are folders of `rxstrata call`. They are put in the order of their first sample, so that the order in which they are named
//! does not matter, and streamed one after the other: memory holds the names of the samples and one group of rows.

mod columns;
mod lines;
pub mod shard;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::cli::status::{Classify, Status};
use crate::report::files::{Complete, Folder};
use shard::Shard;

/// How shards divide a cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Division {
    /// Each has some of the samples.
    Samples,
    /// Each has some of the genes, of the same samples.
    Genes,
}

/// What was merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// How the shards divide the cohort.
    pub division: Division,
    /// Samples of the cohort.
    pub samples: usize,
    /// Things that a person must know.
    pub notes: Vec<String>,
}

/// Merges shards into a folder.
///
/// # Errors
/// When a folder is no shard, two do not go together, a sample is in two of them, or the output cannot be written.
pub fn merge(shards: &[PathBuf], output: &std::path::Path) -> Result<Merged> {
    let mut shards: Vec<Shard> = shards.iter().map(|p| Shard::open(p)).collect::<Result<_>>().status(Status::Input)?;
    shards.sort_by(|a, b| a.samples.first().cmp(&b.samples.first()).then_with(|| a.genes.cmp(&b.genes)));
    let [first, rest @ ..] = shards.as_slice() else { return Err(anyhow::anyhow!("no shard")).status(Status::Usage) };
    for other in rest {
        first.goes_with(other).status(Status::Mismatch)?;
    }
    let division = division(&shards).status(Status::Input)?;
    let folder = Folder::open(output).status(Status::Output)?;
    let mut complete = Vec::new();
    let mut notes = Vec::new();
    match division {
        Division::Samples => {
            for table in ["calls", "guidance"] {
                if first.has_tsv {
                    complete.push(lines::one_after_the_other(&folder, &shards, &format!("{table}.tsv"))?);
                }
                if first.has_parquet {
                    complete.push(columns::one_after_the_other(&folder, &shards, &format!("{table}.parquet"))?);
                }
            }
        }
        Division::Genes if !first.has_tsv => {
            let error = anyhow::anyhow!("shards by gene are merged from their calls.tsv: call them with --formats tsv");
            return Err(error).status(Status::Usage);
        }
        Division::Genes => {
            complete.push(lines::side_by_side(&folder, &shards)?);
            notes.push(
                "guidance is not merged: a drug may depend on genes of several shards; run call on all genes for it"
                    .to_owned(),
            );
        }
    }
    complete.push(lines::one_after_the_other(&folder, &shards, "failures.tsv")?);
    complete.push(provenance(&folder, &shards)?);
    let samples: BTreeSet<&String> = shards.iter().flat_map(|s| &s.samples).collect();
    let samples = samples.len();
    complete.into_iter().try_for_each(Complete::publish).status(Status::Output)?;
    Ok(Merged { division, samples, notes })
}

/// By gene where all shards have the same samples and no gene twice; else by sample, and then no sample may be there twice.
fn division(shards: &[Shard]) -> Result<Division> {
    let same = |a: &Shard, b: &Shard| a.samples == b.samples;
    let mut genes = BTreeSet::new();
    let apart = shards.iter().flat_map(|s| &s.genes).all(|gene| genes.insert(gene));
    if shards.len() > 1 && apart && shards.windows(2).all(|pair| matches!(pair, [a, b] if same(a, b))) {
        return Ok(Division::Genes);
    }
    let mut shard_of: HashMap<&str, &Shard> = HashMap::new();
    for shard in shards {
        for sample in &shard.samples {
            if let Some(before) = shard_of.insert(sample, shard) {
                bail!("sample {sample} is in {} and in {}", before.path.display(), shard.path.display());
            }
        }
        if let Some(first) = shards.first().filter(|first| first.genes != shard.genes) {
            bail!("{} and {} have other genes, but not the same samples", first.path.display(), shard.path.display());
        }
    }
    Ok(Division::Samples)
}

/// The provenance of the first shard with the inputs of all.
fn provenance(folder: &Folder, shards: &[Shard]) -> Result<Complete> {
    let mut merged = shards.first().map(|s| s.provenance.clone()).context("no shard")?;
    let inputs: Vec<_> =
        shards.iter().flat_map(|s| s.provenance["inputs"].as_array().cloned().unwrap_or_default()).collect();
    let options: BTreeMap<&str, Vec<&str>> = ["samples", "genes"]
        .into_iter()
        .map(|name| (name, shards.iter().filter_map(|s| s.provenance["options"][name].as_str()).collect()))
        .collect();
    for (name, values) in options {
        let distinct: BTreeSet<&str> = values.into_iter().collect();
        merged["options"][name] = distinct.into_iter().collect::<Vec<_>>().join(",").into();
    }
    merged["inputs"] = inputs.into();
    merged["shards"] = shards.len().into();
    let mut bytes = serde_json::to_vec_pretty(&merged)?;
    bytes.push(b'\n');
    folder.write("provenance.json", &bytes)
}
