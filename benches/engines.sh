#!/usr/bin/env bash
# What an engine costs beside the tool: the 34 demo samples as one block and as 34, on each engine.
#
#   benches/engines.sh BINARY       installs the engines as .ci/workflows.sh does
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
repository=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d /tmp/rxe.XXXXXX)
trap 'bash "$repository/.ci/slurm.sh" stop "$work/slurm" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/data"
ln -s "$(realpath "$1")" "$work/bin/rxstrata"
bash "$repository/.ci/workflows/python-install.sh" "$HOME/.cache/rxstrata-engines"
bash "$repository/.ci/workflows/nextflow-install.sh" "$HOME/.cache/rxstrata-nextflow"
export PATH="$work/bin:$HOME/.cache/rxstrata-engines/bin:$HOME/.cache/rxstrata-nextflow/bin:$PATH" NXF_HOME=$work/home NXF_ANSI_LOG=false
bash "$repository/.ci/slurm.sh" start "$work/slurm" 2>/dev/null
# shellcheck disable=SC1091
source "$work/slurm/env.sh"
cd "$work"
echo sample,vcf >sheet.csv
cut -f1 "$repository/test-data/demo/diplotypes.tsv" | tail -n +2 | sort -u | while read -r sample; do
  grep -E "^(sample|$sample)	" "$repository/test-data/demo/diplotypes.tsv" | cut -f1-3 >one.tsv
  rxstrata knowledge encode one.tsv -o "data/$sample.vcf.gz" 2>/dev/null
  echo "$sample,data/$sample.vcf.gz" >>sheet.csv
done
samples=$(($(wc -l <sheet.csv) - 1))
cp -r "$repository/workflows/snakemake" flow

seconds() { local start; start=$(date +%s.%N); "$@" >log.txt 2>&1 || { cat log.txt >&2; exit 1; }; date +%s.%N | awk -v s="$start" '{ printf "%.1f", $1 - s }'; }
nf() { nextflow -q run "$repository/workflows/nextflow" --input sheet.csv --skip_multiqc --batch_size "$1" --outdir "nf-$1-$2" -profile "$2" -c "$work/small.config"; }
smk() { (cd flow && snakemake --configfile .test/config/config.yaml --config samplesheet="$work/sheet.csv" outdir="out-$1-$2" batch_size="$1" "${@:3}"); }
slurm() {
  local last
  last=$("$repository/workflows/slurm/submit.sh" sheet.csv "array-$1" "$1" --mem=200M --cpus-per-task=1 | tail -n 1)
  while squeue -h -t PENDING,RUNNING,COMPLETING -j "$last" 2>/dev/null | grep -q .; do sleep 0.2; done
  test -s "array-$1/calls.tsv"
}
printf 'process { cpus = 1; memory = 200.MB; withLabel: process_low { cpus = 1; memory = 200.MB } }\nprofiles { standard { process.executor = "local" } }\n' >small.config
printf 'samples %s; rxstrata run itself: %s s\n' "$samples" "$(seconds rxstrata run sheet.csv -o run --quiet)"
row() { # NAME FUNCTION MORE...
  local one many
  one=$(seconds "$2" "$samples" "${@:3}")
  many=$(seconds "$2" 1 "${@:3}")
  awk -v n="$1" -v a="$one" -v b="$many" -v t="$samples" 'BEGIN { printf "%-22s one block %6.1f s, %d blocks %6.1f s: %.2f s a task\n", n, a, t, b, (b - a) / (t - 1) }'
}
row "Nextflow, local" nf standard
row "Nextflow, Slurm" nf slurm
row "Snakemake, local" smk local --cores 2
row "sbatch array" slurm
row "Snakemake, Slurm" smk slurm --executor slurm --jobs 8 --slurm-no-account --slurm-status-command squeue --latency-wait 5
