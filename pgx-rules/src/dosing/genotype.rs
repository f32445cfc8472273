//! Genotypes as people write them, to what dose models count.

use serde::Serialize;
use thiserror::Error;

use super::cpic2017::FURTHER_ALLELES;
use super::warfarin::carried::carries;
use crate::knowledge::schema::Knowledge;

/// A genotype that cannot be read, or cannot be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BadGenotype {
    /// Not in the form that is asked for.
    #[error("'{found}' is no genotype of {what}; write {expected}")]
    Form {
        /// As given.
        found: String,
        /// Gene or site.
        what: &'static str,
        /// Forms that are read.
        expected: &'static str,
    },
    /// An allele that the knowledge base does not define.
    #[error("CYP2C9{0} is no allele that the knowledge base defines")]
    Allele(String),
    /// Two statements that cannot both hold.
    #[error("{0}")]
    Contradiction(String),
}

/// CYP2C9 as dose models see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StarAlleles {
    /// The two alleles, in the order given.
    pub alleles: [String; 2],
    /// Copies that carry the change of *2.
    pub star2: u8,
    /// Copies that carry the change of *3.
    pub star3: u8,
    /// Those of *5, *6, *8, *11 that are carried, one entry a copy.
    pub further: Vec<String>,
}

impl StarAlleles {
    /// Reads `*1/*3`, also `1/3`, `CYP2C9*1/*3`, `*1|*3`.
    ///
    /// # Errors
    /// When it has another form, or names an allele that is not known.
    pub fn read(knowledge: &Knowledge, text: &str) -> Result<Self, BadGenotype> {
        let form = || BadGenotype::Form { found: text.to_owned(), what: "CYP2C9", expected: "two alleles, as *1/*3" };
        let parts: Vec<String> = text
            .trim()
            .trim_start_matches("CYP2C9")
            .split(['/', '|'])
            .map(|part| format!("*{}", part.trim().trim_start_matches("CYP2C9").trim_start_matches('*')))
            .collect();
        let [a, b] = parts.as_slice() else { return Err(form()) };
        if a == "*" || b == "*" {
            return Err(form());
        }
        let mut found = Self { alleles: [a.clone(), b.clone()], star2: 0, star3: 0, further: Vec::new() };
        let gene = knowledge.genes.get(super::warfarin::CYP2C9);
        for allele in [a, b] {
            let carried = |target: &str| {
                gene.and_then(|gene| carries(gene, allele, target)).ok_or_else(|| BadGenotype::Allele(allele.clone()))
            };
            found.star2 += u8::from(carried("*2")?);
            found.star3 += u8::from(carried("*3")?);
            for further in FURTHER_ALLELES {
                if carried(further)? {
                    found.further.push(further.to_owned());
                }
            }
        }
        Ok(found)
    }

    /// `*1/*3`: the alleles in rising order, which is how tables name them.
    pub fn name(&self) -> String {
        let number = |allele: &str| allele.trim_start_matches('*').parse::<u32>().unwrap_or(u32::MAX);
        let [a, b] = &self.alleles;
        if number(a) <= number(b) { format!("{a}/{b}") } else { format!("{b}/{a}") }
    }

    /// Activity score by the knowledge base's values; `None` where an allele has none.
    pub fn activity(&self, knowledge: &Knowledge) -> Option<f64> {
        let functions = &knowledge.genes.get(super::warfarin::CYP2C9)?.functions;
        let value = |allele: &String| functions.get(allele)?.activity.as_ref()?.parse::<f64>().ok();
        Some(value(&self.alleles[0])? + value(&self.alleles[1])?)
    }

    /// Whether it is a poor metabolizer: activity of at most 0.5.
    pub fn is_poor(&self, knowledge: &Knowledge) -> bool {
        self.activity(knowledge).is_some_and(|score| score <= 0.5)
    }

    /// Alleles other than *1, *2, *3, which the published equations do not know.
    pub fn beyond_equations(&self) -> Vec<&str> {
        self.alleles.iter().map(String::as_str).filter(|a| !["*1", "*2", "*3"].contains(a)).collect()
    }

    /// Whether the two copies say the same as genotypes of rs1799853 (T alleles) and rs1057910 (C alleles).
    ///
    /// # Errors
    /// Names the site that contradicts the alleles.
    pub fn agrees_with_sites(&self, rs1799853: Option<u8>, rs1057910: Option<u8>) -> Result<(), BadGenotype> {
        for (site, count, carried, allele) in
            [("rs1799853 T", rs1799853, self.star2, "*2"), ("rs1057910 C", rs1057910, self.star3, "*3")]
        {
            if let Some(count) = count.filter(|count| *count != carried) {
                return Err(BadGenotype::Contradiction(format!(
                    "CYP2C9 {} has {carried} copies of the change of {allele}, but {site} is given {count} times: which \
                     one holds?",
                    self.name()
                )));
            }
        }
        Ok(())
    }
}

/// VKORC1 -1639A alleles (0 to 2), from `GG`, `A/G`, or the other strand as rs9923231 is reported: `C/T`.
///
/// # Errors
/// When it is neither; a mixture of both strands is refused.
pub fn vkorc1(text: &str) -> Result<u8, BadGenotype> {
    let bare = text.trim().trim_start_matches("-1639").trim_start_matches("rs9923231");
    two_bases(bare).and_then(|pair| count(pair, 'G', 'A').or_else(|| count(pair, 'C', 'T'))).ok_or_else(|| {
        BadGenotype::Form {
            found: text.to_owned(),
            what: "VKORC1 -1639",
            expected: "GG, AG or AA on the gene's strand, or CC, CT or TT as rs9923231 on the genome's",
        }
    })
}

/// Alternate alleles (0 to 2) at a site with the given bases on the genome's plus strand.
///
/// # Errors
/// When the text is no genotype of these bases.
pub fn site(text: &str, what: &'static str, reference: char, alternate: char) -> Result<u8, BadGenotype> {
    two_bases(text).and_then(|pair| count(pair, reference, alternate)).ok_or_else(|| BadGenotype::Form {
        found: text.to_owned(),
        what,
        expected: "two bases of the plus strand, as G/A",
    })
}

/// Copies (0 to 2) of CYP4F2 that carry the change of *3, from a diplotype: *4 carries it too.
///
/// # Errors
/// When the text is no diplotype of alleles that the knowledge base defines.
pub fn cyp4f2(knowledge: &Knowledge, text: &str) -> Result<u8, BadGenotype> {
    let form =
        || BadGenotype::Form { found: text.to_owned(), what: "CYP4F2", expected: "0, 1, 2 or two alleles, as *1/*3" };
    let gene = knowledge.genes.get("CYP4F2").ok_or_else(form)?;
    let alleles: Vec<String> =
        text.split(['/', '|']).map(|a| format!("*{}", a.trim().trim_start_matches('*'))).collect();
    let [a, b] = alleles.as_slice() else { return Err(form()) };
    let mut copies = 0;
    for allele in [a, b] {
        copies += u8::from(carries(gene, allele, "*3").ok_or_else(form)?);
    }
    Ok(copies)
}

fn two_bases(text: &str) -> Option<[char; 2]> {
    let mut bases = text.chars().filter(|c| !matches!(c, '/' | '|' | ' ')).map(|c| c.to_ascii_uppercase());
    match (bases.next(), bases.next(), bases.next()) {
        (Some(a), Some(b), None) => Some([a, b]),
        _ => None,
    }
}

fn count(pair: [char; 2], reference: char, alternate: char) -> Option<u8> {
    let mut found = 0;
    for base in pair {
        match base {
            _ if base == reference => {}
            _ if base == alternate => found += 1,
            _ => return None,
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::knowledge::embedded;

    fn star(text: &str) -> Result<StarAlleles, BadGenotype> {
        StarAlleles::read(embedded().unwrap(), text)
    }

    #[test]
    fn vkorc1_is_read_on_either_strand_and_never_on_both() {
        for (text, alleles) in
            [("GG", 0), ("a/g", 1), ("GA", 1), ("-1639 AA", 2), ("rs9923231 C/T", 1), ("TT", 2), ("CC", 0)]
        {
            assert_eq!(vkorc1(text), Ok(alleles), "{text}");
        }
        for text in ["GT", "AC", "G", "GGG", "unknown", ""] {
            assert!(vkorc1(text).is_err(), "{text}");
        }
    }

    #[test]
    fn star_alleles_count_by_the_change_that_they_carry() {
        let found = star("*3/*2").unwrap();
        assert_eq!((found.star2, found.star3, found.name().as_str()), (1, 1, "*2/*3"));
        assert_eq!(star("CYP2C9*1/CYP2C9*8").unwrap().further, ["*8"]);
        // *35 carries the change of *2, *18 that of *3
        let rare = star("*35/*18").unwrap();
        assert_eq!((rare.star2, rare.star3), (1, 1));
        assert_eq!(rare.beyond_equations(), ["*35", "*18"]);
        assert_eq!(star("1/3").unwrap().name(), "*1/*3");
    }

    #[test]
    fn a_poor_metabolizer_is_known_also_by_alleles_beyond_the_equations() {
        let knowledge = embedded().unwrap();
        for (text, poor) in [("*3/*3", true), ("*2/*3", true), ("*3/*6", true), ("*6/*8", true), ("*2/*2", false)] {
            assert_eq!(star(text).unwrap().is_poor(knowledge), poor, "{text}");
        }
        assert_eq!(star("*1/*27").unwrap().activity(knowledge), None);
    }

    #[test]
    fn what_is_no_diplotype_is_named() {
        assert!(star("*1").unwrap_err().to_string().contains("two alleles"));
        assert!(star("*1/").unwrap_err().to_string().contains("two alleles"));
        assert!(star("*1/*999").unwrap_err().to_string().contains("CYP2C9*999"));
    }

    #[test]
    fn alleles_and_sites_must_say_the_same() {
        let reference = star("*1/*1").unwrap();
        let said = reference.agrees_with_sites(Some(1), Some(0)).unwrap_err().to_string();
        assert!(said.contains("rs1799853 T is given 1 times"), "{said}");
        assert_eq!(star("*1/*2").unwrap().agrees_with_sites(Some(1), None), Ok(()));
    }
}
