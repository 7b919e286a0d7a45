"""Checks what a re-plan says of each promise: the year and option now, and whether that is what was promised."""

from __future__ import annotations

from collections.abc import Iterator

from merata.plan.check_facts import Facts, Row

_KEPT = ("in full", "not needed")


def promises(facts: Facts) -> Iterator[str]:
    """What is said wrongly."""
    served: dict[str, list[Row]] = {}
    for point in facts.told["points"]:
        served.setdefault(point["place"], []).append(point)
    for row in facts.told["promises"]:
        yield from _fate(facts, row, served.get(row["place"], []))
        told = bool(row["why"]) and bool(row["reason_en"]) and bool(row["reason_id"])
        if told == (row["kept"] in _KEPT):
            yield f"promise of {row['place']}: it is {row['kept']}, but {'with' if told else 'without'} a reason"


def _fate(facts: Facts, row: Row, points: list[Row]) -> Iterator[str]:
    begins = min((point["year"] for point in points), default=None)
    if row["year"] != begins:
        yield f"promise of {row['place']}: it is served from {begins}, not {row['year']}"
    expected = _expected(facts, row, points, begins)
    if row["kept"] not in expected:
        yield f"promise of {row['place']}: it is told as {row['kept']}, expected {' or '.join(expected)}"


def _expected(facts: Facts, row: Row, points: list[Row], begins: int | None) -> tuple[str, ...]:
    due = max(row["promised_year"], facts.years[0])
    if begins is None:
        return ("dropped", "not needed") if due <= facts.years[-1] else _KEPT
    if begins > due:
        return ("later",)
    then = [p["option"] for p in points if p["year"] <= due and (p["until"] is None or p["until"] >= due)]
    return ("in full",) if row["promised_option"] in then else ("other way",)
