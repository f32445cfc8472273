use super::*;

#[test]
fn every_rule_that_a_gene_may_name_exists() {
    let names: Vec<&str> = RULES.iter().map(|r| r.name).collect();
    assert_eq!(names, crate::knowledge::verify::CALLING_RULES);
}
