"""What hangs on the made-up programme beside its points: probes, planned work, force majeure, contests, troubles."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from merata.errors import InputError
from merata.web.cases.clocks import wind
from merata.web.cases.numbers import new_reference
from merata.web.changes import keep
from merata.web.measured import periods
from merata.web.models import (
    Case,
    Change,
    Excuse,
    Organisation,
    PlannedWork,
    Probe,
    Report,
    ServicePoint,
    User,
)
from merata.web.page import changed
from merata.web.programme.made_up import BAD, GAMING
from merata.web.programme.places import places
from merata.web.staff.accounts_invite import hashed

_MADE_UP = "contoh rekaan, tidak ada yang nyata"
_WHY = {"flood": "Banjir"}


class Measured(NamedTuple):
    """A made-up point with a probe, as the made-up year needs it."""

    point: str
    probe: int
    provider: str
    option: str
    district: str
    village: str
    down_mbps: float
    """As the contract has it."""
    began: dt.date
    """From when on its probe speaks."""


@transaction.atomic
def place_probes(most: int, early: int, first: dt.date, late: dt.date) -> list[Measured]:
    """Put probes at up to `most` points in service, those of each provider in turn; answers them.

    The first `early` of them have theirs from a day on, the others from a later one.

    No key is kept of them: nobody can speak for one.

    Raises
    ------
    InputError
        There are points that are not made up.
    """
    if ServicePoint.objects.exclude(note__contains="dibuat-buat").exists():
        raise InputError(
            "There are points that nobody made up: probes that do not exist would be taken for real."
        )
    began, _ = periods()
    rows = _chosen(most)
    where, now, found = places(), timezone.now(), []
    for place, row in enumerate(rows):
        day = max(began[row.pk], first if place < early else late)
        since = dt.datetime.combine(day, dt.time.min, timezone.get_current_timezone())
        probe = Probe.objects.create(
            point=row, code_hash=hashed(secrets.token_hex(16)), code_ends_at=now, enrolled_at=since
        )
        assert row.provider is not None
        assert row.contract is not None
        found.append(
            Measured(
                row.code, probe.pk, row.provider.name, row.option, where[row.village_code].district,
                row.village_code, row.contract.down_mbps, day,
            )
        )  # fmt: skip
    return found


def _chosen(most: int) -> list[ServicePoint]:
    """Points in service that never were suspended: the longest ones there, of the bad and the gaming provider first."""
    down = Change.objects.filter(model="servicepoint", after__state="suspended").values_list("key", flat=True)
    began, _ = periods()
    known = places()
    rows = [
        row
        for row in ServicePoint.objects.filter(state="in service").select_related("provider", "contract")
        if row.contract and row.village_code in known and str(row.pk) not in set(down)
    ]
    rows.sort(key=lambda row: (began[row.pk], row.code))
    turn: dict[int | None, int] = {}
    order = []
    for row in rows:
        turn[row.provider_id] = turn.get(row.provider_id, 0) + 1
        first = row.provider is not None and row.provider.name in (BAD, GAMING)
        order.append((turn[row.provider_id] * (0.5 if first else 1.0), row.code, row))
    return [row for *_, row in sorted(order, key=lambda one: one[:2])[:most]]


@transaction.atomic
def agree(
    works: Iterable[tuple[str, float, float, float]], majeure: Iterable[Sequence[Any]], by: User, second: User
) -> None:
    """Keep planned work and force majeure as they were made up.

    Parameters
    ----------
    works
        Provider, begin, end, when it was told (s since 1970).
    majeure
        Provider, district, begin, end, why.
    by, second
        Who put force majeure forward, and who agreed.
    """
    providers = {row.name: row for row in Organisation.objects.filter(kind="provider")}
    for provider, begins, ends, told in works:
        work = PlannedWork(
            provider=providers[provider],
            begins=_moment(begins),
            ends=_moment(ends),
            what=f"Pekerjaan ({_MADE_UP})",
        )
        keep(work, None, why=_MADE_UP, way="command")
        PlannedWork.objects.filter(pk=work.pk).update(noticed_at=_moment(told))
    for provider, district, begins, ends, why in majeure:
        row = Excuse(
            kind="majeure", provider=providers[provider], district=district, begins=_moment(begins),
            ends=_moment(ends), words=f"{_WHY.get(why, why)} ({_MADE_UP})", by=by, organisation=by.organisation,
            state="upheld", decided_by=second, decided_at=_moment(ends), reason=_MADE_UP,
        )  # fmt: skip
        keep(row, None, why=_MADE_UP, way="command")


@transaction.atomic
def contest(outages: Sequence[tuple[str, float, float]], by: User, second: User) -> None:
    """Made-up contests of outages of the account's own points: the first one upheld, the second rejected, others open.

    Parameters
    ----------
    outages
        Point, begin, end (s since 1970).
    """
    points = {row.code: row for row in ServicePoint.objects.filter(provider=by.organisation)}
    decided = [
        ("upheld", "Tiang roboh karena truk, ada suratnya."),
        ("rejected", "Buktinya tentang titik lain."),
    ]
    for place, (code, begins, ends) in enumerate(outages):
        state, reason = decided[place] if place < len(decided) else ("open", "")
        row = Excuse(
            kind="contest", point=points[code], provider=by.organisation, begins=_moment(begins), ends=_moment(ends),
            cause="link", words=f"Kabel diputus orang lain ({_MADE_UP}).", by=by, organisation=by.organisation,
            state=state, reason=f"{reason} ({_MADE_UP})" if reason else "",
            decided_by=second if reason else None, decided_at=timezone.now() if reason else None,
        )  # fmt: skip
        keep(row, None, why=_MADE_UP, way="command")


@transaction.atomic
def troubles(points: Sequence[str]) -> None:
    """Made-up reports and their cases: a password that stayed with the operator, a slow link, one that was mended."""
    told = (
        (
            "no password",
            "Internet ada, tetapi kata sandi Wi-Fi tidak pernah diberitahukan.",
            9,
            "with provider",
        ),
        ("slow", "Siang dan malam lambat sekali.", 4, "with provider"),
        ("broken", "Lampu pemancar mati sejak pagi.", 12, "mended"),
    )
    rows = ServicePoint.objects.filter(code__in=points).select_related("provider").order_by("code")
    for (kind, words, days, state), point in zip(told, rows, strict=False):
        since = timezone.now() - dt.timedelta(days=days)
        case = Case(
            reference=new_reference("K"), village_code=point.village_code, point=point, provider=point.provider,
            kind=kind, since=since, opened_at=since, last_sign_at=since, state=state, turns=1,
        )  # fmt: skip
        wind(case, timezone.now())
        keep(case, None, why=_MADE_UP, way="command")
        Report.objects.create(
            reference=new_reference("L"), made_by=secrets.token_hex(16), village_code=point.village_code, point=point,
            case=case, kind=kind, words=f"{words} ({_MADE_UP})", happened_at=since,
        )  # fmt: skip
    changed()


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(round(seconds), dt.UTC)
