"""Submissions of the survey, as ODK Central and KoboToolbox export them (CSV and JSON): each once, without persons.

Only the questions of the form are read, and what names and dates a submission: user names, e-mail and phone numbers,
devices and addresses that the exports carry are passed over. Sources: central-backend (`lib/data/briefcase.js`,
`odata.js`: columns SubmissionDate, KEY, ReviewState, Edits; `__id`, `__system`; groups with `-`), KoboToolbox' formpack
(`_uuid`, `_submission_time`, `_validation_status`, `_place_latitude`; groups with `/`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from merata.errors import FileError
from merata.region import survey
from merata.region.findings import Finding, FindingList

_MOST_BYTES = 200_000_000
_FORM = ("village", "facility", "works")
#: Words of a review that keep a submission out, as the servers write them.
_REFUSED = ("rejected", "not approved", "validation_status_not_approved")
_WAITING = ("hasissues", "on hold", "validation_status_on_hold")
_NAMES = ("meta/rootUuid", "KEY", "__id", "_uuid", "meta/instanceID", "meta-instanceID", "instanceID")
_SENT = ("SubmissionDate", "_submission_time", "submissionDate")
_REVIEW = ("ReviewState", "reviewState", "_validation_status")


@dataclass(frozen=True, order=True)
class Submission:
    """One submission: when and about what it is, and its answers by question."""

    day: str
    """ISO date of the visit."""
    sent: str
    edits: int
    instance: str
    answers: tuple[tuple[str, str], ...] = field(default=())
    lonlat: tuple[float, float] | None = field(default=None, compare=False)

    def get(self, question: str) -> str:
        """The answer to a question; '' where there is none."""
        return dict(self.answers).get(question, "")


def read(paths: Sequence[Path], operators: Iterable[str] = ()) -> tuple[list[Submission], list[Finding], int]:
    """All submissions of several exports, each once, oldest first; what was found; and how many there were.

    Of several versions of one submission the most edited and latest stays. Those that a reviewer refused, in any
    of the exports, or that wait for one are left out, and told.

    Parameters
    ----------
    paths
        The exports, in any order.
    operators
        The questions about signal, of `survey.operators`.

    Raises
    ------
    FileError
        A file is no such export, or none of this form.
    """
    asked = {q.name for q in (*survey.FIRST, *survey.LAST)} | set(operators)
    newest: dict[str, Submission] = {}
    refused: set[str] = set()
    found: list[Finding] = []
    count = 0
    for path in paths:
        findings = FindingList(path.name)
        for number, record in enumerate(_records(path), 2 if path.suffix.lower() == ".csv" else 1):
            count += 1
            if (one := _submission(record, asked, number, findings, refused)) is None:
                continue
            had = newest.get(one.instance)
            newest[one.instance] = one if had is None else max(had, one, key=_later)
        found += findings
    return sorted(one for name, one in newest.items() if name not in refused), found, count


def _later(one: Submission) -> tuple[int, str, str, tuple[tuple[str, str], ...]]:
    return one.edits, one.sent, one.day, one.answers


def _records(path: Path) -> Iterator[dict[str, Any]]:
    """Each submission as a flat dict."""
    if path.stat().st_size > _MOST_BYTES:
        raise FileError(f"{path.name}: more than {_MOST_BYTES // 10**6} MB. Export fewer months at a time.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path.name}: is no text in UTF-8. Export it as CSV or JSON.") from error
    try:
        records = _of_json(path, text) if path.suffix.lower() == ".json" else _of_csv(text)
    except csv.Error as error:
        raise FileError(f"{path.name}: is no CSV ({error!s:.100}). Export it again.") from error
    flat = [dict(_flat(record)) for record in records]
    names = {_question(name) for record in flat for name in record}
    if flat and not set(_FORM) <= names:
        raise FileError(
            f"{path.name}: has no columns {', '.join(sorted(set(_FORM) - names))}. Expected an export of the form that "
            "`merata survey form` made: from KoboToolbox with *XML values and headers*, from ODK Central as it is."
        )
    yield from flat


def _of_csv(text: str) -> list[dict[str, Any]]:
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","
    return [
        {name: cell for name, cell in row.items() if isinstance(name, str)}
        for row in csv.DictReader(io.StringIO(text), delimiter=mark)
    ]


def _of_json(path: Path, text: str) -> list[dict[str, Any]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path.name}: is no JSON ({error!s:.100}). Export it again.") from error
    if isinstance(content, dict):
        content = content.get("value", content.get("results"))
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise FileError(
            f"{path.name}: expected a list of submissions, or one under `value` (ODK) or `results` (Kobo)."
        )
    return content


def _flat(record: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Name, with those of its groups before it, and value; GeoJSON points and lists stay as they are."""
    for name, value in record.items():
        if isinstance(value, dict) and "coordinates" not in value and "uid" not in value:
            yield from _flat(value, f"{before}{name}/")
        else:
            yield before + name, value


def _question(name: str) -> str:
    """The question's own name, without its groups: `group/works`, `group-works`."""
    return name.rpartition("/")[2].rpartition("-")[2]


def _submission(
    record: dict[str, Any], asked: set[str], number: int, found: FindingList, refused: set[str]
) -> Submission | None:
    instance = _first(record, _NAMES).removeprefix("uuid:")
    if not instance:
        found.add("error", "the submission has no KEY, __id, _uuid or instanceID", "left out", row=number)
        return None
    review = _first(record, _REVIEW).casefold()
    if review in (*_REFUSED, *_WAITING):
        name = instance[:8]
        if review in _REFUSED:
            refused.add(instance)
            found.add("note", f"submission {name} was refused in review", "left out", row=number)
        else:
            found.add("note", f"submission {name} waits for a review", "left out", row=number)
        return None
    answers = {
        question: str(value).strip()
        for name, value in record.items()
        if (question := _question(name)) in asked
        and isinstance(value, (str, int, float))
        and str(value).strip()
    }
    sent = _first(record, _SENT)
    day = answers.pop("today", "") or sent[:10]
    for name in ("photo", "place"):
        answers.pop(name, None)
    said = tuple(sorted(answers.items()))
    return Submission(day, sent, _edits(record), instance, said, _lonlat(record))


def _edits(record: dict[str, Any]) -> int:
    """How often it was edited; KoboToolbox tells only that it was: an edit has another uuid than its root."""
    told = _first(record, ("Edits", "edits"))
    root, own = (_first(record, names).removeprefix("uuid:") for names in (_NAMES[:1], ("_uuid",)))
    return int(told) if told.isdigit() else int(bool(root and own) and root != own)


def _first(record: dict[str, Any], names: Iterable[str]) -> str:
    """What the first of these names says, also within a group; '' where none does."""
    for wanted in names:
        for name, value in record.items():
            if name == wanted or name.endswith("/" + wanted):
                if isinstance(value, dict):
                    value = value.get("uid")
                if value not in (None, ""):
                    return str(value).strip()
    return ""


def _lonlat(record: dict[str, Any]) -> tuple[float, float] | None:
    """Where the place is: GeoJSON, `lat lon …` in one cell, or a column for each."""
    by_name = {_question(name): value for name, value in record.items()}
    value = by_name.get("place")
    try:
        if isinstance(value, dict):
            return float(value["coordinates"][0]), float(value["coordinates"][1])
        if isinstance(value, str) and value.strip():
            lat, lon = value.split()[:2]
            return float(lon), float(lat)
        for one, other in (("place-Latitude", "place-Longitude"), ("_place_latitude", "_place_longitude")):
            lat, lon = _first_ending(record, one), _first_ending(record, other)
            if lat and lon:
                return float(lon), float(lat)
    except (ValueError, TypeError, IndexError, KeyError):
        return None
    return None


def _first_ending(record: dict[str, Any], ending: str) -> str:
    return next(
        (
            str(v)
            for k, v in record.items()
            if v and (k == ending or k.endswith(("/" + ending, "-" + ending)))
        ),
        "",
    )
