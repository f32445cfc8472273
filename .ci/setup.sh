#!/usr/bin/env bash
# Installs, on Debian 12, what the slower gates need beyond Rust and a C compiler. Does nothing where all is there.
set -euo pipefail
missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
need bcftools bcftools
need samtools samtools
need bgzip tabix
need chromium chromium
need python3 python3
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
need xz xz-utils
need musl-gcc musl-tools
ls /usr/lib/llvm-*/lib/libclang.so* /usr/lib/llvm-*/lib/libclang-[0-9]*.so* 2>/dev/null | grep -q . || missing+=(libclang-dev)
if [ "${#missing[@]}" -gt 0 ]; then
  echo "installing: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get update -qq
  $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# reads Parquet back in a test; the test is skipped where this cannot be had
environment="$HOME/.cache/rxstrata-python"
if [ -z "${RXSTRATA_PYTHON:-}" ] && ! "$environment/bin/python3" -c 'import pyarrow.parquet' 2>/dev/null; then
  if ! { python3 -m venv "$environment" && "$environment/bin/pip" install --quiet pyarrow; }; then
    echo "pyarrow cannot be installed: Parquet will not be read back"
  fi
fi

# real reads of a person whose structure is known come with the PyPI package aldy, whose licence forbids to pass them on: they are fetched
# by the package's name for one test, which is skipped where this cannot be done
real_reads="${RXSTRATA_REAL_READS:-$HOME/.cache/rxstrata-real-reads}"
if [ ! -e "$real_reads/NA10860.bam" ]; then
  mkdir -p "$real_reads"
  package=$(mktemp -d)
  if ! { python3 -m pip download --quiet --no-deps --no-binary aldy -d "$package" aldy==4.8.3 &&
    tar xzf "$package"/aldy-4.8.3.tar.gz -C "$real_reads" --wildcards --strip-components=4 '*/aldy/tests/resources/NA10860*.bam' &&
    samtools index "$real_reads/NA10860.bam" && samtools index "$real_reads/NA10860_hg38.bam"; }; then
    echo "aldy's package cannot be had: no real reads"
  fi
  rm -r "$package"
fi
