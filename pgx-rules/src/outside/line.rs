//! The columns of a line of outside calls.

/// What a line says, blanks trimmed; an empty cell says nothing.
pub(super) struct Given<'t> {
    pub(super) gene: &'t str,
    pub(super) diplotype: Option<&'t str>,
    pub(super) phenotype: Option<&'t str>,
    pub(super) score: Option<&'t str>,
}

/// Lines that hold a call, with their 1-based numbers: comments, blank lines and a header are left out.
pub(super) fn rows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let numbered = text.lines().enumerate().map(|(i, l)| (i + 1, l.trim_end_matches('\r')));
    let mut first = true;
    numbered.filter(move |(_, line)| {
        if line.trim().is_empty() || line.starts_with('#') {
            return false;
        }
        let is_header = std::mem::take(&mut first) && is_header(line);
        !is_header
    })
}

fn is_header(line: &str) -> bool {
    let mut cells = line.split('\t').map(str::trim);
    let gene = cells.next().is_some_and(|c| c.eq_ignore_ascii_case("gene"));
    gene && cells.next().is_none_or(|c| {
        let cell = c.to_ascii_lowercase();
        ["diplotype", "allele", "haplotype", "phenotype", "genotype", "call"].iter().any(|word| cell.contains(word))
    })
}

/// Reads the first four columns.
pub(super) fn read(line: &str) -> Result<Given<'_>, String> {
    let mut cells = line.split('\t').map(str::trim);
    let gene = cells.next().unwrap_or_default();
    let mut cell = || cells.next().filter(|c| !c.is_empty());
    let given = Given { gene, diplotype: cell(), phenotype: cell(), score: cell() };
    if given.gene.is_empty() {
        return Err("no gene; write gene, diplotype, phenotype, activity score, separated by tabs".into());
    }
    if !line.contains('\t') {
        return Err("one column only; separate gene, diplotype, phenotype, activity score by tabs".into());
    }
    if given.diplotype.is_none() && given.phenotype.is_none() && given.score.is_none() {
        return Err(format!("nothing is said of {gene}; give a diplotype, a phenotype or an activity score"));
    }
    Ok(given)
}
