//! How real patients differ from the models' typical ones: `knowledge/dosing/twin_calibration.toml`.

use super::fit::Spreads;
use super::{CannotModel, Numbers};
use crate::knowledge::schema::Knowledge;

/// Name of the table.
pub(crate) const TABLE: &str = "twin_calibration";

/// Spreads between patients and of INRs, as calibrated.
///
/// # Errors
/// When the table lacks a number.
pub fn spreads(knowledge: &Knowledge) -> Result<Spreads, CannotModel> {
    let numbers = Numbers::of(knowledge, TABLE)?;
    let get = |name: &str| numbers.get("spread", name);
    Ok(Spreads { clearance: get("clearance")?, ec50: get("ec50")?, inr: get("inr")? })
}
