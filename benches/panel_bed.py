#!/usr/bin/env python3
"""BED file (GRCh37) of all that is read of a whole genome: 1,000 bases around each site of the panel, the genes whose copies are counted,
the control genes; in pieces of at most 2,000 bases, for simulators whose depth varies by piece.

  panel_bed.py > panel.bed
  make_structures.py --controls panel.bed --depth 30 ...
"""
import csv
import glob
import os
import re

KNOWLEDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pgx-rules", "knowledge")
AROUND, PIECE = 1000, 2000


def rows(path):
    with open(path) as table:
        return list(csv.DictReader(table, delimiter="\t"))


def main():
    ranges = {}
    for row in rows(f"{KNOWLEDGE}/copies/regions.tsv"):
        ranges.setdefault(row["contig"], []).append((int(row["start"]) - 1, int(row["end"]) - 1))
    for path in sorted(glob.glob(f"{KNOWLEDGE}/genes/*/sites.tsv")):
        with open(os.path.join(os.path.dirname(path), "gene.toml")) as about:
            contig = re.search(r'^contig = "(.*)"', about.read(), re.MULTILINE).group(1)
        for row in rows(path):
            if row["grch37_position"]:
                position = int(row["grch37_position"])
                ranges.setdefault(contig, []).append((position - 1 - AROUND, position + AROUND))
    for contig in sorted(ranges):
        joined = []
        for start, end in sorted(ranges[contig]):
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(end, joined[-1][1])
            else:
                joined.append([start, end])
        for start, end in joined:
            for first in range(start, end, PIECE):
                print(contig, first, min(first + PIECE, end), sep="\t")


main()
