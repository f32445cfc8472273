//! `call` in steps: observe → call → outside calls → weigh → advise → write. Each step is a file; [`run()`] strings them
//! together over many inputs.

mod advising;
pub mod answers;
mod calling;
mod naming;
pub mod outside;
mod reads;
mod run;
mod weighing;

pub use run::{Failure, run};
