//! What is settled before the first record: samples and assembly.

use std::path::Path;

use super::collect::Layout;
use super::{ObserveError, ObserveOptions};
use crate::evidence::{self, Contradiction};
use crate::io::fasta::Reference;
use crate::io::header::{Contig, Header};
use crate::model::{Assembly, canonical_contig};

/// Which samples are read.
pub(super) fn layout(name: &str, header: &Header, options: &ObserveOptions) -> Result<Layout, ObserveError> {
    if header.samples.is_empty() {
        return Err(ObserveError::NoSamples { name: name.to_owned() });
    }
    let trust_depths = header.allele_depth_number.as_deref().is_none_or(|n| n == "R");
    let in_file = header.samples.len();
    if options.samples.is_empty() {
        let selected = (0..in_file).map(Some).collect();
        return Ok(Layout { in_file, selected, names: header.samples.clone(), trust_depths });
    }
    let mut selected = vec![None; in_file];
    for wanted in &options.samples {
        match header.samples.iter().position(|s| s == wanted).and_then(|i| selected.get_mut(i)) {
            Some(place) => *place = Some(0),
            None if options.samples_elsewhere => {}
            None => {
                return Err(ObserveError::AbsentSample {
                    name: name.to_owned(),
                    sample: wanted.clone(),
                    available: some_names(&header.samples),
                });
            }
        }
    }
    let mut names = Vec::with_capacity(options.samples.len());
    for (place, sample) in selected.iter_mut().zip(&header.samples).filter(|(place, _)| place.is_some()) {
        *place = Some(names.len());
        names.push(sample.clone());
    }
    Ok(Layout { in_file, selected, names, trust_depths })
}

fn some_names(names: &[String]) -> String {
    let first: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
    match names.len().saturating_sub(5) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// The assembly by the user's word and the header's; `None` where neither says.
pub(super) fn assembly(
    name: &str,
    header: &Header,
    options: &ObserveOptions,
    warnings: &mut Vec<String>,
) -> Result<Option<(Assembly, String)>, ObserveError> {
    let contradiction = |c: Contradiction| ObserveError::AssemblyContradiction { name: name.to_owned(), evidence: c.0 };
    let clues = evidence::clues(header);
    let Some(stated) = options.assembly else {
        return evidence::decide(&clues.map_err(contradiction)?).map_err(contradiction);
    };
    match clues {
        Err(Contradiction(words)) => warnings.push(format!("{words}; read as {stated}, as stated")),
        Ok(clues) => {
            if let Some(clue) = clues.iter().find(|c| c.measured && c.assembly != stated) {
                return Err(ObserveError::WrongAssembly {
                    name: name.to_owned(),
                    stated,
                    found: clue.assembly,
                    evidence: clue.words.clone(),
                });
            }
            if let Some(clue) = clues.iter().find(|c| c.assembly != stated) {
                warnings.push(format!("{} says {}; read as {stated}, as stated", clue.words, clue.assembly));
            }
        }
    }
    Ok(Some((stated, "stated by the user".to_owned())))
}

/// The mitochondrial contig of a header that is not the revised Cambridge sequence, on which all panels are, but the one
/// that UCSC's hg19 has (NC_001807, 16,571 bases): its positions are others.
pub(super) fn other_mitochondrion(header: &Header) -> Option<&str> {
    let is_other = |c: &&Contig| {
        canonical_contig(&c.name) == Some("chrM") && (c.length == Some(16_571) || c.name.starts_with("NC_001807"))
    };
    header.contigs.iter().find(is_other).map(|c| c.name.as_str())
}

type Decided = Option<(Assembly, String)>;

/// Opens the reference sequence. Its lengths decide the assembly where the file is silent, and must not contradict it.
pub(super) fn reference(
    decided: Decided,
    options: &ObserveOptions,
) -> Result<(Decided, Option<Reference>), ObserveError> {
    let Some(path) = &options.reference else { return Ok((decided, None)) };
    let reference = Reference::open(path).map_err(|e| unusable(path, e.to_string()))?;
    let clues = evidence::clues(&reference.as_header()).map_err(|c| unusable(path, c.0))?;
    let own = clues.into_iter().next();
    match (decided, own) {
        (Some((assembly, words)), Some(own)) if own.assembly != assembly => Err(unusable(
            path,
            format!("it is on {} by {}, but the file is on {assembly} by {words}", own.assembly, own.words),
        )),
        (Some(decided), _) => Ok((Some(decided), Some(reference))),
        (None, Some(own)) => {
            let words = format!("{} in the reference sequence given", own.words);
            Ok((Some((own.assembly, words)), Some(reference)))
        }
        (None, None) => {
            Err(unusable(path, "neither its contig lengths nor the file's header tell the assembly".to_owned()))
        }
    }
}

/// The error for a reference sequence.
pub(super) fn unusable(path: &Path, problem: String) -> ObserveError {
    ObserveError::Reference { name: path.display().to_string(), problem }
}
