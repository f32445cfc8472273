//! `SAMPLE.vcf`: the sites asked for with what the sample shows, annotated with the gene, the called alleles that the site
//! defines, and their function (`INFO/PGX`). Positions are those of the input's assembly.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use anyhow::Result;
use variants::model::{Allele, Genotype, Observation, Observations, Site, State, Support};

use super::{Format, Run};
use crate::report::compose::{called_alleles, defines};
use crate::report::files::{Complete, Folder};
use crate::stage::answers::{Answers, SampleEntry};

struct Annotated<'a> {
    folder: &'a Folder,
    run: Run<'a>,
    complete: Vec<Complete>,
}

/// Nothing to start: each file is written whole.
pub fn open<'a>(folder: &'a Folder, run: Run<'a>) -> Result<Box<dyn Format + 'a>> {
    Ok(Box::new(Annotated { folder, run, complete: Vec::new() }))
}

impl Format for Annotated<'_> {
    fn write(&mut self, answers: &Answers<'_>) -> Result<()> {
        let Some((_, observations)) = &answers.input else { return Ok(()) };
        for sample in answers.answered() {
            let Some(entry) = answers.samples.get(sample) else { continue };
            let text = file_text(self.run, answers, observations, entry, sample);
            let mut file = self.folder.file(&format!("{}.vcf", entry.file_stem))?;
            let written = file.write_all(text.as_bytes());
            file.check(written)?;
            self.complete.push(file.finish()?);
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<Complete>> {
        Ok(self.complete)
    }
}

fn file_text(
    run: Run<'_>,
    answers: &Answers<'_>,
    observations: &Observations,
    entry: &SampleEntry<'_>,
    sample: usize,
) -> String {
    let mut text = header(run, observations, &entry.name);
    let annotations = annotations(run, answers, sample);
    for (index, (site, column)) in observations.panel.sites().iter().zip(&observations.columns).enumerate() {
        let Some(observation) = observations.get(sample, index) else { continue };
        let annotation = annotations.get(&index).map(Vec::as_slice).unwrap_or_default();
        record(&mut text, site, observation, column.support.get(sample).as_ref(), annotation);
    }
    text
}

fn header(run: Run<'_>, observations: &Observations, sample: &str) -> String {
    let assembly = observations.panel.assembly();
    let mut text = String::from("##fileformat=VCFv4.3\n");
    let version = run.provenance.version;
    let knowledge = &run.provenance.knowledge.version;
    // writing into a string cannot fail
    let _ = writeln!(text, "##source=rxstrata {version}, knowledge {knowledge}\n##reference={assembly}");
    let mut last = "";
    for site in observations.panel.sites() {
        if site.contig != last {
            let _ = writeln!(text, "##contig=<ID={},assembly={assembly}>", site.contig);
            last = &site.contig;
        }
    }
    for choice in &run.provenance.choices {
        let _ = writeln!(text, "##rxstrata_choice={choice}");
    }
    text.push_str(
        "##INFO=<ID=PGX,Number=.,Type=String,Description=\"Gene|called allele that carries a change defined here|its function; \
         the latter two empty when no called allele does. Percent-encoded\">\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
         ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Read depth\">\n\
         ##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Genotype quality\">\n\
         ##FORMAT=<ID=PS,Number=1,Type=Integer,Description=\"Phase set\">\n\
         ##FORMAT=<ID=ST,Number=1,Type=String,Description=\"State of the site: Called, ReferenceBlock, Missing, Filtered or \
         Discordant; only the first two are used for calling\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t",
    );
    text.push_str(&super::field(sample));
    text.push('\n');
    text
}

/// For each panel site, `GENE|allele|function` of every called allele that it defines.
fn annotations(run: Run<'_>, answers: &Answers<'_>, sample: usize) -> BTreeMap<usize, Vec<String>> {
    let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for of_gene in &answers.genes {
        let (Some(gene), Some(answer)) = (run.knowledge.genes.get(&of_gene.gene), of_gene.of(sample)) else { continue };
        let called = called_alleles(gene, &answer.call);
        for (site, panel_site) in of_gene.panel_sites.iter().enumerate() {
            let Some(panel_site) = panel_site else { continue };
            let here = found.entry(*panel_site).or_default();
            let before = here.len();
            for allele in called.iter().filter(|a| defines(gene, a, site)) {
                let function = gene.functions.get(&allele.name).map(|f| f.function.as_str()).unwrap_or_default();
                here.push(format!("{}|{}|{}", encoded(&gene.symbol), encoded(&allele.name), encoded(function)));
            }
            if here.len() == before {
                here.push(format!("{}||", encoded(&gene.symbol)));
            }
        }
    }
    found
}

fn record(text: &mut String, site: &Site, observation: &Observation, support: Option<&Support>, annotation: &[String]) {
    let mut alleles: Vec<&str> = std::iter::once(&site.reference).chain(&site.alternates).map(String::as_str).collect();
    let genotype = observation.genotype.as_ref();
    for allele in genotype.iter().flat_map(|g| &g.alleles) {
        if let Allele::Other(bases) = allele
            && !alleles.contains(&bases.as_str())
        {
            alleles.push(bases);
        }
    }
    let alternates = if alleles.len() > 1 { alleles[1..].join(",") } else { ".".to_owned() };
    let info = if annotation.is_empty() { ".".to_owned() } else { format!("PGX={}", annotation.join(",")) };
    let number = |value: Option<u32>| value.map_or_else(|| ".".to_owned(), |v| v.to_string());
    // writing into a string cannot fail
    let _ = writeln!(
        text,
        "{}\t{}\t{}\t{}\t{alternates}\t.\t.\t{info}\tGT:DP:GQ:PS:ST\t{}:{}:{}:{}:{}",
        site.contig,
        site.position,
        site.rsid.as_deref().unwrap_or("."),
        site.reference,
        genotype.map_or_else(|| "./.".to_owned(), |g| genotype_text(g, &alleles)),
        number(support.and_then(|s| s.depth)),
        number(support.and_then(|s| s.quality)),
        number(genotype.and_then(|g| g.phase_set)),
        state_name(observation.state),
    );
}

fn genotype_text(genotype: &Genotype, alleles: &[&str]) -> String {
    let number = |allele: &Allele| match allele {
        Allele::Reference => "0".to_owned(),
        Allele::Alternate(i) => (u16::from(*i) + 1).to_string(),
        Allele::Other(bases) => {
            alleles.iter().position(|a| a == bases).map_or_else(|| ".".to_owned(), |i| i.to_string())
        }
        Allele::Missing => ".".to_owned(),
    };
    genotype.alleles.iter().map(number).collect::<Vec<_>>().join(if genotype.phased { "|" } else { "/" })
}

fn state_name(state: State) -> &'static str {
    match state {
        State::Called => "Called",
        State::ReferenceBlock => "ReferenceBlock",
        State::Missing => "Missing",
        State::Filtered => "Filtered",
        State::Discordant => "Discordant",
    }
}

/// Percent-encoding of what has a meaning in INFO (VCF 4.3, section 1.2), and of blanks, which older readers refuse.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_whitespace() || c.is_ascii_control() || "|:;=%,".contains(c) {
            let _ = write!(out, "%{:02X}", u32::from(c)); // writing into a string cannot fail
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use variants::model::Position;

    #[test]
    fn names_with_blanks_and_separators_are_encoded() {
        assert_eq!(encoded("c.1905+1G>A (*2A)"), "c.1905+1G>A%20(*2A)");
        assert_eq!(encoded("a;b=c,d|e%"), "a%3Bb%3Dc%2Cd%7Ce%25");
    }

    #[test]
    fn an_undefined_allele_becomes_a_further_alternate() {
        let site = Site {
            contig: "chr10".to_owned(),
            position: Position::new(5).unwrap(),
            reference: "C".to_owned(),
            alternates: vec!["T".to_owned()],
            rsid: None,
            synonyms: Vec::new(),
        };
        let genotype = Genotype {
            alleles: [Allele::Alternate(0), Allele::Other("G".to_owned())].into_iter().collect(),
            phased: true,
            phase_set: Some(7),
        };
        let observation = Observation { state: State::Called, genotype: Some(genotype), discrepancies: Vec::new() };
        let mut text = String::new();
        record(&mut text, &site, &observation, None, &["G1||".to_owned()]);
        assert_eq!(text, "chr10\t5\t.\tC\tT,G\t.\t.\tPGX=G1||\tGT:DP:GQ:PS:ST\t1|2:.:.:7:Called\n");
    }
}
