"""What a challenge says, in words, as pages show it: whole, or without what is not for everybody."""

from __future__ import annotations

from typing import Any

from merata.region.prices import COMPONENTS
from merata.web.challenges.facts import FACTS, Field
from merata.web.challenges.life import HOLDS
from merata.web.models import Challenge
from merata.web.words import Tongue

#: Names of the numbers that evidence brings, in the order in which they are said.
_MEASURED = ("tests", "days", "down_mbps", "up_mbps", "latency_ms")


def claim_lines(row: Challenge, t: Tongue, *, whole: bool) -> list[tuple[str, str]]:
    """(what, value) of all that is said to be right; `whole`: also what is not for everybody before it is decided."""
    return [
        (t(f"fact_{one.name}"), spoken(one, row.claim, t))
        for one in FACTS[row.fact].fields
        if one.name in row.claim and (whole or not one.private)
    ]


def spoken(one: Field, claim: dict[str, Any], t: Tongue) -> str:
    """The value of one field, in words."""
    value = claim[one.name]
    if one.kind == "choice":
        return t.word(one.group, value)
    if one.kind == "facility":
        return str(claim.get("facility_name", value))
    if one.kind == "component":
        return t.phrase(COMPONENTS[value].about)[0] if value in COMPONENTS else str(value)
    if one.name == "idr":
        return t.money(value)
    if one.kind == "degrees":
        return t.number(value, 5)
    return t.number(value, 0 if value == int(value) else 1) if one.kind == "number" else str(value)


def open_claim(row: Challenge) -> dict[str, Any]:
    """What a challenge says, by field, as far as it is for everybody."""
    fields = {one.name: one for one in FACTS[row.fact].fields}
    holds = row.state in HOLDS
    return {
        name: row.claim[name]
        for name, one in fields.items()
        if name in row.claim and (holds or not one.private)
    }


def published_line(row: Challenge, t: Tongue) -> str:
    """What was published when the challenge came; '' where that is nothing."""
    if not row.published_as:
        return ""
    group = {"access": "level", "facility access": "level", "electricity": "electricity"}.get(row.fact)
    return t.word(group, row.published_as) if group else t.number(int(row.published_as))


def measured_lines(row: Challenge, t: Tongue) -> list[tuple[str, str]]:
    """(what, value) of the numbers that the evidence brings."""
    return [
        (t(f"fact_{name}"), t.number(row.measured[name], 1))
        for name in _MEASURED
        if row.measured.get(name) is not None
    ]
