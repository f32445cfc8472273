//! The page for people: one self-contained HTML file a sample, made from the document model.
//!
//! Loading, deciding and formatting are apart: [`page`] and its neighbours decide what to say and hold it as plain values,
//! the template lays it out. Everything is escaped, since names and free fields come from files of others. The page asks
//! for nothing from a network, and says nothing by colour alone.

mod blind;
mod figure;
mod gene;
mod page;
mod summary;
mod text;

use anyhow::{Context, Result};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::provenance::Provenance;
use crate::report::document::SampleDocument;
use page::Page;

const TEMPLATE: &str = include_str!("templates/report.html.jinja");

/// The page of one sample.
///
/// # Errors
/// When the template asks for what the page does not hold.
pub fn render(provenance: &Provenance, document: &SampleDocument<'_>) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("report", TEMPLATE).context("the report template is broken")?;
    let page = Page::of(provenance, document);
    environment
        .get_template("report")
        .and_then(|template| template.render(minijinja::value::Serde(&page)))
        .with_context(|| format!("cannot lay out the report of {}", document.sample))
}

#[cfg(test)]
mod tests;
