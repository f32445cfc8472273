//! Which assembly a file is on. Never guessed: each kind of evidence either decides, is silent, or contradicts itself.
//!
//! Order: contig lengths and accession versions; `assembly` tags of contigs; `##reference` and `##assembly`; then how the
//! records fit the sites asked for ([`Fit`]).

mod contig;
mod fit;

pub use fit::Fit;

use crate::io::header::Header;
use crate::model::{Assembly, canonical_contig};

/// Evidence found in a header, strongest kind first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clue {
    /// What it says.
    pub assembly: Assembly,
    /// One clause for people.
    pub words: String,
    /// Whether it is a measurement (lengths, accessions) and not a label.
    pub measured: bool,
}

/// Clues that speak for different assemblies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction(pub String);

/// The clues of a header, in order of strength; empty when the header is silent.
///
/// # Errors
/// When contigs of one header have the lengths, accessions or tags of different assemblies.
pub fn clues(header: &Header) -> Result<Vec<Clue>, Contradiction> {
    let mut clues = Vec::new();
    clues.extend(unanimous(by_length(header), "contig lengths of", true)?);
    clues.extend(unanimous(by_accession(header), "accession versions of", true)?);
    clues.extend(unanimous(by_tag(header), "assembly tags of", false)?);
    for text in &header.references {
        if let Some(assembly) = named_in(text) {
            clues.push(Clue { assembly, words: format!("header line '{}'", shortened(text)), measured: false });
        }
    }
    Ok(clues)
}

/// Decides by the clues of a header. `None` when there are none.
///
/// # Errors
/// When two clues disagree.
pub fn decide(clues: &[Clue]) -> Result<Option<(Assembly, String)>, Contradiction> {
    let Some(first) = clues.first() else { return Ok(None) };
    match clues.iter().find(|c| c.assembly != first.assembly) {
        Some(other) => Err(Contradiction(format!(
            "{} say {}, but {} says {}",
            first.words, first.assembly, other.words, other.assembly
        ))),
        None => Ok(Some((first.assembly, first.words.clone()))),
    }
}

type Vote<'a> = (&'a str, Assembly);

fn unanimous(votes: Vec<Vote<'_>>, kind: &str, measured: bool) -> Result<Option<Clue>, Contradiction> {
    let Some((name, assembly)) = votes.first() else { return Ok(None) };
    if let Some((other, contrary)) = votes.iter().find(|(_, a)| a != assembly) {
        return Err(Contradiction(format!("{kind} {name} say {assembly}, of {other} {contrary}")));
    }
    let words = match votes.len() {
        1 => format!("{kind} {name}"),
        n => format!("{kind} {name} and {} more", n - 1),
    };
    Ok(Some(Clue { assembly: *assembly, words, measured }))
}

fn by_length(header: &Header) -> Vec<Vote<'_>> {
    let vote = |c: &'_ crate::io::header::Contig| contig::assembly_of(canonical_contig(&c.name)?, c.length?);
    header.contigs.iter().filter_map(|c| Some((c.name.as_str(), vote(c)?))).collect()
}

fn by_accession(header: &Header) -> Vec<Vote<'_>> {
    header.contigs.iter().filter_map(|c| Some((c.name.as_str(), contig::assembly_of_accession(&c.name)?))).collect()
}

fn by_tag(header: &Header) -> Vec<Vote<'_>> {
    let primary = header.contigs.iter().filter(|c| canonical_contig(&c.name).is_some());
    primary.filter_map(|c| Some((c.name.as_str(), named_in(c.assembly.as_deref()?)?))).collect()
}

fn shortened(text: &str) -> String {
    let count = text.chars().count();
    if count <= 80 { text.to_owned() } else { format!("…{}", text.chars().skip(count - 79).collect::<String>()) }
}

/// Names by which files and tools know each assembly, lower case.
const NAMES: [(Assembly, &[&str]); 2] = [
    (Assembly::Grch38, &["grch38", "hg38", "assembly38", "build38", "hs38", "b38"]),
    (Assembly::Grch37, &["grch37", "hg19", "assembly19", "build37", "hs37", "b37", "g1k_v37", "g1k.v37"]),
];

/// The one assembly that a text names; `None` when it names none, or both.
pub fn named_in(text: &str) -> Option<Assembly> {
    let text = text.to_ascii_lowercase();
    let mut named = NAMES.iter().filter(|(_, names)| names.iter().any(|n| text.contains(n))).map(|(a, _)| *a);
    let first = named.next().or_else(|| contig::assembly_of_accession_in(&text));
    if named.next().is_some() { None } else { first }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::io::header::parse_header;

    fn header(lines: &str) -> Header {
        let text = format!("{lines}\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");
        parse_header(text.as_bytes()).expect("a header")
    }

    #[test]
    fn names_of_references_are_known() {
        for (text, expected) in [
            ("file:///refs/Homo_sapiens_assembly38.fasta", Some(Assembly::Grch38)),
            ("GRCh38.p13", Some(Assembly::Grch38)),
            ("/data/human_g1k_v37.fasta", Some(Assembly::Grch37)),
            ("ucsc.hg19.fasta", Some(Assembly::Grch37)),
            ("hs37d5", Some(Assembly::Grch37)),
            ("GCF_000001405.40", Some(Assembly::Grch38)),
            ("GCA_000001405.14_GRCh37.p13", Some(Assembly::Grch37)),
            ("hg19_lifted_to_hg38.fa", None),
            ("genome.fa", None),
        ] {
            assert_eq!(named_in(text), expected, "{text}");
        }
    }

    #[test]
    fn lengths_decide_before_tags() {
        let clues = clues(&header("##contig=<ID=1,length=249250621,assembly=b37>\n##contig=<ID=2,length=243199373>"));
        let (assembly, words) = decide(&clues.expect("no contradiction")).expect("one answer").expect("an answer");
        assert_eq!(assembly, Assembly::Grch37);
        assert_eq!(words, "contig lengths of 1 and 1 more");
    }

    #[test]
    fn a_header_at_odds_with_itself_is_a_contradiction() {
        let mixed = header("##contig=<ID=chr1,length=249250621>\n##contig=<ID=chr2,length=242193529>");
        assert!(clues(&mixed).is_err());
        let mislabelled = clues(&header("##contig=<ID=chr1,length=249250621>\n##reference=hg38")).expect("two clues");
        assert!(decide(&mislabelled).is_err());
    }

    #[test]
    fn a_silent_header_decides_nothing() {
        assert_eq!(decide(&clues(&header("##fileformat=VCFv4.2")).expect("none")), Ok(None));
    }
}
