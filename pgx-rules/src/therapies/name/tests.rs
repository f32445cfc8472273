use proptest::prelude::*;

use super::*;
use crate::therapies::protein::ProteinChange;

fn protein(text: &str) -> VariantKind {
    ProteinChange::parse(text).map_or(VariantKind::Other, VariantKind::Protein)
}

fn fusion(five: &str, three: &str) -> VariantKind {
    VariantKind::Fusion { five_prime: five.to_owned(), three_prime: three.to_owned() }
}

fn exon(first: u32, last: u32, change: ExonChange) -> VariantKind {
    VariantKind::Exon { first, last, change }
}

#[test]
fn names_become_the_kinds_that_they_mean() {
    let cases = [
        ("BRAF", "V600E", protein("V600E")),
        ("BRAF", "V600", VariantKind::Codon { reference: 'V', position: 600 }),
        ("NPM1", "EXON 12 MUTATION", exon(12, 12, ExonChange::Mutation)),
        ("EGFR", "EXON 19 DELETION", exon(19, 19, ExonChange::Deletion)),
        ("EGFR", "EXON 20 INSERTION", exon(20, 20, ExonChange::Insertion)),
        ("MET", "EXON 14 SKIPPING MUTATION", exon(14, 14, ExonChange::Skipping)),
        ("STK11", "EXON 1-2 MUTATION", exon(1, 2, ExonChange::Mutation)),
        ("ERBB2", "Amplification", VariantKind::Amplification),
        ("PTEN", "LOSS", VariantKind::Loss),
        ("CDKN2A", "DELETION", VariantKind::Deletion),
        ("BRCA1", "LOSS-OF-FUNCTION", VariantKind::LossOfFunction),
        ("TP53", "Mutation", VariantKind::AnyMutation),
        ("FGFR2", "FGFR2 mutations", VariantKind::AnyMutation),
        ("KRAS", "Wildtype", VariantKind::WildType),
        ("PTEN", "UNDEREXPRESSION", VariantKind::Expression),
        ("MGMT", "PROMOTER METHYLATION", VariantKind::Expression),
        ("TERT", "PROMOTER MUTATION", VariantKind::Promoter),
        ("FLT3", "ITD", VariantKind::InternalDuplication),
        ("TP53", "DNA BINDING DOMAIN MUTATION", VariantKind::Domain),
        ("TYMS", "RS34743033", VariantKind::Identifier),
        ("BCL2L11", "c.393T>C", VariantKind::Coding("c.393T>C".to_owned())),
        ("ALK", "EML4-ALK", fusion("EML4", "ALK")),
        ("ABL1", "BCR-ABL", fusion("BCR", "ABL1")),
        ("ABL1", "BCR::ABL1", fusion("BCR", "ABL1")),
        ("ALK", "NPM-ALK", fusion("NPM", "ALK")),
        ("ALK", "ALK FUSIONS", VariantKind::AnyFusion("ALK".to_owned())),
        ("RET", "v::RET Fusion", VariantKind::AnyFusion("RET".to_owned())),
        ("BCR::ABL1", "Fusion", fusion("BCR", "ABL1")),
        ("v::ALK", "Fusion", VariantKind::AnyFusion("ALK".to_owned())),
    ];
    for (gene, name, expected) in cases {
        assert_eq!(VariantName::parse(gene, name).kind, expected, "{gene} {name}");
    }
}

#[test]
fn names_of_several_things_ask_for_all_of_them() {
    use VariantKind::AllOf;
    let cases = [
        ("ABL1", "BCR-ABL T315I", AllOf(vec![fusion("BCR", "ABL1"), protein("T315I")])),
        ("ABL1", "BCR-ABL E255K V299L", AllOf(vec![fusion("BCR", "ABL1"), protein("E255K"), protein("V299L")])),
        ("ALK", "EML4-ALK C1156Y-L1198F", AllOf(vec![fusion("EML4", "ALK"), protein("C1156Y"), protein("L1198F")])),
        ("ALK", "ALK FUSION F1245C", AllOf(vec![VariantKind::AnyFusion("ALK".to_owned()), protein("F1245C")])),
        ("EGFR", "Ex19 del L858R", AllOf(vec![exon(19, 19, ExonChange::Deletion), protein("L858R")])),
        ("ALK", "EML4-ALK and AMPLIFICATION", AllOf(vec![fusion("EML4", "ALK"), VariantKind::Amplification])),
        ("DPYD", "E2014K and E2419K", AllOf(vec![protein("E2014K"), protein("E2419K")])),
    ];
    for (gene, name, expected) in cases {
        assert_eq!(VariantName::parse(gene, name).kind, expected, "{gene} {name}");
    }
}

#[test]
fn names_with_a_stroke_ask_for_one_of_them() {
    let any = |parts: [VariantKind; 2]| VariantKind::AnyOf(parts.to_vec());
    assert_eq!(VariantName::parse("ERBB2", "S310F/Y").kind, any([protein("S310F"), protein("S310Y")]));
    let codon = |position| VariantKind::Codon { reference: 'G', position };
    assert_eq!(VariantName::parse("KRAS", "G12/G13").kind, any([codon(12), codon(13)]));
}

#[test]
fn a_coding_change_behind_a_protein_change_is_kept() {
    let name = VariantName::parse("VHL", "L198Q  (c.593T>A)");
    assert_eq!((name.kind, name.coding.as_deref()), (protein("L198Q"), Some("c.593T>A")));
    assert_eq!(VariantName::parse("X", "R474C c.1420C>T").coding.as_deref(), Some("c.1420C>T"));
}

#[test]
fn what_is_not_understood_is_never_something_else() {
    for name in [
        "Non-V600",
        "EML4-ALK e20-e20",
        "EWSR1-FLI1 Type 1",
        "N-TERMINAL FRAME SHIFT",
        "Gain-of-Function",
        "BIALLELIC INACTIVATION",
        "3' UTR MUTATION",
        "RARE Exon 18-21 Mutation",
        "COPY NUMBER VARIATION",
        "Non-P-Loop Mutation",
        "DPYD*2A HOMOZYGOSITY",
        "TRUNCATING FUSION",
        "Double Ph",
        "",
        "/",
        "-",
        "and",
    ] {
        assert_eq!(VariantName::parse("GENE1", name).kind, VariantKind::Other, "{name}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reading(gene in "[A-Z0-9:]{0,8}", name in "\\PC{0,40}") {
        let _ = VariantName::parse(&gene, &name);
    }

    #[test]
    fn a_change_written_by_us_reads_as_the_same(text in "[A-Z*]?[0-9]{1,4}(_[A-Z][0-9]{1,4})?(del|ins|dup|fs|delins|>|)[A-Z*]{0,3}") {
        if let Some(change) = ProteinChange::parse(&text) {
            let again = ProteinChange::parse(&change.to_string());
            prop_assert!(again.is_some_and(|a| a.is_same(&change)), "{text}: {change}");
        }
    }
}
