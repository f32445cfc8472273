//! `rxstrata doctor`: whether this program can do its work on this machine, and what it would use.

use std::io::{IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::verify::{Severity, verify};
use serde::Serialize;

const EXAMPLES: &str = "\
Nothing is changed, and nothing is sent anywhere. Status 0 when all that is needed is there, 1 otherwise.

Examples:
  rxstrata doctor
  rxstrata doctor --output results --json";

/// Tools that others' files are often prepared with; none is needed.
const TOOLS: [&str; 5] = ["bcftools", "samtools", "tabix", "nextflow", "sbatch"];
/// Bytes written to see whether a folder takes them.
const PROBE: usize = 1 << 20;

/// Options of `rxstrata doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder that results will go to: whether it can be written
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Good,
    /// Worth knowing; nothing fails by it.
    Note,
    Bad,
}

#[derive(Debug, Serialize)]
struct Check {
    what: &'static str,
    verdict: Verdict,
    found: String,
}

fn check(what: &'static str, verdict: Verdict, found: impl Into<String>) -> Check {
    Check { what, verdict, found: found.into() }
}

/// Runs the checks.
///
/// # Errors
/// When the answer cannot be printed.
pub fn run(args: &Args) -> Result<ExitCode> {
    let mut checks = vec![
        check("program", Verdict::Good, format!("rxstrata {}, {}", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH)),
        knowledge(),
        cores(),
        memory(),
        folder("temporary files", &std::env::temp_dir()),
    ];
    checks.extend(args.output.as_deref().map(|path| folder("results", path)));
    checks.push(check(
        "terminal",
        Verdict::Good,
        if std::io::stderr().is_terminal() { "progress is shown" } else { "not one: no progress is shown" },
    ));
    checks.extend(TOOLS.map(tool));
    let mut out = stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&checks)?)?;
    } else {
        for found in &checks {
            let sign = match found.verdict {
                Verdict::Good => "ok  ",
                Verdict::Note => "note",
                Verdict::Bad => "BAD ",
            };
            writeln!(out, "{sign}  {:16} {}", found.what, found.found)?;
        }
    }
    let is_well = checks.iter().all(|c| c.verdict != Verdict::Bad);
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn knowledge() -> Check {
    let knowledge = match embedded() {
        Ok(knowledge) => knowledge,
        Err(error) => return check("knowledge", Verdict::Bad, error.to_string()),
    };
    let errors: Vec<String> =
        verify(knowledge).iter().filter(|f| f.severity == Severity::Error).map(ToString::to_string).collect();
    let release = &knowledge.release;
    match errors.first() {
        Some(first) => check("knowledge", Verdict::Bad, format!("{} contradictions; {first}", errors.len())),
        None => check(
            "knowledge",
            Verdict::Good,
            format!(
                "{} of {}: {} genes, {} drugs, no contradiction",
                release.version,
                release.date,
                knowledge.genes.len(),
                knowledge.drugs.len()
            ),
        ),
    }
}

fn cores() -> Check {
    match std::thread::available_parallelism() {
        Ok(cores) => check("threads", Verdict::Good, format!("{cores} unless --threads says otherwise")),
        Err(error) => check("threads", Verdict::Note, format!("1: the number of cores cannot be told ({error})")),
    }
}

/// Memory that Linux says is available; a scheduler may allow less.
fn memory() -> Check {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let available = read("/proc/meminfo").and_then(|text| {
        let line = text.lines().find(|l| l.starts_with("MemAvailable:"))?.to_owned();
        line.split_whitespace().nth(1)?.parse::<f64>().ok()
    });
    let limit = read("/sys/fs/cgroup/memory.max").and_then(|text| text.trim().parse::<f64>().ok());
    let limit = limit.map(|bytes| format!(", limited to {:.1} GB", bytes / 1e9)).unwrap_or_default();
    match available {
        Some(kilobytes) => check("memory", Verdict::Good, format!("{:.1} GB available{limit}", kilobytes / 1e6)),
        None => check("memory", Verdict::Note, "cannot be told on this system"),
    }
}

fn folder(what: &'static str, path: &Path) -> Check {
    let place = path.ancestors().find(|p| p.is_dir()).unwrap_or(Path::new("."));
    let written = tempfile::tempfile_in(place).and_then(|mut file| {
        file.write_all(&vec![0; PROBE])?;
        file.sync_all()
    });
    match written {
        Ok(()) => check(what, Verdict::Good, format!("{} can be written", path.display())),
        Err(error) => check(what, Verdict::Bad, format!("{}: {error}", path.display())),
    }
}

fn tool(name: &'static str) -> Check {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    match std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.is_file()) {
        Some(path) => check(name, Verdict::Good, path.display().to_string()),
        None => check(name, Verdict::Note, "not on the path; not needed"),
    }
}
