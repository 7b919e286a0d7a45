"""The programme as the scorer reads it: points, probes and contracts as CSV files beside the measurements."""

from __future__ import annotations

import csv
import datetime as dt
import io
import logging
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from merata.errors import BusyError
from merata.region.change import write_whole
from merata.web import phone_tests
from merata.web.forever import forever
from merata.web.models import Change, Contract, Excuse, PhoneTest, PlannedWork, Price, Probe, ServicePoint
from merata.web.programme.places import places
from merata.web.stretches import rests, stretches

#: Files and their columns, as `merata.assure.programme` declares them.
COLUMNS = {
    "points": (
        "point", "village", "place", "kind", "provider", "option", "district", "from", "until", "contract",
        "monthly_idr",
    ),
    "probes": ("probe", "point", "from", "until"),
    "contracts": (
        "contract", "provider", "availability", "down_mbps", "up_mbps", "latency_ms", "repair_hours", "notice_hours",
        "power_by", "monthly_idr", "cap", "year_cap", "grace_hours", "suspended_share", "silent_days", "silent_share",
        "from", "until",
    ),
    "point_contracts": ("point", "contract", "monthly_idr", "from", "until"),
    "deductions": ("contract", "what", "limit", "share", "per", "cap"),
    "prices": ("provider", "option", "kind", "monthly_idr", "install_idr", "known_by", "entry"),
    "maintenance": ("point", "provider", "district", "from", "until", "noticed", "entry"),
    "majeure": ("point", "provider", "district", "from", "until", "why", "entry"),
    "suspended": ("point", "provider", "district", "from", "until", "why", "entry"),
    "decided": ("point", "from", "until", "why", "entry"),
    "phones": (
        "test", "village", "day", "lon", "lat", "network", "operator", "technology", "down_mbps", "up_mbps",
        "latency_ms",
    ),
}  # fmt: skip
#: Of these, some are written also where nothing is in them yet.
ALWAYS = ("points", "probes", "contracts")
#: Of these, rows that were written by hand stay: they have no number of the site.
SHARED = ("prices", "maintenance", "majeure", "suspended", "decided")
#: Of a contract, what the site may leave open: then it is as it was written by hand.
TERMS = ("cap", "year_cap", "grace_hours", "suspended_share", "silent_days", "silent_share")
_OVER = ("replaced", "ended")
#: An outage's edges move a little as later deliveries tell more: what was decided of it holds so much around it.
AROUND = dt.timedelta(minutes=5)
EVERY_S = 300.0

_log = logging.getLogger(__name__)


def run(batch: bool = False, over: threading.Event | None = None) -> None:
    """Keep the files of a region with probes as the programme is, for ever; as a batch, once."""
    # The disk may be away, or measurements are put into tables.
    forever(
        _settle_and_write, EVERY_S, (_log, "The programme's files for the scorer wait"), troubles=(OSError, BusyError),
        batch=batch, over=over,
    )  # fmt: skip


def _settle_and_write() -> None:
    measurements = Path(settings.REGION) / "measurements"
    phone_tests.settle(measurements)
    theirs = any((measurements / name).exists() for name in ("routers.csv", "others"))
    ours = Probe.objects.exclude(enrolled_at=None).exists() or PhoneTest.objects.exclude(began=None).exists()
    if theirs or ours:
        write(measurements)


def write(measurements: Path) -> list[str]:
    """Write the files whose content changed, each replaced as a whole: answers their names.

    Raises
    ------
    BusyError
        Another process holds the measurements.
    """
    from merata.assure.index import alone  # brings NumPy along, which a worker without probes does without

    rows = {
        "points": _points(), "probes": _probes(), "prices": _prices(), "maintenance": _works(),
        "majeure": _majeure(), "suspended": _suspended(), "decided": _decided(), "phones": _phones(),
    }  # fmt: skip
    rows["point_contracts"] = _point_contracts({str(row[0]) for row in rows["points"]})
    with alone(measurements, wait_s=5):
        rows["contracts"] = _contracts(measurements / "contracts.csv")
        rows["deductions"] = _deductions(measurements / "deductions.csv")
        for name in SHARED:
            rows[name] = [*_by_hand(measurements / f"{name}.csv", COLUMNS[name]), *rows[name]]
        wanted = [n for n in COLUMNS if n in ALWAYS or rows[n] or (measurements / f"{n}.csv").exists()]
        return [name for name in wanted if _kept(measurements / f"{name}.csv", COLUMNS[name], rows[name])]


def _points() -> list[Sequence[object]]:
    """Those that have come into service, in the order of their codes, with the days from and until when they were."""
    began, ended = periods()
    where = places()
    found: list[Sequence[object]] = []
    for row in ServicePoint.objects.select_related("provider", "contract").order_by("code"):
        if row.state == "in service":
            began.setdefault(row.pk, row.since)  # taken in with a file, or made up: no step led here
        if row.pk not in began:
            continue
        place = where.get(row.village_code)
        found.append(
            (
                row.code, row.village_code, row.place, row.kind, row.provider.name if row.provider else "",
                row.option, place.district if place else "", _moment(began[row.pk]),
                _moment(ended.get(row.pk)) if row.state in _OVER else "",
                row.contract.number if row.contract else "", _plain(row.fee_idr_per_month),
            )
        )  # fmt: skip
    return found


def periods() -> tuple[dict[int, dt.date], dict[int, dt.date]]:
    """By point: the first day in service, and the day on which it was replaced or ended, as steps said."""
    began: dict[int, dt.date] = {}
    ended: dict[int, dt.date] = {}
    changes = Change.objects.filter(model="servicepoint", after__has_key="state").order_by("pk")
    for key, after in changes.values_list("key", "after"):
        state, since = after["state"], after.get("since")
        day = dt.date.fromisoformat(since) if since else None
        if day and state == "in service":
            began.setdefault(int(key), day)
        elif day and state in _OVER:
            ended[int(key)] = day
    return began, ended


def _probes() -> list[Sequence[object]]:
    rows = Probe.objects.exclude(enrolled_at=None).select_related("point").order_by("pk")
    return [(row.pk, row.point.code, _moment(row.enrolled_at), _moment(row.revoked_at)) for row in rows]


def _contracts(path: Path) -> list[Sequence[object]]:
    terms = {number: rest for number, *rest in _rows(path, ("contract", *TERMS))}
    rows = Contract.objects.select_related("provider").order_by("number")
    return [
        (
            row.number, row.provider.name, row.availability, row.down_mbps, row.up_mbps,
            _plain(row.latency_ms), row.repair_hours, row.notice_hours, row.power_by, row.fee_idr_per_month,
            *_terms(row, terms.get(row.number, [""] * len(TERMS))),
            _moment(row.starts), _moment(row.ends + dt.timedelta(days=1)),
        )
        for row in rows
    ]  # fmt: skip


def _terms(row: Contract, by_hand: Sequence[object]) -> list[object]:
    own = [_plain(getattr(row, name)) for name in TERMS]
    return [there if mine == "" else mine for mine, there in zip(own, by_hand, strict=True)]


def _deductions(path: Path) -> list[Sequence[object]]:
    """The tables of deductions that the site has; of other contracts as they were written by hand."""
    columns = COLUMNS["deductions"]
    own = {row.number: row.rules for row in Contract.objects.exclude(rules=None)}
    rows: list[Sequence[object]] = [row for row in _rows(path, columns) if row[0] not in own]
    for number, rules in sorted(own.items()):
        rows += [(number, *(_plain(rule.get(name)) for name in columns[1:])) for rule in rules or ()]
    return rows


def rules_by_hand(number: str) -> list[dict[str, str]]:
    """A contract's table of deductions as it stands in the region's folder: cells as they are written there."""
    path = Path(settings.REGION) / "measurements" / "deductions.csv"
    names = COLUMNS["deductions"]
    return [dict(zip(names[1:], row[1:], strict=True)) for row in _rows(path, names) if row[0] == number]


def _prices() -> list[Sequence[object]]:
    return [
        (row.provider, row.option, row.kind, row.monthly_idr, _plain(row.install_idr), row.known_by, row.pk)
        for row in Price.objects.order_by("pk")
    ]


def _point_contracts(points: set[str]) -> list[Sequence[object]]:
    """Which contract stood when at points that had several, as the changes of points tell it."""
    return [
        (one.point, one.contract, _plain(one.fee_idr), _moment(one.begins), _moment(one.until))
        for one in stretches()
        if one.point in points
    ]


def _suspended() -> list[Sequence[object]]:
    return [
        (one.point, "", "", _moment(one.begins), _moment(one.until), one.why, one.entry) for one in rests()
    ]


def _works() -> list[Sequence[object]]:
    rows = PlannedWork.objects.filter(withdrawn_at=None).select_related("provider", "point").order_by("pk")
    return [
        (
            row.point.code if row.point else "", row.provider.name, row.district, _moment(row.begins),
            _moment(row.ends), _moment(row.noticed_at), row.pk,
        )
        for row in rows
    ]  # fmt: skip


def _majeure() -> list[Sequence[object]]:
    rows = Excuse.objects.filter(kind="majeure", state="upheld").select_related("provider", "point")
    return [
        (
            row.point.code if row.point else "", row.provider.name if row.provider else "", row.district,
            _moment(row.begins), _moment(row.ends), row.words, row.pk,
        )
        for row in rows.order_by("pk")
    ]  # fmt: skip


def _decided() -> list[Sequence[object]]:
    rows = Excuse.objects.filter(kind="contest", state="upheld").exclude(point=None).select_related("point")
    return [
        (row.point.code, _moment(row.begins - AROUND), _moment(row.ends + AROUND), row.reason, row.pk)
        for row in rows.order_by("pk")
        if row.point
    ]


def _plain(number: float | None) -> object:
    return "" if number is None else number


def _by_hand(path: Path, columns: Sequence[str]) -> list[Sequence[object]]:
    """The rows of a file that somebody wrote there."""
    return [
        row for row, entry in zip(_rows(path, columns), _rows(path, ["entry"]), strict=True) if not entry[0]
    ]


def _rows(path: Path, columns: Sequence[str]) -> list[Sequence[str]]:
    """These columns of a file; nothing where there is none."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [[row.get(name) or "" for name in columns] for row in csv.DictReader(file)]


def _phones() -> list[Sequence[object]]:
    """Tests that the speed test's server saw too; of their time the day alone."""
    rows = PhoneTest.objects.exclude(began=None).order_by("pk")
    return [
        (
            row.pk, row.village_code, timezone.localtime(row.began).date().isoformat(), row.lon, row.lat, row.network,
            row.operator, row.technology, row.down_mbps, row.up_mbps, row.latency_ms,
        )
        for row in rows
    ]  # fmt: skip


def _moment(when: dt.datetime | dt.date | None) -> str:
    """A moment in UTC; of a day, its beginning where the region is."""
    if when is None:
        return ""
    if not isinstance(when, dt.datetime):
        when = dt.datetime.combine(when, dt.time.min, ZoneInfo(settings.TIME_ZONE))
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _kept(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bool:
    """Whether a file had to be written anew."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    if path.exists() and path.read_bytes() == text.getvalue().encode():
        return False
    write_whole(path, text.getvalue())
    return True
