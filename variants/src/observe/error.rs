//! Why a file could not be read.

use thiserror::Error;

/// Why a file could not be read. Every message names the file, the place in it, what was expected and what to do.
#[derive(Debug, Error)]
pub enum ObserveError {
    /// Reading failed.
    #[error("cannot read {name}: {source}")]
    Io {
        /// The file.
        name: String,
        /// The cause.
        source: std::io::Error,
    },
    /// Not a byte in it.
    #[error("{name} is empty; expected a VCF or BCF")]
    Empty {
        /// The file.
        name: String,
    },
    /// The first bytes are of no known format.
    #[error(
        "{name} is not a VCF or BCF: it starts with '{found}'; expected ##fileformat=VCF, plain, gzip or bgzip, or BCF 2"
    )]
    UnknownFormat {
        /// The file.
        name: String,
        /// The first bytes.
        found: String,
    },
    /// The header cannot be read.
    #[error("{name}: {problem}")]
    Header {
        /// The file.
        name: String,
        /// Line, what was expected and found.
        problem: String,
    },
    /// No sample columns.
    #[error(
        "{name} has no samples: its #CHROM line ends before FORMAT; give a file with genotypes, not one of sites only"
    )]
    NoSamples {
        /// The file.
        name: String,
    },
    /// A sample that was asked for is not there.
    #[error("{name} has no sample '{sample}'; it has {available}")]
    AbsentSample {
        /// The file.
        name: String,
        /// The name asked for.
        sample: String,
        /// The first names in the header, and how many more.
        available: String,
    },
    /// A line or record is not as the format asks.
    #[error("{name}, {place}: {problem}; repair the record or leave it out")]
    Malformed {
        /// The file.
        name: String,
        /// Line number, and contig:position where known.
        place: String,
        /// What was expected and found.
        problem: String,
    },
    /// The file ends too early.
    #[error("{name} is cut off: {problem}; copy or make the file again")]
    Truncated {
        /// The file.
        name: String,
        /// What shows it.
        problem: String,
    },
    /// Compressed bytes cannot be unpacked.
    #[error("{name} is damaged: {problem}; copy or make the file again")]
    Damaged {
        /// The file.
        name: String,
        /// What shows it.
        problem: String,
    },
    /// Evidence for two assemblies.
    #[error("{name}: the assembly is contradictory: {evidence}; say which with --assembly GRCh38 or --assembly GRCh37")]
    AssemblyContradiction {
        /// The file.
        name: String,
        /// What speaks for which.
        evidence: String,
    },
    /// No evidence for an assembly.
    #[error(
        "{name}: the assembly is undecided: the header names none, and the records do not fit exactly one ({evidence}); \
         say which with --assembly GRCh38 or --assembly GRCh37"
    )]
    AssemblyUndecided {
        /// The file.
        name: String,
        /// How the records fit each.
        evidence: String,
    },
    /// The assembly that the user states is not the file's.
    #[error(
        "{name}: --assembly {stated} was given, but {evidence} say {found}; leave the option out or give the right file"
    )]
    WrongAssembly {
        /// The file.
        name: String,
        /// What the user states.
        stated: crate::model::Assembly,
        /// What the file is on.
        found: crate::model::Assembly,
        /// What shows it.
        evidence: String,
    },
    /// The index beside the file cannot be used.
    #[error("{name}: {problem}; make it again (bcftools index -f, or tabix -f -p vcf) or remove it")]
    Index {
        /// The index file.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The reference sequence cannot be used.
    #[error("{name}: {problem}; give a FASTA of the file's assembly with its .fai (samtools faidx)")]
    Reference {
        /// The FASTA.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl ObserveError {
    /// Names the kind of a reading failure.
    pub(super) fn reading(name: &str, source: std::io::Error) -> Self {
        let name = name.to_owned();
        match source.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Truncated { name, problem: source.to_string() },
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => {
                Self::Damaged { name, problem: source.to_string() }
            }
            _ => Self::Io { name, source },
        }
    }
}
