//! Measures the speed of the twin and of the trial: `cargo run --release -p pgx-rules --example dosing [PATIENTS]`.

use std::error::Error;
use std::time::Instant;

use pgx_rules::dosing::trial::protocol::{Protocol, conduct};
use pgx_rules::dosing::twin::fit::{History, Observation, Twin};
use pgx_rules::dosing::twin::person::alleles;
use pgx_rules::dosing::twin::rule::Mesh;
use pgx_rules::dosing::twin::{Person, calibration::Calibration, model};

const FITS: u32 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let patients = std::env::args().nth(1).map_or(Ok(10_000), |n| n.parse())?;
    let knowledge = pgx_rules::knowledge::embedded()?;
    let spreads = Calibration::of(knowledge)?.spreads;
    for name in ["hamberg2010", "hamberg2007"] {
        let model = model(knowledge, name)?;
        let person = Person::new(alleles("*1/*3"), Some(1), Some(60.0), 1.0);
        let twin = Twin::new(model.as_ref(), model.parameters(&person)?, spreads, Mesh::Fine);
        let observation =
            |week: u32| Observation { day: f64::from(week) * 7.0, inr: 1.8 + 0.3 * f64::from(week % 4), doubt: 1.0 };
        let history = History { doses: vec![4.0; 90], observations: (1..=12).map(observation).collect() };
        let start = Instant::now();
        for _ in 0..FITS {
            twin.fit(&history)?;
        }
        let each = start.elapsed().as_secs_f64() * 1e3 / f64::from(FITS);
        println!("MAP, {name}, 90 days, 12 INRs: {each:.2} ms a patient");
    }
    let protocol = Protocol {
        patients,
        days: 90,
        seed: 1,
        simulators: vec!["hamberg2010".into()],
        shaken: false,
        covariates: None,
    };
    let start = Instant::now();
    conduct(knowledge, &protocol, |what| eprintln!("{:6.1} s  {what}", start.elapsed().as_secs_f64()))?;
    println!(
        "trial, all policies, {patients} patients, 90 days, one simulator: {:.1} s",
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
