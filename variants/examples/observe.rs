//! Reads a VCF or BCF at the sites of a table and counts how they end: `observe SITES.tsv INPUT [THREADS]`.
//!
//! SITES.tsv has the columns contig, position, reference, alternates (comma-separated), on GRCh38, without a header.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use variants::model::{Assembly, Panel, Position, Site};
use variants::observe::{ObserveOptions, Panels, Source, observe};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [sites, input, rest @ ..] = arguments.as_slice() else {
        return Err("usage: observe SITES.tsv INPUT [THREADS]".into());
    };
    let sites: Option<Vec<Site>> = std::fs::read_to_string(sites)?.lines().map(site).collect();
    let sites = sites.ok_or("a line of the table is not contig, position, reference, alternates")?;
    let grch38 = Arc::new(Panel::new(Assembly::Grch38, sites)?);
    let grch37 = Arc::new(Panel::new(Assembly::Grch37, Vec::new())?);
    let threads = rest.first().map_or(Ok(1), |t| t.parse())?;
    let options = ObserveOptions { threads, ..ObserveOptions::default() };
    let source = if input == "-" { Source::Stdin } else { Source::File(input.into()) };
    let observed = observe(&source, &Panels { grch38, grch37 }, &options)?;
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for column in &observed.observations.columns {
        for code in column.codes.to_vec() {
            let Some(observation) = column.distinct.get(code as usize) else { continue };
            *states.entry(format!("{:?}", observation.state)).or_default() += 1;
        }
    }
    println!("{} (indexed: {}), {}: {states:?}", observed.format, observed.indexed, observed.assembly_evidence);
    Ok(())
}

fn site(line: &str) -> Option<Site> {
    let mut cells = line.split('\t');
    let mut next = || cells.next();
    Some(Site {
        contig: next()?.to_owned(),
        position: Position::new(next()?.parse().ok()?)?,
        reference: next()?.to_owned(),
        alternates: next()?.split(',').filter(|a| !a.is_empty()).map(str::to_owned).collect(),
        rsid: None,
        synonyms: Vec::new(),
    })
}
