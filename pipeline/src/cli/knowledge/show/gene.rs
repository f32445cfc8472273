//! A gene for people, and its alleles as a table.

use std::fmt::Write;

use pgx_rules::knowledge::schema::{Gene, Knowledge, Lookup, NamedAllele, PhenotypeMethod, SiteRole};

use crate::cli::knowledge::list::aligned;

const COLUMNS: [&str; 7] = ["allele", "function", "activity", "changes", "positions_grch38", "must_test", "confidence"];

/// All of a gene. Writing into a string cannot fail, hence the ignored results.
pub fn text(gene: &Gene, knowledge: &Knowledge) -> String {
    let mut out = String::new();
    let place = if gene.contig.is_empty() { "known from outside calls only" } else { &gene.contig };
    let _ = writeln!(out, "{} ({place})", gene.symbol);
    let _ = writeln!(out, "  calling rule      {}", gene.calling);
    let _ = writeln!(out, "  phenotype from    {}", method(gene.phenotype_method));
    let _ = writeln!(out, "  guidance looks at {}", lookup(gene.lookup));
    if !gene.reference_allele.is_empty() {
        let _ = writeln!(out, "  reference allele  {}", gene.reference_allele);
    }
    if !gene.must_test.is_empty() {
        let _ = writeln!(out, "  must be tested    {}", gene.must_test.join(", "));
    }
    let drugs: Vec<&str> = knowledge
        .drugs
        .values()
        .filter(|d| d.guidelines.iter().any(|g| g.genes.contains(&gene.symbol)))
        .map(|d| d.name.as_str())
        .collect();
    if !drugs.is_empty() {
        let _ = writeln!(out, "  drugs             {}", drugs.join(", "));
    }
    for doubt in &gene.confidence {
        let _ = writeln!(out, "  note              {doubt}");
    }
    sites(gene, &mut out);
    alleles(gene, &mut out);
    phenotypes(gene, &mut out);
    frequencies(gene, &mut out);
    let sources: Vec<String> = knowledge
        .release
        .sources
        .iter()
        .filter(|s| gene.sources.contains(&s.id))
        .map(|s| format!("  {} ({}; {}; {})", s.name, s.version, s.licence, s.reference))
        .collect();
    if !sources.is_empty() {
        let _ = writeln!(out, "\nSources\n{}", sources.join("\n"));
    }
    out
}

fn method(method: PhenotypeMethod) -> &'static str {
    match method {
        PhenotypeMethod::ActivityScore => "the sum of activity values",
        PhenotypeMethod::FunctionPair => "the pair of allele functions",
        PhenotypeMethod::None => "nothing: the gene has no phenotype",
    }
}

fn lookup(lookup: Lookup) -> &'static str {
    match lookup {
        Lookup::Phenotype => "the phenotype",
        Lookup::ActivityScore => "the activity score",
        Lookup::Allele => "the presence of alleles",
    }
}

fn section(out: &mut String, title: &str, header: &[&str], rows: &[Vec<String>]) {
    if rows.is_empty() {
        return;
    }
    let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
    let _ = writeln!(out, "\n{title}");
    for line in aligned(&header, rows).lines() {
        let _ = writeln!(out, "  {line}");
    }
}

fn sites(gene: &Gene, out: &mut String) {
    let rows: Vec<Vec<String>> = gene
        .sites
        .iter()
        .map(|s| {
            let role = match s.role {
                SiteRole::Defining => "",
                SiteRole::Extra => "reported as a bare genotype",
                SiteRole::Ignored => "not used for matching",
            };
            vec![
                s.position.to_string(),
                s.grch37.as_ref().map_or_else(|| "not placed".to_owned(), |p| p.position.to_string()),
                format!("{}>{}", s.reference, s.alternates.join(",")),
                s.rsid.clone().unwrap_or_default(),
                role.to_owned(),
            ]
        })
        .collect();
    section(out, "Sites", &["GRCh38", "GRCh37", "change", "rsID", "role"], &rows);
}

fn alleles(gene: &Gene, out: &mut String) {
    let rows: Vec<Vec<String>> = allele_rows(gene).into_iter().map(|r| r.into_iter().take(4).collect()).collect();
    section(out, "Alleles", &["allele", "function", "activity", "changes"], &rows);
}

fn phenotypes(gene: &Gene, out: &mut String) {
    let rows: Vec<Vec<String>> = gene
        .phenotypes
        .iter()
        .map(|p| {
            let second = p.second.clone().unwrap_or_else(|| "one copy".to_owned());
            vec![p.first.clone(), second, p.phenotype.clone(), p.activity_score.clone().unwrap_or_default()]
        })
        .collect();
    section(out, "Phenotypes", &["first", "second", "phenotype", "activity score"], &rows);
}

fn frequencies(gene: &Gene, out: &mut String) {
    let mut groups: Vec<&str> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for f in &gene.frequencies {
        if !groups.contains(&f.group.as_str()) {
            groups.push(&f.group);
        }
        if !names.contains(&f.allele.as_str()) {
            names.push(&f.allele);
        }
    }
    let percent = |allele: &str, group: &str| {
        let found = gene.frequencies.iter().find(|f| f.allele == allele && f.group == group && f.total > 0);
        found.map_or("0".to_owned(), |f| format!("{:.2}", 100.0 * f64::from(f.count) / f64::from(f.total)))
    };
    let rows: Vec<Vec<String>> = names
        .iter()
        .map(|name| std::iter::once((*name).to_owned()).chain(groups.iter().map(|g| percent(name, g))).collect())
        .collect();
    let header: Vec<&str> = std::iter::once("allele").chain(groups.iter().copied()).collect();
    section(out, "Frequencies, percent of chromosomes", &header, &rows);
}

/// One row an allele.
pub fn tsv(gene: &Gene) -> String {
    let mut out = COLUMNS.join("\t") + "\n";
    for row in allele_rows(gene) {
        let _ = writeln!(out, "{}", row.join("\t"));
    }
    out
}

/// [`COLUMNS`] of every allele: first those with a definition, then forms that have a function only.
fn allele_rows(gene: &Gene) -> Vec<Vec<String>> {
    let row = |name: &str, changes: String, positions: String| {
        let function = gene.functions.get(name);
        let of = |value: Option<&String>| value.cloned().unwrap_or_default();
        vec![
            name.to_owned(),
            function.map_or_else(|| "not assigned".to_owned(), |f| f.function.clone()),
            of(function.and_then(|f| f.activity.as_ref())),
            changes,
            positions,
            if gene.must_test.iter().any(|m| m == name) { "yes".to_owned() } else { String::new() },
            of(function.and_then(|f| f.confidence.as_ref())),
        ]
    };
    let defined = gene.alleles.iter().map(|a| {
        let (changes, positions) = changes(gene, a);
        row(&a.name, changes, positions)
    });
    let others = gene.functions.keys().filter(|name| gene.alleles.iter().all(|a| a.name != **name));
    defined.chain(others.map(|name| row(name, "no definition by small variants".to_owned(), String::new()))).collect()
}

/// Where an allele differs from the reference sequence: by HGVS or rsID, and by position.
fn changes(gene: &Gene, allele: &NamedAllele) -> (String, String) {
    if allele.is_structural {
        return ("structural".to_owned(), String::new());
    }
    let mut names = Vec::new();
    let mut positions = Vec::new();
    for (site, bases) in gene.sites.iter().zip(&allele.carries) {
        let differs = !bases.is_empty() && !bases.contains(&site.reference);
        if differs {
            let id = site.rsid.clone().unwrap_or_else(|| site.position.to_string());
            names.push(format!("{id} {}>{}", site.reference, bases.join("|")));
            positions.push(site.position.to_string());
        }
    }
    (if names.is_empty() { "none".to_owned() } else { names.join(", ") }, positions.join(","))
}
