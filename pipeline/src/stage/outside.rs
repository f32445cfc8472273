//! Which sample an outside call speaks of, and its place among the answers.

use std::path::Path;

use pgx_rules::call::{GeneCall, Warning};
use pgx_rules::knowledge::schema::Knowledge;
use pgx_rules::outside;

use super::answers::{Answers, GeneAnswer};
use crate::plan::TextFile;

/// The name that a file of outside calls is about: what stands before `.outside` (`S1` in `S1.outside.tsv` and
/// `S1.outside2.tsv`), else the file name up to its first dot.
pub fn subject(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let end = name.find(".outside").or_else(|| name.find('.').filter(|at| *at > 0)).unwrap_or(name.len());
    name[..end].to_owned()
}

/// Whether a file is about a sample: its subject is the sample, or ends with it after a dot (`run7.S1.outside.tsv`).
fn is_about(path: &Path, sample: &str) -> bool {
    let subject = subject(path);
    subject == sample || subject.strip_suffix(sample).is_some_and(|rest| rest.ends_with('.'))
}

/// Puts outside calls in the place of the matcher's, sample by sample. In a run of one sample every file is about that
/// sample; else files are told apart by name. `used` is set for each file that found its sample.
pub fn apply(
    knowledge: &Knowledge,
    files: &[TextFile],
    only_sample: bool,
    answers: &mut Answers<'_>,
    used: &mut [bool],
) {
    for sample in 0..answers.samples.len() {
        let mut texts = Vec::new();
        for (file, used) in files.iter().zip(used.iter_mut()) {
            if only_sample || answers.samples.get(sample).is_some_and(|s| is_about(&file.path, &s.name)) {
                texts.push((file.path.display().to_string(), file.text.clone()));
                *used = true;
            }
        }
        let stated: Vec<&str> = texts.iter().map(|(_, text): &(String, String)| text.as_str()).collect();
        let from_reads = unstated(&answers.structures, &stated);
        if !from_reads.is_empty() {
            texts.push(("copies from reads".to_owned(), from_reads));
        }
        if texts.is_empty() {
            continue;
        }
        match outside::calls(knowledge, &texts) {
            Ok(calls) => calls.into_iter().for_each(|call| replace(answers, sample, call)),
            Err(error) => {
                if let Some(entry) = answers.samples.get_mut(sample) {
                    entry.failure = Some(error.to_string());
                }
            }
        }
    }
}

/// The rows on genes that no text speaks of: the user's word on a gene counts before what reads say.
pub fn unstated(rows: &str, stated: &[&str]) -> String {
    let gene = |row: &str| row.split('\t').next().unwrap_or_default().trim().to_owned();
    let speak_of = |wanted: &str| stated.iter().flat_map(|text| text.lines()).any(|row| gene(row) == wanted);
    rows.lines().filter(|row| !speak_of(&gene(row))).map(|row| format!("{row}\n")).collect()
}

/// A gene that was not asked for is passed over.
fn replace(answers: &mut Answers<'_>, sample: usize, mut call: GeneCall) {
    let Some(of_gene) = answers.genes.iter_mut().find(|g| g.gene == call.gene) else { return };
    if let Some(matched) = of_gene.of(sample).map(|a| &a.call).filter(|c| !c.candidates.is_empty()) {
        let found: Vec<String> =
            matched.candidates.iter().filter_map(|c| c.diplotype.as_ref()).map(ToString::to_string).collect();
        call.warnings.push(Warning {
            code: "outside-call-replaces-matcher".to_owned(),
            text: format!("The outside call is used; the variants alone give {}.", found.join(" or ")),
        });
    }
    let next = u32::try_from(of_gene.distinct.len()).unwrap_or(u32::MAX);
    of_gene.distinct.push(GeneAnswer::from(call));
    if let Some(code) = of_gene.of_sample.get_mut(sample) {
        *code = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_about_the_sample_in_its_name() {
        assert_eq!(subject(Path::new("d/S1.outside.tsv")), "S1");
        assert_eq!(subject(Path::new("S1.outside2.tsv")), "S1");
        assert_eq!(subject(Path::new("S1.tsv")), "S1");
        assert!(is_about(Path::new("run7.S1.outside.tsv"), "S1"));
        assert!(!is_about(Path::new("run7.S11.outside.tsv"), "S1"));
        assert!(!is_about(Path::new("XS1.outside.tsv"), "S1"));
    }
}
