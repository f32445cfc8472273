#!/usr/bin/env python3
"""Derives the regions that copies are counted in.

  derive.py PYPGX_GENE_TABLE.csv > regions.tsv

Exons of both assemblies come from the gene table of PyPGx 0.27.0 (MIT, doi:10.1371/journal.pone.0272129), as do the control genes. A gene is
cut in the middle of each intron, so that each part holds one exon and what is around it; parts are numbered in the direction
of transcription. A control gene is one part. Positions are 1-based, half-open.
"""
import csv
import sys

GENES = "CYP2A6 CYP2B6 CYP2E1 CYP4F2 GSTM1 GSTT1 SULT1A1 UGT2B15 UGT2B17 SLC22A2 G6PD".split()
CONTROLS = "EGFR RYR1 VDR".split()


def contig(region):
    name = region.split(":")[0]
    return "chr" + name


def parts(row, assembly):
    starts, ends = ([int(x) for x in row[f"{assembly}{what}"].strip(",").split(",")] for what in ("ExonStarts", "ExonEnds"))
    middles = [(end + start) // 2 for end, start in zip(ends, starts[1:])]
    cut = [starts[0] + 1, *middles, ends[-1] + 1]
    found = list(zip(cut, cut[1:]))
    return found[::-1] if row["Strand"] == "-" else found


def main():
    rows = {row["Gene"]: row for row in csv.DictReader(open(sys.argv[1]))}
    print("gene\trole\tpart\tcontig\tstart\tend\tgrch38_contig\tgrch38_start\tgrch38_end")
    for gene in GENES + CONTROLS:
        row = rows[gene]
        role = "control" if gene in CONTROLS else "gene"
        both = [parts(row, assembly) for assembly in ("GRCh37", "GRCh38")]
        if role == "control":
            both = [[(min(p)[0], max(p)[1])] for p in both]
        assert len(both[0]) == len(both[1]), gene
        for number, (old, new) in enumerate(zip(*both), 1):
            print(gene, role, number, contig(row["GRCh37Region"]), *old, contig(row["GRCh38Region"]), *new, sep="\t")


if __name__ == "__main__":
    main()
