//! From the compact answers of an input to the document of one sample.

use pgx_rules::call::{Component, Diplotype, GeneCall, Strand};
use pgx_rules::knowledge::schema::{Gene, GeneSite, NamedAllele, SiteRole};
use variants::model::{Allele, Assembly, Genotype, Observations};

use super::document::{CandidateDocument, GeneDocument, SampleDocument, SiteDocument, SiteName};
use super::formats::Run;
use crate::stage::answers::{Answers, GeneAnswers};

/// The document of a sample; `None` when the index is out of range.
pub fn compose<'a>(run: Run<'a>, answers: &'a Answers<'_>, sample: usize) -> Option<SampleDocument<'a>> {
    let entry = answers.samples.get(sample)?;
    let observations = answers.input.as_ref().map(|(_, o)| o);
    let gene = |of_gene: &'a GeneAnswers| -> Option<GeneDocument<'a>> {
        let gene = run.knowledge.genes.get(&of_gene.gene)?;
        gene_document(gene, of_gene, observations, sample)
    };
    let guidance = || answers.drugs.iter().filter_map(|d| d.of(sample));
    Some(SampleDocument {
        sample: &entry.name,
        input: answers.input.as_ref().map(|(i, _)| i),
        sex: entry.facts.sex,
        population: entry.facts.population.as_deref(),
        patient: &entry.facts.patient,
        metadata: &entry.facts.shown,
        genes: answers.genes.iter().filter_map(gene).collect(),
        guidance: guidance().flat_map(|g| &g.advice).collect(),
        unanswered: guidance().flat_map(|g| &g.unanswered).collect(),
        uncovered: guidance().flat_map(|g| &g.uncovered).collect(),
    })
}

fn gene_document<'a>(
    gene: &'a Gene,
    of_gene: &'a GeneAnswers,
    observations: Option<&'a Observations>,
    sample: usize,
) -> Option<GeneDocument<'a>> {
    let answer = of_gene.of(sample)?;
    let call = &answer.call;
    let place = Place { gene, panel_sites: &of_gene.panel_sites, observations };
    let total = gene.sites.iter().filter(|s| s.role == SiteRole::Defining).count();
    Some(GeneDocument {
        gene: &gene.symbol,
        source: call.source,
        rule: &call.rule,
        candidates: call.candidates.iter().map(CandidateDocument::of).collect(),
        phased: call.phased,
        effectively_phased: call.effectively_phased,
        sites_total: total,
        sites_seen: total.saturating_sub(call.missing.len()),
        missing: call.missing.iter().filter_map(|&i| place.name(i)).collect(),
        not_excluded: &call.not_excluded,
        sites: sites(&place, call, sample),
        warnings: &call.warnings,
        ambiguity: answer.ambiguity.as_ref(),
        unseen: answer.unseen.as_ref(),
        confidence: &gene.confidence,
    })
}

/// A gene's sites where the input has them.
struct Place<'a> {
    gene: &'a Gene,
    panel_sites: &'a [Option<usize>],
    observations: Option<&'a Observations>,
}

impl<'a> Place<'a> {
    fn name(&self, index: usize) -> Option<SiteName<'a>> {
        let site = self.gene.sites.get(index)?;
        Some(SiteName { site: site_text(self.gene, site, self.assembly()), rsid: site.rsid.as_deref() })
    }

    fn assembly(&self) -> Assembly {
        self.observations.map_or(Assembly::Grch38, |o| o.panel.assembly())
    }
}

/// A site on an assembly; one that could not be placed on GRCh37 is named by its place on GRCh38.
fn site_text(gene: &Gene, site: &GeneSite, assembly: Assembly) -> String {
    let alternates = |reference: &str| -> String {
        let all = std::iter::once(&site.reference).chain(&site.alternates);
        all.filter(|bases| *bases != reference).map(String::as_str).collect::<Vec<_>>().join(",")
    };
    match (assembly, &site.grch37) {
        (Assembly::Grch37, Some(placed)) => {
            format!("{}:{} {}>{}", gene.contig, placed.position, placed.reference, alternates(&placed.reference))
        }
        (Assembly::Grch37, None) => {
            let alternates = alternates(&site.reference);
            format!("{}:{} {}>{alternates} (GRCh38)", gene.contig, site.position, site.reference)
        }
        (Assembly::Grch38, _) => {
            format!("{}:{} {}>{}", gene.contig, site.position, site.reference, alternates(&site.reference))
        }
    }
}

fn sites<'a>(place: &Place<'a>, call: &'a GeneCall, sample: usize) -> Vec<SiteDocument<'a>> {
    let called = called_alleles(place.gene, call);
    let reference = place.gene.alleles.iter().find(|a| a.is_reference);
    let document = |trace: &'a pgx_rules::call::SiteTrace| -> Option<SiteDocument<'a>> {
        let site = place.gene.sites.get(trace.site)?;
        let SiteName { site: name, rsid } = place.name(trace.site)?;
        let observation = &trace.observation;
        let support = place
            .panel_sites
            .get(trace.site)
            .copied()
            .flatten()
            .and_then(|panel_site| place.observations?.columns.get(panel_site)?.support.get(sample));
        let own = reference.and_then(|a| a.carries.get(trace.site)).filter(|b| !b.is_empty());
        let is_reference = |allele: &Allele| match own {
            Some(bases) => bases_of(site, allele).is_some_and(|b| bases.iter().any(|o| o == b)),
            None => *allele == Allele::Reference,
        };
        Some(SiteDocument {
            site: name,
            rsid,
            genotype: observation.genotype.as_ref().map(|g| genotype_text(site, g)),
            phase_set: observation.genotype.as_ref().and_then(|g| g.phase_set),
            state: observation.state,
            differs: observation.usable().is_some_and(|g| !g.alleles.iter().all(is_reference)),
            defines: called.iter().filter(|a| defines(place.gene, a, trace.site)).map(|a| a.name.as_str()).collect(),
            discrepancies: &observation.discrepancies,
            support,
        })
    };
    call.sites.iter().filter_map(document).collect()
}

/// The alleles of the answers that have a definition, reference allele left out, in the order of the definition.
pub fn called_alleles<'a>(gene: &'a Gene, call: &GeneCall) -> Vec<&'a NamedAllele> {
    let in_strand =
        |strand: &Strand, name: &str| strand.0.iter().any(|c| matches!(c, Component::Named(n) if n == name));
    let is_called = |allele: &&NamedAllele| {
        call.candidates.iter().filter_map(|c| c.diplotype.as_ref()).any(|diplotype| match diplotype {
            Diplotype::Pair(a, b) => in_strand(a, &allele.name) || in_strand(b, &allele.name),
            Diplotype::Single(a) => in_strand(a, &allele.name),
            Diplotype::Listed(names) => names.contains(&allele.name),
        })
    };
    gene.alleles.iter().filter(|a| !a.is_reference).filter(is_called).collect()
}

/// Whether an allele carries something other than the gene's reference allele at a site. An allele may also repeat what the
/// reference allele carries; that defines nothing.
pub fn defines(gene: &Gene, allele: &NamedAllele, site: usize) -> bool {
    let reference = gene.alleles.iter().find(|a| a.is_reference).and_then(|a| a.carries.get(site));
    let as_reference = |bases: &String| match reference.filter(|r| !r.is_empty()) {
        Some(own) => own.contains(bases),
        None => gene.sites.get(site).is_some_and(|s| s.reference == *bases),
    };
    allele.carries.get(site).is_some_and(|bases| !bases.is_empty() && !bases.iter().any(as_reference))
}

fn genotype_text(site: &GeneSite, genotype: &Genotype) -> String {
    let separator = if genotype.phased { "|" } else { "/" };
    genotype.alleles.iter().map(|a| bases_of(site, a).unwrap_or(".")).collect::<Vec<_>>().join(separator)
}

/// The bases of an allele in terms of the definition.
fn bases_of<'a>(site: &'a GeneSite, allele: &'a Allele) -> Option<&'a str> {
    match allele {
        Allele::Reference => Some(&site.reference),
        Allele::Alternate(i) => site.alternates.get(usize::from(*i)).map(String::as_str),
        Allele::Other(bases) => Some(bases),
        Allele::Missing => None,
    }
}
