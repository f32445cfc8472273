#!/usr/bin/env bash
# The plain Slurm scripts for real: array and gather, a corrupt sample, and a job of `rxstrata run` killed three times.
set -euo pipefail
: "${repository:?}" "${work:?}" "${expected:?}"
scripts=$repository/workflows/slurm
mkdir -p "$work/sbatch"
cd "$work/sbatch"
fail() { echo "sbatch: $*" >&2; tail -n 15 ./*/parts/*.log ./*.log >&2 2>/dev/null || true; exit 1; }
state() { squeue -h -t all -j "$1" -o %T 2>/dev/null | sort -u | tr '\n' ' '; }
wait_for() { # JOB: until it has ended
  local end=$((SECONDS + 120))
  while [[ "$(state "$1")" =~ PENDING|RUNNING|COMPLETING|CONFIGURING|REQUEUED ]]; do
    [ "$SECONDS" -lt "$end" ] || fail "job $1 does not end: $(state "$1")"
    sleep 0.3
  done
}
small=(--mem=300M --cpus-per-task=1)

gather=$("$scripts/submit.sh" "$repository/test-data/workflow/sheet.csv" array 2 "${small[@]}" | tail -n 1)
wait_for "$gather"
for table in calls.tsv guidance.tsv; do
  cmp "$expected/$table" "array/$table" || fail "array: other $table than rxstrata run"
done
[ -e array/summary/cohort.html ] || fail "array: no summary"

# a cohort that lasts: each demo sample in a file of its own, one of them cut off
mkdir data
echo sample,vcf >cohort.csv
cut -f1 "$repository/test-data/demo/diplotypes.tsv" | tail -n +2 | sort -u | while read -r sample; do
  grep -E "^(sample|$sample)	" "$repository/test-data/demo/diplotypes.tsv" | cut -f1-3 >one.tsv
  rxstrata knowledge encode one.tsv -o "data/$sample.vcf.gz" 2>/dev/null || fail "encode $sample"
  echo "$sample,data/$sample.vcf.gz" >>cohort.csv
done
head -c 1500 data/NA19239.vcf.gz >cut && mv cut data/NA19239.vcf.gz
status=0
rxstrata run cohort.csv -o whole --quiet || status=$?
[ "$status" = 3 ] || fail "a cohort with a sample that is cut off: status $status, expected 3"

# at three points of its work the job is killed; each time it is submitted again
for pieces in 2 9 20; do
  job=$(sbatch --parsable "${small[@]}" --output=run.log --export=ALL,SHEET=cohort.csv,OUT=killed "$scripts/run.sbatch")
  end=$((SECONDS + 60))
  until [ "$(find killed/work/call -mindepth 1 -maxdepth 1 -type d 2>/dev/null | grep -vc part)" -ge "$pieces" ]; do
    [ "$SECONDS" -lt "$end" ] || fail "the job does no work: $(state "$job")"
    sleep 0.01
  done
  scancel --signal=KILL --full "$job"
  wait_for "$job"
  [ ! -e killed/calls.tsv ] || fail "the job had ended before it was killed"
done
job=$(sbatch --parsable "${small[@]}" --output=run.log --export=ALL,SHEET=cohort.csv,OUT=killed "$scripts/run.sbatch")
wait_for "$job"
diff -rq --exclude=work --exclude=times.tsv whole killed || fail "a job killed three times ends with other bytes"
grep -q NA19239 killed/failures.tsv || fail "the sample that is cut off is not named"
echo "sbatch: array and gather as rxstrata run; a job killed three times ends with the same bytes"
