//! Real reads of NA10860, of the locus alone, on both assemblies: two copies beside each other on one chromosome are found. The files
//! come with another project's package and are fetched by `.ci/setup.sh`; `RXSTRATA_REAL_READS` names their folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;
use std::process::Command;

#[test]
fn the_structure_of_a_known_person_is_found_on_both_assemblies() {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let folder =
        std::env::var_os("RXSTRATA_REAL_READS").map_or_else(|| home.join(".cache/rxstrata-real-reads"), PathBuf::from);
    if !folder.join("NA10860.bam").is_file() {
        eprintln!("SKIPPED: no real reads in {} (.ci/setup.sh fetches them)", folder.display());
        return;
    }
    for (file, assembly) in [("NA10860.bam", "GRCh37"), ("NA10860_hg38.bam", "GRCh38")] {
        let program = env!("CARGO_BIN_EXE_rxstrata");
        let output = Command::new(program).current_dir(&folder).args(["copy-number", file, "--json"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found[0]["assembly"], assembly);
        let gene = &found[0]["genes"][0];
        // the consensus of GeT-RM is *1/*4 with the duplicated *4, which PharmVar numbers 4.013
        assert_eq!(gene["diplotype"], "*1/*4.013 + *4", "{}", gene["ranked"]);
        assert!(gene["ranked"][0]["posterior"].as_f64().unwrap() > 0.8);
    }
}
