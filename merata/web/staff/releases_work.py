"""What the worker does for a release of the statistics: reckons the numbers, and publishes what was approved."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from merata.errors import InputError
from merata.web import statistics as published
from merata.web.changes import facts, note_many
from merata.web.memory import of_state
from merata.web.models import Job, Release
from merata.web.public.current import newest
from merata.web.public.tables import TABLES
from merata.web.tasks import Tell, private

if TYPE_CHECKING:
    from pandas import DataFrame

#: So many of the region's own numbers are shown to who decides.
SHOWN = 80


def prepared_file(number: int) -> Path:
    """Where what was prepared for a release lies."""
    place = private() / "releases"
    place.mkdir(mode=0o700, exist_ok=True)
    return place / f"{number}.json"


def content(release: Release) -> dict[str, Any] | None:
    """What was prepared, if it is still the same; None: it is not there, or was changed."""
    try:
        data = prepared_file(release.pk).read_bytes()
    except FileNotFoundError:
        return None
    return json.loads(data) if hashlib.sha256(data).hexdigest() == release.digest else None


def prepare(job: Job, tell: Tell) -> dict[str, Any]:
    """Reckon the numbers of the newest run, the scores and the promises, and lay them ready for another person."""
    from merata.publish import series
    from merata.run.statistics import numbers

    region, day = Path(settings.REGION), timezone.localdate().isoformat()
    release = Release.objects.get(pk=job.asked["release"])
    base = published.stamp()
    tell("figures", "", 0, 0)
    found, now = numbers(region, day, promises=_promises())
    added = series.added(region, now, day, release.why)
    area = next((row.area for row in now), "")
    rows = [_shown(row) for row in added if row.area == area][:SHOWN]
    data = json.dumps({"numbers": [asdict(one) for one in now], "shown": rows}, ensure_ascii=False).encode()
    prepared_file(release.pk).write_bytes(data)
    revised = sum(row.why != series.FIRST for row in added)
    _step(
        release.pk, job, state="prepared", digest=hashlib.sha256(data).hexdigest(), base=base, run_id=found.run_id,
        new=len(added) - revised, revised=revised, prepared_by=job.by, prepared_at=timezone.now(), decided_by=None,
        decided_at=None, reason="",
    )  # fmt: skip
    return {"release": release.pk, "new": len(added) - revised, "revised": revised}


def _promises() -> DataFrame | None:
    import pandas as pd

    publication = newest()
    if publication is None:
        return None
    table = TABLES["komitmen"]
    with of_state("releases"):
        rows = list(table.rows(publication))
    return pd.DataFrame(rows, columns=[column.name for column in table.columns])


def _shown(row: Any) -> dict[str, Any]:
    names = ("indicator", "period", "level", "sector", "technology", "sex", "value", "why")
    return {name: getattr(row, name) for name in names}


def release(job: Job, tell: Tell) -> dict[str, Any]:
    """Publish what was approved, to the number; refused where anything has changed since it was prepared."""
    from merata.publish.observed import Observation
    from merata.run.statistics import publish_numbers, results

    row = Release.objects.get(pk=job.asked["release"])
    found = content(row)
    if row.state != "approved" or found is None or row.base != published.stamp():
        raise InputError(f"{row}: something has changed since it was prepared. Prepare it again.")
    tell("figures", "", 0, 0)
    region, day = Path(settings.REGION), timezone.localdate()
    numbers = [Observation(**one) for one in found["numbers"]]
    done = publish_numbers(region, results(region, row.run_id), numbers, day.isoformat(), row.why)
    _step(row.pk, job, state="released", released_on=day)
    return {"release": row.pk, "published": len(done.added)}


@transaction.atomic
def _step(number: int, job: Job, **values: Any) -> None:
    row = Release.objects.select_for_update().get(pk=number)
    before = facts(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    note_many([(row, before)], job.by, why=row.why or row.title, way="plan")
