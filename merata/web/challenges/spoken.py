"""What a challenge says, in words, as pages show it: whole, or without what is not for everybody."""

from __future__ import annotations

from typing import Any

from merata.publish.indicators import INDICATORS
from merata.region.prices import COMPONENTS
from merata.web.challenges.facts import FACTS, HOLDS, Field
from merata.web.challenges.follow import stands_now
from merata.web.models import Challenge
from merata.web.words import Tongue

#: Kind of field that names something -> where its name stands in the claim.
_NAMED = {
    "facility": "facility_name", "promise": "promised", "card": "card_name", "area": "area_name",
    "contract": "contract",
}  # fmt: skip
#: Fact whose published value is a choice -> the group of its words.
_WORDED = {
    "access": "level", "facility access": "level", "electricity": "electricity", "promise": "commitment_state",
}  # fmt: skip
#: Names of the numbers that evidence brings, in the order in which they are said.
_MEASURED = ("tests", "days", "down_mbps", "up_mbps", "latency_ms")


def claim_lines(row: Challenge, t: Tongue, *, whole: bool) -> list[tuple[str, str]]:
    """(what, value) of all that is said to be right; `whole`: also what is not for everybody before it is decided."""
    return [
        (_called(one, t), spoken(one, row.claim, t))
        for one in FACTS[row.fact].fields
        if one.name in row.claim and (whole or not one.private)
    ]


def _called(one: Field, t: Tongue) -> str:
    word = t(f"fact_{one.name}")
    return word if one.names_it else t("challenge_says", what=word)


def spoken(one: Field, claim: dict[str, Any], t: Tongue) -> str:
    """The value of one field, in words."""
    value = claim[one.name]
    if one.kind == "choice":
        return t.word(one.group, value)
    if one.kind in _NAMED:
        return str(claim.get(_NAMED[one.kind], value))
    if one.kind == "indicator":
        return INDICATORS[value].name[0 if t.language == "id" else 1] if value in INDICATORS else str(value)
    if one.kind in ("month", "period"):
        return t.month(value)
    if one.kind == "component":
        return t.phrase(COMPONENTS[value].about)[0] if value in COMPONENTS else str(value)
    if one.name == "idr":
        return t("challenge_rupiah", sum=t.number(value))
    if one.kind == "degrees":
        return t.number(value, 5)
    return _number(value, t) if one.kind == "number" else str(value)


def _number(value: float, t: Tongue) -> str:
    return t.number(value, 0 if value == int(value) else 2)


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
    return _value(row.fact, row.published_as, t)


def now_line(row: Challenge, t: Tongue) -> str:
    """What stands there now, of a fact that the site reckons or keeps itself; '' of others."""
    return _value(row.fact, stands_now(row), t)


def _value(fact: str, text: str, t: Tongue) -> str:
    if not text or fact in _WORDED:
        return t.word(_WORDED[fact], text) if text else ""
    if fact == "payment":
        return t("challenge_rupiah", sum=t.number(int(text)))
    return f"{t.number(float(text), 2)} %" if fact == "score" else _number(float(text), t)


def measured_lines(row: Challenge, t: Tongue) -> list[tuple[str, str]]:
    """(what, value) of the numbers that the evidence brings."""
    return [
        (t(f"fact_{name}"), t.number(row.measured[name], 1))
        for name in _MEASURED
        if row.measured.get(name) is not None
    ]
