#!/usr/bin/env bash
# Structures of published haplotypes (PMID 32789024), their reads simulated at 30-fold depth: how many diplotypes are right.
#
#   .ci/structures.sh BINARY SHARED [REQUIRED]
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 2 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
binary=$1 shared=$2 required=${3:-50}
if ! command -v bwa >/dev/null; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get install -y -qq --no-install-recommends bwa >/dev/null
fi
environment="$HOME/.cache/rxstrata-structures"
[ -x "$environment/bin/python3" ] || python3 -m venv "$environment"
"$environment/bin/python3" -c 'import numpy, pysam' 2>/dev/null || "$environment/bin/pip" install --quiet numpy==2.4.6 pysam==0.24.1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$environment/bin/python3" benches/make_structures.py --simulator "$shared/tools/simulate_cyp2d6" -o "$place" --depth 30 \
  published "$shared/conformance/cyp2d6_sv_sim/haplotypes.fa.xz" "$shared/conformance/cyp2d6_sv_sim/truth.tsv"
python3 benches/structures.py --binary "$binary" --truth "$place/truth.tsv" --require "$required" "$place"/*.bam | grep -v right$'\t' | tail -30
