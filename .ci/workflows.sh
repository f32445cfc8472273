#!/usr/bin/env bash
# Every workflow engine for real, each against `rxstrata run` on the same cohort. Installs what it needs; none can be skipped.
#
#   .ci/workflows.sh BINARY [ENGINE...]      engines: schemas queries nextflow sbatch snakemake cwl container (all of them, in this order)
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
repository=$(cd "$(dirname "$0")/.." && pwd)
binary=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- schemas queries nextflow sbatch snakemake cwl container
work=$(mktemp -d /tmp/rxw.XXXXXX) # short: a socket lies in it
started=$SECONDS
slurm_is_up=""
finish() {
  [ -z "$slurm_is_up" ] || bash "$repository/.ci/slurm.sh" stop "$work/slurm" || true
  rm -rf "$work"
}
trap finish EXIT

mkdir "$work/bin"
ln -s "$binary" "$work/bin/rxstrata"
cache=$HOME/.cache
bash "$repository/.ci/workflows/python-install.sh" "$cache/rxstrata-engines"
export PATH="$work/bin:$cache/rxstrata-engines/bin:$PATH"
for engine in "$@"; do
  case $engine in
  nextflow | container)
    bash "$repository/.ci/workflows/nextflow-install.sh" "$cache/rxstrata-nextflow"
    export PATH="$cache/rxstrata-nextflow/bin:$PATH"
    ;;&
  nextflow | sbatch | snakemake)
    if [ -z "$slurm_is_up" ]; then
      bash "$repository/.ci/slurm.sh" start "$work/slurm"
      slurm_is_up=yes
      # shellcheck disable=SC1091
      source "$work/slurm/env.sh"
    fi
    ;;
  esac
done

expected=$work/expected
rxstrata run "$repository/test-data/workflow/sheet.csv" -o "$expected" --quiet
export repository work expected
for engine in "$@"; do
  before=$SECONDS
  bash "$repository/.ci/workflows/$engine.sh"
  echo "== $engine: $((SECONDS - before)) s"
done
echo "== workflows: all agree with rxstrata run, $((SECONDS - started)) s"
