"""What pyarrow, an independent reader, finds in the Parquet files of an export; printed as JSON for parquet.json.

    pip install pyarrow==26.0.1
    npx tsx test/vectors/exported.ts FOLDER && python test/vectors/parquet.py FOLDER > test/vectors/parquet.json

test/worker/export/parquet.test.ts holds today's files to the digests here: what is read here is what is written now.
"""

import hashlib
import json
import pathlib
import sys

import pyarrow
import pyarrow.parquet


def cell(value):
    return value.isoformat(timespec="milliseconds") if hasattr(value, "isoformat") else value


def table(path):
    read = pyarrow.parquet.read_table(path)
    return {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "types": {field.name: f"{field.type}{'' if field.nullable else ' not null'}" for field in read.schema},
        "rows": [{name: cell(value) for name, value in row.items()} for row in read.to_pylist()],
    }


folder = pathlib.Path(sys.argv[1])
tables = {path.stem: table(path) for path in sorted(folder.glob("*.parquet"))}
print(json.dumps({"reader": f"pyarrow {pyarrow.__version__}", "tables": tables}, indent=1))
