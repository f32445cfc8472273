#!/usr/bin/env bash
# The queries of docs/scale.md for real: a folder of Parquet shards as it stands, in DuckDB and in Polars.
set -euo pipefail
: "${repository:?}" "${work:?}"
mkdir -p "$work/queries"
cd "$work/queries"
data=$repository/test-data/workflow
rxstrata call "$data/HG00276.vcf.gz" "$data/NA07357.vcf.gz" -o shards/1 --formats tsv,parquet --quiet
rxstrata call "$data/NA10831.vcf.gz" "$data/NA18552.vcf.gz" -o shards/2 --formats tsv,parquet --quiet
rxstrata merge shards/1 shards/2 -o cohort --quiet
rxstrata cohort cohort -o summary --quiet
python3 - "$repository/docs/scale.md" <<'PY'
import csv, re, sys
import duckdb, polars

queries = dict(re.findall(r"```(sql|python)\n(.*?)```", open(sys.argv[1]).read(), re.S))
rows = csv.DictReader(open("summary/phenotypes.tsv"), delimiter="\t")
expected = sorted((r["gene"], r["phenotype"], int(r["count"])) for r in rows if r["group"] == "all")
found = sorted(tuple(row) for row in duckdb.sql(queries["sql"]).fetchall())
if found != expected:
    sys.exit(f"DuckDB: {set(found) ^ set(expected)}")
names = {"polars": polars}
exec(queries["python"], names)
found = sorted(names["counts"].rows())
if found != expected:
    sys.exit(f"Polars: {set(found) ^ set(expected)}")
print(f"queries: {len(expected)} counts of phenotypes alike in DuckDB, Polars and rxstrata cohort")
PY
