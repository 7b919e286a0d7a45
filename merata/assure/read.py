"""The tables of measurements for everybody who asks: DuckDB over the live files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from merata.assure import index as there
from merata.assure import tables
from merata.assure.index import Part


def connect(
    measurements: Path, *, memory_bytes: int = 1_000_000_000, threads: int = 2, months: Sequence[str] = ()
) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with a view for each table of `assure.tables`, over the files that are live now.

    Parameters
    ----------
    measurements
        The folder `measurements` of a region; where nothing came in yet, the views are empty.
    memory_bytes, threads
        What DuckDB may take. Sorting more than fits goes by way of the disk.
    months
        Only these, such as 2026-11; all where left out. Months are those of UTC.
    """
    connection = duckdb.connect(config={"memory_limit": f"{memory_bytes // 1_000_000}MB", "threads": threads})
    connection.execute("SET TimeZone = 'UTC'")
    index = there.load(measurements)
    for name in tables.TABLES:
        live = [part for part in index.of(name) if not months or part.month in months]
        relation(connection, measurements, name, live).create_view(name)
    return connection


def relation(
    connection: duckdb.DuckDBPyConnection, measurements: Path, table: str, live: Sequence[Part]
) -> duckdb.DuckDBPyRelation:
    """Some parts of a table as a relation, with the declared columns also where there are no parts."""
    if not live:
        return connection.from_arrow(tables.schema(table).empty_table())
    return connection.read_parquet([str(measurements / part.path) for part in live], hive_partitioning=False)
