#!/usr/bin/env python3
"""Genotypes from reads: simulated reads over every site of the panel, through rxstrata and bcftools, against what was simulated.

    pip install pysam numpy; apt install bwa samtools bcftools
    benches/genotypes.py --binary target/release/rxstrata --depth 15,30 [--assembly GRCh38] [--seed 1] [--keep DIR]

The sequence between the sites is random, since the genome itself is in no package registry: repeats in it are shorter than real
ones. Reads are 2 x 150 bases, inserts of 420 +- 80, errors by their qualities, aligned by bwa mem. Every copy carries each of the
alternates of a site with a chance of 20 %, all of one region on the copies of two chromosomes.
"""
import argparse
import collections
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
import pysam

FLANK = 700
READ, INSERT, SPREAD = 150, 420, 80
LENGTHS = {
    "GRCh38": dict(zip([f"chr{n}" for n in [*range(1, 23), "X", "Y"]], [
        248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636, 138394717, 133797422, 135086622,
        133275309, 114364328, 107043718, 101991189, 90338345, 83257441, 80373285, 58617616, 64444167, 46709983, 50818468,
        156040895, 57227415])) | {"chrM": 16569},
    "GRCh37": dict(zip([f"chr{n}" for n in [*range(1, 23), "X", "Y"]], [
        249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022, 141213431, 135534747, 135006516,
        133851895, 115169878, 107349540, 102531392, 90354753, 81195210, 78077248, 59128983, 63025520, 48129895, 51304566,
        155270560, 59373566])) | {"chrM": 16569},
}
COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def run(command, **more):
    return subprocess.run(command, check=True, **more)


def measured(command, **more):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.time()
    run(command, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.time() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def panel(binary, assembly, folder):
    """Sites that the program asks for: it writes one record a site, also of reads that cover none."""
    empty = os.path.join(folder, "empty.bam")
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": c, "LN": n} for c, n in LENGTHS[assembly].items()]}
    with pysam.AlignmentFile(empty, "wb", header=header):
        pass
    pysam.index(empty)
    out = run([binary, "genotype", empty, "--quiet"], stdout=subprocess.PIPE, text=True).stdout
    rows = [line.split("\t") for line in out.splitlines() if not line.startswith("#")]
    return [(r[0], int(r[1]), r[3], r[4].split(",") if r[4] != "." else []) for r in rows]


def regions(sites):
    """Neighbours together: (contig, first, sites)."""
    grouped = []
    for site in sites:
        if grouped and grouped[-1][0] == site[0] and site[1] - grouped[-1][-1][-1][1] < 2 * FLANK:
            grouped[-1][1].append(site)
        else:
            grouped.append((site[0], [site]))
    return grouped


def reference_of(region, random):
    """Random bases with the panel's reference alleles in their places."""
    contig, sites = region
    first = max(1, sites[0][1] - FLANK)
    length = sites[-1][1] + len(sites[-1][2]) + FLANK - first
    bases = list("".join(random.choice(list("ACGT"), length)))
    for _, position, ref, _ in sites:
        bases[position - first:position - first + len(ref)] = ref
    return first, "".join(bases)


def haplotype(bases, first, sites, random):
    """A copy: its sequence and the allele at each site."""
    out, at, chosen, busy = [], first, [], 0
    for _, position, ref, alternates in sites:
        allele = ref
        if alternates and position > busy and random.random() < 0.2:
            allele = alternates[random.integers(len(alternates))]
        if allele != ref:
            # the next site must lie beyond this change, and an aligner needs a few bases between two
            busy = position + len(ref) + (15 if len(allele) != len(ref) else 0)
            out.append(bases[at - first:position - first])
            out.append(allele)
            at = position + len(ref)
        chosen.append(allele)
    out.append(bases[at - first:])
    return "".join(out), chosen


def pairs(sequence, depth, random, name):
    for number in range(int(len(sequence) * depth / (2 * READ))):
        insert = int(np.clip(random.normal(INSERT, SPREAD), READ, len(sequence)))
        start = random.integers(0, len(sequence) - insert + 1)
        piece = sequence[start:start + insert]
        ends = []
        for read in (piece[:READ], piece.translate(COMPLEMENT)[::-1][:READ]):
            quality = np.clip(random.normal(35, 4, len(read)), 8, 41).astype(int)
            wrong = random.random(len(read)) < 10 ** (-quality / 10)
            bases = [random.choice([b for b in "ACGT" if b != base]) if bad else base for base, bad in zip(read, wrong)]
            ends.append(("".join(bases), "".join(chr(33 + q) for q in quality)))
        yield f"{name}.{number}", ends


def simulate(sites, assembly, depth, random, folder):
    truth, references = collections.Counter(), []
    with open(f"{folder}/local.fa", "w") as fasta, open(f"{folder}/1.fq", "w") as one, open(f"{folder}/2.fq", "w") as two:
        for index, region in enumerate(regions(sites)):
            first, bases = reference_of(region, random)
            references.append((region[0], first, bases))
            fasta.write(f">r{index}\n{bases}\n")
            copies = 1 if region[0] == "chrM" else 2
            for copy in range(copies):
                sequence, chosen = haplotype(bases, first, region[1], random)
                carried = set()
                for (contig, position, ref, _), allele in zip(region[1], chosen):
                    carried |= changes(contig, position, ref, allele)
                truth.update(carried)
                for name, ends in pairs(sequence, depth / copies, random, f"r{index}.{copy}"):
                    for end, file in zip(ends, (one, two)):
                        file.write(f"@{name}\n{end[0]}\n+\n{end[1]}\n")
    run(["bwa", "index", f"{folder}/local.fa"], stderr=subprocess.DEVNULL)
    with open(f"{folder}/local.sam", "w") as out:
        run(["bwa", "mem", "-t", "2", "-R", "@RG\\tID:1\\tSM:simulated", f"{folder}/local.fa", f"{folder}/1.fq", f"{folder}/2.fq"],
            stdout=out, stderr=subprocess.DEVNULL)
    lengths = LENGTHS[assembly]
    header = {"HD": {"VN": "1.6", "SO": "unsorted"}, "SQ": [{"SN": c, "LN": n} for c, n in lengths.items()],
              "RG": [{"ID": "1", "SM": "simulated"}]}
    number = {c: i for i, c in enumerate(lengths)}
    lifted = f"{folder}/lifted.bam"
    with pysam.AlignmentFile(f"{folder}/local.sam", check_sq=False) as local, pysam.AlignmentFile(lifted, "wb", header=header) as out:
        for read in local:
            for tag in ("SA", "XA"):
                read.set_tag(tag, None)
            place = {}
            for what in ("reference", "next_reference"):
                index = getattr(read, f"{what}_id")
                if index >= 0:
                    contig, first, _ = references[index]
                    place[what] = (number[contig], getattr(read, f"{what}_start") + first - 1)
            moved = pysam.AlignedSegment.from_dict({**read.to_dict(), "ref_name": "*", "next_ref_name": "*", "ref_pos": "0", "next_ref_pos": "0"}, out.header)
            for what, (contig, start) in place.items():
                setattr(moved, f"{what}_id", contig)
                setattr(moved, f"{what}_start", start)
            moved.flag, moved.cigarstring = read.flag, read.cigarstring
            out.write(moved)
    bam = f"{folder}/reads.bam"
    run(["samtools", "sort", "-o", bam, lifted], stderr=subprocess.DEVNULL)
    run(["samtools", "index", bam])
    return truth, references, bam


def whole_reference(references, assembly, path):
    """The contigs in full length, unknown outside the simulated regions."""
    by_contig = collections.defaultdict(list)
    for contig, first, bases in references:
        by_contig[contig].append((first, bases))
    with open(path, "w") as fasta, open(f"{path}.fai", "w") as index:
        for contig, length in LENGTHS[assembly].items():
            fasta.write(f">{contig}\n")
            index.write(f"{contig}\t{length}\t{fasta.tell()}\t{length}\t{length + 1}\n")
            at = 1
            for first, bases in by_contig[contig]:
                fasta.write("N" * (first - at) + bases)
                at = first + len(bases)
            fasta.write("N" * (length - at + 1) + "\n")


def changes(contig, position, ref, allele):
    """What an allele changes, in smallest pieces: single bases where lengths agree, else one change after a common base."""
    if len(ref) == len(allele):
        return {(contig, position + i, x, y) for i, (x, y) in enumerate(zip(ref, allele)) if x != y}
    while len(ref) > 1 and len(allele) > 1 and ref[-1] == allele[-1]:
        ref, allele = ref[:-1], allele[:-1]
    while len(ref) > 1 and len(allele) > 1 and ref[0] == allele[0]:
        position, ref, allele = position + 1, ref[1:], allele[1:]
    return {(contig, position, ref, allele)}


def touching(counted):
    """Changes by the positions that they touch."""
    places = collections.defaultdict(dict)
    for (contig, position, ref, allele), n in counted.items():
        for at in range(position, position + len(ref)):
            places[(contig, at)][(position, ref, allele)] = n
    return places


def compare(sites, truth, vcf):
    """Sites right, wrong, without a genotype, and the wrong ones. A site is right when every change that touches it is on as
    many copies as was simulated, whatever records say so."""
    called, missing, filled = collections.Counter(), set(), set()
    for record in pysam.VariantFile(vcf):
        genotype = record.samples[0]["GT"]
        if any(a is None for a in genotype):
            missing.add((record.chrom, record.pos))
            continue
        filled.add((record.chrom, record.pos))
        counted = collections.Counter()
        for allele in genotype:
            if allele and record.alleles[allele] != "*":
                counted.update(changes(record.chrom, record.pos, record.ref, record.alleles[allele]))
        for change, n in counted.items():
            called[change] = max(called[change], n)
    expected, seen = touching(truth), touching(called)
    right, wrong, absent, odd = 0, 0, 0, []
    for contig, position, ref, _ in sites:
        if (contig, position) in missing or (contig, position) not in filled:
            absent += 1
            continue
        span = [(contig, at) for at in range(position, position + len(ref))]
        if all(expected.get(at, {}) == seen.get(at, {}) for at in span):
            right += 1
        else:
            wrong += 1
            odd.append(f"{contig}:{position} {ref}: simulated {[expected.get(at, {}) for at in span]}, seen {[seen.get(at, {}) for at in span]}")
    return right, wrong, absent, odd


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--assembly", default="GRCh38", choices=sorted(LENGTHS))
    parser.add_argument("--depth", default="15,30")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=10, help="wrong sites to print")
    parser.add_argument("--require", type=float, help="least concordance of rxstrata, percent of all sites")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--keep")
    options = parser.parse_args()
    failed = False
    for depth in map(float, options.depth.split(",")):
        with tempfile.TemporaryDirectory() as temporary:
            folder = options.keep or temporary
            os.makedirs(folder, exist_ok=True)
            sites = panel(options.binary, options.assembly, folder)
            truth, references, bam = simulate(sites, options.assembly, depth, np.random.default_rng(options.seed), folder)
            print(f"depth {depth:g}: {len(sites)} sites in {len(references)} regions, {os.path.getsize(bam) / 1e6:.1f} MB, seed {options.seed}")
            vcf = f"{folder}/rxstrata.vcf"
            wall, cpu = measured([options.binary, "genotype", bam, "-o", vcf, "--quiet"])
            rows = [("rxstrata", vcf, wall, cpu)]
            if not options.no_peer:
                whole_reference(references, options.assembly, f"{folder}/whole.fa")
                with open(f"{folder}/regions.tsv", "w") as bed:
                    for contig, first, bases in references:
                        bed.write(f"{contig}\t{first}\t{first + len(bases)}\n")
                peer = f"{folder}/bcftools.vcf"
                wall, cpu = measured(
                    f"bcftools mpileup -f {folder}/whole.fa -R {folder}/regions.tsv {bam} 2>/dev/null | bcftools call -m 2>/dev/null"
                    f" | bcftools norm -f {folder}/whole.fa -o {peer} 2>/dev/null", shell=True)
                rows.append(("bcftools", peer, wall, cpu))
            for name, path, wall, cpu in rows:
                right, wrong, absent, odd = compare(sites, truth, path)
                share = 100 * right / len(sites)
                print(f"  {name:9} right {right} wrong {wrong} without {absent}: {share:.2f} % of all, {100 * right / max(1, right + wrong):.2f} % of called; {wall:.2f} s, {cpu:.2f} CPU s")
                for line in odd[:options.show]:
                    print("     ", line)
                failed |= name == "rxstrata" and options.require is not None and share < options.require
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
