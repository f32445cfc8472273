//! `rxstrata doctor` by the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;

#[test]
fn a_machine_that_runs_the_tests_is_well_and_a_file_in_the_way_is_not() {
    let run = |args: &[&str], temporary: Option<&str>| {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
        command.arg("doctor").args(args);
        if let Some(folder) = temporary {
            command.env("TMPDIR", folder);
        }
        command.output().unwrap()
    };
    let well = run(&["--json"], None);
    assert!(well.status.success(), "{}", String::from_utf8_lossy(&well.stdout));
    let checks: serde_json::Value = serde_json::from_slice(&well.stdout).unwrap();
    let of = |what: &str| checks.as_array().unwrap().iter().find(|c| c["what"] == what).cloned().unwrap();
    assert!(of("knowledge")["found"].as_str().unwrap().contains("23 genes"));
    assert_eq!(of("temporary files")["verdict"], "good");
    // /proc takes no files, whoever asks.
    let ill = run(&["--output", "/proc/results"], Some("/proc"));
    let text = String::from_utf8_lossy(&ill.stdout);
    assert_eq!(ill.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().filter(|l| l.starts_with("BAD")).count(), 2, "{text}");
}
