//! Answers of `dose warfarin`, held against their schema.

use std::path::Path;

/// `dose.json` as a value; it must follow `docs/schema/dose.schema.json`, which refuses what it does not know.
pub fn dose_json(bytes: &[u8]) -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema/dose.schema.json");
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let found = serde_json::from_slice(bytes).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let wrong: Vec<_> = validator.iter_errors(&found).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    found
}
