//! Why alignments could not be read.

use thiserror::Error;

/// Why alignments could not be read. Every message names the file, what was expected and what to do.
#[derive(Debug, Error)]
pub enum ReadsError {
    /// The file cannot be opened, or reading stopped.
    #[error("cannot read {name}: {source}; if it was copied or cut short, make it again")]
    Io {
        /// The file.
        name: String,
        /// The cause.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{name} is neither BAM nor CRAM; expected aligned reads")]
    UnknownFormat {
        /// The file.
        name: String,
    },
    /// The last block of the file is missing.
    #[error("{name} is cut off: its last block is missing; copy or make the file again")]
    Truncated {
        /// The file.
        name: String,
    },
    /// No index lies beside it.
    #[error("{name} has no index; make one with: samtools index {name} (it must be sorted by position)")]
    NoIndex {
        /// The file.
        name: String,
    },
    /// A CRAM without its reference.
    #[error("{name} is a CRAM: give the FASTA it was made with by --reference (with its .fai beside it)")]
    NoReference {
        /// The file.
        name: String,
    },
    /// The reference does not read, or has no index.
    #[error("reference {name}: {source}; it needs an index beside it: samtools faidx {name}")]
    Reference {
        /// The FASTA.
        name: String,
        /// The cause.
        source: std::io::Error,
    },
    /// The contigs are of no assembly that is known here.
    #[error(
        "{name}: no contig has the length of a human one (GRCh37, GRCh38); it has {found}; align the reads to GRCh37 or GRCh38"
    )]
    UnknownAssembly {
        /// The file.
        name: String,
        /// Its first contigs.
        found: String,
    },
    /// Reads of several people in one file.
    #[error("{name} has reads of several samples ({found}); split it by sample: samtools split {name}")]
    SeveralSamples {
        /// The file.
        name: String,
        /// Their names.
        found: String,
    },
    /// A read lies before the one that precedes it.
    #[error(
        "{name} is not sorted by position: a read at {contig}:{position} comes after later ones; sort it: samtools sort {name}"
    )]
    NotSorted {
        /// The file.
        name: String,
        /// Contig of the read.
        contig: String,
        /// Its position, 1-based.
        position: u32,
    },
    /// The contig is not there.
    #[error("{name} has no contig {contig}")]
    AbsentContig {
        /// The file.
        name: String,
        /// Canonical contig.
        contig: String,
    },
    /// Another reference than the panel's.
    #[error(
        "{name}: the reference given has {found} at {site}, where the panel has {expected}; give the one the reads were aligned to"
    )]
    OtherReference {
        /// The reads.
        name: String,
        /// The place.
        site: String,
        /// Bases of the panel.
        expected: String,
        /// Bases of the reference given.
        found: String,
    },
}
