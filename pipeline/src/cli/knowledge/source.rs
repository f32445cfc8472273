//! Which knowledge base a subcommand speaks of.

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::Result;
use pgx_rules::knowledge::schema::Knowledge;
use pgx_rules::knowledge::{embedded, read};

/// The embedded knowledge base, or a folder.
#[derive(Debug, clap::Args)]
pub struct KnowledgeSource {
    /// Knowledge folder to use in place of the built-in one
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
}

impl KnowledgeSource {
    /// Reads it, without looking for contradictions.
    pub fn load(&self) -> Result<Cow<'static, Knowledge>> {
        Ok(match &self.knowledge {
            None => Cow::Borrowed(embedded()?),
            Some(folder) => Cow::Owned(read::read_folder(folder)?),
        })
    }
}
