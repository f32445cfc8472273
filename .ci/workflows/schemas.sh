#!/usr/bin/env bash
# One samplesheet, one schema: the binary, Nextflow and JSON Schema validators judge the same sheets alike; the parameters' schema agrees
# with the configuration.
set -euo pipefail
: "${repository:?}" "${work:?}"
rxstrata run --schema | cmp - "$repository/workflows/nextflow/assets/schema_input.json" ||
  { echo "schemas: assets/schema_input.json is not what rxstrata run --schema prints" >&2; exit 1; }
cd "$repository"
python3 - "$work" <<'PY'
import csv, itertools, json, pathlib, re, subprocess, sys
import jsonschema

work = pathlib.Path(sys.argv[1])
rows = json.loads(pathlib.Path("workflows/nextflow/assets/schema_input.json").read_text())
checker = jsonschema.Draft202012Validator(rows)
vcf = "test-data/workflow/HG00276.vcf.gz"
cells = {"sample": ["A", "a b", ""], "vcf": [vcf], "assembly": ["GRCh38", "hg19", ""], "sex": ["female", "F", ""], "age": ["63", "430", "x", ""],
         "race": ["white", "martian", ""]}
sheet = work / "cells.csv"
judged = 0
for values in itertools.product(*cells.values()):
    row = dict(zip(cells, values))
    with sheet.open("w", newline="") as out:
        writer = csv.DictWriter(out, cells)
        writer.writeheader()
        writer.writerow(row)
    number = lambda name, text: float(text) if rows["items"]["properties"][name]["type"] == "number" and re.fullmatch(r"-?\d+(\.\d+)?", text) else text
    valid = checker.is_valid([{name: number(name, text) for name, text in row.items() if text}])
    taken = subprocess.run(["rxstrata", "run", sheet, "--check"], capture_output=True).returncode == 0
    judged += 1
    if valid != taken:
        sys.exit(f"schemas: {row}: schema says {valid}, rxstrata run --check {taken}")

parameters = json.loads(pathlib.Path("workflows/nextflow/nextflow_schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(parameters)
described = {name: p for group in parameters["$defs"].values() for name, p in group["properties"].items()}
block = re.search(r"^params \{(.*?)^\}", pathlib.Path("workflows/nextflow/nextflow.config").read_text(), re.S | re.M).group(1)
configured = dict(re.findall(r"^\s+(\w+) = (.+)$", block, re.M))
if set(described) != set(configured):
    sys.exit(f"schemas: parameters without a description or a default: {set(described) ^ set(configured)}")
for name, value in configured.items():
    default = described[name].get("default")
    told = {"null": None, "true": True, "false": False}.get(value, value.strip("'"))
    if str(default) != str(told):
        sys.exit(f"schemas: {name}: {default} in the schema, {told} in the configuration")
print(f"schemas: {judged} sheets judged alike by the binary and the schema; {len(described)} parameters described with their defaults")
PY
