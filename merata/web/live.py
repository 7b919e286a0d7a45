"""How points stand now: looked at every few seconds by the worker, from what receivers and checks heard last.

What changes is kept, opens cases and sends alerts. It is judged once without holding anything, and once more with the
rows held: two workers, or one that was killed, do nothing twice.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from merata.assure import heard, live
from merata.assure.heard import Ear
from merata.assure.live import DARK, UNKNOWN, UP, Rule, Seen, Stands, Watched
from merata.assure.routers import numbers_of_points
from merata.errors import MerataError
from merata.region.settings import MeasureSettings, load_settings
from merata.web.cases import alerts, centre, dark
from merata.web.forever import forever
from merata.web.models import PointNow, Probe, ServicePoint
from merata.web.page import changed
from merata.web.programme.places import places
from merata.web.sms.queue import send_waiting

_log = logging.getLogger(__name__)

EVERY_S = 15.0
_AT_ONCE = 500


@dataclass(frozen=True)
class Look:
    """What is there to judge by."""

    points: list[Watched]
    seen: dict[str, Seen]
    rule: Rule
    now_s: float
    excused: frozenset[str] = frozenset()
    cut_off: bool = False
    """Whether the centre is cut off, as far as was seen before."""
    away_s: float = 0.0
    """When it was seen to be cut off last, s since 1970; 0: not for a day."""

    def stands(self, was: dict[str, Stands]) -> dict[str, Stands]:
        """Point -> how it stands."""
        return {
            point.point: live.stands(self.seen.get(point.point), was.get(point.point), self.rule, self.now_s)
            for point in self.points
        }


def look(now_s: float | None = None, backs: alerts.Backs | None = None) -> int:
    """Look at all points, keep what changed, open and close cases, send alerts. Answers how many points changed.

    `backs` is what a worker remembers from look to look of letters that are due.
    """
    listening = heard.ears(measurements())
    if not listening:
        return 0
    at = taken(listening, time.time() if now_s is None else now_s, ServicePoint.objects.all())
    at = replace(at, excused=dark.excused(measurements(), at.now_s, at.rule.dark_s))
    was = standing()
    now = at.stands(was)
    (backs or alerts.Backs()).tell(_moment(at.now_s), dt.timedelta(seconds=at.rule.calm_s))
    if trouble := _trouble_of_centre(at, now, was):
        why, since_s = trouble
        _log.warning("The centre is cut off (%s): nobody is told of points that are silent", why)
        centre.away(why, _moment(since_s), _moment(at.now_s))
        return max(1, _kept(replace(at, seen=_answered(at) if why == centre.UNHEARD else {})))
    if at.cut_off and any(one.word and one.word.received_ms / 1000 > at.away_s for one in at.seen.values()):
        centre.over(_moment(at.now_s))
    if not _news(at, now, was):
        dark.open_cases()  # of a worker that was killed before it did
        return 0
    return _kept(at)


def _trouble_of_centre(at: Look, now: dict[str, Stands], was: dict[str, Stands]) -> tuple[str, float] | None:
    """What is amiss with the centre itself, and since when; None where nothing is known to be."""
    since_s = live.unheard_since(at.points, at.seen, was, at.rule, at.now_s)
    suspect = since_s is not None or (_news(at, now, was) and live.suspects_centre(now, was))
    if suspect and not live.reaches_outside(measure().outside):
        return centre.OUTSIDE, max((one.heard_s for one in at.seen.values()), default=at.now_s)
    return (centre.UNHEARD, since_s) if since_s is not None else None


def _answered(at: Look) -> dict[str, Seen]:
    """What was heard of points whose routers answer, though no probe is heard."""
    return {code: one for code, one in at.seen.items() if one.quiet_s < at.rule.silent_s}


def taken(listening: list[Ear], now_s: float, rows: QuerySet[ServicePoint]) -> Look:
    """What is known at a time: those of some points that are watched, and what was heard of them."""
    told = measure()
    points = watched(rows)
    trouble = centre.last()
    away_s = trouble.seen_at.timestamp() if trouble else 0.0
    ears = [ear._replace(since_s=max(ear.since_s, away_s)) for ear in listening]
    rule = Rule(60 * told.dark_after_min, 60 * told.calm_after_min)
    cut_off = trouble is not None and trouble.over_at is None
    return Look(points, live.seen(points, ears, now_s), rule, now_s, cut_off=cut_off, away_s=away_s)


def watched(rows: QuerySet[ServicePoint]) -> list[Watched]:
    """Those in service under a contract, with the probe that speaks for each and the routers that are checked."""
    rows = rows.filter(state="in service").exclude(contract=None)
    there = Probe.objects.filter(revoked_at=None, point__in=rows).exclude(enrolled_at=None)
    probes = dict(there.order_by("pk").values_list("point", "pk"))
    where, checked = places(), numbers_of_points(measurements())
    return [
        Watched(
            code, provider or "", where[village].district if village in where else "", probes.get(key, 0),
            checked.get(code, ()),
        )
        for key, code, provider, village in rows.values_list("pk", "code", "provider__name", "village_code")
    ]  # fmt: skip


def standing(rows: Sequence[PointNow] | None = None) -> dict[str, Stands]:
    """Point -> how it stood when that was last kept."""
    if rows is None:
        told = PointNow.objects.values_list("point__code", "state", "since", "back_at")
    else:
        told = ((row.point.code, row.state, row.since, row.back_at) for row in rows)  # type: ignore[assignment]
    return {
        code: Stands(state, since.timestamp(), back.timestamp() if back else None)
        for code, state, since, back in told
    }


def measurements() -> Path:
    """The folder `measurements` of the region."""
    return Path(settings.REGION) / "measurements"


def measure() -> MeasureSettings:
    """The section [measure] of region.toml."""
    return load_settings(Path(settings.REGION) / "region.toml").measure


def run(batch: bool = False, over: threading.Event | None = None) -> None:
    """Look every few seconds, for ever; as a batch, once."""
    # The disk may be away, or a file is being mended.
    backs = alerts.Backs()

    def look_and_send() -> None:
        if look(backs=backs):
            send_waiting()

    forever(
        look_and_send, EVERY_S, (_log, "How points stand waits"), troubles=(OSError, MerataError), batch=batch,
        over=over,
    )  # fmt: skip


# What changes


def _news(at: Look, now: dict[str, Stands], was: dict[str, Stands]) -> bool:
    return (
        any(_differs(one, was.get(code)) for code, one in now.items())
        or any(one.state != UNKNOWN for code, one in was.items() if code not in now)
        or bool(live.fallen(at.points, now, was, at.excused))
    )


def _differs(one: Stands, was: Stands | None) -> bool:
    """Whether something is to be kept of a point, but for its going dark."""
    if was is not None and was.state == DARK:
        return one != was
    return one.state in (UP, UNKNOWN) and (was is None or one.state != was.state)


def _kept(at: Look) -> int:
    with transaction.atomic():
        changed()  # whoever changes what everybody sees, cases among them, goes one after the other
        rows = {row.point.code: row for row in PointNow.objects.select_related("point", "outage")}
        was = standing(list(rows.values()))
        now = at.stands(was)
        fell = live.fallen(at.points, now, was, at.excused)
        _plain(at, now, was, rows)
        for one in fell:
            dark.fell(one, now, at, rows)
        back = [
            code for code, one in now.items() if code in was and was[code].state == DARK and one.state == UP
        ]
    dark.ended(_moment(at.now_s))
    dark.open_cases()
    for code in back:
        dark.over(rows[code].pk, _moment(now[code].since_s), at.seen[code].word, _moment(at.now_s))
    return len(back) + sum(len(one.points) for one in fell)


def _plain(at: Look, now: dict[str, Stands], was: dict[str, Stands], rows: dict[str, PointNow]) -> None:
    """Keep who is up, of whom nothing is known, and which dark ones are heard again."""
    keys = dict(
        ServicePoint.objects.filter(code__in=[code for code in now if code not in rows]).values_list(
            "code", "pk"
        )
    )
    new, other = [], []
    for code, one in now.items():
        if not _differs(one, was.get(code)) or (
            code in was and was[code].state == DARK and one.state != DARK
        ):
            continue
        since, back = _moment(one.since_s), _moment(one.back_s) if one.back_s is not None else None
        if row := rows.get(code):
            if back and not row.back_at and (word := at.seen[code].word):
                row.words["after"] = list(word)
            row.state, row.since, row.back_at = one.state, since, back
            other.append(row)
        elif code in keys:
            new.append(PointNow(point_id=keys[code], state=one.state, since=since))
    for code, row in rows.items():
        if code not in now and row.state != UNKNOWN:  # it is not in service any more
            row.state, row.since, row.back_at = UNKNOWN, _moment(at.now_s), None
            other.append(row)
    PointNow.objects.bulk_create(new, batch_size=_AT_ONCE)
    PointNow.objects.bulk_update(other, ["state", "since", "back_at", "words"], batch_size=_AT_ONCE)


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
