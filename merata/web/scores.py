"""Scores come into the site: what the scorer wrote is taken in as a whole; the worker has it reckoned each night."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import logging
import math
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from merata.web import owed
from merata.web.forever import forever
from merata.web.models import Deducted, Outage, Owed, Scorecard, ScoreSet, ServicePoint, Suspicion
from merata.web.page import changed

EVERY_S = 300.0
#: So long it rests where the scorer did not end well, s: a file that it can't read is not mended in five minutes.
AGAIN_S = 3600.0
#: The hour of the night, where the region is, from which new measurements are scored.
NIGHT_HOUR = 2
#: What is agreed or decided counts at once; the rest waits for the night.
DECIDED = (
    "maintenance.csv", "majeure.csv", "decided.csv", "suspended.csv", "contracts.csv", "point_contracts.csv",
    "deductions.csv",
)  # fmt: skip
_FILES = ("scorecards", "outages", "drivers", "suspicions", "statements", "deductions")
_TEXTS = ("busy_hours", "busy_known_by")
_SCORE = "import sys, pathlib; from merata.assure.score import *; m = pathlib.Path(sys.argv[1]); write(m, score(m))"
_BATCH = 500
_OUTAGE = ("point_id", "cause", "counts", "excused_by", "start", "end", "ended")
#: Model, keys of rows that are gone, new rows.
_Differing = tuple[type[Model], list[Any], list[Any]]

_log = logging.getLogger(__name__)


def run(batch: bool = False, over: threading.Event | None = None) -> None:
    """Have measurements scored when it is time, and take in scores that changed, for ever; as a batch, once."""
    not_before = 0.0

    def score_and_take() -> None:
        nonlocal not_before
        measurements = Path(settings.REGION) / "measurements"
        if is_due(measurements) and time.monotonic() >= not_before:
            not_before = time.monotonic() + AGAIN_S  # unless it goes well
            score(measurements)
            not_before = 0.0
        take(measurements)

    forever(
        score_and_take, EVERY_S, (_log, "The scores wait"),
        troubles=(OSError, ValueError, subprocess.SubprocessError), batch=batch, over=over,
    )  # fmt: skip


def is_due(measurements: Path) -> bool:
    """Whether to score: there are measurements without scores, something was decided, or a new night has come."""
    scored = _place(measurements) / "about.json"
    told = [
        path
        for path in (measurements / "index.json", *measurements.glob("others/*/*.parquet"))
        if path.exists()
    ]
    if not told or not (measurements / "probes.csv").exists():
        return False
    if not scored.exists():
        return True
    since = scored.stat().st_mtime
    if any(path.stat().st_mtime > since for name in DECIDED if (path := measurements / name).exists()):
        return True
    now = timezone.localtime()
    night = now.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    last = night if night <= now else night - dt.timedelta(days=1)
    return max(path.stat().st_mtime for path in told) > since < last.timestamp()


def score(measurements: Path) -> None:
    """Score in a process of its own, which gives its memory back.

    Raises
    ------
    CalledProcessError
        It did not end well: what it said is in the log.
    """
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603 — this very Python, with a folder of ours
        [sys.executable, "-c", _SCORE, str(measurements)], capture_output=True, text=True
    )
    if done.returncode:
        _log.error("Scoring failed: %s", done.stderr[-2000:])
        done.check_returncode()
    _log.info("Scored in %.0f s", time.perf_counter() - began)


def take(measurements: Path) -> bool:
    """Take the scores of all months in, all of them or none; whether they differ from those that are there.

    Raises
    ------
    ValueError
        The files are being written, or something else changed them.
    """
    if (told := about_of(measurements)) is None:
        return False
    digest = digest_of(told)
    if (before := _taken()) == digest:
        return False
    paths = {name: _place(measurements) / f"{name}.csv" for name in _FILES}
    for name, path in paths.items():
        if hashlib.sha256(path.read_bytes()).hexdigest() != told["files"][name]:
            raise ValueError(f"{path}: is not what about.json says it is. It may be written just now.")
    # What differs is found without holding anything: others go on meanwhile.
    found = _differing(paths)
    with transaction.atomic():
        changed()
        if _taken() != before:
            raise ValueError("Another process took scores in meanwhile.")
        for model, gone, new in found:
            for at in range(0, len(gone), _BATCH):
                model._default_manager.filter(pk__in=gone[at : at + _BATCH]).delete()
            model._default_manager.bulk_create(new, batch_size=_BATCH)
        as_of = dt.datetime.fromtimestamp(told["as_of_s"], dt.UTC)
        kept = {"digest": digest, "as_of": as_of, "months": told["months"]}
        ScoreSet.objects.update_or_create(pk=1, defaults=kept)
    return True


def about_of(measurements: Path) -> dict[str, Any] | None:
    """What the scorer says of the files that it wrote; None where it has not written yet."""
    about = _place(measurements) / "about.json"
    if not about.exists():
        return None
    told: dict[str, Any] = json.loads(about.read_text(encoding="utf-8"))
    return told


def digest_of(about: dict[str, Any]) -> str:
    """By what a set of scores is known again."""
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _taken() -> str:
    return ScoreSet.objects.filter(pk=1).values_list("digest", flat=True).first() or ""


def _place(measurements: Path) -> Path:
    return measurements / "scores" / "all"


def _differing(paths: dict[str, Path]) -> list[_Differing]:
    """Of each kind of row: the keys of those that are to go, and the new ones."""
    points = dict(ServicePoint.objects.values_list("code", "pk"))
    drivers: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(paths["drivers"]):
        told = {name: value for name, value in _values(row).items() if name in ("cause", "hours", "share")}
        drivers[row["of"], row["name"], row["period"]].append({"point": row["point"], **told})
    cards = (_card(row, points, drivers) for row in _rows(paths["scorecards"]))
    outages = (_outage(row, points) for row in _rows(paths["outages"]) if row["point"] in points)
    suspicions = [_suspicion(row) for row in _rows(paths["suspicions"])]
    whose = owed.Whose.known(points)
    statements = owed.statements(_rows(paths["statements"]), whose)
    deductions = owed.deductions(_rows(paths["deductions"]), _rows(paths["outages"]), whose)
    return [
        _compared(Owed, statements, owed.OWED),
        _compared(Deducted, deductions, owed.DEDUCTED),
        _compared(Scorecard, cards, ("of", "name", "period", "point_id", "mark")),
        _compared(Outage, outages, _OUTAGE),
        (Suspicion, list(Suspicion.objects.values_list("pk", flat=True)), suspicions),
    ]


def _compared(model: type[Model], rows: Iterable[Any], names: tuple[str, ...]) -> _Differing:
    old = {tuple(row): pk for pk, *row in model._default_manager.values_list("pk", *names)}
    new = []
    for row in rows:
        key = tuple(getattr(row, name) for name in names)
        if old.pop(key, None) is None:
            new.append(row)
    return model, list(old.values()), new


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _card(row: dict[str, str], points: dict[str, int], drivers: dict[Any, Any]) -> Scorecard:
    values = _values(row)
    if mine := drivers.get((row["of"], row["name"], row["period"])):
        values["drivers"] = mine
    told = json.dumps([row["points"], row["enough"], values], sort_keys=True)
    return Scorecard(
        of=row["of"], name=row["name"], period=row["period"], points=int(float(row["points"])),
        point_id=points.get(row["name"]) if row["of"] == "point" else None, enough=row["enough"] == "true",
        availability=values.get("availability"), verdict=row["availability_verdict"], values=values,
        mark=hashlib.sha256(told.encode()).hexdigest()[:32],
    )  # fmt: skip


def _values(row: dict[str, str]) -> dict[str, Any]:
    """The cells as JSON has them: numbers as numbers; without what is empty, and bounds that there are not."""
    read = {name: _cell(name, text) for name, text in row.items() if text != ""}
    return {name: value for name, value in read.items() if value is not None}


def _cell(name: str, text: str) -> Any:
    if name in _TEXTS or name.endswith("_verdict"):
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else None


def _outage(row: dict[str, str], points: dict[str, int]) -> Outage:
    return Outage(
        point_id=points[row["point"]], cause=row["cause"], counts=row["counts"], excused_by=row["excused_by"],
        start=dt.datetime.fromisoformat(row["start"]), end=dt.datetime.fromisoformat(row["end"]),
        ended=row["ended"] == "true",
    )  # fmt: skip


def _suspicion(row: dict[str, str]) -> Suspicion:
    return Suspicion(
        kind=row["kind"], of=row["of"], name=row["name"], seen=float(row["seen"]), expected=float(row["expected"]),
        cases=int(float(row["cases"])), sure=row["sure"],
    )  # fmt: skip
