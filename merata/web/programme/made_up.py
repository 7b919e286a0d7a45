"""A made-up programme for the worked example: providers, contracts, points through their life, payments, targets."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from merata.errors import InputError
from merata.web.changes import facts
from merata.web.models import (
    Change,
    Commitment,
    Contract,
    FacilityFacts,
    Organisation,
    Payment,
    Photograph,
    Publication,
    ServicePoint,
    WeeklyTarget,
)
from merata.web.page import changed
from merata.web.programme.pace import WEEK, monday_of
from merata.web.programme.steps import LEAST_PHOTOGRAPHS, promise_after
from merata.web.words import tongue


@dataclass(frozen=True)
class Provider:
    """A made-up provider: its name, the options that it serves, fee of a point a month, rates of its contract."""

    name: str
    options: tuple[str, ...]
    fee_idr: int
    down_mbps: float
    up_mbps: float
    speed: float
    """How long its work takes, 1 being usual."""


_SKY = ("leo", "leo_solar", "hotspot_leo", "geo")
_MOBILE = ("fixed_wireless", "cell", "base_station", "repeater", "hotspot")
PROVIDERS = (
    Provider("Serat Khatulistiwa (contoh)", ("fibre",), 1_600_000, 100, 50, 0.8),
    Provider("Orbit Rimba (contoh)", _SKY, 2_000_000, 50, 10, 1.0),
    Provider("Jaring Sungai (contoh)", ("fibre", "hotspot"), 1_400_000, 100, 50, 1.1),
    Provider("Sinyal Hulu (contoh)", _MOBILE, 1_300_000, 20, 5, 1.0),
    Provider("Cahaya Tepian (contoh)", ("fibre",), 1_100_000, 100, 20, 1.3),
    Provider("Radio Delta (contoh)", ("fixed_wireless", "fibre"), 1_500_000, 30, 10, 1.6),
    Provider("Langit Rekaan (contoh)", _SKY, 2_200_000, 60, 12, 1.4),
)  # fmt: skip
#: Who is worse than the others by far, and who makes its measurements look better than its links are.
BAD, GAMING = "Radio Delta (contoh)", "Langit Rekaan (contoh)"
#: State -> fewest and most days until the next one.
_DAYS = {
    "proposed": (7, 28),
    "verified": (5, 25),
    "contracted": (12, 50),
    "installed": (4, 18),
    "accepted": (1, 7),
}
_LIFE = ("proposed", "verified", "contracted", "installed", "accepted", "in service")
_STAYS, _STAYS_DAYS, _FAILS, _MENDED = 0.1, 200, 0.10, 0.6
_STARTS_OVER_DAYS = 250
_NOTE = "Titik contoh: dibuat-buat, tidak ada yang nyata."


@dataclass
class _Told:
    """A point as it is made up: its states with the day and the facts that came with each."""

    point: ServicePoint
    events: list[tuple[str, dt.date, dict[str, Any]]] = field(default_factory=list)


@transaction.atomic
def make_up(publication: Publication, seed: int, today: dt.date | None = None) -> int:
    """Make a programme of the first years of a made-up plan, up to `today`; how many points it has.

    The same plan, seed and day give the same programme.

    Raises
    ------
    InputError
        The plan is of a real region: nothing made up may stand beside it.
    """
    if not publication.made_up:
        raise InputError("This plan is of a real region: a made-up programme would be taken for a real one.")
    chance, today = random.Random(seed), today or timezone.localdate()  # noqa: S311
    contracts = _contracts(publication, today)
    told = list(_points(publication, contracts, chance, today))
    _replace_some(told, contracts, chance, today)
    ServicePoint.objects.bulk_create([one.point for one in told], batch_size=200)
    _link_replaced(told)
    Change.objects.bulk_create([change for one in told for change in _changes(one)], batch_size=200)
    _photographs(told, chance)
    _follow(told)
    _payments(told, today)
    _targets(told, contracts)
    changed()
    return len(told)


def _contracts(publication: Publication, today: dt.date) -> dict[tuple[str, int], Contract]:
    """(provider, year) -> contract, kept."""
    made = {}
    first = (
        publication.facilities.exclude(fund="").order_by("year", "key").values_list("fund", flat=True).first()
    )
    for number, one in enumerate(PROVIDERS, start=1):
        provider, _ = Organisation.objects.get_or_create(
            name=one.name, defaults={"kind": "provider", "contact": "kantor@contoh.example"}
        )
        for year in range(publication.first_year, max(today.year, publication.first_year) + 1):
            made[one.name, year] = Contract.objects.create(
                number=f"{number:02d}/CONTOH/{year}", provider=provider, fund=first or "", starts=dt.date(year, 1, 1),
                ends=dt.date(year + 1, 12, 31), fee_idr_per_month=one.fee_idr, down_mbps=one.down_mbps,
                up_mbps=one.up_mbps,
            )  # fmt: skip
    return made


def _points(
    publication: Publication,
    contracts: dict[tuple[str, int], Contract],
    chance: random.Random,
    today: dt.date,
) -> Iterator[_Told]:
    """A point for each facility that the plan serves up to next year, as far as it has come."""
    promises = _promises(publication, today)
    number = 0
    for year in range(publication.first_year, _last_year(publication, today) + 1):
        rows = list(
            publication.facilities.filter(year=year).exclude(option="").order_by("village_code", "key")
        )
        begins, over_days = _when(publication, year, today)
        chance.shuffle(rows)
        for place, row in enumerate(rows):
            number += 1
            start = begins + dt.timedelta(days=round(over_days * place / max(1, len(rows))))
            if start <= today:
                under = max(publication.first_year, min(year, today.year))
                yield _told(number, row, promises.get(row.key), contracts, under, start, today, chance)


def _last_year(publication: Publication, today: dt.date) -> int:
    return max(publication.first_year, min(publication.last_year, today.year + 1))


def _when(publication: Publication, year: int, today: dt.date) -> tuple[dt.date, int]:
    """When the work of a year begins, and over how many days: from its second week; next year's is prepared now."""
    if year > today.year and year > publication.first_year:
        return today - dt.timedelta(days=200), 190
    begins = dt.date(year, 1, 12)
    if year == publication.first_year:  # where that is yet to come, the example begins early
        begins = min(begins, today - dt.timedelta(days=300))
    return begins, _STARTS_OVER_DAYS


def _told(
    number: int,
    row: FacilityFacts,
    promise: Commitment | None,
    contracts: dict[tuple[str, int], Contract],
    year: int,
    start: dt.date,
    today: dt.date,
    chance: random.Random,
) -> _Told:
    fitting = [one for one in PROVIDERS if row.option in one.options] or [PROVIDERS[3]]
    provider = chance.choice(fitting)
    kind = tongue("id").word("facility", row.kind)
    place = row.name if kind.split()[0] in row.name.casefold() else f"{kind.capitalize()} {row.name}".strip()
    point = ServicePoint(
        code=f"TL-{number:04d}", village_code=row.village_code, facility_key=row.key, place=place[:160], kind=row.kind,
        option=row.option, commitment=promise, state="proposed", since=start, note=_NOTE,
    )  # fmt: skip
    told = _Told(point, [("proposed", start, {})])
    _live(told, provider, contracts[provider.name, year], today, chance)
    return told


def _live(told: _Told, provider: Provider, contract: Contract, today: dt.date, chance: random.Random) -> None:
    """Let a point go on from state to state until today, or until it stays somewhere."""
    day = told.events[-1][1]
    for now, to in pairwise(_LIFE):
        fewest, most = _DAYS[now]
        day += dt.timedelta(days=round(chance.randint(fewest, most) * provider.speed))
        stays = chance.random() < _STAYS and day > today - dt.timedelta(days=_STAYS_DAYS)
        if day > today or stays:
            return
        told.events.append((to, day, _facts(to, provider, contract, day, told.point.option, chance)))
    if chance.random() < _FAILS:
        _fail(told, day, today, chance)


def _fail(told: _Told, day: dt.date, today: dt.date, chance: random.Random) -> None:
    """Some stop after a while; most of these are mended."""
    day += dt.timedelta(days=chance.randint(20, 150))
    if day > today:
        return
    told.events.append(("suspended", day, {}))
    day += dt.timedelta(days=chance.randint(2, 30))
    if day <= today and chance.random() < _MENDED:
        told.events.append(("in service", day, {}))


def _facts(
    to: str, provider: Provider, contract: Contract, day: dt.date, option: str, chance: random.Random
) -> dict[str, Any]:
    """What is known of a point with a step."""
    if to == "contracted":
        return {"provider_id": contract.provider_id, "contract_id": contract.pk}
    if to == "installed":
        power = "panel surya dan baterai" if option == "leo_solar" else "PLN"
        kit = {"fibre": "ONT dan router", "fixed_wireless": "CPE 4G luar ruang"}.get(
            option, "antena satelit dan router"
        )
        return {"equipment": kit, "power": power, "in_building": "ruang pelayanan, antena di atap"}
    if to == "accepted":
        better = chance.uniform(1.02, 1.5)
        return {
            "tested_on": day,
            "test_down_mbps": round(provider.down_mbps * better, 1),
            "test_up_mbps": round(provider.up_mbps * better, 1),
            "test_latency_ms": round(chance.uniform(8, 70), 1),
        }
    return {}


def _replace_some(
    told: list[_Told], contracts: dict[tuple[str, int], Contract], chance: random.Random, today: dt.date
) -> None:
    """Of those that stay down, every third is replaced by a new point, every third after it ended."""
    down = [one for one in told if one.events[-1][0] == "suspended"]
    for place, old in enumerate(down):
        day = old.events[-1][1] + dt.timedelta(days=14)
        if day > today or place % 3 == 2:
            continue
        if place % 3 == 1:
            old.events.append(("ended", day, {}))
            continue
        new = ServicePoint(
            code=f"{old.point.code}-B", village_code=old.point.village_code, facility_key=old.point.facility_key,
            place=old.point.place, kind=old.point.kind, option="leo", note=_NOTE, since=old.events[-1][1],
        )  # fmt: skip
        fresh = _Told(new, [("proposed", old.events[-1][1], {})])
        provider = chance.choice([one for one in PROVIDERS if "leo" in one.options])
        year = min(max(year for _, year in contracts), max(min(year for _, year in contracts), day.year))
        _live(fresh, provider, contracts[provider.name, year], today, chance)
        told.append(fresh)
        old.events.append(("replaced", day, {"replaced_by": fresh}))


def _link_replaced(told: Sequence[_Told]) -> None:
    """Bring every point to its last state; done once all have numbers, as one points to another."""
    for one in told:
        for state, day, given in one.events:
            for name, value in given.items():
                setattr(one.point, name, value.point if isinstance(value, _Told) else value)
            one.point.state, one.point.since = state, day
        if one.point.state in ("contracted", "installed", "accepted", "suspended"):
            one.point.due = one.point.since + dt.timedelta(days=30)
    names = ["state", "since", "due", "provider", "contract", "replaced_by", "equipment", "power", "in_building",
             "tested_on", "test_down_mbps", "test_up_mbps", "test_latency_ms"]  # fmt: skip
    ServicePoint.objects.bulk_update([one.point for one in told], names, batch_size=100)


def _changes(one: _Told) -> Iterator[Change]:
    """The history of a point as the changes that would have led to it."""
    end = facts(one.point)
    later = {"replaced_by_id" if n == "replaced_by" else n for _, _, given in one.events for n in given}
    empty = facts(ServicePoint())
    now = {**end, **{name: empty[name] for name in later}, "due": None}
    before: dict[str, Any] = {}
    for state, day, given in one.events:
        after = {**now, "state": state, "since": day.isoformat()}
        after |= {
            ("replaced_by_id" if name == "replaced_by" else name): end[
                "replaced_by_id" if name == "replaced_by" else name
            ]
            for name in given
        }
        after["due"] = end["due"] if state == one.point.state and day == one.point.since else None
        differing = {name for name in after if before.get(name) != after[name] or name not in before}
        yield Change(
            way="command", model="servicepoint", key=str(one.point.pk), why="contoh rekaan",
            before={name: before[name] for name in differing & before.keys()},
            after={name: after[name] for name in differing},
        )  # fmt: skip
        now = before = after


def _photographs(told: Sequence[_Told], chance: random.Random) -> None:
    """Two drawn pictures for every accepted point; a few files are shared by all."""
    files = {
        kind: _picture(kind, f"points/{chance.getrandbits(128):032x}.jpg") for kind in ("antenna", "test")
    }
    accepted = [one.point for one in told if any(state == "accepted" for state, _, _ in one.events)]
    rows = [
        Photograph(point=point, shows=kind, file=name) for point in accepted for kind, name in files.items()
    ]
    assert len(files) >= LEAST_PHOTOGRAPHS
    Photograph.objects.bulk_create(rows, batch_size=200)


def _picture(kind: str, name: str) -> str:
    word = tongue("id").word("photograph", kind)
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(drawn(word)))


def drawn(word: str) -> bytes:
    """A picture, as JPEG, that says itself that it is made up."""
    picture = Image.new("RGB", (640, 480), (214, 224, 233))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 330, 640, 480), fill=(150, 171, 132))
    pen.ellipse((240, 140, 400, 300), outline=(60, 70, 80), width=10)
    pen.line((320, 300, 320, 430), fill=(60, 70, 80), width=10)
    pen.text((20, 20), f"CONTOH: {word} (dibuat-buat)", fill=(20, 30, 40), font_size=30)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def _promises(publication: Publication, today: dt.date) -> dict[str, Commitment]:
    """Facility -> the commitment that the plan made to it; made here where the plan was published without them."""
    found = Commitment.objects.filter(publication=publication, replaced_by=None).exclude(facility_key="")
    if not found.exists():
        last = _last_year(publication, today)
        rows = publication.facilities.filter(year__lte=last).exclude(option="").order_by("key")
        Commitment.objects.bulk_create([_promise(publication, row) for row in rows], batch_size=200)
    return {row.facility_key: row for row in found.all()}


def _promise(publication: Publication, row: FacilityFacts) -> Commitment:
    return Commitment(
        publication=publication, village_code=row.village_code, facility_key=row.key, place=row.name[:160],
        level=row.promised, option=row.option, year=row.year or publication.first_year, fund=row.fund,
    )  # fmt: skip


def _follow(told: Sequence[_Told]) -> None:
    """Let commitments follow their points, with a change for each."""
    followed, changes = [], []
    for one in told:
        promise = one.point.commitment
        if promise is None:
            continue
        before = facts(promise)
        for state, day, _ in one.events:
            promise.state = promise_after(promise, ServicePoint(state=state, since=day))
        if promise.state != before["state"]:
            followed.append(promise)
            changes.append(
                Change(
                    way="command",
                    model="commitment",
                    key=str(promise.pk),
                    why="contoh rekaan",
                    before={"state": before["state"]},
                    after={"state": promise.state},
                )
            )
    Commitment.objects.bulk_update(followed, ["state"], batch_size=200)
    Change.objects.bulk_create(changes, batch_size=200)


def _payments(told: Sequence[_Told], today: dt.date) -> None:
    """For each contract and whole month gone by: the fees of its points that worked on the month's first day."""
    owed: Counter[tuple[int, dt.date]] = Counter()
    contracts = {row.pk: row for row in Contract.objects.all()}
    for one in told:
        began = next((day for state, day, _ in one.events if state == "in service"), None)
        if began is None or one.point.contract_id is None:
            continue
        ended = one.events[-1][1] if one.point.state in ("suspended", "replaced", "ended") else today
        for month in _months(began, min(ended, contracts[one.point.contract_id].ends)):
            owed[one.point.contract_id, month] += contracts[one.point.contract_id].fee_idr_per_month
    rows = [
        Payment(
            contract_id=contract, month=month, amount_idr=amount, fund=contracts[contract].fund,
            paid_on=month + dt.timedelta(days=45), reference=f"CONTOH-{place:04d}",
        )
        for place, ((contract, month), amount) in enumerate(sorted(owed.items()), start=1)
        if month + dt.timedelta(days=45) <= today
    ]  # fmt: skip
    Payment.objects.bulk_create(rows, batch_size=200)


def _months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first days of the months that begin after `first` and by `last`."""
    month = (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    while month <= last:
        yield month
        month = (month + dt.timedelta(days=32)).replace(day=1)


def _targets(told: Sequence[_Told], contracts: dict[tuple[str, int], Contract]) -> None:
    """For every week, of all and of each provider: as many as began 100 days earlier, a little rounded up."""
    starts: dict[int | None, list[dt.date]] = defaultdict(list)
    known = {row.provider_id for row in contracts.values()}
    for one in told:
        starts[None].append(one.events[0][1])
        if one.point.provider_id in known:
            starts[one.point.provider_id].append(one.events[0][1])
    rows = []
    for provider, days in starts.items():
        monday, last = monday_of(min(days)), monday_of(max(days)) + 14 * WEEK
        while monday <= last:
            count = sum(day + dt.timedelta(days=100) <= monday + WEEK for day in days)
            rows.append(WeeklyTarget(monday=monday, provider_id=provider, in_service=count))
            monday += WEEK
    WeeklyTarget.objects.bulk_create(rows, batch_size=200)
