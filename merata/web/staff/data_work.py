"""What the worker does with data: shows what files would change, takes them in, settles questions, looks around."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from merata.errors import MerataError
from merata.region import tryout
from merata.region.answers import SourceRow
from merata.region.findings import SEVERITIES, Finding
from merata.web.changes import note
from merata.web.models import Job
from merata.web.staff.uploads import Waiting
from merata.web.tasks import Tell, private

if TYPE_CHECKING:
    import pandas as pd

    from merata.region.folder import Added, Region

#: Findings that a preview keeps; those of the region itself are all in findings.csv.
LISTED = 200
#: Columns that say where a row came from, not what it says.
_ORIGIN = ("source", "sheet", "source_row")


def preview(job: Job, tell: Tell) -> dict[str, Any]:
    """What files would change, found out on a copy of the region."""
    from merata.region.folder import Region

    place = private() / "previews" / str(job.pk)
    shutil.rmtree(place, ignore_errors=True)
    try:
        region = Region(tryout.copy(Path(settings.REGION), place))
        before, then = region.tables(), {finding.id for finding in region.findings()}
        added = _add(region, job, tell)
        tell("comparing", "", 0, 0)
        gone = len(then - {finding.id for finding in region.findings()})
        return {**_told(added), "tables": differences(before, region.tables()), "findings_gone": gone}
    finally:
        shutil.rmtree(place, ignore_errors=True)


def add(job: Job, tell: Tell) -> dict[str, Any]:
    """Take the files in; their waiting copies go when they are in."""
    region = _region()
    added = _add(region, job, tell)
    if added.taken:
        after = {"files": [row.file for row in added.taken], "given_by": job.asked["given_by"]}
        if job.asked.get("confidential"):
            after["confidential"] = True
        note("data", str(job.pk), {}, after, job.by, why=job.asked.get("why", ""), way="file")
    Waiting(job.asked["token"]).forget()
    return {**_told(added), "state": look(region)}


def settle(job: Job, tell: Tell) -> dict[str, Any]:
    """Keep a person's answer to a question, and apply it."""
    region = _region()
    finding, answer = job.asked["finding"], job.asked["answer"]
    question = region.settle(finding, answer, _reading(tell))
    note("data", finding, {"question": question.subject}, {"answer": answer}, job.by)
    return {"question": question.what, "answer": answer, "state": look(region)}


def check(job: Job, tell: Tell) -> dict[str, Any]:
    """Look the folder over: what is there, what is missing, and what that costs in certainty."""
    tell("checking", "", 0, 0)
    return {"state": look(_region())}


def look(region: Region) -> dict[str, Any]:
    """The state of the region as the page of data shows it."""
    from merata.run.check import check as look_over

    found = look_over(region)
    return {
        "villages": found.villages,
        "rows": found.rows,
        "findings": found.findings,
        "known_by": found.known_by,
        "lacks": [asdict(lack) for lack in found.lacks],
    }


def _region() -> Region:
    from merata.region.folder import Region

    return Region(Path(settings.REGION))


def _add(region: Region, job: Job, tell: Tell) -> Added:
    asked = job.asked
    files = Waiting(asked["token"]).files()
    if not files:
        raise MerataError(
            "The files are not here any more: they were taken in or thrown away. Send them again."
        )
    date = asked.get("date") or dt.datetime.now(dt.UTC).date().isoformat()
    return region.add(
        files,
        kind=asked.get("kind", ""),
        date=date,
        given_by=asked["given_by"],
        confidential=bool(asked.get("confidential")),
        leave_out=[SourceRow(*one) for one in asked.get("leave_out", ())],
        progress=_reading(tell),
    )


def _reading(tell: Tell) -> Any:
    return lambda what, done, of: tell("reading", what, done, of)


def _told(added: Added) -> dict[str, Any]:
    counts = Counter(finding.severity for finding in added.new_findings)
    order = sorted(added.new_findings, key=lambda finding: SEVERITIES.index(finding.severity))
    return {
        "taken": {row.file: row.kind or added.readers.get(row.file, "") for row in added.taken},
        "again": added.again,
        "refused": added.refused,
        "rows": added.rows,
        "findings": {severity: counts[severity] for severity in SEVERITIES if counts[severity]},
        "listed": [finding_facts(finding) for finding in order[:LISTED]],
    }


def finding_facts(finding: Finding) -> dict[str, Any]:
    """A finding as pages show it."""
    return {"id": finding.id, **asdict(finding)}


def differences(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> dict[str, dict[str, int]]:
    """By table: how many rows there were, are, came, went, and say something else than before."""
    counted = {name: _differ(name, before[name], after[name]) for name in after}
    return {name: count for name, count in counted.items() if count["new"] or count["gone"] or count["other"]}


def _differ(name: str, before: pd.DataFrame, after: pd.DataFrame) -> dict[str, int]:
    from merata.region.tables import TABLES

    key = list(TABLES[name].key)
    old, new = _by_key(before, key), _by_key(after, key)
    both = old.keys() & new.keys()
    return {
        "before": len(before),
        "after": len(after),
        "new": len(new.keys() - old.keys()),
        "gone": len(old.keys() - new.keys()),
        "other": sum(old[one] != new[one] for one in both),
    }


def _by_key(rows: pd.DataFrame, key: Iterable[str]) -> dict[Any, int]:
    """What each row says, as a hash, by its key; rows without a key are their own, told apart where they are alike."""
    import pandas as pd

    values = pd.DataFrame(rows.drop(columns=[name for name in (*_ORIGIN, "geometry") if name in rows]))
    if "geometry" in rows:
        values["geometry"] = rows.geometry.to_wkb(hex=True)
    hashes = pd.util.hash_pandas_object(values.astype("string"), index=False)
    keys: list[Any] = [rows[name].astype("string").fillna("") for name in key] or [hashes]
    named = pd.DataFrame(dict(enumerate(keys)))
    again = named.groupby(list(named.columns)).cumcount()
    names = zip(*(named[name].tolist() for name in named), again.tolist(), strict=True)
    return dict(zip(names, hashes.tolist(), strict=True))
