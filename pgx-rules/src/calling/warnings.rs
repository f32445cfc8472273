//! Reservations about a call, with stable codes.

use crate::call::{Diplotype, Warning};
use crate::knowledge::schema::Gene;
use crate::matching::Sample;

fn warning(code: &str, text: String) -> Warning {
    Warning { code: code.to_owned(), text }
}

/// `chr10:94942290 (rs1799853)`.
fn place(gene: &Gene, site: usize) -> String {
    let Some(site) = gene.sites.get(site) else { return gene.contig.clone() };
    let place = format!("{}:{}", gene.contig, site.position);
    site.rsid.as_ref().map_or_else(|| place.clone(), |rsid| format!("{place} ({rsid})"))
}

/// Sites without which the gene is not called are missing.
pub(super) fn required_site(gene: &Gene, sites: &[usize]) -> Warning {
    let places: Vec<String> = sites.iter().map(|&s| place(gene, s)).collect();
    warning("missing-required-site", format!("{} is not called without {}", gene.symbol, places.join(", ")))
}

/// What is odd about the genotypes themselves.
pub(super) fn of_sample(gene: &Gene, sample: &Sample) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for found in &sample.undocumented {
        let at = place(gene, found.site);
        let bases = &found.bases;
        warnings.push(if found.as_reference {
            let text =
                format!("{at} carries {bases}, which no allele of {} defines; it is read as reference", gene.symbol);
            warning("undocumented-as-reference", text)
        } else {
            let text = format!("{at} carries {bases}, which no allele of {} defines", gene.symbol);
            warning("undocumented-variation", text)
        });
    }
    if sample.has_half_missing {
        let text = format!("{}: one copy is unknown at some sites", gene.symbol);
        warnings.push(warning("half-missing-genotype", text));
    }
    if sample.contradicts_sex {
        let text = format!("{}: heterozygous on {}, but the sample is stated to be male", gene.symbol, gene.contig);
        warnings.push(warning("heterozygous-in-male", text));
    }
    warnings
}

/// Alleles that every assay should test could not be excluded.
pub(super) fn must_test(gene: &Gene, not_excluded: &[String]) -> Option<Warning> {
    let open: Vec<&str> = gene.must_test.iter().filter(|m| not_excluded.contains(m)).map(String::as_str).collect();
    let text = format!(
        "{} of {} is among the alleles that every assay should test, but was not excluded",
        open.join(", "),
        gene.symbol
    );
    (!open.is_empty()).then(|| warning("must-test-not-excluded", text))
}

/// Several diplotypes fit unphased data; the more frequent one is taken.
pub(super) fn unphased_priority(gene: &Gene, pick: &Diplotype) -> Warning {
    let text = format!(
        "several diplotypes of {} fit these unphased genotypes; {pick} is taken because it is the most frequent",
        gene.symbol
    );
    warning("unphased-priority", text)
}

/// No named alleles fit, and too many combinations do.
pub(super) fn too_many_arrangements(gene: &Gene) -> Warning {
    let text = format!("the unphased sites of {} allow too many combinations of alleles to tell any", gene.symbol);
    warning("too-many-combinations", text)
}

/// Structural alleles were not looked at.
pub(super) fn small_variants_only(gene: &Gene) -> Warning {
    let text = format!(
        "{} was called from small variants: deletions, duplications and hybrid genes would change the result",
        gene.symbol
    );
    warning("structural-not-seen", text)
}

/// The proxy site shows the allele, the causal site does not.
pub(super) fn causal_contradicts_proxy(gene: &Gene, causal: usize, proxy: usize) -> Warning {
    let text = format!(
        "{} shows the reference where {} shows the linked variant; the former is causal and decides",
        place(gene, causal),
        place(gene, proxy)
    );
    warning("linked-causal-contradicts-proxy", text)
}

/// Only the proxy site was seen.
pub(super) fn proxy_only(gene: &Gene, causal: usize, proxy: usize) -> Warning {
    let text = format!(
        "the allele is concluded from {} alone; the causal site {} is missing",
        place(gene, proxy),
        place(gene, causal)
    );
    warning("linked-proxy-only", text)
}

/// The phenotype comes from one site.
pub(super) fn fallback_site(gene: &Gene, site: usize) -> Warning {
    let text = format!("no alleles of {} fit; the phenotype is that of {} alone", gene.symbol, place(gene, site));
    warning("single-site-fallback", text)
}
