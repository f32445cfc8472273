#!/usr/bin/env python3
"""Accuracy of the published equations, as the binary computes them, on the deposited IWPC cohort.

Not part of the repository: the cohort is read from where it lies (--data). Rows with a stable dose below 300 mg/week and
age, height and weight are used; an unknown co-medication counts as none, as in the publication; the age of a ten-year
bin is its beginning, which is all that the IWPC equations read, and 18 in the bin of 10 to 19 (the program refuses minors).
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

# n, MAE and percent within 20 % by the pharmacogenetic, the clinical equation and 35 mg/week, by an independent program.
EXPECTED = {
    "all": (3005, 8.38, 46.1, 9.93, 39.8, 13.07, 30.4),
    "White": (1708, 8.58, 48.3, 10.89, 38.5, 12.32, 34.9),
    "Asian": (801, 6.70, 40.9, 7.22, 38.7, 14.77, 16.2),
    "Black": (310, 12.18, 43.5, 12.18, 46.1, 14.21, 37.7),
    "Mixed or missing": (186, 7.44, 51.6, 8.98, 46.2, 10.72, 38.2),
    "<=21": (945, 6.94, 34.2, 9.19, 23.7, 19.12, 0.0),
    ">21, <49": (1655, 6.58, 55.8, 6.83, 55.0, 6.10, 55.2),
    ">=49": (405, 19.08, 34.1, 24.34, 15.1, 27.41, 0.0),
}


def usable(row: dict[str, str]) -> bool:
    complete = all(row[c] for c in ("dose_mg_week", "age_bin", "height_cm", "weight_kg"))
    return complete and row["stable"] == "1" and float(row["dose_mg_week"]) < 300


def doses(binary: Path, rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """The binary's doses.tsv by patient."""
    with tempfile.TemporaryDirectory() as place:
        table = Path(place) / "patients.tsv"
        columns = "id age height_cm weight_kg race vkorc1 cyp2c9 enzyme_inducer amiodarone".split()
        with table.open("w", encoding="utf-8") as out:
            print(*columns, sep="\t", file=out)
            for row in rows:
                row["age"] = max("18", row["age_bin"].split("-")[0].strip(" +"))
                print(*(row[c] for c in columns), sep="\t", file=out)
        command = [binary, "dose", "warfarin", "--table", table, "-o", Path(place) / "out", "--quiet"]
        status = subprocess.run(command, check=False).returncode
        if status not in (0, 3):
            sys.exit(f"{binary}: exit status {status}")
        with (Path(place) / "out" / "doses.tsv").open(encoding="utf-8") as lines:
            return {row["id"]: row for row in csv.DictReader(lines, delimiter="\t")}


def accuracy(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """Mean absolute error, and percent of patients whose predicted dose is within 20 % of the stable one."""
    error = sum(abs(p - dose) for p, dose in pairs) / len(pairs)
    within = sum(abs(p - dose) <= 0.2 * dose for p, dose in pairs) / len(pairs)
    return error, 100 * within


def refit(binary: Path, data: Path, seed: int) -> int:
    """Fits by nested cross-validation; the number of groups in which the held-out error is not below the published."""
    groups = {
        ("all", ""): "all", ("race", "White"): "White", ("race", "Asian"): "Asian", ("race", "Black"): "Black",
        ("race", "Mixed or missing"): "Mixed or missing", ("dose", "21 mg/week or less"): "<=21",
        ("dose", "between"): ">21, <49", ("dose", "49 mg/week or more"): ">=49",
    }
    with tempfile.TemporaryDirectory() as place:
        command = [binary, "dose", "fit", "--table", data, "--only", "stable=1", "--complete", "age_bin,height_cm,weight_kg"]
        command += ["--exclude", "vkorc1_source", "--seed", str(seed), "-o", place, "--quiet"]
        subprocess.run(command, check=True)
        with (Path(place) / "performance.tsv").open(encoding="utf-8") as lines:
            rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["model"] == "refit"]
    worse = 0
    print(f"\nrefit, seed {seed}\tn\tMAE\twithin 20 %\tpublished MAE\twithin 20 %")
    for row in rows:
        name = groups[row["group"], row["value"]]
        published = EXPECTED[name]
        worse += float(row["mae"]) >= published[1]
        print(name, row["patients"], row["mae"], row["within_20_percent"], published[1], published[2], sep="\t")
    return worse


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, type=Path)
    parser.add_argument("--data", required=True, type=Path, help="iwpc.tsv")
    parser.add_argument("--refit", metavar="SEED", type=int, help="also fit by nested cross-validation, with this seed")
    options = parser.parse_args()
    with options.data.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if usable(row)]
    found = doses(options.binary.resolve(), rows)
    groups = {
        "all": lambda r, d: True,
        **{g: lambda r, d, g=g: r["race"] == g for g in ("White", "Asian", "Black", "Mixed or missing")},
        "<=21": lambda r, d: d <= 21,
        ">21, <49": lambda r, d: 21 < d < 49,
        ">=49": lambda r, d: d >= 49,
    }
    wrong = 0
    print("rows\tn\tMAE PGx\twithin 20 %\tMAE clinical\twithin 20 %\tMAE 35\twithin 20 %\tempty")
    for name, belongs in groups.items():
        members = [(r, float(r["dose_mg_week"])) for r in rows if belongs(r, float(r["dose_mg_week"]))]
        columns = ("iwpc_pgx_weekly", "iwpc_clinical_weekly")
        answered = [(r, d) for r, d in members if all(found[r["id"]][c] for c in columns)]
        figures = [len(members)]
        for column in columns:
            figures += accuracy([(float(found[r["id"]][column]), d) for r, d in answered])
        figures += accuracy([(35.0, d) for _, d in answered])
        shown = [str(figures[0]), *(f"{f:.2f}" if i % 2 == 0 else f"{f:.1f}" for i, f in enumerate(figures[1:]))]
        expected = EXPECTED[name]
        agrees = figures[0] == expected[0] and all(abs(f - e) <= 0.051 for f, e in zip(figures[1:], expected[1:]))
        wrong += not agrees
        print(name, *shown, len(members) - len(answered), "" if agrees else f"differs from {expected}", sep="\t")
    if options.refit is not None:
        wrong += refit(options.binary.resolve(), options.data.resolve(), options.refit)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
