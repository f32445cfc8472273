#!/usr/bin/env python3
"""Simulated BAM files of CYP2D6 structures, and the table of their diplotypes, for structures.py.

  make_structures.py --simulator DIR -o OUT [options] published HAPLOTYPES.fa.xz TRUTH.tsv
  make_structures.py --simulator DIR -o OUT [options] composed

`published`: the samples of Twesigomwe et al. 2020 (PMID 32789024), whose haplotype sequences are given. `composed`: each
kind of haplotype seen in people beside two usual ones, and pairs of such kinds, put together by the simulator from the reference
sequence and PyPGx's allele table. DIR has simulate.py and compose.py; they need bwa, samtools, pysam, numpy, and to compose
mappy and PYPGX_DATA (the folder api/data of the PyPI package pypgx).
"""
import argparse
import concurrent.futures
import csv
import lzma
import os
import subprocess
import sys

# each beside two usual ones, then pairs of two; *57, *61 and *63 are left out, since the simulator gives them no sequence of their own
SINGLE = ["*5", "*1x2", "*2x2", "*2x3", "*4x2", "*9x2", "*10x2", "*17x2", "*29x2", "*35x2", "*41x2", "*41x3", "*36",
          "*36+*10", "*36x2+*10", "*68+*4", "*13", "*13+*2", "*83"]
BESIDE = ["*1", "*2", "*4", "*10", "*41"]
PAIRS = [("*5", "*36+*10"), ("*5", "*5"), ("*5", "*68+*4"), ("*5", "*2x2"), ("*36+*10", "*36+*10"), ("*68+*4", "*68+*4"),
         ("*36+*10", "*10x2"), ("*68+*4", "*36+*10"), ("*2x2", "*4x2"), ("*5", "*13"), ("*13", "*36+*10")]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--simulator", required=True)
    arguments.add_argument("-o", "--out", required=True)
    arguments.add_argument("--depth", type=float, default=30)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--long", action="store_true", help="reads of single molecules")
    arguments.add_argument("--controls", help="BED file, GRCh37: regions of two copies whose depth is simulated too")
    arguments.add_argument("what", choices=["published", "composed"])
    arguments.add_argument("files", nargs="*")
    given = arguments.parse_args()
    os.makedirs(given.out, exist_ok=True)
    samples = published(given) if given.what == "published" else composed(given)
    with open(f"{given.out}/truth.tsv", "w") as table:
        print("sample", "truth_diplotype", sep="\t", file=table)
        for name, diplotype, _ in samples:
            print(name, diplotype, sep="\t", file=table)
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for _ in pool.map(lambda job: simulate(given, *job), enumerate(samples)):
            pass


def published(given):
    sequences, truth = given.files
    with open(truth) as table:
        wanted = [(row["sample"], row["truth_diplotype"]) for row in csv.DictReader(table, delimiter="\t")]
    name = None
    files = {}
    with lzma.open(sequences, "rt") as fasta:
        for line in fasta:
            if line[0] == ">":
                name = line[1:].split()[0]
                files[name] = open(f"{given.out}/{name}.fa", "w")
            files[name].write(line)
    for file in files.values():
        file.close()
    return [(s, d, [f"{given.out}/{s}_M.fa", f"{given.out}/{s}_P.fa"]) for s, d in wanted if d != "NA"]


def composed(given):
    pairs = [(BESIDE[i % len(BESIDE)], one) for i, one in enumerate(SINGLE)]
    pairs += [(BESIDE[(i + 2) % len(BESIDE)], one) for i, one in enumerate(SINGLE)]
    pairs += PAIRS
    files = {}
    for one in sorted({haplotype for pair in pairs for haplotype in pair}):
        files[one] = f"{given.out}/{one.strip('*').replace('*', '').replace('+', '_')}.fa"
        subprocess.run([sys.executable, f"{given.simulator}/compose.py", one, files[one]], check=True, stderr=subprocess.DEVNULL)
    return [(f"C{i + 1:03}", f"{a}/{b}", [files[a], files[b]]) for i, (a, b) in enumerate(pairs)]


def simulate(given, number, sample):
    name, _, haplotypes = sample
    out = f"{given.out}/{name}.bam"
    if os.path.exists(f"{out}.bai"):
        return
    if given.long:
        long_reads(given, number, name, haplotypes, out)
    else:
        command = [sys.executable, f"{given.simulator}/simulate.py", *haplotypes, out, "--depth", str(given.depth),
                   "--seed", str(given.seed * 1000 + number), "--sample", name]
        command += ["--controls", given.controls] if given.controls else []
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def long_reads(given, number, name, haplotypes, out):
    """Reads of single molecules: lengths by a gamma distribution, one error in 500 bases, half of them a base lost or doubled."""
    import mappy
    import numpy
    import pysam
    start, length = 42518000, 51304566
    reference = f"{given.simulator}/grch37_chr22_42518000_42555000.fa"
    aligner = mappy.Aligner(reference, preset="map-hifi")
    random = numpy.random.default_rng(given.seed * 1000 + number)
    header = {"HD": {"VN": "1.6"}, "SQ": [{"SN": "22", "LN": length}], "RG": [{"ID": "1", "SM": name}]}
    with pysam.AlignmentFile(f"{out}.raw", "wb", header=header) as raw:
        for haplotype in haplotypes:
            with open(haplotype) as fasta:
                sequence = "".join(line.strip() for line in fasta if line[0] != ">").upper()
            for serial in range(random.poisson(given.depth / 2 * (len(sequence) + 12000) / 12000)):
                bases = max(2000, int(random.gamma(16, 750)))
                first = int(random.integers(-bases, len(sequence)))
                molecule = sequence[max(first, 0):first + bases]
                read = "".join(random.choice(["", base * 2, "ACGT"[random.integers(4)]], p=[.25, .25, .5]) if wrong else base
                               for base, wrong in zip(molecule, random.random(len(molecule)) < 0.002))
                if len(read) < 500:
                    continue
                for hit in aligner.map(read):
                    if hit.is_primary:
                        raw.write(aligned(pysam, raw.header, f"{os.path.basename(haplotype)}_{serial}", read, hit, start))
    pysam.sort("-o", out, f"{out}.raw")
    pysam.index(out)
    os.remove(f"{out}.raw")


def aligned(pysam, header, name, read, hit, start):
    complement = str.maketrans("ACGT", "TGCA")
    record = pysam.AlignedSegment(header)
    record.query_name, record.reference_id, record.reference_start = name, 0, hit.r_st + start - 1
    record.mapping_quality, record.flag = hit.mapq, 0 if hit.strand == 1 else 16
    ends = (hit.q_st, len(read) - hit.q_en)
    before, after = ends if hit.strand == 1 else ends[::-1]
    cigar = [(operation, length) for length, operation in hit.cigar]
    record.cigar = [(4, before)] * (before > 0) + cigar + [(4, after)] * (after > 0)
    record.query_sequence = read if hit.strand == 1 else read.translate(complement)[::-1]
    record.query_qualities = pysam.qualitystring_to_array("?" * len(read))
    record.set_tag("RG", "1")
    return record


main()
