"""The clocks of cases, declared: how long each step may take, and whom each stroke tells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from merata.web.models import Case, ServicePoint


@dataclass(frozen=True)
class Kind:
    """A kind of case: to whom it goes first, whether reports of it are joined, how long an office may take (h)."""

    to: str
    joined: bool = True
    office_hours: float = 24


#: A wish is its own case each time, and no repair: the office answers it within two weeks. Power is seldom the
#: provider's to mend: an office looks first.
KINDS = {
    "broken": Kind("provider"),
    "slow": Kind("provider"),
    "no password": Kind("provider"),
    "no power": Kind("office"),
    "request": Kind("office", joined=False, office_hours=336),
}

#: Causes as measurements tell them -> kind of case.
CAUSES = {"link": "broken", "power": "no power", "slow": "slow", "silent": "broken"}

#: Another sign of the same trouble joins its open case for so long after the last one.
JOIN = dt.timedelta(days=30)
#: A case that was closed is opened again by a new sign for so long.
AGAIN = dt.timedelta(days=7)


@dataclass(frozen=True)
class Stroke:
    """What happens once a share of a step's hours went by: who is told, or that the case closes by time."""

    share: float
    tell: tuple[str, ...] = ()
    closes: bool = False


@dataclass(frozen=True)
class Clock:
    """The clock of a state: hours that its step may take where neither kind nor contract says so, and its strokes."""

    hours: float
    strokes: tuple[Stroke, ...]


CLOCKS = {
    "received": Clock(24, (Stroke(1, ("regency",)), Stroke(3, ("regency", "province")))),
    "with provider": Clock(
        72,
        (
            Stroke(0.5, ("provider",)),
            Stroke(1, ("provider", "regency")),
            Stroke(2, ("provider", "regency")),
            Stroke(4, ("regency", "province")),
        ),
    ),
    "mended": Clock(72, (Stroke(0.5, ("reporter",)), Stroke(1, closes=True))),
}


def hours_of(case: Case) -> float:
    """How long the step of a case's state may take, h: the contract's time to repair where there is one."""
    if case.state == "received":
        return KINDS[case.kind].office_hours
    if case.state == "with provider":
        return float(_repair_hours(case) or CLOCKS[case.state].hours)
    return CLOCKS[case.state].hours if case.state in CLOCKS else 0


def wind(case: Case, now: dt.datetime) -> None:
    """Let the clock of a case's new state run from now."""
    case.state_at, case.strokes, case.hours = now, 0, hours_of(case)
    case.next_at = time_of(case, 0)


def time_of(case: Case, stroke: int) -> dt.datetime | None:
    """When a stroke of a case's clock is; None where there is none."""
    strokes = CLOCKS[case.state].strokes if case.state in CLOCKS else ()
    if stroke >= len(strokes):
        return None
    return case.state_at + dt.timedelta(hours=strokes[stroke].share * case.hours)


def due(case: Case) -> dt.datetime | None:
    """By when the step of a case is to be done; None where it is closed."""
    return case.state_at + dt.timedelta(hours=case.hours) if case.state in CLOCKS else None


def _repair_hours(case: Case) -> int | None:
    """Of the point's contract; for a whole village the longest of the provider's there."""
    if case.point and case.point.contract:
        return int(case.point.contract.repair_hours)
    points = ServicePoint.objects.filter(village_code=case.village_code, provider=case.provider_id)
    found = points.exclude(contract=None).order_by("-contract__repair_hours").first()
    return int(found.contract.repair_hours) if found and found.contract else None
