//! A gene or a drug is a folder or a file of `knowledge/`, never a literal in code: whoever adds one must not have to
//! look for places in the source. Dosing models are exempt (their equations are about one drug and its genes), and so
//! are comments and tests.

use std::path::{Path, PathBuf};

use pgx_rules::knowledge::embedded;

#[test]
fn no_gene_or_drug_is_named_in_code() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let knowledge = embedded()?;
    let names: Vec<&str> = knowledge.genes.keys().chain(knowledge.drugs.keys()).map(String::as_str).collect();
    assert!(names.len() >= 23, "the knowledge base names at least its genes");
    let mut found = Vec::new();
    for room in ["variants", "pgx-rules", "cluster", "pipeline"] {
        for path in rust_files(&root.join(room).join("src"))? {
            let text = std::fs::read_to_string(&path)?;
            for (number, line) in code_lines(&text) {
                for name in names.iter().filter(|n| has_word(line, n)) {
                    found.push(format!("{}:{number}: {name}", path.display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "facts in code; move them to knowledge/:\n{}", found.join("\n"));
    Ok(())
}

fn rust_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !["dosing", "tests"].contains(&name) {
                files.extend(rust_files(&path)?);
            }
        } else if name.ends_with(".rs") && !["tests.rs", "dosing.rs"].contains(&name) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Numbered lines before the test module, without comments.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .map(|(i, line)| (i + 1, line.split("//").next().unwrap_or_default()))
}

fn has_word(line: &str, word: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
    line.match_indices(word)
        .any(|(at, _)| !joins(line[..at].chars().next_back()) && !joins(line[at + word.len()..].chars().next()))
}

#[test]
fn words_are_found_whole() {
    assert!(has_word(r#"if gene == "CYP2D6" {"#, "CYP2D6"));
    assert!(!has_word(r#"let x = "CYP2D6P1";"#, "CYP2D6"));
    assert!(!has_word("fn hla_beyond()", "HLA-B"));
}
