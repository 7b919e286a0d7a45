"""What the API tells of each thing, field by field: the description of it is made from this."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Model
from ninja import Schema
from pydantic import Field

_KNOWN = "measured, reported, modelled, assumed or made up"


class Facts(Schema):
    """What villages and facilities have alike."""

    access_now: str = Field(description="Service level now: none, basic, working, good")
    promised: str = Field(description="Service level that is promised to such a place")
    known_by: str = Field(description=_KNOWN)
    evidence: str
    chance_below: float | None = Field(description="Chance of being below the promise, 0 to 1")
    wants: str = Field(description="What is missing, by words: link, strength, power, device")
    year: int | None = Field(description="Planned year")
    option: str = Field(description="Planned way")
    fund: str
    capex_idr: int
    opex_idr_per_year: int
    reason_id: str
    reason_en: str
    lon: float | None
    lat: float | None


class Village(Facts):
    """A village as a published plan has it."""

    code: str
    name: str
    district: str
    stands: str = Field(description="served, promised, late or unserved")
    people: int | None
    people_known_by: str
    people_below: float = Field(description="Expected number of people below the promise")
    people_served: float = Field(description="Of them, served by the plan")
    electricity: str
    electricity_known_by: str
    access_then: str = Field(description="Service level when the plan is built")


class Facility(Facts):
    """An office, school, health post or other facility as a published plan has it."""

    key: str
    village_code: str
    name: str
    kind: str
    sector: str
    until: int | None = Field(description="Year until which it is a stop-gap")


class Provider(Schema):
    """A provider."""

    id: int
    name: str
    contact: str
    points: int
    in_service: int


class Point(Schema):
    """A service point, as everybody sees it."""

    code: str
    village_code: str
    facility_key: str
    place: str
    kind: str
    option: str
    provider_id: int | None
    provider: str | None
    contract: str | None
    commitment_id: int | None
    state: str
    since: dt.date
    tested_on: dt.date | None
    test_down_mbps: float | None
    test_up_mbps: float | None
    test_latency_ms: float | None
    replaced_by: str | None
    lon: float | None = Field(description="Of its facility, else of its village")
    lat: float | None


class OwnPoint(Point):
    """A service point, as who works with it sees it."""

    due: dt.date | None
    fee_idr_per_month: int | None = Field(description="Where not the contract's")
    equipment: str
    power: str
    in_building: str
    note: str


class Commitment(Schema):
    """A promise with an owner and a day: a plan's row, or an action of a meeting."""

    id: int
    plan: int | None
    meeting: int | None = Field(description="Number of the meeting that agreed it")
    action: str = Field(description="What is to be done; empty for a plan's row")
    due: dt.date = Field(description="The last day on which it is in time")
    village_code: str
    facility_key: str
    place: str
    level: str
    option: str
    year: int
    fund: str
    owner: str | None
    state: str
    reason: str
    evidence: str
    made_at: dt.datetime
    replaced_by_id: int | None


class Contract(Schema):
    """What a provider owes and is owed for."""

    number: str
    provider_id: int
    provider: str
    fund: str
    starts: dt.date
    ends: dt.date
    fee_idr_per_month: int = Field(description="Of one service point")
    down_mbps: float
    up_mbps: float
    availability: float = Field(description="Share of time, 0 to 1")
    repair_hours: int
    latency_ms: float | None = Field(description="Round trip to the centre; none: nothing is promised")
    notice_hours: int = Field(description="Planned work is told so long before")
    power_by: str = Field(description="Who answers for the power: village or provider")
    points: int


class Plan(Schema):
    """A published plan."""

    number: int
    run_id: str
    title: str
    note: str
    state: str
    region: str
    made_up: bool
    inputs_date: dt.date
    first_year: int
    last_year: int
    decided_at: dt.datetime | None


class WholePlan(Plan):
    """A published plan with its figures."""

    totals: dict[str, Any]


class Score(Schema):
    """What was delivered in a month or a year, as measured; each figure with its 95 % interval."""

    of: str = Field(description="point, village, provider, technology, district or offer")
    name: str
    period: str = Field(description="2026-11 or 2026")
    points: int
    enough: bool = Field(description="Whether there is evidence enough to judge")
    values: dict[str, Any] = Field(description="Columns of scorecards.csv; what is unknown is left out")


class Outage(Schema):
    """A time in which something was amiss at a point."""

    point: str
    village_code: str
    start: dt.datetime
    end: dt.datetime
    ended: bool = Field(description="Whether its end was seen")
    cause: str = Field(description="link, region-wide, power, maintenance, probe, centre or unknown")
    counts: str = Field(description="How its time counts for the link: down, excused, unknown or up")
    excused_by: str = Field(description="maintenance, majeure, contest, power or nothing")
    contest: str | None = Field(description="The provider's contest: open, upheld or rejected")


class Money(Schema):
    """A fund's money of a year, whole rupiah."""

    year: int
    fund: str
    budget_idr: int | None
    known_by: str = Field(description=_KNOWN)
    planned_idr: int
    contracted_idr: int
    paid_idr: int


class Challenge(Schema):
    """What was said to be wrong: a fact of a plan, what is right instead, and what became of it."""

    reference: str
    village_code: str
    fact: str
    claim: dict[str, Any] = Field(
        description="What is said to be right; names and positions of places only once it was accepted"
    )
    published_as: str
    plan: int | None = Field(description="Number of the plan that it corrects")
    evidence: str = Field(
        description="visit, photo, letter, speed test, measurement, coordinates or recomputed"
    )
    evidence_on: dt.date
    measured: dict[str, Any]
    brought_by: str | None = Field(description="Organisation; none: a resident")
    party: str | None = Field(description="Whose data it is; none: the regency's office")
    made_at: dt.datetime
    state: str = Field(
        description="open, rebutted, conceded, upheld, rejected, withdrawn, set aside or reversed"
    )
    silent: bool = Field(description="Conceded by silence")
    due_at: dt.datetime | None
    answered_at: dt.datetime | None
    answer: str
    decided_at: dt.datetime | None
    reason: str
    joins: str | None = Field(description="The one that says the same, with which it is answered")
    source: str = Field(description="File of the region's data that holds it")


def told(shape: type[Schema], row: Model, **own: Any) -> dict[str, Any]:
    """A row in a shape: its fields by name, save those given."""
    return {name: own[name] if name in own else getattr(row, name) for name in shape.model_fields}
