//! Sections for MultiQC: files that end in `_mqc.json` are shown without a plug-in.

use serde_json::{Map, Value, json};

use super::count::{ACTIONS, Counted, GroupCounts};

/// Names and texts of the sections, of everybody together; counts below `least` are left out.
pub fn sections(counted: &Counted, least: usize) -> Vec<(&'static str, String)> {
    let Some(all) = counted.groups.first() else { return Vec::new() };
    [
        ("rxstrata_genes_mqc.json", genes(all)),
        ("rxstrata_phenotypes_mqc.json", phenotypes(all, least)),
        ("rxstrata_drugs_mqc.json", drugs(all, least)),
    ]
    .into_iter()
    .map(|(name, section)| (name, format!("{section:#}\n")))
    .collect()
}

fn section(id: &str, name: &str, about: &str, kind: &str) -> Map<String, Value> {
    let mut section = Map::new();
    let fields = [
        ("id", id),
        ("parent_id", "rxstrata"),
        ("parent_name", "rxstrata"),
        ("section_name", name),
        ("description", about),
        ("plot_type", kind),
    ];
    section.extend(fields.map(|(key, value)| (key.to_owned(), json!(value))));
    section
}

fn bars(id: &str, name: &str, about: &str, data: Map<String, Value>) -> Value {
    let mut section = section(id, name, about, "bargraph");
    let title = format!("rxstrata: {}", name.to_lowercase());
    section.insert("pconfig".to_owned(), json!({"id": format!("{id}_plot"), "title": title, "ylab": "Samples"}));
    section.insert("data".to_owned(), data.into());
    section.into()
}

fn phenotypes(all: &GroupCounts, least: usize) -> Value {
    let of_gene = |counts: &super::count::GeneCounts| -> Map<String, Value> {
        counts.phenotypes.iter().filter(|(_, n)| **n >= least).map(|(name, n)| (name.clone(), json!(n))).collect()
    };
    let data = all.genes.iter().map(|(gene, counts)| (gene.clone(), of_gene(counts).into()));
    let data = data.filter(|(_, bars): &(String, Value)| bars.as_object().is_some_and(|b| !b.is_empty())).collect();
    bars("rxstrata_phenotypes", "Phenotypes", "Samples by predicted phenotype of each gene.", data)
}

fn drugs(all: &GroupCounts, least: usize) -> Value {
    let mut data = Map::new();
    for (drug, actions) in &all.drugs {
        let of_drug: Map<String, Value> = ACTIONS
            .into_iter()
            .filter_map(|action| Some((action.to_owned(), json!(actions.get(action).filter(|n| **n >= least)?))))
            .collect();
        // a drug without any finding would only make the picture longer
        if ["avoid", "adjust"].iter().any(|action| of_drug.contains_key(*action)) {
            data.insert(drug.clone(), of_drug.into());
        }
    }
    let about = "Samples by the gravest action that any guideline advises, of drugs with something to do.";
    bars("rxstrata_drugs", "Findings by drug", about, data)
}

fn genes(all: &GroupCounts) -> Value {
    let mut table =
        section("rxstrata_genes", "Genes", "Share of samples with a call, and sites without a genotype.", "table");
    table.insert(
        "pconfig".to_owned(),
        json!({"id": "rxstrata_genes_table", "title": "rxstrata: genes", "col1_header": "Gene"}),
    );
    table.insert(
        "headers".to_owned(),
        json!({
            "call_rate": {"title": "Called", "suffix": "%", "min": 0, "max": 100, "format": "{:,.1f}"},
            "missing": {"title": "Missing sites", "description": "Mean over samples", "format": "{:,.1f}"},
        }),
    );
    let data: Map<String, Value> = all
        .genes
        .iter()
        .map(|(gene, counts)| {
            let samples = counts.samples.max(1) as f64;
            let rate = 100.0 * (counts.called + counts.ambiguous) as f64 / samples;
            (gene.clone(), json!({"call_rate": rate, "missing": counts.missing_sites as f64 / samples}))
        })
        .collect();
    table.insert("data".to_owned(), data.into());
    table.into()
}
