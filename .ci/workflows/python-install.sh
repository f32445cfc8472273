#!/usr/bin/env bash
# Makes a Python environment with the engines and validators that come from PyPI.
#
#   .ci/workflows/python-install.sh DIR       then: PATH=DIR/bin:$PATH
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mark=$1/made-by-$(sha256sum "$0" | cut -c1-16)
if [ -e "$mark" ]; then exit 0; fi
rm -rf "$1"
python3 -m venv "$1"
"$1/bin/pip" install --quiet snakemake==9.27.1 snakemake-executor-plugin-slurm==2.8.0 cwltool==3.3.20260925135507 \
  multiqc==1.35 jsonschema duckdb==1.4.2 polars==1.35.2
touch "$mark"
