#!/usr/bin/env bash
# The CWL descriptions for real: each validated, the workflow run.
set -euo pipefail
: "${repository:?}" "${work:?}" "${expected:?}"
flow=$repository/workflows/cwl
data=$repository/test-data/workflow
mkdir -p "$work/cwl"
cd "$work/cwl"
fail() { echo "cwl: $*" >&2; tail -n 40 log.txt >&2 || true; exit 1; }

for tool in call merge cohort workflow; do
  cwltool --validate "$flow/$tool.cwl" >log.txt 2>&1 || fail "$tool.cwl is not valid"
done
# the facts of the sheet that rxstrata run was given
printf '%s\t%s\t%s\n' HG00276 sex female HG00276 age 63 HG00276 height 171 HG00276 weight 78 HG00276 race white \
  NA07357 sex male NA18552 sex female >facts.tsv
file() { printf '{class: File, path: %s/%s.vcf.gz}' "$data" "$1"; }
cat >job.yml <<JOB
blocks:
  - [$(file HG00276), $(file NA07357)]
  - [$(file NA10831), $(file NA18552)]
sample_metadata: {class: File, path: $PWD/facts.tsv}
assembly: GRCh38
JOB
cwltool --no-container --preserve-environment PATH --outdir out "$flow/workflow.cwl" job.yml >log.txt 2>&1 || fail "the workflow failed"
for table in calls.tsv guidance.tsv; do
  cmp "$expected/$table" "out/cohort/$table" || fail "other $table than rxstrata run"
done
[ -s out/summary/cohort.html ] || fail "no summary"
echo "cwl: four descriptions valid; the workflow as rxstrata run"
