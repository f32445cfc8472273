//! Our calls as outside calls, for tools that read PharmCAT's form.

use crate::call::GeneCall;

/// One line a candidate: gene, diplotype, phenotype, activity score, after a comment that names the columns. Genes without a
/// candidate are left out. Read back, the lines give the same candidates.
pub fn export(calls: &[&GeneCall]) -> String {
    let mut text = String::from("#gene\tdiplotype\tphenotype\tactivity score\n");
    for call in calls {
        for candidate in &call.candidates {
            let diplotype = candidate.diplotype.as_ref().map(ToString::to_string).unwrap_or_default();
            let phenotype = candidate.phenotype.as_ref();
            let name = phenotype.map_or("", |p| p.name.as_str());
            let score = phenotype.and_then(|p| p.activity_score.as_deref()).unwrap_or_default();
            if diplotype.is_empty() && name.is_empty() {
                continue;
            }
            text.push_str(&[call.gene.as_str(), &diplotype, name, score].join("\t"));
            text.push('\n');
        }
    }
    text
}
