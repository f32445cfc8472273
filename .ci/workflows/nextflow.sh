#!/usr/bin/env bash
# The Nextflow workflow for real: lint, stub, the test profile, resume, Slurm, a bad sheet, a bad sample, a task killed for memory.
# Called by .ci/workflows.sh, which sets the variables and starts the cluster.
set -euo pipefail
: "${repository:?}" "${work:?}" "${expected:?}"
flow=$repository/workflows/nextflow
mkdir -p "$work/nextflow"
cd "$work/nextflow"
export NXF_HOME=$work/nextflow/home NXF_ANSI_LOG=false

fail() { echo "nextflow: $*" >&2; tail -n 30 log.txt .nextflow.log >&2 || true; exit 1; }
flows() { nextflow -q run "$flow" "$@" >log.txt 2>&1; }
same() { # FOLDER: tables as `rxstrata run` writes them
  for table in calls.tsv guidance.tsv; do
    cmp "$expected/$table" "$1/cohort/$table" || fail "$1: other $table than rxstrata run"
  done
}

NXF_SYNTAX_PARSER=v2 nextflow lint "$flow" >log.txt 2>&1 || fail "lint"
grep -q 'had no errors' log.txt && ! grep -qE 'had [0-9]+ (error|warning)' log.txt || fail "lint: $(tail -n 3 log.txt)"

flows -profile test -stub --outdir stub || fail "stub"
[ -e stub/summary/cohort.html ] || fail "stub: no summary"

flows -profile test --outdir local -with-trace trace-1.txt || fail "test profile"
same local
python3 - local/multiqc/multiqc_report_data/multiqc_data.json <<'PY' || fail "MultiQC's report lacks sections"
import json, sys
found = json.load(open(sys.argv[1]))
text = json.dumps(found)
missing = [name for name in ("rxstrata_genes", "rxstrata_phenotypes", "rxstrata_drugs") if name not in text]
sys.exit(f"missing {missing}" if missing else 0)
PY

flows -profile test --outdir local -resume -with-trace trace-2.txt || fail "resume"
awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "status") s = i; next } $s != "CACHED" { print; bad = 1 } END { exit bad }' \
  trace-2.txt || fail "resume ran a task again"
same local

# a sheet with every kind of fault is refused before a task starts, all faults at once
printf 'sample,vcf\nA,absent.vcf.gz\nB,\nA,%s\n' "$repository/test-data/workflow/NA07357.vcf.gz" >bad-sheet.csv
if flows --input bad-sheet.csv --outdir refused; then fail "a bad sheet was taken"; fi
for words in "line 2, vcf: no file 'absent.vcf.gz'" 'line 3: neither vcf nor bam' "sample 'A' is there 2 times"; do
  grep -qF "$words" log.txt || fail "a bad sheet: not said: $words"
done

# a file that is cut off costs its sample, even alone in its block
head -c 2000 "$repository/test-data/workflow/NA10831.vcf.gz" >cut.vcf.gz
sed "s#NA10831.vcf.gz#$PWD/cut.vcf.gz#; s#,\\([A-Z0-9]*\\.vcf\\.gz\\)#,$repository/test-data/workflow/\\1#" \
  "$repository/test-data/workflow/sheet.csv" >bad-sample.csv
flows -profile test --input bad-sample.csv --outdir partial --batch_size 1 --skip_multiqc || fail "a bad sample"
grep -q 'cut.vcf.gz' partial/failures.tsv || fail "a bad sample is not named"
[ "$(cut -f1 partial/cohort/calls.tsv | tail -n +2 | sort -u | wc -l)" = 3 ] || fail "a bad sample cost others"

# on the cluster; the request of the first block's first attempt is below what it needs, so that Slurm ends the job
flows -profile test,slurm --outdir slurm --skip_multiqc -c "$repository/.ci/workflows/hungry.config" -with-trace trace-3.txt ||
  fail "slurm"
same slurm
awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "attempt") a = i; next } $a == 2 { again = 1 } END { exit !again }' trace-3.txt ||
  fail "no task was tried again with more memory"
echo "nextflow: lint, stub, local, resume, bad sheet, bad sample, Slurm with a task killed for memory: all as rxstrata run"
