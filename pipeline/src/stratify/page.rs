//! `stratify.html`: the subtypes on one page that needs nothing but itself.

mod consensus;
mod maps;
mod marker_heat;
mod numbers;
mod oncoprint;
mod order;
mod patients;
mod silhouette;
mod summary;
mod survival;
mod tables;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::run::Outcome;

const TEMPLATE: &str = include_str!("templates/stratify.html.jinja");
const STYLE: &str = include_str!("templates/stratify.css");
const SCRIPT: &str = include_str!("templates/stratify.js");

/// A drawing with its title and what it says.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    title: String,
    svg: String,
    caption: String,
    wide: bool,
}

impl Figure {
    fn new(title: &str, svg: String, caption: &str) -> Self {
        Self { title: title.to_owned(), svg, caption: caption.to_owned(), wide: false }
    }

    /// Over the whole width of the page.
    fn wide(self) -> Self {
        Self { wide: true, ..self }
    }
}

/// Renders the page.
///
/// # Errors
/// When the template fails, which a test would have shown.
pub fn html(outcome: &Outcome) -> Result<String> {
    let mut environment = Environment::new();
    environment.add_template("stratify.html", TEMPLATE).context("the page's template")?;
    let answer = &outcome.answer;
    let (explained, doubtful) = patients::explained(outcome);
    let spaces = maps::spaces(outcome);
    let survival = outcome.meaning.survival.as_ref();
    let choice: Vec<Figure> =
        [consensus::distribution(outcome), consensus::gain(outcome), consensus::agreement(outcome)]
            .into_iter()
            .chain(silhouette::silhouettes(outcome, &spaces))
            .collect();
    environment
        .get_template("stratify.html")?
        .render(context! {
            style => STYLE,
            script => SCRIPT,
            // The page's own script is allowed, and no other.
            script_digest => STANDARD.encode(Sha256::digest(SCRIPT)),
            headline => summary::headline(outcome),
            certainty => summary::certainty(outcome),
            range => summary::range(outcome),
            survival_sentence => survival.map(survival::sentence),
            glances => Serde(summary::glances(outcome)),
            verdict => Serde(&answer.verdict),
            patients => answer.patients.len(),
            landmarks => answer.landmarks.len(),
            heats => Serde(consensus::heats(outcome)),
            choice => Serde(choice),
            candidates => Serde(tables::candidates(outcome)),
            maps => Serde(maps::maps(outcome, &spaces)),
            markers => Serde(marker_heat::heats(outcome)),
            oncoprints => Serde(oncoprint::oncoprints(outcome)),
            alterations => Serde(tables::alterations(outcome)),
            pathways => Serde(tables::pathways(outcome)),
            sets => outcome.sets,
            agreement => Serde(tables::agreement(outcome)),
            associations => Serde(tables::associations(outcome)),
            outcomes => &outcome.meaning.outcomes,
            survival => survival.map(|s| Serde(survival::figure(s))),
            hazards => Serde(survival.map(tables::hazards).unwrap_or_default()),
            proportional => survival.and_then(|s| s.proportional.as_ref()).map(|p| numbers::stated("p", p.p)),
            without => survival.and_then(|s| s.without.clone()),
            explained => Serde(&explained),
            several => outcome.modalities.len() > 1,
            doubtful => doubtful,
            uncertain => patients::UNCERTAIN,
            modalities => outcome.modalities.iter().map(|m| context! {
                name => &m.name,
                patients => m.matrix.patients().len(),
                features => m.matrix.features().len(),
                missing => format!("{:.1}", 100.0 * m.matrix.missing_share()),
                scale => format!("{:?}", m.matrix.scale()).to_lowercase(),
            }).collect::<Vec<_>>(),
            views => answer.views.iter().map(|v| v.name.clone()).collect::<Vec<_>>(),
            files => Serde(&outcome.files),
            notes => &outcome.notes,
            settings => Serde(outcome.settings),
            version => env!("CARGO_PKG_VERSION"),
        })
        .context("the page cannot be rendered")
}
