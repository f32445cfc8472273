//! Builds small inputs, so that a test shows what it reads.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use variants::model::{Assembly, Observation, Panel, Position, Site};
use variants::observe::{ObserveError, ObserveOptions, Observed, Panels, Source, observe};

/// A VCF in the making.
#[derive(Clone, Debug)]
pub struct VcfBuilder {
    meta: Vec<String>,
    samples: Vec<String>,
    records: Vec<String>,
}

impl VcfBuilder {
    /// A VCF of one sample that says it is on GRCh38.
    pub fn new() -> Self {
        Self { meta: vec!["##reference=GRCh38".to_owned()], samples: vec!["S1".to_owned()], records: Vec::new() }
    }

    pub fn silent(mut self) -> Self {
        self.meta.clear();
        self
    }

    pub fn meta(mut self, line: &str) -> Self {
        self.meta.push(line.to_owned());
        self
    }

    pub fn samples(mut self, names: &[&str]) -> Self {
        self.samples = names.iter().map(|n| (*n).to_owned()).collect();
        self
    }

    /// `place` is `chr1:100 C>T,G`; ALT `.` may be left out.
    pub fn record(self, place: &str, format: &str, samples: &[&str]) -> Self {
        self.full(place, ".", ".", ".", format, samples)
    }

    pub fn gt(self, place: &str, genotype: &str) -> Self {
        self.record(place, "GT", &[genotype])
    }

    pub fn full(mut self, place: &str, id: &str, filter: &str, info: &str, format: &str, samples: &[&str]) -> Self {
        let (place, alleles) = place.split_once(' ').expect("contig:position REF>ALT");
        let (contig, position) = place.split_once(':').expect("contig:position");
        let (reference, alternate) = alleles.split_once('>').unwrap_or((alleles, "."));
        let line = format!(
            "{contig}\t{position}\t{id}\t{reference}\t{alternate}\t.\t{filter}\t{info}\t{format}\t{}",
            samples.join("\t")
        );
        self.records.push(line);
        self
    }

    pub fn line(mut self, line: &str) -> Self {
        self.records.push(line.to_owned());
        self
    }

    pub fn text(&self) -> String {
        let mut out = "##fileformat=VCFv4.3\n".to_owned();
        for line in &self.meta {
            out.push_str(line);
            out.push('\n');
        }
        out.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO");
        if !self.samples.is_empty() {
            out.push_str("\tFORMAT\t");
            out.push_str(&self.samples.join("\t"));
        }
        out.push('\n');
        for line in &self.records {
            out.push_str(line);
            out.push('\n');
        }
        out
    }
}

pub fn site(contig: &str, position: u32, reference: &str, alternates: &[&str], rsid: Option<&str>) -> Site {
    Site {
        contig: contig.to_owned(),
        position: Position::new(position).expect("not zero"),
        reference: reference.to_owned(),
        alternates: alternates.iter().map(|a| (*a).to_owned()).collect(),
        rsid: rsid.map(str::to_owned),
        synonyms: Vec::new(),
    }
}

/// Invented sites: SNVs, a deletion, a repeat, an insertion; on GRCh37 everything lies 50,000 further on.
pub fn panels() -> Panels {
    let sites = |shift: u32| {
        vec![
            site("chr1", 1000 + shift, "C", &["T"], Some("rs1")),
            site("chr1", 2000 + shift, "GATGA", &["G"], Some("rs2")),
            site("chr1", 3000 + shift, "CAT", &["CATAT", "C"], Some("rs3")),
            site("chr1", 4000 + shift, "C", &["CGCGG"], Some("rs4")),
            site("chr2", 1000 + shift, "A", &["C", "G"], Some("rs5")),
            site("chrX", 1000 + shift, "G", &["A"], Some("rs6")),
        ]
    };
    let panel = |assembly, shift| Arc::new(Panel::new(assembly, sites(shift)).expect("a panel"));
    Panels { grch38: panel(Assembly::Grch38, 0), grch37: panel(Assembly::Grch37, 50_000) }
}

pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("the temporary folder can be written");
    path
}

pub fn observe_bytes(bytes: &[u8], options: &ObserveOptions) -> Result<Observed, ObserveError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(folder.path(), "input.vcf", bytes);
    observe(&Source::File(path), &panels(), options)
}

pub fn observe_vcf(vcf: &VcfBuilder) -> Observed {
    observe_bytes(vcf.text().as_bytes(), &ObserveOptions::default()).expect("a readable file")
}

/// The observation of the first sample at `chr1:1000`.
pub fn at<'a>(observed: &'a Observed, place: &str) -> &'a Observation {
    at_sample(observed, 0, place)
}

pub fn at_sample<'a>(observed: &'a Observed, sample: usize, place: &str) -> &'a Observation {
    let (contig, position) = place.split_once(':').expect("contig:position");
    let position = Position::new(position.parse().expect("a number")).expect("not zero");
    let site = observed.observations.panel.find(contig, position).expect("a site of the panel");
    observed.observations.get(sample, site).expect("an observation")
}

/// State and genotype, `Called 0/1`.
pub fn told(observation: &Observation) -> String {
    match &observation.genotype {
        Some(genotype) => format!("{:?} {genotype}", observation.state),
        None => format!("{:?}", observation.state),
    }
}
