#!/usr/bin/env python3
"""Structures of CYP2D6 from BAM files whose diplotypes are known: right calls, CPU time and peak memory, beside Aldy.

  structures.py --binary RXSTRATA --truth truth.tsv [--aldy ALDY] [--cyrius CYRIUS] [--require N] BAM...

truth.tsv has the columns sample (the BAM's file name without its extension) and truth_diplotype. Diplotypes are compared
by core alleles and copies, in either order; names that are one allele now (*16, *66, *67, *74, *76 to *80) are *13.
ALDY is the program of the PyPI package `aldy`, run as a program; it is given each BAM with the profile `wgs`. CYRIUS is that of
the PyPI package `cyrius`; it needs the reads of its own control regions in the BAM.
A call with a posterior of more than 0.99 that is wrong is counted apart. With --require, fewer than N right, or such a call, is an
error. BAM files are made by make_structures.py.
"""
import argparse
import json
import os
import re
import subprocess
import tempfile
import csv

FUSED = {"16", "66", "67", "74", "76", "77", "78", "79", "80"}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", required=True)
    arguments.add_argument("--truth", required=True)
    arguments.add_argument("--aldy")
    arguments.add_argument("--cyrius")
    arguments.add_argument("--require", type=int, default=0)
    arguments.add_argument("bams", nargs="+")
    given = arguments.parse_args()
    with open(given.truth) as table:
        truth = {row["sample"]: row["truth_diplotype"] for row in csv.DictReader(table, delimiter="\t")}
    tools = {"rxstrata": lambda bam: ours(given.binary, bam)}
    if given.aldy:
        tools["aldy"] = lambda bam: aldy(given.aldy, bam)
    if given.cyrius:
        tools["cyrius"] = lambda bam: cyrius(given.cyrius, bam)
    totals = {name: [0, 0, 0.0, 0, 0] for name in tools}
    for bam in given.bams:
        sample = os.path.basename(bam).removesuffix(".bam")
        if truth.get(sample, "NA") == "NA":
            continue
        for name, tool in tools.items():
            called, seconds, memory, posterior = tool(bam)
            right = called is not None and diplotype(called) == diplotype(truth[sample])
            total = totals[name]
            total[0] += right
            total[1] += 1
            total[2] += seconds
            total[3] = max(total[3], memory)
            total[4] += called is not None and not right and posterior > 0.99
            print(f"{sample}\t{name}\t{'right' if right else 'not called' if called is None else 'WRONG'}\t{truth[sample]}\t{called}\t{seconds:.2f} CPU s\t{memory / 1024:.0f} MB")
    for name, (right, count, seconds, memory, sure) in totals.items():
        print(f"{name}: {right} of {count} right, {sure} wrong with a posterior above 0.99, {seconds / max(count, 1):.2f} CPU s each, "
              f"at most {memory / 1024:.0f} MB")
    right, _, _, _, sure = totals["rxstrata"]
    if given.require and (right < given.require or sure):
        raise SystemExit(f"structures: {right} right where {given.require} are required, {sure} wrong with a posterior above 0.99")


def measured(command):
    """Output, CPU seconds and peak memory (KiB) of a command."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(child.pid, 0)
        out.seek(0)
        return out.read().decode(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def ours(binary, bam):
    text, seconds, memory = measured([binary, "copy-number", "--json", bam])
    answer = json.loads(text or "[]")
    gene = answer[0]["genes"][0] if answer else {"diplotype": None, "ranked": []}
    return gene["diplotype"], seconds, memory, max((pair["posterior"] for pair in gene["ranked"]), default=0.0)


def aldy(program, bam):
    with tempfile.TemporaryDirectory() as place:
        _, seconds, memory = measured([program, "genotype", "-p", "wgs", "-g", "CYP2D6", bam, "-o", f"{place}/out.aldy", "-l", f"{place}/log"])
        try:
            rows = [line.split("\t") for line in open(f"{place}/out.aldy") if line[0] != "#"]
        except OSError:
            return None, seconds, memory, 0.0
        return (rows[0][3] if rows and len(rows[0]) > 3 else None), seconds, memory, 0.0


def cyrius(program, bam):
    with tempfile.TemporaryDirectory() as place:
        with open(f"{place}/manifest", "w") as manifest:
            print(os.path.abspath(bam), file=manifest)
        _, seconds, memory = measured([program, "--manifest", f"{place}/manifest", "--genome", "37", "--prefix", "out", "--outDir", place,
                                       "--threads", "1"])
        try:
            with open(f"{place}/out.tsv") as table:
                called = next(csv.DictReader(table, delimiter="\t"))["Genotype"]
        except (OSError, StopIteration, KeyError):
            called = None
        return (None if called in (None, "", "None") else called), seconds, memory, 0.0


def diplotype(text):
    return sorted(sorted(haplotype(part).items()) for part in text.split("/"))


def haplotype(text):
    counted = {}
    for part in text.replace(" ", "").split("+"):
        found = re.fullmatch(r"\*(\d+)(?:[A-Z]+\d?)?(?:\.\d+)?(?:[xX](\d+))?(?:\(.*\))?", part)
        name, copies = (found.group(1), int(found.group(2) or 1)) if found else (part, 1)
        name = "13" if name in FUSED else name
        counted[name] = counted.get(name, 0) + copies
    return counted


main()
