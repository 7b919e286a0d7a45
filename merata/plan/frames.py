"""Rows of the plan as tables with the columns and types that `plan.result` declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from merata.region.store import REAL, TEXT, TRUTH, framed
from merata.region.tables import KNOWN_BY, Table


def frame(table: Table, rows: Sequence[Mapping[str, Any]] | pd.DataFrame) -> pd.DataFrame:
    """`rows` with exactly the columns of `table`, in order, with their types; missing ones are blank."""
    given = rows.reset_index(drop=True) if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    return framed(given, table.columns)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as JSON has them: a blank is None, numbers are Python's own."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(k): v.item() if hasattr(v, "item") else v for k, v in row.items()} for row in rows]


def flags(values: pd.Series) -> np.ndarray:
    """Truth values as a plain array; a blank is False."""
    return values.astype(TRUTH).to_numpy(dtype=bool, na_value=False)


def numbers(values: pd.Series) -> np.ndarray:
    """Numbers as a plain array of floats; a blank is NaN."""
    return values.astype(REAL).to_numpy(dtype=float, na_value=np.nan)


def words(values: pd.Series) -> np.ndarray:
    """Words as a plain array of objects; a blank is the empty string."""
    return values.astype(TEXT).to_numpy(dtype=object, na_value="")


def weakest(ways: Sequence[str]) -> str:
    """The least sure of several ways of knowing; 'assumed' for one that is not declared."""
    rank = {way: n for n, way in enumerate(KNOWN_BY)}
    return KNOWN_BY[max((rank.get(way, rank["assumed"]) for way in ways), default=0)]
