"""What was given in confidence: what such a file may hold, and its rows as planning gets them, without a name.

That a file was given in confidence stands in one place, its row of sources/sources.csv; every row of every table names
the file it came from. The office sees all (`Region.tables`). Runs get the rows under numbers of their own
(`Region.planning_tables`), so that whatever is made of them, a plan's cable or a sentence, can name none; and what
still stands at their places is known by the word HELD and withheld when published (`merata.publish.withheld`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from merata.region.findings import Finding

if TYPE_CHECKING:
    import pandas as pd

    from merata.region.sources import Received

#: Stands where the name of something given in confidence would: in ids, in sources.
HELD = "in confidence"
#: What a file given in confidence may hold. All else in a region is about villages, and that is public.
MAY_HOLD = ("sites", "links", "measurements", "prices", "claims")
#: Prices given in confidence are reckoned with to so many digits, the low one rounded down and the high one up.
PRICE_DIGITS = 2
#: Columns that would tell whose or what a row is, and that no reckoning needs.
_TELLING = ("name", "item", "basis", "sheet", "source_row")


def may_not_hold(tables: Iterable[str]) -> str:
    """Why a file with these tables can't be held in confidence; empty: it can."""
    public = [name for name in tables if name not in MAY_HOLD]
    if not public:
        return ""
    return (
        f"given in confidence, but it holds {', '.join(sorted(public))}, which every page of the region shows. Only "
        f"{', '.join(MAY_HOLD)} can be held in confidence: send those in a file of their own."
    )


def unnamed(tables: Mapping[str, pd.DataFrame], received: Iterable[Received]) -> dict[str, pd.DataFrame]:
    """The tables with what was given in confidence under numbers instead of names; others are passed on as they are.

    Positions, heights, powers, capacities and measured values stay: planning needs them. A row's number stays the same
    as long as its file does. A price becomes one of PRICE_DIGITS digits, so that no sum of a plan tells it exactly.
    """
    order = {row.file: n for n, row in enumerate(received, 1) if row.confidential}
    if not order:
        return dict(tables)
    return {
        name: _without_names(rows, name, order) if name in MAY_HOLD else rows for name, rows in tables.items()
    }


def _without_names(rows: pd.DataFrame, name: str, order: Mapping[str, int]) -> pd.DataFrame:
    held = rows["source"].isin(list(order)).to_numpy(bool)
    if not held.any():
        return rows
    rows = rows.copy()
    if name == "prices":
        rows = _rounded(rows[~held | rows["component"].notna().to_numpy(bool)].copy(), order)
        held = rows["source"].isin(list(order)).to_numpy(bool)
    elif "id" in rows:
        file = rows.loc[held, "source"]
        number = file.groupby(file).cumcount() + 1
        rows.loc[held, "id"] = [
            f"{HELD} {order[f]}.{n}" for f, n in zip(file.tolist(), number.tolist(), strict=True)
        ]
    for column in _TELLING:
        if column in rows and not (name == "prices" and column == "item"):
            rows.loc[held, column] = None
    rows.loc[held, "source"] = HELD
    return rows.sort_values("id", kind="stable", ignore_index=True) if "id" in rows else rows


def _rounded(rows: pd.DataFrame, order: Mapping[str, int]) -> pd.DataFrame:
    held = rows["source"].isin(list(order))
    low, high = rows.loc[held, "low_idr"], rows.loc[held, "high_idr"]
    # Of a row with one amount that is both ends of the range: as `merata.plan.catalogue` reads it.
    rows.loc[held, "low_idr"] = [_to_digits(v, -1) for v in low.fillna(high).tolist()]
    rows.loc[held, "high_idr"] = [_to_digits(v, 1) for v in high.fillna(low).tolist()]
    rows.loc[held, "item"] = [f"{HELD}: {key}" for key in rows.loc[held, "component"].tolist()]
    return rows


def _to_digits(value: object, way: int) -> int | None:
    """A whole number to PRICE_DIGITS digits: down for `way` -1, up for 1; None for a blank."""
    if not isinstance(value, int):
        return None
    step: int = 10 ** max(0, len(str(abs(value))) - PRICE_DIGITS)
    return -(-value // step) * step if way > 0 else value // step * step


def open_findings(findings: Iterable[Finding], sources: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Findings neither in a file given in confidence nor about one."""
    files = [str(source["file"]) for source in sources if source.get("confidential")]
    return [found for found in findings if not any(file in _all_of(found) for file in files)]


def _all_of(found: Finding) -> str:
    return "\n".join((found.file, found.what, found.done, found.settle, found.candidates, found.subject))


def open_sources(sources: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The files with who gave them and when; of those given in confidence neither name, kind, size nor hash."""
    return [
        {**source, "file": HELD, "kind": "", "sha256": "", "bytes": 0}
        if source.get("confidential")
        else dict(source)
        for source in sources
    ]
