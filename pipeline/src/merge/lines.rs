//! Tables of lines.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::shard::Shard;
use crate::report::files::{Aside, Complete, Folder};

fn open(path: &Path) -> Result<BufReader<File>> {
    Ok(BufReader::with_capacity(1 << 18, File::open(path).with_context(|| format!("cannot read {}", path.display()))?))
}

fn put(file: &mut Aside, bytes: &[u8]) -> Result<()> {
    let written = file.write_all(bytes);
    file.check(written)
}

/// One table of all shards, under one header.
pub fn one_after_the_other(folder: &Folder, shards: &[Shard], name: &str) -> Result<Complete> {
    let mut file = folder.file(name)?;
    let mut first: Option<Vec<u8>> = None;
    for shard in shards {
        let path = shard.path.join(name);
        let mut reader = open(&path)?;
        let mut header = Vec::new();
        reader.read_until(b'\n', &mut header)?;
        match &first {
            None => {
                put(&mut file, &header)?;
                first = Some(header);
            }
            Some(first) if *first != header => bail!("{}: other columns than in the first shard", path.display()),
            Some(_) => {}
        }
        let copied = std::io::copy(&mut reader, &mut file);
        file.check(copied)?;
    }
    file.finish()
}

/// `calls.tsv` of shards by gene: sample by sample, the genes of each in their order.
pub fn side_by_side(folder: &Folder, shards: &[Shard]) -> Result<Complete> {
    let mut file = folder.file("calls.tsv")?;
    let mut readers = Vec::new();
    for shard in shards {
        let mut reader = open(&shard.path.join("calls.tsv"))?;
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if readers.is_empty() {
            put(&mut file, header.as_bytes())?;
        }
        readers.push((reader, String::new()));
    }
    for sample in shards.first().map(|s| s.samples.as_slice()).unwrap_or_default() {
        let mut rows: Vec<String> = Vec::new();
        for (reader, next) in &mut readers {
            loop {
                if next.is_empty() && reader.read_line(next)? == 0 {
                    break;
                }
                if next.split('\t').next() != Some(sample) {
                    break;
                }
                rows.push(std::mem::take(next));
            }
        }
        rows.sort_by(|a, b| a.split('\t').nth(1).cmp(&b.split('\t').nth(1)));
        for row in rows {
            put(&mut file, row.as_bytes())?;
        }
    }
    file.finish()
}
