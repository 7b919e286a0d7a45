"""Points that went dark, and came back: kept, with a case for each and one alert for those that fell together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from merata.assure import live
from merata.assure.enough import WIDE_S
from merata.assure.heard import Word
from merata.assure.live import Fell, Stands
from merata.web.cases import alerts, centre
from merata.web.cases.life import measured_again, of_measurement
from merata.web.models import Blackout, PlannedWork, PointNow, ServicePoint
from merata.web.page import changed

if TYPE_CHECKING:
    from merata.web.live import Look

_AT_ONCE = 500


def fell(one: Fell, now: dict[str, Stands], at: Look, rows: dict[str, PointNow]) -> None:
    """Keep that points went dark together, and tell of it once; for the clock, in its transaction.

    Those that came back a short while ago are still in the outage they were in: nobody is told again.
    """
    mine = [_row(code, rows) for code in one.points]
    calm_s = at.rule.calm_s
    still = [row for row in mine if row.outage and row.state == "up" and _since(row) >= at.now_s - calm_s]
    new = [row for row in mine if row not in still]
    outage = _outage(one, min(now[row.point.code].since_s for row in new), at.now_s) if new else None
    for row in mine:
        there = row.outage if row in still else outage
        _fill(row, there, now[row.point.code].since_s, at)
    Blackout.objects.filter(pk__in=[row.outage_id for row in still]).update(over_at=None)
    _save(mine)
    if outage is None:
        return
    if not one.by:
        _open_case(new[0])
    alerts.alert(outage, new, routers=any(at.seen[row.point.code].routers for row in new))


def over(key: int, back: dt.datetime, word: Word | None, now: dt.datetime) -> None:
    """Keep that a point is back: its reporters are asked, or its case is closed."""
    with transaction.atomic():
        changed()
        row = PointNow.objects.select_for_update(of=("self",)).select_related("point").get(pk=key)
        if not row.is_dark:  # another worker saw it too
            return
        silent_s = (back - row.since).total_seconds()
        before, after = (_word(row.words.get(name)) for name in ("before", "after"))
        if after and word:  # what it saw meanwhile came after its first word
            after = after._replace(missed=word.missed)
        why = live.why_silent(before, after or word, silent_s)
        told = {"silent_since": row.since.isoformat(), "heard_again": back.isoformat(), "silence": why}
        measured_again(row.point, row.cause, told, found="" if why == "unknown" else why)
        row.state, row.since, row.case = "up", back, None
        row.save()
    ended(now)


def ended(now: dt.datetime) -> None:
    """Say of outages of which no point is dark any more that they are over."""
    going = Blackout.objects.filter(over_at=None).exclude(by=centre.BY)
    going.exclude(pk__in=PointNow.objects.filter(state="dark").values("outage")).update(over_at=now)


def open_cases() -> None:
    """Open or join the case of each dark point that has none yet, one by one: nobody waits long for any of them."""
    for key in PointNow.objects.filter(state="dark", case=None).values_list("pk", flat=True):
        with transaction.atomic():
            changed()
            row = PointNow.objects.select_for_update(of=("self",)).select_related("point").get(pk=key)
            if row.is_dark and row.case_id is None:
                _open_case(row)


def excused(measurements: Path, now_s: float, after_s: float) -> frozenset[str]:
    """Points of which planned work was told in time that goes on now, or ended so short a while ago.

    What the site was told counts at once: the programme's files are written every few minutes only.
    """
    ended = dt.datetime.fromtimestamp(now_s - after_s, dt.UTC)
    rows = PlannedWork.objects.filter(withdrawn_at=None, ends__gt=ended).select_related("provider", "point")
    works = list(rows.order_by("pk"))
    if (
        not (works or (measurements / "maintenance.csv").exists())
        or not (measurements / "points.csv").exists()
    ):
        return frozenset()
    from merata.assure.excused import Work, excused_at  # brings pandas along

    told = [
        Work(
            row.point.code if row.point else "", row.provider.name, row.district, row.begins.timestamp(),
            row.ends.timestamp(), row.noticed_at.timestamp(), str(row.pk),
        )
        for row in works
    ]  # fmt: skip
    return excused_at(measurements, now_s, after_s, told)


def _row(code: str, rows: dict[str, PointNow]) -> PointNow:
    if code not in rows:
        rows[code] = PointNow(
            point=ServicePoint.objects.get(code=code), state="unknown", since=timezone.now()
        )
    return rows[code]


def _outage(one: Fell, since_s: float, now_s: float) -> Blackout:
    """The outage of points that fell together: one that goes on, where it is the same, else a new one."""
    name = one.name.replace("\n", " · ") if one.by else ""
    since = dt.datetime.fromtimestamp(since_s, dt.UTC)
    if one.by:
        wide = dt.timedelta(seconds=WIDE_S)
        going = Blackout.objects.filter(by=one.by, name=name, over_at=None, since__gte=since - wide)
        if found := going.first():
            return found
    return Blackout.objects.create(
        by=one.by, name=name, since=since, seen_at=dt.datetime.fromtimestamp(now_s, dt.UTC)
    )


def _fill(row: PointNow, outage: Blackout | None, since_s: float, at: Look) -> None:
    word = at.seen[row.point.code].word
    row.times = row.times + 1 if outage is not None and outage == row.outage else 1
    row.state, row.since, row.back_at = "dark", dt.datetime.fromtimestamp(since_s, dt.UTC), None
    row.outage, row.case = outage, None
    row.cause = "power" if live.on_battery(word) else "silent"
    row.words = {"before": list(word)} if word else {}


def _save(rows: Iterable[PointNow]) -> None:
    some = list(rows)
    PointNow.objects.bulk_create([row for row in some if row.pk is None], batch_size=_AT_ONCE)
    fields = ["state", "since", "back_at", "outage", "case", "cause", "words", "times"]
    PointNow.objects.bulk_update([row for row in some if row.pk], fields, batch_size=_AT_ONCE)


def _open_case(row: PointNow) -> None:
    told: dict[str, Any] = {"silent_since": row.since.isoformat(), "outage": row.outage_id}
    since = min(row.since, timezone.now())
    row.case = of_measurement(row.point, row.cause, since, told, quiet=True, goes_on=True)
    row.save(update_fields=["case"])


def _since(row: PointNow) -> float:
    return row.since.timestamp()


def _word(said: list[int] | None) -> Word | None:
    return Word(*said) if said else None
