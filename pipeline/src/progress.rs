//! A progress bar on the terminal for runs that last.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// Counts inputs. It draws on standard error, if that is a terminal, from the third second on.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    finished: Option<Sender<()>>,
}

impl Progress {
    /// Starts the clock over a number of inputs.
    pub fn new(inputs: usize, quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(inputs as u64), ProgressDrawTarget::hidden());
        if quiet || ProgressDrawTarget::stderr().is_hidden() {
            return Self { bar, finished: None };
        }
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} inputs, {elapsed}") {
            bar.set_style(style);
        }
        let (finished, waiting) = channel();
        let shown = bar.clone();
        std::thread::spawn(move || {
            if waiting.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(200));
            }
        });
        Self { bar, finished: Some(finished) }
    }

    /// One input is done.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// Clears the bar.
    pub fn finish(self) {
        drop(self.finished);
        self.bar.finish_and_clear();
    }
}
