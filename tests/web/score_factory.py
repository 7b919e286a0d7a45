"""Scores of a few rows, as if the scorer's files had been taken in. All made up."""

import datetime as dt

from django.utils import timezone

from merata.region.settings import Settings
from merata.web.models import Outage, PhoneTest, Scorecard, ScoreSet, ServicePoint
from merata.web.page import changed

MONTHS = ["2026-01", "2026-02", "2026-03"]
AS_OF = dt.datetime(2026, 3, 20, tzinfo=dt.UTC)
VALUES = {
    "availability": 0.971, "availability_low": 0.96, "availability_high": 0.98, "known_share": 0.99, "served": 0.95,
    "down_mbps": 8.2, "down_mbps_low": 7.9, "down_mbps_high": 8.6, "down_mbps_tests": 31.0, "outages": 5.0,
    "repair_h": 3.5, "repair_h_low": 2.0, "repair_h_high": 6.0, "latency_beats": 8000.0, "clients": 4.2, "gb": 120.0,
    "busy_hours": "19 20 21 22", "availability_verdict": "missed", "down_s": 70_000.0,
}  # fmt: skip


def scores(points=None):
    """Scorecards of each point's months and of what it belongs to, and an outage that counts."""
    ScoreSet.objects.update_or_create(pk=1, defaults={"digest": "made up", "as_of": AS_OF, "months": MONTHS})
    for point in points if points is not None else ServicePoint.objects.select_related("provider"):
        provider = point.provider.name if point.provider else ""
        names = {
            "point": point.code, "village": point.village_code, "provider": provider, "technology": point.option,
            "district": "Muara Contoh", "offer": provider and f"{provider} · {point.option}",
        }  # fmt: skip
        for of, name in names.items():
            for month in MONTHS if name else ():
                card(of, name, month, point if of == "point" else None)
        outage(point)
    changed()


def card(of, name, period, point=None, **values):
    told = {**VALUES, **values}
    found, _ = Scorecard.objects.get_or_create(
        of=of, name=name, period=period,
        defaults={
            "point": point, "points": 1, "enough": True, "availability": told["availability"],
            "verdict": told["availability_verdict"], "values": told, "mark": "x",
        },
    )  # fmt: skip
    return found


def outage(point, day=5, hours=7.5, **fields):
    start = dt.datetime(2026, 3, day, 3, 20, tzinfo=dt.UTC)
    told = {"cause": "link", "counts": "down", "ended": True, **fields}
    return Outage.objects.create(point=point, start=start, end=start + dt.timedelta(hours=hours), **told)


def phone_tests(publication, code, rates=(0.3, 0.4, 1.0, 2.0, 30.0, 40.0)):
    """What phones tested in a village whose chance of being below the promised level is 0.8."""
    publication.totals["levels"] = {name: level.model_dump() for name, level in Settings().levels.items()}
    publication.save()
    publication.villages.filter(code=code).update(chance_below=0.8, promised="working")
    for number, rate in enumerate(rates):
        PhoneTest.objects.create(
            made_by=f"{number}", village_code=code, network="mobile", began=timezone.now(), down_mbps=rate,
            up_mbps=rate / 4, latency_ms=50.0,
        )  # fmt: skip
    changed()
