"""Challenges by program: all of them read by everybody, many sent at once by token."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from merata.web.api import shapes
from merata.web.api.doors import BY_TOKEN, OPEN, Token, allowed
from merata.web.api.lists import Page, Paging, Text, answer, listed, one_of, part, private
from merata.web.api.points import REFUSALS, Number
from merata.web.api.problems import ProblemError, spoken
from merata.web.api.reading import PROBLEMS, narrowed
from merata.web.challenges.bulk import Row, looked_at, take_all
from merata.web.challenges.spoken import open_claim
from merata.web.models import Challenge
from merata.web.models.challenges import CHALLENGE_STATES, CHALLENGED, EVIDENCE
from merata.web.public.current import newest

router = Router(tags=["challenges"])

#: Rows of one call.
MOST = 500

Fact = Annotated[str, *one_of(CHALLENGED)]
Evidence = Annotated[str, *one_of(EVIDENCE)]
State = Annotated[str, *one_of(CHALLENGE_STATES)]


class ChallengeFilter(Paging):
    """Which challenges."""

    village: Text | None = Field(None, description="Code of the village")
    fact: Fact | None = None
    state: State | None = None
    party: Text | None = Field(None, description="Name of the organisation whose data it is")


class Given(Schema):
    """One challenge; which fields it needs, the fact and the evidence say (docs: how to challenge)."""

    model_config = ConfigDict(extra="forbid")

    village: Text = Field("", description="Code of the village; empty: of the region as a whole")
    fact: Text
    evidence: Text = Field(
        "", description="No file can be sent here: visit, speed test, measurement, coordinates or recomputed"
    )
    evidence_on: dt.date | None = None
    level: Text | None = None
    facility: Text | None = Field(None, description="Key or name of the facility")
    kind: Text | None = None
    name: Text | None = None
    people: Number | None = None
    households: Number | None = None
    electricity: Text | None = None
    hours: Number | None = None
    operator: Text | None = None
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    promise: Text | None = Field(None, description="Number of the promise")
    really: Text | None = Field(None, description="What the promise is: kept or not kept")
    card: Text | None = Field(None, description="Point, provider or district that a score is of")
    month: Text | None = Field(None, description="As 2026-11")
    percent: Number | None = Field(None, description="Availability, 0 to 100")
    contract: Text | None = Field(None, description="Number of the contract")
    sum: Text | None = Field(None, description="Of a payment: paid or owed")
    idr: Number | None = None
    indicator: Text | None = Field(None, description="Code of the statistic")
    area: Text | None = Field(None, description="District; none: the village, or the region as a whole")
    period: Text | None = Field(None, description="Year or month of the statistic")
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    down_mbps: Number | None = None
    up_mbps: Number | None = None
    latency_ms: Number | None = None
    words: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")] = Field(
        "", description="For the parties and who decides, not for everybody"
    )


class Sent(Schema):
    """Challenges that are sent in one go."""

    model_config = ConfigDict(extra="forbid")

    challenges: list[Given] = Field(min_length=1, max_length=MOST)


class Outcome(Schema):
    """What became of one of them."""

    number: int = Field(description="Which of them, from 1")
    outcome: str = Field(description="taken, again (it was sent before) or wrong")
    reference: str | None
    problems: list[str]


class Outcomes(Schema):
    """What became of each."""

    rows: list[Outcome]


@router.get(
    "/challenges", response={200: Page[shapes.Challenge], **PROBLEMS}, throttle=OPEN, summary="Challenges"
)
def challenges(request: HttpRequest, wanted: Query[ChallengeFilter]) -> HttpResponse:
    """What was said to be wrong, with its answers and decisions; nobody's own words. The newest first."""

    def make() -> dict[str, Any]:
        rows: QuerySet[Challenge] = Challenge.objects.select_related(
            "party", "organisation", "joins", "publication"
        )
        rows = narrowed(rows, wanted, village="village_code", fact="fact", state="state", party="party__name")
        found, total = part(rows, wanted)
        return listed(request, [_told(row) for row in found], total, wanted)

    return answer(request, make)


@router.post(
    "/programme/challenges",
    response={200: Outcomes, **REFUSALS},
    auth=Token("challenges", rights=("challenge",)),
    throttle=BY_TOKEN,
    summary="Send challenges",
)
def send(request: HttpRequest, given: Sent) -> HttpResponse:
    """Challenge facts of the newest plan. Each row stands for itself; the same of the same sender is taken once."""
    user, publication = allowed(request, "challenge"), newest()
    if publication is None:
        raise ProblemError(404, "problem_not_there")
    numbered = enumerate((one.model_dump(exclude_none=True) for one in given.challenges), start=1)
    rows = looked_at([(number, cells, []) for number, cells in numbered], publication, user)
    return private({"rows": [_became(row, request) for row in take_all(rows, user, "api")]})


def _became(row: Row, request: HttpRequest) -> dict[str, Any]:
    found = row.taken or (row.known if row.outcome == "again" else None)
    return {
        "number": row.number,
        "outcome": row.outcome,
        "reference": found.reference if found else None,
        "problems": [one.said(spoken(request)) for one in row.problems],
    }


def _told(row: Challenge) -> dict[str, Any]:
    return shapes.told(
        shapes.Challenge, row, claim=open_claim(row), plan=row.publication.number,
        brought_by=row.organisation.name if row.organisation else None, party=row.party.name if row.party else None,
        joins=row.joins.reference if row.joins else None,
    )  # fmt: skip
