//! `rxstrata dose`: doses from models, and how well they hold the range; one file a command.

mod first;
mod fit;
mod fit_twin;
mod outcome;
mod simulate;
mod train_policy;
mod trial;
mod ttr;

use std::process::ExitCode;

use anyhow::Result;

/// Options of `rxstrata dose`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// The first dose, or a revision after INRs, by every published model that the input allows
    Warfarin(Box<first::Args>),
    /// Time in the therapeutic range of INR histories (Rosendaal)
    Ttr(ttr::Args),
    /// Simulate courses of drug and INR from doses, by a model of the patient
    Simulate(simulate::Args),
    /// Learn a dose model from a clinic's own table, and judge it on patients held out
    Fit(fit::Args),
    /// Make a model the patient's own by INRs, and forecast
    FitTwin(fit_twin::Args),
    /// Compare dosing policies on virtual patients, by ancestry and genotype
    Trial(trial::Args),
    /// Learn the weights of the learned policy on simulated training patients
    TrainPolicy(train_policy::Args),
}

/// Runs the task.
///
/// # Errors
/// When an input cannot be read or used, or an output cannot be written.
pub fn run(args: Args) -> Result<ExitCode> {
    match args.task {
        Task::Warfarin(args) => first::run(*args),
        Task::Ttr(args) => ttr::run(&args),
        Task::Simulate(args) => simulate::run(&args),
        Task::Fit(args) => fit::run(&args),
        Task::FitTwin(args) => fit_twin::run(&args),
        Task::Trial(args) => trial::run(&args),
        Task::TrainPolicy(args) => train_policy::run(&args),
    }
}
