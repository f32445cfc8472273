#!/usr/bin/env bash
# The Snakemake workflow for real: lint, dry run, here, nothing to do, on Slurm, a corrupt sample.
set -euo pipefail
: "${repository:?}" "${work:?}" "${expected:?}"
cp -r "$repository/workflows/snakemake" "$work/snakemake"
cd "$work/snakemake"
fail() { echo "snakemake: $*" >&2; tail -n 40 log.txt >&2 || true; exit 1; }
sheet=$repository/test-data/workflow/sheet.csv
flow() { # OUTDIR ARGUMENTS...
  local out=$1; shift
  snakemake --configfile .test/config/config.yaml --config samplesheet="${in:-$sheet}" outdir="$out" "$@" >log.txt 2>&1
}
same() {
  for table in calls.tsv guidance.tsv; do
    cmp "$expected/$table" "$1/$table" || fail "$1: other $table than rxstrata run"
  done
}

snakemake --lint --configfile .test/config/config.yaml --config samplesheet="$sheet" >log.txt 2>&1 || fail "lint"
flow local -n || fail "dry run"
flow local --cores 2 || fail "local"
same local
flow local --cores 2 || fail "again"
grep -q 'Nothing to be done' log.txt || fail "a finished workflow ran again"

head -c 2000 "$repository/test-data/workflow/NA10831.vcf.gz" >cut.vcf.gz
sed "s#NA10831.vcf.gz#$PWD/cut.vcf.gz#; s#,\\([A-Z0-9]*\\.vcf\\.gz\\)#,$repository/test-data/workflow/\\1#" "$sheet" >bad.csv
in=$PWD/bad.csv flow partial batch_size=1 --cores 2 || fail "a bad sample"
grep -q 'cut.vcf.gz' partial/failures.tsv || fail "a bad sample is not named"
[ "$(cut -f1 partial/calls.tsv | tail -n +2 | sort -u | wc -l)" = 3 ] || fail "a bad sample cost others"

flow slurm --executor slurm --jobs 8 --slurm-no-account --slurm-status-command squeue --latency-wait 5 \
  --slurm-init-seconds-before-status-checks 3 || fail "slurm"
same slurm
echo "snakemake: lint, local, again, bad sample, Slurm: all as rxstrata run"
