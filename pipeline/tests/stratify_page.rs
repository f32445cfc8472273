//! `stratify.html` and the tables of what the subtypes mean, by the binary and, where there is one, in a browser.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Three groups of twelve patients by levels and by mutations, with follow-up, labels and two sets of genes.
fn cohort(place: &Path) {
    std::fs::write(place.join("m.tsv"), support::matrix(12_345, 36, 40, 3.0)).unwrap();
    let mut maf = "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\n".to_owned();
    let mut clinical = "patient\tOS.time\tOS\tsex\ttruth\trelapse_seen\n".to_owned();
    for p in 0..36 {
        let gene = ["IDH1", "EGFR", "NF1"][p % 3];
        let class = if p % 2 == 0 { "Missense_Mutation" } else { "Nonsense_Mutation" };
        let _ = writeln!(maf, "{gene}\t{class}\tP{p:02}\nTP53\t{class}\tP{p:02}");
        let _ = writeln!(
            clinical,
            "P{p:02}\t{}\t1\t{}\tgroup{}\t{}",
            100 * (1 + p % 3) + p,
            if p % 2 == 0 { "F" } else { "M" },
            p % 3,
            p % 2
        );
    }
    std::fs::write(place.join("m.maf"), maf).unwrap();
    std::fs::write(place.join("c.tsv"), clinical).unwrap();
    // Feature g of the matrix is raised in the group of P(g mod 3).
    let set = |name: &str, third: usize| {
        let genes: Vec<String> = (0..40).filter(|g| g % 3 == third).take(8).map(|g| format!("g{g}")).collect();
        format!("{name}\t\t{}\n", genes.join("\t"))
    };
    std::fs::write(place.join("s.gmt"), set("FIRST", 0) + &set("SECOND", 1) + "ABSENT\t\tX1\tX2\n").unwrap();
}

fn stratify(place: &Path, threads: &str, folder: &str) {
    let output = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"))
        .current_dir(place)
        .args(["stratify", "--matrix", "mrna=m.tsv", "--maf", "m.maf", "--clinical", "c.tsv"])
        .args(["--time", "OS.time", "--event", "OS", "--labels", "truth", "--pathways", "s.gmt"])
        .args(["--resamples", "4", "--quiet", "--threads", threads, "-o", folder])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn in_browser(page: &Path) -> Option<String> {
    let Some(browser) =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser"].iter().map(PathBuf::from).find(|p| p.exists())
    else {
        eprintln!("SKIPPED: chromium is not installed, so no page was opened in a browser");
        return None;
    };
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_page_has_every_plot_and_the_tables_say_what_the_subtypes_mean() {
    let place = tempfile::tempdir().unwrap();
    cohort(place.path());
    stratify(place.path(), "1", "out");
    let read = |name: &str| std::fs::read_to_string(place.path().join("out").join(name)).unwrap();

    let agreement = read("agreement.tsv");
    assert!(agreement.contains("index\tadjusted_rand\t\t1.000000"), "{agreement}");
    let pathways = read("pathways.tsv");
    // Nothing is known of ABSENT; each of the others is what marks one subtype.
    assert!(!pathways.contains("ABSENT"));
    for set in ["FIRST", "SECOND"] {
        let best = pathways.lines().filter(|l| l.split('\t').nth(3) == Some(set) && l.contains("\thigher\t"));
        let least = best.map(|l| l.split('\t').nth(10).unwrap().parse::<f64>().unwrap()).fold(1.0, f64::min);
        assert!(least < 0.01, "{set}: {pathways}");
    }
    let alterations = read("alterations.tsv");
    assert!(alterations.lines().any(|l| l.contains("\tIDH1\tabove\t12\t12\t0\t24\t")), "{alterations}");
    let clinical = read("clinical.tsv");
    for outcome in ["OS.time", "OS", "relapse_seen"] {
        assert!(clinical.contains(&format!("{outcome}\toutcome, not tested")), "{clinical}");
    }
    assert!(!clinical.contains("truth"), "labels are compared elsewhere");

    let page = read("stratify.html");
    assert!(page.len() < 5_000_000);
    for words in ["At risk", "log-rank p &lt; 0.001"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("p = 0.000") && !page.contains("q = 0.000"), "a chance is never nothing");

    stratify(place.path(), "3", "again");
    for name in ["stratify.html", "pathways.tsv", "agreement.tsv", "alterations.tsv"] {
        let other = std::fs::read_to_string(place.path().join("again").join(name)).unwrap();
        assert!(other == read(name), "{name} depends on the number of threads");
    }

    let Some(dom) = in_browser(&place.path().join("out/stratify.html")) else { return };
    for plot in [
        "consensus",
        "consensus-2",
        "consensus-8",
        "cdf",
        "delta",
        "agreement",
        "silhouette",
        "pca-mrna",
        "tsne-mrna",
        "markers-mrna",
        "oncoprint-mutations",
        "survival",
    ] {
        assert!(dom.contains(&format!("id=\"plot-{plot}\"")), "plot-{plot} is on the page");
    }
    // The page's own script runs: it shows the search, which is hidden without it.
    assert!(dom.contains("<p class=\"find\"><label"), "the search for a patient is there");
    assert!(dom.contains("data-patient=\"P00\""));
}
