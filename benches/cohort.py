#!/usr/bin/env python3
"""Cohorts of up to half a million people: time and memory of `rxstrata call` with all genes and all guidance, to Parquet.

    python3 benches/cohort.py --binary target/release/rxstrata --panel panel.vcf.gz [--samples 2504,20000,200000,500000]

--panel is a phased VCF of real people over the panel's sites (not part of the repository). A cohort is made of it by drawing, for
each person and chromosome, two of its haplotypes; it is written as BCF by bcftools. Prints CPU and wall seconds, peak memory, and the
ratio to the core-hours that PharmCAT's documentation gives for 200,000 people of UK Biobank (72 to 330).
Needs numpy and bcftools.
"""

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CORE_HOURS = (72, 330)
UNPHASED = ("chrX", "chrM")


def write(panel, people, out):
    """The cohort as text, record by record."""
    rng = np.random.default_rng(1)
    contig, left, right = None, None, None
    for line in gzip.open(panel, "rt"):
        if line.startswith("##"):
            out.write(line)
            continue
        cells = line.rstrip("\n").split("\t")
        if line.startswith("#"):
            count = len(cells) - 9
            out.write("\t".join(cells[:9] + [f"S{i:06d}" for i in range(people)]) + "\n")
            continue
        if cells[0] != contig:
            contig = cells[0]
            left, right = rng.integers(0, count, people), rng.integers(0, count, people)
        distinct, code = np.unique(np.array(cells[9:]), return_inverse=True)
        if contig in UNPHASED:
            genotypes = distinct[code[left]]
        else:
            alleles = [np.array([d.split("|")[side] for d in distinct]) for side in (0, -1)]
            genotypes = np.char.add(np.char.add(alleles[0][code[left]], "|"), alleles[1][code[right]])
        out.write("\t".join(cells[:9]) + "\t" + "\t".join(genotypes) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--panel", type=Path, required=True)
    parser.add_argument("--samples", default="2504,20000,200000,500000")
    options = parser.parse_args()
    for people in map(int, options.samples.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            cohort = Path(folder) / "cohort.bcf"
            view = ["bcftools", "view", "--no-version", "-Ob", "-o", cohort, "-"]
            with subprocess.Popen(view, stdin=subprocess.PIPE, text=True) as encoder:
                write(options.panel, people, encoder.stdin)
            if encoder.returncode != 0:
                sys.exit("bcftools could not write the cohort")
            started = time.monotonic()
            call = [options.binary, "call", cohort, "--formats", "parquet", "--quiet", "-o", Path(folder) / "out"]
            process = subprocess.Popen(call)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - started
            if process.returncode != 0:
                sys.exit(f"exit status {process.returncode}")
            cpu = usage.ru_utime + usage.ru_stime
            ours = cpu / 3600 * 200_000 / people
            print(
                f"{people:7} samples: CPU {cpu:7.2f} s, wall {wall:7.2f} s, peak {usage.ru_maxrss / 1024:5.0f} MB; "
                f"200,000 would cost {ours:.4f} core-hours, documented {CORE_HOURS[0]} to {CORE_HOURS[1]}: "
                f"1 : {CORE_HOURS[0] / ours:,.0f} to {CORE_HOURS[1] / ours:,.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
