import csv
from pathlib import Path

OUT = config["outdir"]


def located(name):
    """A file by its name in the sheet: from the working folder, else from the sheet's."""
    beside = Path(config["samplesheet"]).parent / name
    return name if Path(name).exists() or not beside.exists() else str(beside)


def samples():
    with open(config["samplesheet"], newline="") as sheet:
        return [row for row in csv.DictReader(sheet) if any(row.values())]


def blocks():
    """Blocks of one assembly, in the order of the sheet."""
    size = config["batch_size"]
    found = {}
    for assembly in sorted({row.get("assembly") or "" for row in SAMPLES}):
        rows = [row for row in SAMPLES if (row.get("assembly") or "") == assembly]
        for start in range(0, len(rows), size):
            name = f"{assembly or 'any'}-{start // size:05d}"
            found[name] = (assembly, rows[start : start + size])
    return found


def files_of(wildcards):
    rows = BLOCKS[wildcards.block][1]
    return [located(row.get("vcf") or row["bam"]) for row in rows]


def outside_of(wildcards):
    rows = BLOCKS[wildcards.block][1]
    return [located(row["outside_calls"]) for row in rows if row.get("outside_calls")]


SAMPLES = samples()
BLOCKS = blocks()
