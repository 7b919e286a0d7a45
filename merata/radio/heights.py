"""The height of a site's antenna, as a cell of the table of sites says it: a number, nothing, or what can't be."""

from __future__ import annotations

import math

import pandas as pd

from merata.errors import InputError

#: No antenna is lower, m above ground; nor higher, for the Recommendation (P.1812).
LEAST_M, MOST_M = 1.0, 3000.0


def said_height_m(cell: object, name: str, most_m: float = MOST_M) -> float:
    """Height above ground that a cell says, m; NaN where it says none: blank, or 0, which is an empty cell, no mast.

    Raises
    ------
    InputError
        The cell holds something else than a number, or one outside of `LEAST_M` to `most_m`; names the site.

    """
    if cell is None or cell is pd.NA or (isinstance(cell, str) and not cell.strip()):
        return math.nan
    try:
        height_m = float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InputError(f"{name}: height_m is {cell!r}; expected a number.") from None
    if math.isnan(height_m) or height_m == 0:
        return math.nan
    if not LEAST_M <= height_m <= most_m:
        raise InputError(
            f"{name}: height_m is {height_m:g}; expected {LEAST_M:g} to {most_m:g} m above ground."
        )
    return height_m
