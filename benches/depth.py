#!/usr/bin/env python3
"""Depth of a whole BAM in windows of 1,000 bases: CPU time and peak memory of rxstrata beside mosdepth, on the same file.

  depth.py --binary RXSTRATA [--mosdepth MOSDEPTH] [--depth 30] [--runs 5] [--bam BAM]

Without --bam a file is made: pairs of 150 bases over a random chr21 of 46.7 million bases (needs numpy and samtools), names and
qualities like those of a sequencer. mosdepth runs as `-n --by 1000` (no depth of single bases, overlaps of mates counted once, as
rxstrata counts them), and as `-n --fast-mode --by 1000` (overlaps twice). Medians of alternating runs.
"""
import argparse
import gzip
import os
import statistics
import subprocess
import tempfile

LENGTH = 46_709_983


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", required=True)
    arguments.add_argument("--mosdepth", default="mosdepth")
    arguments.add_argument("--depth", type=float, default=30)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--bam")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        bam = given.bam or make(place, given.depth)
        commands = {
            "rxstrata depth": [given.binary, "depth", "-q", "-o", f"{place}/ours", bam],
            "mosdepth": [given.mosdepth, "-n", "--by", "1000", f"{place}/theirs", bam],
            "mosdepth --fast-mode": [given.mosdepth, "-n", "--fast-mode", "--by", "1000", f"{place}/fast", bam],
        }
        figures = {name: [] for name in commands}
        for _ in range(given.runs):
            for name, command in commands.items():
                figures[name].append(measured(command))
        print(f"{bam}: {os.path.getsize(bam) / 1e6:.0f} MB")
        ours = [statistics.median(column) for column in zip(*figures["rxstrata depth"])]
        for name, runs in figures.items():
            seconds, memory = (statistics.median(column) for column in zip(*runs))
            print(f"{name}: {seconds:.2f} CPU s, {memory / 1024:.0f} MB; ratio {ours[0] / seconds:.2f} of CPU, {ours[1] / memory:.3f} of memory")
        sample = next(file for file in os.listdir(f"{place}/ours") if file.endswith(".regions.bed.gz"))
        compare(f"{place}/ours/{sample}", f"{place}/theirs.regions.bed.gz")


def make(place, depth):
    import numpy
    random = numpy.random.default_rng(1)
    sequence = random.choice(numpy.frombuffer(b"ACGT", dtype="S1"), LENGTH).tobytes().decode()
    pool = ["".join(chr(33 + q) for q in random.choice([37, 37, 37, 37, 25, 11], 150)) for _ in range(5_000)]
    pairs = int(LENGTH * depth / 300)
    starts = numpy.sort(random.integers(1, LENGTH - 700, pairs))
    sizes = numpy.maximum(150, random.normal(420, 90, pairs)).astype(int)
    bam = f"{place}/made.bam"
    with subprocess.Popen(["samtools", "sort", "-l", "6", "-m", "2G", "-o", bam, "-"], stdin=subprocess.PIPE, text=True) as sort:
        sort.stdin.write(f"@HD\tVN:1.6\n@SQ\tSN:chr21\tLN:{LENGTH}\n@RG\tID:1\tSM:made\n")
        for number, (start, size) in enumerate(zip(starts.tolist(), sizes.tolist())):
            name = f"A00296:43:HCLHLDMXX:1:{1101 + number % 378}:{number * 7919 % 32768}:{number * 104729 % 37000}"
            last = start + size - 150
            for flag, at, mate, length in ((99, start, last, size), (147, last, start, -size)):
                sort.stdin.write(f"{name}\t{flag}\tchr21\t{at}\t60\t150M\t=\t{mate}\t{length}\t{sequence[at - 1:at + 149]}\t"
                                 f"{pool[(number + flag) % 5_000]}\tNM:i:0\tMD:Z:150\tAS:i:150\tXS:i:20\tRG:Z:1\n")
    subprocess.run(["samtools", "index", bam], check=True)
    return bam


def measured(command):
    """CPU seconds and peak memory (KiB)."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def compare(ours, theirs):
    with gzip.open(ours, "rt") as a, gzip.open(theirs, "rt") as b:
        pairs = list(zip(a.read().splitlines(), b.read().splitlines(), strict=True))
    unlike = sum(x.split("\t")[:3] != y.split("\t")[:3] or abs(float(x.split("\t")[3]) - float(y.split("\t")[3])) > 0.011 for x, y in pairs)
    print(f"{len(pairs)} windows, {unlike} differ")


main()
