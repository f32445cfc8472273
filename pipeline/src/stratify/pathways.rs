//! Sets of genes in the gene matrix transposed format (GMT), and which of them the markers of each subtype are rich in.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use cluster::association::adjust::benjamini_hochberg;
use cluster::association::enrichment::{Enriched, FEWEST, FeatureSet, enrichment};
use cluster::auto::Modality;
use cluster::markers::{Event, Evidence, Marker};

use super::meaning_tables::MARKER;
use super::run::Outcome;
use super::write::name;
use crate::tumour::lines::Lines;

/// Reads a GMT file, plain or gzip: a set a line, its name, where it is from, its genes, parted by tabs. Lines without
/// text and lines that begin with `#` are passed over.
///
/// # Errors
/// When it cannot be read, a line has no gene, a set is there twice, or there is no set at all.
pub fn read(path: &Path) -> Result<Vec<FeatureSet>> {
    let file = path.display();
    let mut lines = Lines::open(path)?;
    let mut sets: Vec<FeatureSet> = Vec::new();
    let mut seen = BTreeSet::new();
    while let Some((number, line)) = lines.next_line()? {
        let line = String::from_utf8_lossy(line);
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut cells = line.split('\t').map(str::trim);
        let (name, source) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let members: Vec<String> = cells.filter(|c| !c.is_empty()).map(str::to_owned).collect();
        if name.is_empty() || members.is_empty() {
            bail!(
                "{file}, line {number}: expected the name of a set, where it is from, and its genes, parted by tabs (GMT); found '{}'",
                line.chars().take(60).collect::<String>()
            );
        }
        if !seen.insert(name.to_owned()) {
            bail!("{file}, line {number}: set '{name}' is there more than once; keep one, or name them apart");
        }
        sets.push(FeatureSet { name: name.to_owned(), source: source.to_owned(), members });
    }
    if sets.is_empty() {
        bail!("{file}: no set of genes; expected a line a set: name, where it is from, genes, parted by tabs (GMT)");
    }
    Ok(sets)
}

/// A set against the markers of one subtype in one direction.
#[derive(Clone, Debug)]
pub struct Pathway {
    /// The subtype.
    pub group: usize,
    /// The modality whose features were picked.
    pub modality: String,
    /// How the picked features differ in the subtype.
    pub direction: &'static str,
    /// Name of the set.
    pub set: String,
    /// The test; its q is over all sets and directions of the subtype in this modality.
    pub found: Enriched,
}

/// Directions in which a feature may differ.
const DIRECTIONS: [&str; 2] = ["higher", "lower"];

fn direction(marker: &Marker) -> &'static str {
    let higher = match marker.evidence {
        Evidence::Level(level) => level.difference > 0.0,
        // A loss that is rarer counts as higher.
        Evidence::State(state) => (state.event == Event::Above) == (state.odds_ratio > 1.0),
    };
    DIRECTIONS[usize::from(!higher)]
}

/// Tests the markers of every subtype in every modality. The background of a modality is its own features.
pub fn pathways(sets: &[FeatureSet], modalities: &[Modality], markers: &[(String, Vec<Marker>)]) -> Vec<Pathway> {
    let mut rows = Vec::new();
    for ((name, found), modality) in markers.iter().zip(modalities) {
        let groups: BTreeSet<usize> = found.iter().map(|m| m.group).collect();
        for group in groups {
            let mut own = Vec::new();
            for wanted in DIRECTIONS {
                let picked: BTreeSet<&str> = found
                    .iter()
                    .filter(|m| m.group == group && m.evidence.q() <= MARKER && direction(m) == wanted)
                    .map(|m| m.feature.as_str())
                    .collect();
                if picked.is_empty() {
                    continue;
                }
                own.extend(enrichment(sets, modality.matrix.features(), &picked).into_iter().map(|found| Pathway {
                    group,
                    modality: name.clone(),
                    direction: wanted,
                    set: sets[found.set].name.clone(),
                    found,
                }));
            }
            let q = benjamini_hochberg(&own.iter().map(|p| p.found.p).collect::<Vec<_>>());
            own.iter_mut().zip(q).for_each(|(row, q)| row.found.q = q);
            own.sort_by(|a, b| a.found.p.total_cmp(&b.found.p).then_with(|| a.set.cmp(&b.set)));
            rows.extend(own);
        }
    }
    rows.sort_by_key(|p| p.group);
    rows
}

/// Every test, strongest first within a subtype and modality.
pub fn table(outcome: &Outcome) -> String {
    let mut text = String::from(
        "subtype\tmodality\tdirection\tset\tmembers_measured\tmarkers_in_set\tmarkers\tfeatures_measured\tfold\tp\tq\tfound\n",
    );
    for row in &outcome.meaning.pathways {
        let e = &row.found;
        let _ = writeln!(
            // into a string: cannot fail
            text,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{:.3}\t{:.3e}\t{:.3e}\t{}",
            name(row.group),
            row.modality,
            row.direction,
            row.set,
            e.members,
            e.hits,
            e.picked,
            e.measured,
            e.fold,
            e.p,
            e.q,
            e.found.join(";")
        );
    }
    text
}

/// Sets with enough members among the features of some modality.
pub fn testable(sets: &[FeatureSet], modalities: &[Modality]) -> usize {
    let measured: Vec<BTreeSet<&str>> =
        modalities.iter().map(|m| m.matrix.features().iter().map(String::as_str).collect()).collect();
    let known = |set: &FeatureSet, there: &BTreeSet<&str>| {
        set.members.iter().map(String::as_str).filter(|m| there.contains(m)).collect::<BTreeSet<_>>().len() >= FEWEST
    };
    sets.iter().filter(|s| measured.iter().any(|there| known(s, there))).count()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sets(text: &str) -> Result<Vec<FeatureSet>> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("s.gmt");
        std::fs::write(&path, text).unwrap();
        read(&path)
    }

    #[test]
    fn a_set_has_a_name_a_source_and_genes() {
        let found = sets("# sets\nCYCLE\thttps://example.org\tCDK1\tCCNB1\t\n\nEMT\t\tVIM\n").unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].source.as_str(), found[0].members.len()), ("https://example.org", 2));
        assert_eq!(found[1].members, ["VIM"]);
    }

    #[test]
    fn what_is_no_set_is_named() {
        let error = sets("A\tx\tG1\nB\tx\n").unwrap_err().to_string();
        assert!(error.contains("s.gmt, line 2") && error.contains("found 'B"), "{error}");
        assert!(sets("A\tx\tG1\nA\tx\tG2\n").unwrap_err().to_string().contains("'A' is there more than once"));
        assert!(sets("\n").unwrap_err().to_string().contains("no set of genes"));
    }
}
