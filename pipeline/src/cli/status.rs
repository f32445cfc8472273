//! Exit statuses: part of the interface, and clear of those that workflow engines read as "killed, try again" (104, 130–145,
//! 175–177).

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use anyhow::Result;

/// Why a command did not do all that was asked. 0 is success, 1 everything without a class of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Wrong usage: nothing was started. Also the argument parser's own status.
    Usage = 2,
    /// Some samples were answered, others failed.
    Partial = 3,
    /// No input could be used.
    Input = 4,
    /// The assembly is contradictory or undecided, or the knowledge cannot be used.
    Mismatch = 5,
    /// An output cannot be written.
    Output = 6,
}

/// An error with its exit status; it reads as the error that it holds.
#[derive(Debug)]
struct Classified {
    status: Status,
    error: anyhow::Error,
}

impl fmt::Display for Classified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for Classified {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

/// Gives the error of a result its exit status.
pub trait Classify {
    /// Sets the status, unless the error has one already.
    fn status(self, status: Status) -> Self;
}

impl<T> Classify for Result<T> {
    fn status(self, status: Status) -> Self {
        self.map_err(|error| if error.is::<Classified>() { error } else { Classified { status, error }.into() })
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// The exit status that an error ends the program with.
pub fn of(error: &anyhow::Error) -> ExitCode {
    error.downcast_ref::<Classified>().map_or(ExitCode::FAILURE, |c| c.status.into())
}

/// Whether an error has this exit status.
pub fn is(error: &anyhow::Error, status: Status) -> bool {
    error.downcast_ref::<Classified>().is_some_and(|c| c.status == status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{Context, anyhow};

    #[test]
    fn the_first_class_stays_and_the_words_do_not_change() {
        let inner: Result<()> = Err(anyhow!("disk full")).context("cannot write a.tsv").status(Status::Output);
        let error = inner.status(Status::Usage).err();
        assert_eq!(error.as_ref().map(|e| format!("{e:#}")).as_deref(), Some("cannot write a.tsv: disk full"));
        assert_eq!(error.map(|e| of(&e)), Some(ExitCode::from(6)));
    }
}
