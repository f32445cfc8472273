#!/usr/bin/env python3
"""Measures the promises of speed, each beside its peer, on the same input in the same run.

    python3 benches/bench.py --binary target/release/rxstrata [genome] [bcf] [gvcf] [cohort] [growth] [ryr1] [startup]

genome   one whole genome, 4.5 million records: without an index against `bgzip -dc`, and with one
bcf      the same genome as BCF, without an index
gvcf     a gVCF of 1.5 million variants and 6 million blocks, without an index
cohort   all genes of a cohort, calls only; the cohort is --cohort FILE, or 500 people made by `knowledge encode`
growth   memory a further person: new people, made from chromosomes of those of --cohort FILE (phased), 10,000 and 50,000
ryr1     unphased RYR1 with 0, 4, 20 and 40 heterozygous sites
startup  `rxstrata --version`

The peer of the last three is PharmCAT: give its jar as --pharmcat JAR to run it here; without it the figures recorded for
version 3.1.1 on a machine of this kind are printed and marked so.
"""

import argparse
import gzip
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(command, **kwargs):
    """Runs a command; gives wall seconds, CPU seconds and peak memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **kwargs)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit status {process.returncode}\n{said.decode(errors='replace')}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def median(command, runs):
    """Medians over several runs after one that warms the cache; each run writes to a fresh folder."""
    figures = []
    for number in range(runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            figures.append(run([c.replace("{out}", folder + "/out") for c in map(str, command)]))
    return [statistics.median(column) for column in list(zip(*figures[1:]))]


def pair(first, second, runs):
    """Two commands in turn; the median of the ratios of wall and CPU time, run by run."""
    ratios = []
    for number in range(runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            a = run([c.replace("{out}", folder + "/out") for c in map(str, first)])
        b = run(list(map(str, second)))
        if number:
            ratios.append((a, b, a[0] / b[0], a[1] / b[1]))
    return [statistics.median(r[2] for r in ratios), statistics.median(r[3] for r in ratios), ratios]


CONTROL = """sample\tgene\tdiplotype
GENOME\tCYP2C9\t*1/*3
GENOME\tCYP2C19\t*1/*2
GENOME\tVKORC1\trs9923231 reference (C)/rs9923231 variant (T)
GENOME\tDPYD\tReference/Reference
GENOME\tTPMT\t*1/*3A
GENOME\tSLCO1B1\t*1/*5
"""


def made(options, work, name, records, blocks=0):
    """A bgzipped genome with this many variants, and blocks of reference between them; kept in the folder of work."""
    file, table, control = work / name, work / "control.tsv", work / "control.vcf"
    if not file.is_file():
        table.write_text(CONTROL)
        run([options.binary, "knowledge", "encode", table, "-o", control])
        partial = work / f"partial.{name}"
        with open(partial, "wb") as sink:
            maker = [sys.executable, HERE / "make_genome.py", control, str(records), str(blocks)]
            lines = subprocess.Popen(maker, stdout=subprocess.PIPE)
            subprocess.run(["bgzip", "-@2", "-c"], stdin=lines.stdout, stdout=sink, check=True)
            if lines.wait():
                sys.exit("make_genome.py failed")
        partial.rename(file)
    return file


def call(options, file, threads):
    return [options.binary, "call", file, "-o", "{out}", "--formats", "tsv", "--threads", threads, "--quiet"]


def streamed(options, file):
    """One file without an index, beside its decompression alone."""
    for threads in (1, 2):
        peer = ["bgzip", "-dc", f"-@{threads}", file]
        wall, cpu, rows = pair(call(options, file, threads), peer, options.runs)
        ours = [statistics.median(r[0][i] for r in rows) for i in range(3)]
        theirs = [statistics.median(r[1][i] for r in rows) for i in range(3)]
        print(
            f"  no index, {threads} thread(s): {ours[0]:.2f} s wall, {ours[1]:.2f} s CPU, {ours[2]:.0f} MB; "
            f"bgzip -dc {theirs[0]:.2f} s, {theirs[1]:.2f} s CPU; ratio wall {wall:.2f}, CPU {cpu:.2f}"
        )


def genome(options, work):
    file = made(options, work, "genome.vcf.gz", options.records)
    print(f"genome: {file.stat().st_size / 1e6:.0f} MB compressed, {options.records:,} variants")
    streamed(options, file)
    indexed = work / "indexed.vcf.gz"
    if not indexed.is_file():
        os.link(file, indexed)
    subprocess.run(["tabix", "-f", "-p", "vcf", indexed], check=True)
    wall, cpu, memory = median(call(options, indexed, 1), options.runs)
    print(f"  with an index: {wall:.3f} s wall, {cpu:.3f} s CPU, {memory:.0f} MB")
    wall, cpu, memory = median([options.binary, "call", indexed, "-o", "{out}", "--threads", 1, "--quiet"], options.runs)
    print(f"  with an index, all formats of one patient: {wall:.3f} s wall, {cpu:.3f} s CPU, {memory:.0f} MB")


def bcf(options, work):
    text, file = made(options, work, "genome.vcf.gz", options.records), work / "genome.bcf"
    if not file.is_file():
        subprocess.run(["bcftools", "view", "-Ob", "-o", file, text], check=True)
    print(f"BCF: {file.stat().st_size / 1e6:.0f} MB compressed, {options.records:,} variants")
    streamed(options, file)
    wall, cpu, memory = median(["bcftools", "view", "-Ou", "-o", "/dev/null", file], options.runs)
    print(f"  bcftools view -Ou, which decodes nothing either: {wall:.2f} s wall, {cpu:.2f} s CPU, {memory:.0f} MB")


def gvcf(options, work):
    file = made(options, work, "genome.g.vcf.gz", options.records // 3, blocks=4)
    print(f"gVCF: {file.stat().st_size / 1e6:.0f} MB compressed, {options.records // 3:,} variants, four blocks before each")
    streamed(options, file)


def cohort(options, work):
    file = options.cohort
    if file is None:
        table, file = work / "cohort.tsv", work / "cohort.vcf"
        alleles = ["*1/*1", "*1/*2", "*2/*3", "*1/*3", "*2/*2"]
        with open(table, "w", encoding="utf-8") as sink:
            sink.write("sample\tgene\tdiplotype\n")
            for number in range(500):
                sink.write(f"P{number:04d}\tCYP2C9\t{alleles[number % 5]}\nP{number:04d}\tCYP2C19\t{alleles[number % 3]}\n")
        run([options.binary, "knowledge", "encode", table, "-o", file])
    people = sample_count(file)
    wall, cpu, memory = median([options.binary, "call", file, "-o", "{out}", "--formats", "tsv", "--threads", 1, "--quiet"], options.runs)
    each = cpu / people
    print(f"cohort: {people} people: {wall:.2f} s wall, {cpu:.2f} s CPU, {each * 1e3:.3f} ms CPU a sample, {memory:.0f} MB")
    if options.pharmcat:
        _, theirs, peak = run(["java", "-jar", options.pharmcat, "-vcf", file, "-o", work / "pharmcat", "-matcher", "-phenotyper"])
        print(f"  PharmCAT here: {theirs / people:.2f} s CPU a sample, {peak:.0f} MB; ratio {theirs / people / each:,.0f}")
    else:
        print(f"  PharmCAT 3.1.1, recorded: 0.30 s CPU a sample in a file of 500; ratio {0.30 / each:,.0f}; 0.67 in one of 2,504; ratio {0.67 / each:,.0f}; 1,350 MB")


def growth(options, work):
    if options.cohort is None:
        print("growth: skipped, it takes people from --cohort FILE")
        return
    figures = []
    for people in (10_000, 50_000):
        file = work / f"people.{people}.vcf.gz"
        if not file.is_file():
            with open(file, "wb") as sink:
                packer = subprocess.Popen(["bgzip", "-@2", "-c"], stdin=subprocess.PIPE, stdout=sink, text=True, encoding="utf-8")
                recombine(options.cohort, people, packer.stdin)
                packer.stdin.close()
                if packer.wait():
                    sys.exit("bgzip failed")
        for formats in ("tsv", "tsv,parquet"):
            command = [options.binary, "call", file, "-o", "{out}", "--formats", formats, "--threads", 2, "--quiet"]
            wall, cpu, memory = median(command, 1)
            figures.append((people, formats, memory))
            print(f"growth: {people:,} people, {formats}: {wall:.2f} s wall, {cpu:.2f} s CPU, {memory:.0f} MB")
    for formats in ("tsv", "tsv,parquet"):
        (few, _, low), (many, _, high) = [f for f in figures if f[1] == formats]
        print(f"  {formats}: {(high - low) * 1024 / (many - few):.2f} KB a further person")


def recombine(file, people, sink):
    """On each contig, the first chromosome of one person and the second of another, drawn at random with a fixed seed."""
    draw, drawn = random.Random(1), {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            if line.startswith("##"):
                sink.write(line)
                continue
            head, genotypes = cells[:9], cells[9:]
            if line.startswith("#"):
                sink.write("\t".join(head + [f"P{n:06d}" for n in range(people)]) + "\n")
                continue
            copies = [g.split(":")[0].split("|") for g in genotypes]
            if head[0] not in drawn:
                drawn[head[0]] = [(draw.randrange(len(copies)), draw.randrange(len(copies))) for _ in range(people)]
            head[8] = "GT"
            text = ["|".join((copies[a][0], copies[b][-1])) if len(copies[a]) == 2 else copies[a][0] for a, b in drawn[head[0]]]
            sink.write("\t".join(head + text) + "\n")


def sample_count(file):
    said = subprocess.run(["bcftools", "query", "-l", file], capture_output=True, text=True, check=True)
    return len(said.stdout.split())


def ryr1(options, work):
    recorded = {0: "5 s", 4: "21 s"}
    table, reference = work / "ryr1.tsv", work / "ryr1.vcf"
    table.write_text("sample\tgene\tdiplotype\nP\tRYR1\tReference/Reference\n")
    run([options.binary, "knowledge", "encode", table, "-o", reference])
    for wanted in (0, 4, 20, 40):
        file, left = work / f"ryr1.{wanted}.vcf", wanted
        with open(reference, encoding="utf-8") as lines, open(file, "w", encoding="utf-8") as sink:
            for line in lines:
                cells = line.rstrip("\n").split("\t")
                if left and not line.startswith("#") and len(cells[3]) == 1 and len(cells[4]) == 1 and cells[4] != ".":
                    cells[9], left = "0/1" + cells[9][3:], left - 1
                sink.write("\t".join(cells) + "\n")
        wall, cpu, memory = median([options.binary, "call", file, "-o", "{out}", "--genes", "RYR1", "--formats", "tsv", "--threads", 1, "--quiet"], options.runs)
        peer = recorded.get(wanted, "not answered: it doubles with every site")
        print(f"RYR1, unphased, {wanted} heterozygous sites: {wall * 1e3:.1f} ms wall, {cpu * 1e3:.1f} ms CPU, whole process; PharmCAT 3.1.1, recorded: {peer}")


def startup(options, _):
    wall, cpu, memory = median([options.binary, "--version"], max(options.runs, 10))
    print(f"start-up: {wall * 1e3:.1f} ms wall, {cpu * 1e3:.1f} ms CPU, {memory:.0f} MB")


PROMISES = {"genome": genome, "bcf": bcf, "gvcf": gvcf, "cohort": cohort, "growth": growth, "ryr1": ryr1, "startup": startup}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("promises", nargs="*", choices=[[], *PROMISES], default=list(PROMISES))
    parser.add_argument("--binary", required=True, type=Path)
    parser.add_argument("--cohort", type=Path, help="a multi-sample VCF")
    parser.add_argument("--pharmcat", type=Path, help="PharmCAT's jar")
    parser.add_argument("--records", type=int, default=4_500_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path, help="keeps the inputs in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        for promise in options.promises or PROMISES:
            PROMISES[promise](options, work)


main()
