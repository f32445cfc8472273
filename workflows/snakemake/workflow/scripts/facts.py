"""Columns of the sheet as sample metadata: sample, field, value."""

import csv

FIELDS = {
    "sex": "sex",
    "age": "age",
    "height_cm": "height",
    "weight_kg": "weight",
    "race": "race",
    "african_ancestry": "african_ancestry",
    "population": "population",
    "medication": "medication",
}

with open(snakemake.input[0], newline="") as sheet, open(snakemake.output[0], "w") as table:
    for row in csv.DictReader(sheet):
        for column, field in FIELDS.items():
            value = row.get(column)
            if value:
                value = value.lower() if column == "race" else value.replace(";", ",")
                table.write(f"{row['sample']}\t{field}\t{value}\n")
