//! The calls as tables.

use std::fmt::Write as _;

use pgx_rules::structure::StructureCall;

use super::SampleStructures;

/// One row a sample and gene, for people and programs.
pub fn table(samples: &[SampleStructures]) -> String {
    let mut text = String::from(
        "sample\tgene\tassembly\tdiplotype\tposterior\tcopies\tstructure\tdepth\tcopies_by_depth\talternatives\tnotes\n",
    );
    for sample in samples {
        for gene in &sample.genes {
            let best = gene.ranked.first().filter(|_| gene.diplotype.is_some());
            let depths: Vec<String> =
                gene.segments.iter().skip(1).map(|s| format!("{} {:.2}", s.name, s.measured)).collect();
            let others: Vec<String> = gene
                .ranked
                .iter()
                .skip(usize::from(best.is_some()))
                .take(4)
                .map(|r| format!("{} ({:.3})", r.diplotype, r.posterior))
                .collect();
            let _ = writeln!(
                text,
                "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{:.1}\t{}\t{}\t{}",
                sample.sample,
                gene.gene,
                sample.assembly,
                gene.diplotype.as_deref().unwrap_or("no call"),
                best.map(|b| format!("{:.4}", b.posterior)).unwrap_or_default(),
                best.map(|b| b.copies.to_string()).unwrap_or_default(),
                best.map_or("", |b| b.structure.as_str()),
                gene.control_depth,
                depths.join(", "),
                others.join("; "),
                gene.notes.join("; "),
            );
        }
    }
    text
}

/// What is called, as `call --outside-calls` reads it. Copies of suballeles count as their allele's: `*4.013 + *4` is
/// `*4x2`. A pair with less than half of the posterior is not handed on.
pub fn outside(genes: &[StructureCall]) -> String {
    let mut text = String::new();
    for gene in genes {
        let likely = gene.ranked.first().is_some_and(|r| r.posterior >= pgx_rules::structure::call::LEAST_POSTERIOR);
        if let (Some(diplotype), true) = (&gene.diplotype, likely) {
            let core: Vec<String> = diplotype.split('/').map(core).collect();
            let _ = writeln!(text, "{}\t{}", gene.gene, core.join("/"));
        }
    }
    text
}

/// A haplotype in core alleles.
fn core(haplotype: &str) -> String {
    let mut counted: Vec<(String, u32)> = Vec::new();
    for part in haplotype.split(" + ") {
        let (name, copies) = part.split_once('x').map_or((part, 1), |(name, n)| (name, n.parse().unwrap_or(1)));
        let name = name.split('.').next().unwrap_or(name);
        match counted.iter_mut().find(|(known, _)| known == name) {
            Some((_, n)) => *n += copies,
            None => counted.push((name.to_owned(), copies)),
        }
    }
    let written: Vec<String> =
        counted.into_iter().map(|(name, n)| if n == 1 { name } else { format!("{name}x{n}") }).collect();
    written.join(" + ")
}

#[cfg(test)]
mod tests {
    use super::core;

    #[test]
    fn suballeles_count_as_their_allele() {
        assert_eq!(core("*4.013 + *4"), "*4x2");
        assert_eq!(core("*36x2 + *10"), "*36x2 + *10");
        assert_eq!(core("*5"), "*5");
    }
}
