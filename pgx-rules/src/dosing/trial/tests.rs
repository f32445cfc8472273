#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::compare::strata;
use super::life::WEEKLY;
use super::population::GROUP_NAMES;
use super::protocol::{Protocol, conduct, policies};
use super::search::{Training, learn};
use super::simulator::SIMULATORS;
use super::*;
use crate::dosing::policy::learned::Learned;
use crate::dosing::policy::twin_state::TwinState;
use crate::dosing::policy::{Chart, Policy};
use crate::dosing::rails::{HIGHEST_DAILY, HIGHEST_FIRST_WEEK, HOLD_INR, LARGEST_CHANGE};
use crate::dosing::ttr::Visit;
use crate::dosing::twin::{Hamberg2010, TwinModel};
use crate::knowledge::embedded;

fn design(patients: usize) -> Design {
    Design {
        patients,
        days: 60,
        seed: 11,
        cohort: Cohort::Test,
        visits: WEEKLY.to_vec(),
        covariates: None,
        unrest: 1.0,
    }
}

fn setting(patients: usize, name: &str) -> (Design, Cast, Simulator, Vec<Truth>) {
    let knowledge = embedded().unwrap();
    let design = design(patients);
    let cast = Cast::new(knowledge, &design).unwrap();
    let simulator = Simulator::of(knowledge, &cast.groups, name).unwrap();
    let truths = cast.truths(&simulator, design.days).unwrap();
    (design, cast, simulator, truths)
}

#[test]
fn groups_have_the_allele_frequencies_of_their_counts() {
    let knowledge = embedded().unwrap();
    let cast = Cast::new(knowledge, &design(20_000)).unwrap();
    for (place, group) in cast.groups.iter().enumerate() {
        let members: Vec<&VirtualPatient> = cast.patients.iter().filter(|p| p.group == place).collect();
        let a: u32 = members.iter().filter_map(|p| p.record.genotypes.vkorc1.map(u32::from)).sum();
        let found = f64::from(a) / (2.0 * members.len() as f64);
        let table = &knowledge.dosing["virtual_patients"].equations[&format!("alleles_{}", group.name)];
        let wanted = table["vkorc1_a"] / table["chromosomes"];
        // Four standard errors of 8,000 chromosomes.
        assert!((found - wanted).abs() < 0.02, "{}: {found} for {wanted}", group.name);
        let starred = |allele: &str| {
            let count = |p: &&VirtualPatient| {
                let stars = p.record.genotypes.cyp2c9.as_ref().unwrap();
                stars.alleles.iter().filter(|a| *a == allele).count()
            };
            members.iter().map(count).sum::<usize>() as f64 / (2.0 * members.len() as f64)
        };
        for allele in ["*2", "*3", "*8"] {
            let wanted = table[allele] / table["chromosomes"];
            assert!((starred(allele) - wanted).abs() < 0.015, "{} {allele}", group.name);
        }
    }
}

#[test]
fn virtual_patients_need_the_cohorts_doses_before_any_policy_is_run() {
    let knowledge = embedded().unwrap();
    let protocol = Protocol { patients: 0, days: 30, seed: 3, simulators: Vec::new(), shaken: false, covariates: None };
    assert!(conduct(knowledge, &protocol, |_| {}).unwrap().figures.is_empty());
    for name in SIMULATORS {
        let (_, cast, _, truths) = setting(6000, name);
        let medians = &knowledge.dosing["virtual_patients"].equations["stable_dose_median"];
        for (place, group) in cast.groups.iter().enumerate().filter(|(_, g)| g.name != "SAS") {
            let of_group = cast.patients.iter().zip(&truths).filter(|(p, _)| p.group == place);
            let mut doses: Vec<f64> = of_group.filter_map(|(_, t)| t.stable_dose).collect();
            doses.sort_by(f64::total_cmp);
            let median = 7.0 * doses[doses.len() / 2];
            // Carriers of VKORC1 A are rarer in AFR than among the cohort's Black patients, and so on: 10 %.
            assert!((median / medians[group.key] - 1.0).abs() < 0.10, "{name} {}: {median} mg/week", group.name);
        }
    }
}

#[test]
fn every_policy_stays_within_the_rails() {
    let knowledge = embedded().unwrap();
    let (design, cast, simulator, truths) = setting(30, "misspecified");
    for policy in policies(knowledge).unwrap() {
        let arm = Arm::Policy(policy.as_ref());
        let courses = courses(knowledge, &design, &cast, &simulator, &truths, &arm).unwrap();
        for (course, patient) in courses.iter().zip(&cast.patients) {
            let name = format!("{}, patient {}", policy.name(), patient.number);
            assert_eq!(course.doses.len(), design.days, "{name}");
            assert!(course.doses.iter().all(|d| (0.0..=HIGHEST_DAILY).contains(d)), "{name}");
            // Half a milligram of a pattern's larger days may lie above the mean that is limited.
            assert!(course.doses[..7].iter().all(|d| *d <= HIGHEST_FIRST_WEEK), "{name}: {:?}", &course.doses[..7]);
            if patient.record.age.unwrap() >= 75.0 || patient.record.weight.unwrap() < 50.0 {
                assert!(course.doses[0] <= 5.0, "{name}: {}", course.doses[0]);
            }
            for visit in course.visits.iter().filter(|v| v.inr > HOLD_INR && (v.day as usize) < design.days) {
                assert_eq!(course.doses[visit.day as usize], 0.0, "{name}: INR {} on day {}", visit.inr, visit.day);
            }
            let week = |from: usize| course.doses[from..from + 7].iter().sum::<f64>();
            for pair in course.visits.windows(2).filter(|p| p[0].day >= 14.0 && p[1].day - p[0].day >= 7.0) {
                let day = pair[0].day as usize;
                let calm = course.visits.iter().filter(|v| v.day as usize >= day - 7 && v.day as usize <= day);
                if calm.clone().all(|v| (1.5..=HOLD_INR).contains(&v.inr))
                    && calm.count() == 1
                    && day + 7 <= design.days
                {
                    let (before, after) = (week(day - 7), week(day));
                    // A step of the weekly total on either side.
                    assert!(after <= before * (1.0 + LARGEST_CHANGE) + 1.0, "{name}, day {day}: {before} to {after}");
                }
            }
        }
    }
}

#[test]
fn policies_meet_the_same_life_and_outcomes_do_not_depend_on_threads() {
    let knowledge = embedded().unwrap();
    let (design, cast, simulator, truths) = setting(12, "hamberg2007");
    let policies = policies(knowledge).unwrap();
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let arm =
                |p: &dyn Policy| courses(knowledge, &design, &cast, &simulator, &truths, &Arm::Policy(p)).unwrap();
            policies.iter().map(|p| arm(p.as_ref())).collect::<Vec<_>>()
        })
    };
    let (one, four) = (of(1), of(4));
    for (a, b) in one.iter().flatten().zip(four.iter().flatten()) {
        assert_eq!((&a.inr, &a.doses), (&b.inr, &b.doses));
    }
    for courses in &one {
        for (course, first) in courses.iter().zip(&one[0]) {
            assert_eq!(course.inr[0], first.inr[0]);
            let planned = |c: &Happened| c.visits.iter().map(|v| v.day).take(1).collect::<Vec<_>>();
            assert_eq!(planned(course), planned(first));
        }
    }
}

#[test]
fn cohorts_do_not_overlap_and_permutation_only_moves_genotypes() {
    let knowledge = embedded().unwrap();
    let of = |cohort| Cast::new(knowledge, &Design { cohort, ..design(50) }).unwrap();
    let (train, test) = (of(Cohort::Train), of(Cohort::Test));
    let heights = |cast: &Cast| cast.patients.iter().map(|p| (p.record.height, p.record.weight)).collect::<Vec<_>>();
    assert!(heights(&train).iter().zip(&heights(&test)).filter(|(a, b)| a == b).count() <= 1);
    let permuted = test.permuted();
    assert_eq!(heights(&permuted), heights(&test));
    let genotypes = |cast: &Cast| {
        let mut all: Vec<String> = cast.patients.iter().map(|p| format!("{:?}", p.record.genotypes)).collect();
        all.sort();
        all
    };
    assert_eq!(genotypes(&permuted), genotypes(&test));
    assert!(permuted.patients.iter().zip(&test.patients).any(|(a, b)| a.record.genotypes != b.record.genotypes));
}

#[test]
fn strata_divide_everyone() {
    let knowledge = embedded().unwrap();
    let (_, cast, _, _) = setting(200, "hamberg2010");
    let strata = strata(knowledge, &cast);
    for by in ["ancestry", "genotype", "age"] {
        let total: usize = strata.iter().filter(|s| s.by == by).map(|s| s.members.len()).sum();
        assert_eq!(total, 200, "{by}");
    }
    assert_eq!(strata.iter().filter(|s| s.by == "ancestry").count(), GROUP_NAMES.len());
    assert!(strata.iter().filter(|s| s.by == "genotype").count() >= 3);
}

#[test]
fn a_policy_is_told_the_chart_and_abstains_at_an_inr_that_it_thought_impossible() {
    let knowledge = embedded().unwrap();
    let (_, cast, _, _) = setting(1, "hamberg2010");
    let record = &cast.patients[0].record;
    let policy = Predictive::of(knowledge).unwrap();
    let mut conduct = policy.begin(record, Range::USUAL).unwrap();
    let start = conduct.start(3);
    assert!(start.daily > 0.5 && start.daily <= HIGHEST_FIRST_WEEK, "{start:?}");
    let doses = [start.daily; 6];
    let visit = |day: f64, inr: f64| Visit { day, inr };
    let chart = |day: usize, visits: &[Visit]| {
        let chart = Chart { day, doses: &doses[..day], visits, daily: start.daily, next_visit: 3 };
        format!("{chart:?}")
    };
    assert!(!chart(3, &[visit(3.0, 1.2)]).contains("truth"));
    let first = [visit(3.0, 1.2)];
    let suggestion =
        conduct.revise(&Chart { day: 3, doses: &doses[..3], visits: &first, daily: start.daily, next_visit: 3 });
    assert!(suggestion.is_ok());
    let second = [visit(3.0, 1.2), visit(6.0, 8.0)];
    let refused =
        conduct.revise(&Chart { day: 6, doses: &doses[..6], visits: &second, daily: start.daily, next_visit: 3 });
    assert_eq!(refused.unwrap_err(), crate::dosing::rails::Rail::UnexpectedInr);
}

#[test]
fn the_possible_twins_have_the_posteriors_mean_and_spread() {
    let knowledge = embedded().unwrap();
    let model = Hamberg2010::of(knowledge).unwrap();
    let policy = Predictive::of(knowledge).unwrap();
    let (_, cast, _, _) = setting(1, "hamberg2010");
    let typical = model.parameters(&policy.calibration.person(&cast.patients[0].record).person).unwrap();
    let state = TwinState::new(&model, typical, policy.calibration.spreads, 1.0);
    let possible = state.possible(&[], 2.5, None);
    let logs: Vec<f64> = possible.iter().map(|p| p.maintenance.unwrap().ln()).collect();
    let mean: f64 = possible.iter().zip(&logs).map(|(p, l)| p.weight * l).sum();
    let variance: f64 = possible.iter().zip(&logs).map(|(p, l)| p.weight * (l - mean).powi(2)).sum();
    let spreads = policy.calibration.spreads;
    assert!((possible.iter().map(|p| p.weight).sum::<f64>() - 1.0).abs() < 1e-12);
    assert!((mean - logs[0]).abs() < 1e-9);
    assert!((variance.sqrt() / spreads.clearance.hypot(spreads.ec50) - 1.0).abs() < 1e-9);
}

#[test]
fn the_twin_and_the_learned_policy_hold_the_range_longer_than_the_nomogram_abroad() {
    let knowledge = embedded().unwrap();
    let (design, cast, simulator, truths) = setting(40, "hamberg2007");
    let policies = policies(knowledge).unwrap();
    let ttr = |name: &str| {
        let policy = policies.iter().find(|p| p.name() == name).unwrap();
        let outcomes = run(knowledge, &design, &cast, &simulator, &truths, &Arm::Policy(policy.as_ref())).unwrap();
        outcomes.iter().map(|o| o.value("ttr")).sum::<f64>() / outcomes.len() as f64
    };
    let nomogram = ttr("nomogram");
    for name in ["mpc", "learned"] {
        assert!(ttr(name) > nomogram + 0.05, "{name}: {} for {nomogram}", ttr(name));
    }
}

#[test]
fn learning_is_repeatable_and_improves() {
    let knowledge = embedded().unwrap();
    let training = Training { seed: 5, patients: 15, generations: 2 };
    let mut scores = Vec::new();
    let first = learn(knowledge, &training, |g| scores.push(g.followed)).unwrap();
    assert_eq!(first, learn(knowledge, &training, |_| {}).unwrap());
    assert!(scores[1] > scores[0], "{scores:?}");
    assert!(Learned::with_weights(knowledge, first).is_ok());
}
