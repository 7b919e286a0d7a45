"""The paper for the next coordination meeting: what was agreed last time, what became of it, what is due until then."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import merata
from merata.publish.meeting_sentences import MEETING_SENTENCES
from merata.publish.pieces import Piece, bullets, heading, para, scanned, table
from merata.publish.words import Language, Tongue

#: Rows of a table beyond so many stand on the site only.
MOST_ROWS = 60


@dataclass(frozen=True)
class Promise:
    """One promise as the paper shows it."""

    number: int
    what: str
    owner: str
    due: dt.date
    state: str
    """In the words of the paper's language."""
    evidence: str = ""
    reason: str = ""
    was_due: dt.date | None = None
    """Its last day before it was changed."""


@dataclass(frozen=True)
class Agreed:
    """The last meeting: what it said, and what became of each of its actions."""

    title: str
    held_on: dt.date
    agenda: Sequence[str]
    decisions: Sequence[str]
    actions: Sequence[Promise]
    sha256: str = ""
    entry: int | None = None
    """Number of its entry in the log that nobody can rewrite."""
    since: dt.date | None = None


@dataclass(frozen=True)
class Paper:
    """All that the paper shows. Lists are in the order in which they are due."""

    language: Language
    region: str
    made_up: bool
    as_of: dt.date
    until: dt.date
    """The next meeting, or the day until which what is due is told."""
    next_on: dt.date | None
    board: str
    """Address of the board of promises."""
    proof: str
    """Address that the code leads to."""
    last: Agreed | None = None
    earlier: Sequence[Promise] = ()
    overdue: Sequence[Promise] = ()
    due: Sequence[Promise] = ()
    plans: Sequence[tuple[int, str, int]] = field(default=())
    """Promises of plans: year, state in words, how many."""

    @property
    def file_name(self) -> str:
        """Without its ending."""
        return f"meeting-{(self.next_on or self.as_of).isoformat()}"


def document(paper: Paper) -> dict[str, Any]:
    """What templates show: a title, what stands on every page, and pieces one after the other."""
    t = Tongue(paper.language, MEETING_SENTENCES)
    title = t("title_on", date=_day(paper.next_on, t)) if paper.next_on else t("title")
    return {
        "language": t.language,
        "title": title,
        "running": f"{paper.region} · {_day(paper.as_of, t)}",
        "mark": t("made_up").split(":")[0] if paper.made_up else "",
        "strip": t("made_up") if paper.made_up else "",
        "provisional": "",
        "page_of": MEETING_SENTENCES["page_of"][0 if t.language == "id" else 1],
        "foot": t("made_by", version=merata.__version__),
        "pieces": list(_pieces(paper, t)),
    }


def _pieces(paper: Paper, t: Tongue) -> Iterator[Piece]:
    parts = (_short, _last, _open, _plans, _proof)
    return chain.from_iterable(part(paper, t) for part in parts)


def _short(paper: Paper, t: Tongue) -> Iterator[Piece]:
    yield para(t("as_of", region=paper.region, date=_day(paper.as_of, t)), "small")
    yield heading(t("h_short"))
    numbers = {"due": t.number(len(paper.due)), "late": t.number(len(paper.overdue))}
    if paper.last is None:
        yield para(t("short_first", **numbers))
        return
    states = Counter(one.state for one in paper.last.actions)
    said = [t("state_count", count=t.number(count), state=state) for state, count in states.items()]
    agreed = t.number(len(paper.last.actions))
    yield para(t("short", agreed=agreed, states=", ".join(said) or t("no_state"), **numbers))


def _last(paper: Paper, t: Tongue) -> Iterator[Piece]:
    if paper.last is None:
        return
    yield heading(t("h_last", title=paper.last.title, date=_day(paper.last.held_on, t)))
    for key, rows in (("h_agenda", paper.last.agenda), ("h_decisions", paper.last.decisions)):
        if rows:
            yield heading(t(key), 2)
            yield bullets(rows)
    yield heading(t("h_agreed"))
    yield from _table(paper.last.actions, paper, t)


def _open(paper: Paper, t: Tongue) -> Iterator[Piece]:
    if paper.earlier:
        yield heading(t("h_earlier"))
        yield from _table(paper.earlier, paper, t)
    if paper.overdue:
        yield heading(t("h_overdue"))
        yield from _table(paper.overdue, paper, t)
    yield heading(t("h_due", date=_day(paper.until, t)))
    yield from _table(paper.due, paper, t)


def _plans(paper: Paper, t: Tongue) -> Iterator[Piece]:
    if paper.plans:
        yield heading(t("h_plan"))
        rows = [[str(year), state, t.number(count)] for year, state, count in paper.plans]
        yield table([t("c_year"), t("c_state"), t("c_count")], "llr", rows, (0, 1, 0))


def _proof(paper: Paper, t: Tongue) -> Iterator[Piece]:
    yield heading(t("h_proof"))
    if paper.last is None or paper.last.entry is None:
        yield scanned(paper.proof, [t("proof_none"), paper.proof])
        return
    since = _day(paper.last.since, t) if paper.last.since else "–"
    words = [t("proof_words"), t("proof_entry", number=paper.last.entry, date=since),
             t("proof_hash", hash=paper.last.sha256), paper.proof]  # fmt: skip
    yield scanned(paper.proof, words)


def _table(rows: Sequence[Promise], paper: Paper, t: Tongue) -> Iterator[Piece]:
    if not rows:
        yield para(t("nothing"))
        return
    heads = [t(f"c_{name}") for name in ("number", "action", "owner", "due", "state")]
    yield table(heads, "rllll", [_row(one, t) for one in rows[:MOST_ROWS]], (0, 3, 1.6, 1.2, 2))
    if len(rows) > MOST_ROWS:
        yield para(t("more", count=t.number(len(rows) - MOST_ROWS), address=paper.board), "small")


def _row(one: Promise, t: Tongue) -> list[str]:
    due = _day(one.due, t)
    if one.was_due:
        due = f"{due} ({t('was_due', date=_day(one.was_due, t))})"
    told = [one.state]
    if one.evidence:
        told.append(t("evidence", evidence=one.evidence))
    if one.reason:
        told.append(t("reason", reason=one.reason))
    return [str(one.number), one.what, one.owner or t("nobody"), due, ". ".join(told)]


def _day(day: dt.date | None, t: Tongue) -> str:
    return t.day(day.isoformat()) if day else "–"
