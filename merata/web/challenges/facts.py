"""The facts that can be wrong, declared: what each asks for, what evidence counts, what of it changes the region."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from merata.region.tables import LEVELS, SECTOR_OF_FACILITY
from merata.web.models.challenges import EVIDENCE

#: A challenge in one of these states goes on; in one of those, it holds.
GOING = ("open", "rebutted")
HOLDS = ("conceded", "upheld")
ELECTRICITY = ("grid", "solar", "generator", "none")
#: What a promise really is, whatever stands on the board.
REALLY = ("not kept", "kept")
#: Whether money was paid, or is owed by the statement.
SUMS = ("paid", "owed")


@dataclass(frozen=True)
class Field:
    """One thing that a challenge says: a choice, a number or a short text."""

    name: str
    kind: str
    """choice, number, degrees, month, text; or what it names: facility, component, promise, card, contract,
    indicator, area, period."""
    choices: tuple[str, ...] = ()
    group: str = ""
    """The group of words in which its choices are said."""
    required: bool = True
    least: float = 0
    most: float = 0
    private: bool = False
    """Somebody's own words, or a place that may be somebody's home: shown to everybody only once it was decided so."""

    @property
    def names_it(self) -> bool:
        """Whether it says which thing is meant, and not what is right about it."""
        return self.kind not in ("choice", "number", "degrees", "text") or self.name == "sum"


@dataclass(frozen=True)
class Fact:
    """One kind of fact: what is right instead, what may show it, and what becomes of it where a challenge holds."""

    fields: tuple[Field, ...]
    evidence: tuple[str, ...]
    table: str = ""
    """The table of the region that it changes; none: the fact is reckoned or kept elsewhere."""
    row: Callable[[Mapping[str, Any]], dict[str, Any]] = dict
    """A claim -> the cells of the table's row, by header; the village's code and the reference are added."""
    party: str = "office"
    """Whose data it is: the office's, the provider's of the village or facility, the operator's that is named, or the
    owner's of the promise."""
    follows: str = "region"
    """What comes of it (`merata.web.challenges.follow`): region, promise, score, payment or statistic."""
    places: tuple[str, ...] = ("village",)
    """Whether it is said of a village, of the region as a whole, or of either."""


_LEVEL = Field("level", "choice", LEVELS, "level")
_KIND = Field("kind", "choice", tuple(SECTOR_OF_FACILITY), "facility")
_NAME = Field("name", "text", most=80, private=True)
_PLACE = (
    Field("lat", "degrees", least=-90, most=90, private=True),
    Field("lon", "degrees", least=-180, most=180, private=True),
)
_MAYBE_PLACE = tuple(
    Field(one.name, one.kind, least=one.least, most=one.most, required=False, private=True) for one in _PLACE
)
_SEEN = ("visit", "photo", "letter", "coordinates")
_LINKED = ("speed test", "measurement", "visit", "photo", "letter")


def _at(claim: Mapping[str, Any]) -> dict[str, Any]:
    return {"lintang": claim.get("lat", ""), "bujur": claim.get("lon", "")}


FACTS: dict[str, Fact] = {
    "access": Fact(
        (_LEVEL,), _LINKED, "reports", lambda claim: {"level": claim["level"]}, party="provider",
    ),
    "facility access": Fact(
        (Field("facility", "facility"), _LEVEL), _LINKED, "reports",
        lambda claim: {"level": claim["level"], "place": claim["facility_name"]}, party="provider",
    ),
    "people": Fact(
        (Field("people", "number", most=1_000_000), Field("households", "number", most=300_000, required=False)),
        ("letter", "visit"), "people",
        lambda claim: {"people": claim["people"], "households": claim.get("households", "")},
    ),
    "electricity": Fact(
        (
            Field("electricity", "choice", ELECTRICITY, "electricity"),
            Field("hours", "number", most=24, required=False),
        ),
        ("visit", "photo", "letter"), "electricity",
        lambda claim: {"electricity": claim["electricity"], "hours per day": claim.get("hours", "")},
    ),
    "place missing": Fact(
        (_KIND, _NAME, *_MAYBE_PLACE), _SEEN, "facilities",
        lambda claim: {"kind": claim["kind"], "facility name": claim["name"], **_at(claim)},
    ),
    "place gone": Fact(
        (Field("facility", "facility"),), ("visit", "photo", "letter"), "gone",
        lambda claim: {"what": claim["facility_kind"], "called": claim["facility_name"]},
    ),
    "settlement missing": Fact(
        (_NAME, Field("people", "number", most=100_000, required=False), *_PLACE), _SEEN, "settlements",
        lambda claim: {"settlement": claim["name"], "people": claim.get("people", ""), **_at(claim)},
    ),
    "tower gone": Fact(
        (Field("operator", "text", most=60, required=False), *_PLACE), _SEEN, "gone",
        lambda claim: {"what": "tower", "run_by": claim.get("operator", ""), **_at(claim)}, party="operator",
    ),
    "price": Fact(
        (Field("component", "component"), Field("idr", "number", least=1000, most=100_000_000_000)),
        ("letter",), "prices",
        lambda claim: {
            "item": claim["item"], "low": claim["idr"], "high": claim["idr"], "unit": claim["unit"],
        },
    ),
    "promise": Fact(
        (Field("promise", "promise"), Field("really", "choice", REALLY, "really")), _LINKED, party="owner",
        follows="promise", places=("village", "region"),
    ),
    "score": Fact(
        (Field("card", "card"), Field("month", "month"), Field("percent", "number", most=100)),
        ("recomputed", "measurement", "visit", "photo", "letter"), follows="score", places=("village", "region"),
    ),
    "payment": Fact(
        (
            Field("contract", "contract"), Field("month", "month"), Field("sum", "choice", SUMS, "sum"),
            Field("idr", "number", most=1_000_000_000_000),
        ),
        ("letter", "recomputed"), follows="payment", places=("region",),
    ),
    "statistic": Fact(
        (
            Field("indicator", "indicator"), Field("area", "area", required=False), Field("period", "period"),
            Field("level", "choice", LEVELS, "level", required=False),
            Field("value", "number", least=-1e15, most=1e15),
        ),
        ("letter", "recomputed", "visit"), follows="statistic", places=("village", "region"),
    ),
}  # fmt: skip

#: Evidence that is a file; the others are said: a day, the tests that the centre saw, numbers, a place.
WITH_FILE = ("photo", "letter")
#: Evidence that is nothing without words: by which data and which steps.
WITH_WORDS = ("recomputed",)
#: What a measurement of one's own says.
MEASURED = (
    Field("down_mbps", "number", most=10_000), Field("up_mbps", "number", most=10_000, required=False),
    Field("latency_ms", "number", most=60_000, required=False),
)  # fmt: skip


def fields_of(fact: str, evidence: str) -> tuple[Field, ...]:
    """What a challenge of a fact with a kind of evidence says."""
    return FACTS[fact].fields + (MEASURED if evidence == "measurement" else ())


def facts_of(place: str) -> dict[str, Fact]:
    """The facts that can be challenged of a `village`, or of the `region` as a whole."""
    return {name: fact for name, fact in FACTS.items() if place in fact.places}


assert all(set(fact.evidence) <= set(EVIDENCE) for fact in FACTS.values())
