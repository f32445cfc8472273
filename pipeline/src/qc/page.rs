//! `qc.html`: the samples at a glance, then the depth of each gene.

use std::fmt::Write as _;

use pgx_rules::sex::SexChromosomes;

use super::SampleQc;
use crate::structures::page::escape;

/// Depth at which a bar is full.
const FULL: f64 = 60.0;

/// The page.
pub fn page(samples: &[SampleQc]) -> String {
    let mut html = String::from(HEAD);
    html += "<h1>Quality of reads for pharmacogenes</h1><p class=small>Depth is fragments at the sites of the panel. Somebody else's reads are \
             estimated from what homozygous sites show of other alleles, with its 95 % interval.</p>";
    html += "<table><tr><th>Sample<th>Depth<th>Sites with a genotype<th>X<th>Y<th>Somebody else's reads<th>Same person<th>To look at";
    for s in samples {
        let contamination = s.contamination.map_or_else(
            || "too few sites".to_owned(),
            |c| format!("{:.1} % ({:.1} to {:.1})", 100.0 * c.share, 100.0 * c.low, 100.0 * c.high),
        );
        let identity = s.identity.as_ref().map_or("", |i| i.verdict);
        let state = if s.warnings.is_empty() { "good" } else { "look" };
        let _ = write!(
            html,
            "<tr class={state}><td>{}<td>{:.1}<td>{} of {}<td>{}<td>{}<td>{contamination}<td>{identity}<td>{}",
            escape(&s.sample),
            s.depth,
            s.called,
            s.sites,
            s.x_copies.map(|n| n.to_string()).unwrap_or_default(),
            match s.sex_chromosomes.map(SexChromosomes::has_y) {
                Some(Some(true)) => "yes",
                Some(Some(false)) => "none",
                Some(None) => "unclear",
                None => "not counted",
            },
            if s.warnings.is_empty() { "nothing".to_owned() } else { escape(&s.warnings.join("; ")) }
        );
    }
    html += "</table>";
    for s in samples {
        let _ = write!(
            html,
            "<h2>{}</h2><table><tr><th>Gene<th>Depth<th><th>Sites<th>Alleles that every test should see",
            escape(&s.sample)
        );
        for gene in &s.genes {
            let open: Vec<&str> = gene
                .must_test
                .iter()
                .filter(|(_, missing)| !missing.is_empty())
                .map(|(name, _)| name.as_str())
                .collect();
            let must = match (gene.must_test.len(), open.as_slice()) {
                (0, _) => String::new(),
                (n, []) => format!("all {n} covered"),
                (_, open) => format!("not covered: {}", escape(&open.join(", "))),
            };
            let _ = write!(
                html,
                "<tr class={}><td>{}<td>{:.1}<td><svg viewBox='0 0 120 10' style='width:120px' role=img aria-label='depth'><rect width={:.0} height=10 fill='#4f93c4'/></svg>\
                 <td>{} of {}<td>{must}",
                if open.is_empty() && gene.called == gene.sites { "good" } else { "look" },
                escape(&gene.gene),
                gene.depth,
                (gene.depth / FULL).min(1.0) * 120.0,
                gene.called,
                gene.sites
            );
        }
        html += "</table>";
    }
    html += "</main></body></html>\n";
    html
}

const HEAD: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><title>Quality of reads</title><style>\
body{font:15px/1.45 system-ui,sans-serif;color:#1b232b;margin:0}main{max-width:1000px;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}.small{color:#4c5864;font-size:.85rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.2rem .9rem .2rem .3rem;\
border-bottom:1px solid #e3e7eb;font-size:.9rem}tr.look td:first-child{border-left:4px solid #c8742b}\
tr.good td:first-child{border-left:4px solid #5a9a6b}</style></head><body><main>";
