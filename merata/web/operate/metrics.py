"""Numbers to watch a site by, in the text format of Prometheus. They say how much, never who."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Max, Min
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from merata import __version__
from merata.assure import heard
from merata.exchange.log import FOLDER as LOG
from merata.machine.kept import newest_backup_age_s
from merata.run.engine import LATEST, RUNS
from merata.web.live import measurements
from merata.web.models import Case, Job, LogEntry, Outgoing, PointNow, Publication
from merata.web.operate import beats, counted, health

Numbers = dict[str, float]


@dataclass(frozen=True)
class Gauge:
    """A number, or one for each value of a label, as it is at the moment of asking."""

    name: str
    about: str
    read: Callable[[], Numbers]
    """By value of the label; under '' where there is none. Empty: it is not known, and nothing is said."""
    label: str = ""


def exposed() -> bytes:
    """All numbers, as text."""
    site = CollectorRegistry()
    site.register(_Site())
    return generate_latest(counted.registry()) + generate_latest(site)


class _Site(Collector):
    """What the site's database and folder say at the moment of asking."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in GAUGES:
            found: Numbers = {}
            with suppress(
                Error, OSError, ValueError
            ):  # a gauge that can't be read is absent: `absent()` alerts
                found = gauge.read()
            family = GaugeMetricFamily(
                f"merata_{gauge.name}", gauge.about, labels=[gauge.label] if gauge.label else []
            )
            for value, number in found.items():
                family.add_metric([value] if gauge.label else [], number)
            yield family

    def describe(self) -> list[GaugeMetricFamily]:
        """None beforehand: to be registered must not ask the database."""
        return []


def _one(number: float | None) -> Numbers:
    return {} if number is None else {"": float(number)}


def _since(path: Path) -> Numbers:
    return _one(max(0.0, time.time() - path.stat().st_mtime) if path.exists() else None)


def _waiting() -> Numbers:
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    by_queue = dict(ready.values_list("queue_name").annotate(Count("pk")).order_by())
    sms = Outgoing.objects.filter(state="waiting").count()
    return {"default": by_queue.get("default", 0), "letters": by_queue.get("letters", 0), "sms": sms}


def _oldest() -> Numbers:
    asked = Job.objects.filter(state="waiting").aggregate(first=Min("asked_at"))["first"]
    return _one((timezone.now() - asked).total_seconds() if asked else 0.0)


def _heartbeat() -> Numbers:
    words = heard.newest(heard.ears(measurements()), heard.RECEIVER).values()
    return _one(max(0.0, time.time() - max(word.received_ms for word in words) / 1000) if words else None)


def _receivers() -> Numbers:
    now_s = time.time()
    return _one(sum(now_s - ear.there_s < heard.GONE_S for ear in heard.ears(measurements())))


def _points() -> Numbers:
    return dict(PointNow.objects.values_list("state").annotate(Count("pk")).order_by())


def _publication() -> Numbers:
    newest = Publication.objects.filter(state="published").aggregate(at=Max("decided_at"))["at"]
    return _one((timezone.now() - newest).total_seconds() if newest else None)


def _log_bytes() -> Numbers:
    folder = Path(settings.REGION) / LOG
    files = [path for path in folder.rglob("*") if path.is_file()]
    return _one(sum(path.stat().st_size for path in files) if files else None)


def _database_bytes() -> Numbers:
    if connection.vendor != "postgresql":
        return _one(Path(str(connection.settings_dict["NAME"])).stat().st_size)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return _one(cursor.fetchone()[0])


def _newest_run() -> Numbers:
    runs = Path(settings.REGION) / RUNS
    name = runs / f"{LATEST}.txt"
    return _since(runs / (name.read_text("utf-8").strip() if name.exists() else LATEST) / "run.json")


GAUGES = (
    Gauge("version", "1, by the version that serves", lambda: {__version__: 1.0}, "version"),
    Gauge(
        "well", "Whether a part of the site is well: 1 or 0",
        lambda: {name: float(well) for name, well in health.state().items()}, "check",
    ),
    Gauge("worker_part_age_seconds", "Since a part of the worker last did its work, s", beats.ages_s, "part"),
    Gauge("waiting", "What waits to be done or sent", _waiting, "queue"),
    Gauge("oldest_job_seconds", "How long the oldest job has been waiting, s; 0: none waits", _oldest),
    Gauge("receivers", "Programs that listen to probes or check routers now", _receivers),
    Gauge("newest_heartbeat_age_seconds", "Since the newest word of any probe came, s", _heartbeat),
    Gauge("points", "Service points by how they stand", _points, "state"),
    Gauge("open_cases", "Cases that are not closed", lambda: _one(Case.objects.exclude(state="closed").count())),
    Gauge("publication_age_seconds", "Since the newest plan was published, s", _publication),
    Gauge("newest_run_age_seconds", "Since the newest run ended, s", _newest_run),
    Gauge(
        "newest_backup_age_seconds", "Since the newest backup was made, s",
        lambda: _one(newest_backup_age_s(os.environ.get("MERATA_BACKUPS", ""))),
    ),
    Gauge("log_entries", "Entries of the log that nobody can rewrite", lambda: _one(LogEntry.objects.count())),
    Gauge("log_bytes", "Size of the log's files", _log_bytes),
    Gauge("database_bytes", "Size of the site's database", _database_bytes),
    Gauge(
        "disk_free_bytes", "Room on the disk of the region's folder",
        lambda: _one(shutil.disk_usage(settings.REGION).free),
    ),
)  # fmt: skip
