"""Reads a table from CSV and Parquet with DuckDB and pandas, and prints what each of them sees as JSON.

usage: read_files.py FILE.csv FILE.parquet
"""

import json
import sys

import duckdb
import pandas


def by_duckdb(path):
    relation = duckdb.sql(f"SELECT * FROM '{path}' ORDER BY tick")
    rows = relation.fetchall()
    return {name: [row[i] for row in rows] for i, name in enumerate(relation.columns)}


def by_pandas(frame):
    # Whole numbers stay whole beside what is missing.
    whole = frame.convert_dtypes()
    return {
        name: [None if pandas.isna(value) else value.item() if hasattr(value, "item") else value for value in whole[name]]
        for name in whole.columns
    }


csv, parquet = sys.argv[1:]
print(
    json.dumps(
        {
            "duckdb csv": by_duckdb(csv),
            "duckdb parquet": by_duckdb(parquet),
            "pandas csv": by_pandas(pandas.read_csv(csv)),
            "pandas parquet": by_pandas(pandas.read_parquet(parquet)),
        }
    )
)
