#!/usr/bin/env python3
"""Structures of CYP2D6 from BAM files whose diplotypes are known: right calls, CPU time and peak memory, beside Aldy.

  structures.py --binary RXSTRATA --truth truth.tsv [--aldy ALDY] BAM...

truth.tsv has the columns sample (the BAM's file name without its extension) and truth_diplotype. Diplotypes are compared
by core alleles and copies, in either order; names that are one allele now (*16, *66, *67, *74, *76 to *80) are *13.
ALDY is the program of the PyPI package `aldy`, run as a program; it is given each BAM with the profile `wgs`.
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
    arguments.add_argument("bams", nargs="+")
    given = arguments.parse_args()
    with open(given.truth) as table:
        truth = {row["sample"]: row["truth_diplotype"] for row in csv.DictReader(table, delimiter="\t")}
    tools = {"rxstrata": lambda bam: ours(given.binary, bam)}
    if given.aldy:
        tools["aldy"] = lambda bam: aldy(given.aldy, bam)
    totals = {name: [0, 0, 0.0, 0] for name in tools}
    for bam in given.bams:
        sample = os.path.basename(bam).removesuffix(".bam")
        if truth.get(sample, "NA") == "NA":
            continue
        for name, tool in tools.items():
            called, seconds, memory = tool(bam)
            right = called is not None and diplotype(called) == diplotype(truth[sample])
            total = totals[name]
            total[0] += right
            total[1] += 1
            total[2] += seconds
            total[3] = max(total[3], memory)
            print(f"{sample}\t{name}\t{'right' if right else 'WRONG'}\t{truth[sample]}\t{called}\t{seconds:.2f} CPU s\t{memory / 1024:.0f} MB")
    for name, (right, count, seconds, memory) in totals.items():
        print(f"{name}: {right} of {count} right, {seconds / max(count, 1):.2f} CPU s each, at most {memory / 1024:.0f} MB")


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
    return (answer[0]["genes"][0]["diplotype"] if answer else None), seconds, memory


def aldy(program, bam):
    with tempfile.TemporaryDirectory() as place:
        _, seconds, memory = measured([program, "genotype", "-p", "wgs", "-g", "CYP2D6", bam, "-o", f"{place}/out.aldy", "-l", f"{place}/log"])
        try:
            rows = [line.split("\t") for line in open(f"{place}/out.aldy") if line[0] != "#"]
        except OSError:
            return None, seconds, memory
        return (rows[0][3] if rows and len(rows[0]) > 3 else None), seconds, memory


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
