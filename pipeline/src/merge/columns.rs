//! Tables of columns: Parquet, in groups of the size that `call` writes.

use std::fs::File;

use anyhow::{Context, Result};
use polars::prelude::{DataFrame, ParquetReader, SerReader};

use super::shard::Shard;
use crate::report::files::{Complete, Folder};
use crate::report::formats::parquet::{GROUP, Groups};

/// One table of all shards. A shard's table is in memory as a whole; it has the size of one call.
pub fn one_after_the_other(folder: &Folder, shards: &[Shard], name: &str) -> Result<Complete> {
    let mut groups: Option<Groups> = None;
    let mut waiting: Option<DataFrame> = None;
    for shard in shards {
        let path = shard.path.join(name);
        let shown = || format!("cannot read {}", path.display());
        let frame = ParquetReader::new(File::open(&path).with_context(shown)?).finish().with_context(shown)?;
        let writer = match &mut groups {
            Some(writer) => writer,
            None => groups.insert(Groups::open(folder.file(name)?, frame.schema())?),
        };
        let mut frame = match waiting.take() {
            Some(before) => before.vstack(&frame).with_context(|| format!("{}: other columns", path.display()))?,
            None => frame,
        };
        while frame.height() >= GROUP {
            writer.write(&whole(frame.slice(0, GROUP)))?;
            frame = frame.slice(GROUP as i64, frame.height() - GROUP);
        }
        waiting = Some(frame);
    }
    let mut writer = groups.context("no shard")?;
    if let Some(rest) = waiting.filter(|rest| rest.height() > 0) {
        writer.write(&whole(rest))?;
    }
    writer.finish()
}

/// In one piece, as `call` writes a group: the file's pages depend on it.
fn whole(mut frame: DataFrame) -> DataFrame {
    frame.rechunk_mut();
    frame
}
