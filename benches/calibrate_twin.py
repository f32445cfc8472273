#!/usr/bin/env python3
"""Calibrates the twin and the trial's virtual patients to a cohort of stable doses, and prints the tables that ship.

    python3 benches/calibrate_twin.py --cohort iwpc.tsv

Column names are those of the International Warfarin Pharmacogenetics Consortium's cohort as prepared for tests (race, sex,
age_bin, height_cm, weight_kg, amiodarone, enzyme_inducer, stable, inr_at_stable_dose, dose_mg_week, cyp2c9, vkorc1).
The cohort itself does not ship; what is printed are summaries. Standard library only.
"""

from __future__ import annotations

import argparse
import csv
import math
import statistics as st
import tomllib
from pathlib import Path

KNOWLEDGE = Path(__file__).resolve().parent.parent / "pgx-rules/knowledge/dosing"
RACES = {"White": "white", "Asian": "asian", "Black": "black", "Mixed or missing": "mixed"}
USUAL_INR = 2.5
WEIGHT_CENTER, SCALE, BASELINE = 75.0, 20.0, 1.0


def model_2010(t: dict, cyp: str, a: int, age: float, inr: float) -> float:
    s, (one, two) = t["structure"], cyp.split("/")
    clearance = (t["clearance"][one] + t["clearance"][two]) * (1 + s["clearance_per_year"] * (age - s["age_center"]))
    u = (inr - BASELINE) / SCALE
    level = (u / (1 - u)) ** (1 / s["hill"]) * (a * t["ec50"]["A"] + (2 - a) * t["ec50"]["G"])
    return 24 * clearance * level / s["share_of_dose"]


def model_2007(t: dict, cyp: str, a: int, age: float, inr: float) -> float:
    s = t["structure"]
    clearance = s["clearance"] * t["clearance_left"][cyp] * (1 + s["clearance_per_year"] * (age - s["age_center"]))
    i = 1 - math.sqrt(1 - ((inr - BASELINE) / SCALE) ** (1 / s["inr_power"]))
    level = (i / (1 - i)) ** (1 / s["hill"]) * t["ec50"][("GG", "AG", "AA")[a]]
    return 24 * clearance * level / s["share_of_dose"]


def least_squares(x: list[list[float]], y: list[float]) -> tuple[list[float], list[float]]:
    """Coefficients and residuals, by the normal equations."""
    n = len(x[0])
    m = [[sum(r[i] * r[j] for r in x) for j in range(n)] + [sum(r[i] * v for r, v in zip(x, y))] for i in range(n)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(m[k][i]))
        m[i], m[pivot] = m[pivot], m[i]
        for k in range(n):
            if k != i:
                f = m[k][i] / m[i][i]
                m[k] = [a - f * b for a, b in zip(m[k], m[i])]
    found = [m[i][n] / m[i][i] for i in range(n)]
    return found, [v - sum(a * b for a, b in zip(r, found)) for r, v in zip(x, y)]


def robust_sd(values: list[float]) -> float:
    lower, _, upper = st.quantiles(values, n=4)
    return (upper - lower) / 1.349


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohort", required=True, type=Path)
    rows = list(csv.DictReader(open(parser.parse_args().cohort, encoding="utf-8"), delimiter="\t"))
    tables = {n: tomllib.loads((KNOWLEDGE / f"{n}.toml").read_text())["equations"] for n in ("hamberg2010", "hamberg2007")}
    for row in rows:
        start = number(row["age_bin"][:2])
        row["age"] = None if start is None else start + 5
    used = [
        r for r in rows
        if r["stable"] == "1" and (d := number(r["dose_mg_week"])) and d < 300 and r["age"] and r["age"] >= 20
        and number(r["weight_kg"]) and number(r["height_cm"]) and r["vkorc1"] != "unknown" and r["cyp2c9"] in tables["hamberg2007"]["clearance_left"]
    ]
    print(f"# {len(used)} of {len(rows)} patients")
    for name, model in (("hamberg2010", model_2010), ("hamberg2007", model_2007)):
        y, x, x_plain = [], [], []
        for r in used:
            inr = number(r["inr_at_stable_dose"])
            inr = inr if inr and 1.5 <= inr <= 4 else USUAL_INR
            y.append(math.log(number(r["dose_mg_week"]) / 7 / model(tables[name], r["cyp2c9"], r["vkorc1"].count("A"), r["age"], inr)))
            plain = [1.0, float(r["race"] == "Asian"), float(r["race"] == "Black"), float(r["race"] == "Mixed or missing"),
                     math.log(number(r["weight_kg"]) / WEIGHT_CENTER), float(r["amiodarone"] == "1"), float(r["enzyme_inducer"] == "1")]
            x_plain.append(plain)
            genotype = [float(r["cyp2c9"] == g) for g in ("*1/*2", "*1/*3", "*2/*2", "*2/*3", "*3/*3")]
            x.append(plain + genotype + [float(r["vkorc1"].count("A") == a) for a in (1, 2)])
        for title, design, names in (
            ("plain", x_plain, ["white", "asian", "black", "mixed", "log_weight", "amiodarone", "inducer"]),
            ("with genotype", x, ["white", "asian", "black", "mixed", "log_weight", "amiodarone", "inducer",
                                  "*1/*2", "*1/*3", "*2/*2", "*2/*3", "*3/*3", "AG", "AA"]),
        ):
            found, residuals = least_squares(design, y)
            for i in (1, 2, 3):
                found[i] += found[0]
            print(f"# {name}, {title}: mean {st.mean(y):.3f}; spread {robust_sd(residuals):.3f} (SD {st.pstdev(residuals):.3f})")
            print("\n".join(f'"{n}" = {c:.2f}' for n, c in zip(names, found)))
            for race, short in RACES.items():
                part = [e for e, r in zip(residuals, used) if r["race"] == race]
                print(f"# spread {short} {robust_sd(part):.3f} of {len(part)}")
    for race, short in RACES.items():
        part = [r for r in used if r["race"] == race]
        print(f"\n[equations.{short}]\nmale = {st.mean(r['sex'] == 'male' for r in part):.2f}")
        ages = [r["age"] for r in part]
        print(f"age_mean = {st.mean(ages):.0f}.0\nage_sd = {st.stdev(ages):.0f}.0")
        for sex in ("male", "female"):
            heights = [number(r["height_cm"]) for r in part if r["sex"] == sex]
            logs = [math.log(number(r["weight_kg"])) for r in part if r["sex"] == sex]
            h, s = st.mean(heights), st.stdev(heights)
            slope = sum((a - h) * (b - st.mean(logs)) for a, b in zip(heights, logs)) / sum((a - h) ** 2 for a in heights)
            left = st.stdev(b - slope * (a - h) for a, b in zip(heights, logs))
            print(f"{sex}_height_mean = {h:.0f}.0\n{sex}_height_sd = {s:.1f}\n{sex}_weight_median = {math.exp(st.mean(logs)):.0f}.0")
            print(f"{sex}_log_weight_per_cm = {slope:.4f}\n{sex}_log_weight_sd = {left:.3f}")
        print(f"amiodarone = {st.mean(r['amiodarone'] == '1' for r in part):.3f}\ninducer = {st.mean(r['enzyme_inducer'] == '1' for r in part):.3f}")
    # Stable doses by group, brought to an INR of 2.5, against which virtual patients are checked before any policy is run.
    def at_usual_inr(r: dict) -> float:
        inr = number(r["inr_at_stable_dose"])
        inr = inr if inr and 1.5 <= inr <= 4 else USUAL_INR
        facts = (tables["hamberg2010"], r["cyp2c9"], r["vkorc1"].count("A"), r["age"])
        return math.log(number(r["dose_mg_week"]) * model_2010(*facts, USUAL_INR) / model_2010(*facts, inr))

    groups = [(short, lambda r, race=race: r["race"] == race) for race, short in RACES.items()]
    groups += [(f"white {g}", lambda r, a=a: r["race"] == "White" and r["vkorc1"].count("A") == a) for a, g in enumerate(("GG", "AG", "AA"))]
    groups += [(f"white {g}", lambda r, g=g: r["race"] == "White" and r["cyp2c9"] == g) for g in tables["hamberg2007"]["clearance_left"]]
    for name, holds in groups:
        doses = [at_usual_inr(r) for r in used if holds(r)]
        a = st.mean(r["vkorc1"].count("A") for r in used if holds(r)) / 2
        print(f"# stable dose {name}: median {math.exp(st.median(doses)):.1f} mg/week, spread of the logarithm {robust_sd(doses):.2f}, VKORC1 A {a:.2f}")


if __name__ == "__main__":
    main()
