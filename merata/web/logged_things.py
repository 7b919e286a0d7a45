"""What has to stand in the log: plans, promises and their changes, scores, records of meetings."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.utils import timezone

from merata.web.models import Change, Commitment, Meeting, Publication, ScoreSet

#: State of a promise -> its word in the log.
STATES = {"promised": "made", "on the way": "on-the-way"}
#: What the log says of a promise that stands nowhere else any more.
GONE = "gone"
#: What is changed -> the facts of it that stand in the log; none named: all. What else is noted of a challenge, the
#: words of who made it among it, is not for everybody.
LOGGED: dict[str, tuple[str, ...]] = {
    "commitment": (), "challenge": ("state", "silent", "settled_on"), "contract": (), "price": (),
}  # fmt: skip
#: Of a change: field of its leaf -> what it is a salted hash of.
CHANGED = ("before", "after", "reason")
#: (kind, which one) -> the last that the log says of it.
Last = Mapping[tuple[str, str], dict[str, Any]]


class Thing(NamedTuple):
    """What has to stand in the log."""

    kind: str
    of: str
    date: dt.date
    content: dict[str, Any]


def things(region: Path, last: Last) -> Iterator[Thing]:
    """What came about and is not the last that the log says of it, kind by kind, in the order in which it did.

    Plans, records of meetings and changes stand there once each; promises and scores each time that they differ.
    """
    yield from _plans(region, last)
    yield from _meetings(last)
    yield from _promises(region, last)
    yield from _changes(region, last)
    yield from _scores(region, last)


def _plans(region: Path, last: Last) -> Iterator[Thing]:
    for plan in Publication.objects.exclude(number=None).order_by("number"):
        file = region / "runs" / plan.run_id / "plan.json"
        if ("plan", str(plan.number)) not in last and plan.decided_at and file.exists():
            content = {"plan": str(plan.number), "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
            yield Thing("plan", str(plan.number), timezone.localdate(plan.decided_at), content)


def _meetings(last: Last) -> Iterator[Thing]:
    for row in Meeting.objects.filter(state="published").order_by("published_at", "pk"):
        name = document_name(row)
        content = {"what": name, "sha256": fingerprint(row)}
        if last.get(("document", name)) != content:
            yield Thing("document", name, timezone.localdate(row.published_at), content)


def document_name(meeting: Meeting) -> str:
    """What a meeting's record is called in the log."""
    return f"meeting-{meeting.pk}"


def fingerprint(meeting: Meeting) -> str:
    """SHA-256 of a meeting's record, in hexadecimal."""
    return hashlib.sha256(meeting.record.encode()).hexdigest()


def _promises(region: Path, last: Last) -> Iterator[Thing]:
    there, promises = set(), list(Commitment.objects.select_related("owner").order_by("pk"))
    said = _actions(region, promises, last)
    for promise in promises:
        row = _promise(promise, said.get(promise.pk, ""))
        there.add(row.of)
        if last.get((row.kind, row.of)) != row.content:
            yield row
    for (kind, of), content in last.items():
        if kind == "commitment" and of not in there and content["state"] != GONE:
            yield Thing(kind, of, timezone.localdate(), {**content, "state": GONE})


def _actions(region: Path, promises: list[Commitment], last: Last) -> dict[int, str]:
    """By promise that says an action in words: their salted hash, the log's own while the words are those."""
    from merata.exchange.salts import FILE, Salts

    salts = Salts(region / FILE)
    known = {p: last.get(("commitment", str(p.pk)), {}).get("words", "") for p in promises if p.action}
    there = [(p, made) for p, made in known.items() if made]
    same = salts.compared([(made, p.action) for p, made in there])
    # What was forgotten can't be compared any more, and is not hashed again.
    found = {p.pk: made for (p, made), so in zip(there, same, strict=True) if so is not False}
    new = [p for p in known if p.pk not in found]
    return {**found, **dict(zip((p.pk for p in new), salts.hashes([p.action for p in new]), strict=True))}


def _promise(promise: Commitment, words: str) -> Thing:
    from merata.exchange.leaves import word

    state = "changed" if promise.replaced_by_id else STATES.get(promise.state, promise.state)
    content = {
        "commitment": str(promise.pk), "state": state, "owner": word(promise.owner.name if promise.owner else ""),
        "village": promise.village_code, "level": promise.level, "due": promise.due_on.isoformat(),
        "fund": word(promise.fund), "words": words,
    }  # fmt: skip
    date = timezone.localdate(promise.made_at) if state == "made" else timezone.localdate()
    return Thing("commitment", str(promise.pk), date, {k: v for k, v in content.items() if v})


def _changes(region: Path, last: Last) -> Iterator[Thing]:
    """Changes of what was there: each once, its words by salted hashes, all salts kept in one go."""
    from merata.exchange.salts import FILE, Salts

    rows = Change.objects.filter(model__in=LOGGED).exclude(before={}).order_by("pk")
    new = [row for row in rows if ("change", str(row.pk)) not in last and words_of(row)]
    said = [(row, name, words) for row in new for name, words in words_of(row).items()]
    hashes = Salts(region / FILE).hashes([words for _, _, words in said])
    contents: dict[int, dict[str, Any]] = {row.pk: {} for row in new}
    for (row, name, _), made in zip(said, hashes, strict=True):
        contents[row.pk][name] = made
    for row in new:
        content = {"change": str(row.pk), "of": row.key, "what": row.model, **contents[row.pk]}
        yield Thing("change", str(row.pk), timezone.localdate(row.at), content)


def words_of(change: Change) -> dict[str, str]:
    """What stands in the log of a change by salted hashes: canonical JSON of what was and what is, and the reason."""
    from merata.exchange.canonical import canonical

    facts = {name: _facts(change, name) for name in ("before", "after")}
    if facts["before"] == facts["after"]:
        return {}
    told = {name: canonical(found).decode() for name, found in facts.items() if found}
    return {**told, "reason": change.why} if change.why else told


def _facts(change: Change, when: str) -> dict[str, Any]:
    """What is told of how something was, or is."""
    noted, named = getattr(change, when), LOGGED.get(change.model, ())
    return {name: noted[name] for name in named if name in noted} if named else noted


def _scores(region: Path, last: Last) -> Iterator[Thing]:
    """The file of scores that the site shows: whoever scores the same open measurements gets the same bytes."""
    from merata.web.scores import about_of, digest_of

    taken = ScoreSet.objects.filter(pk=1).first()
    about = about_of(region / "measurements") if taken else None
    if taken is None or about is None or digest_of(about) != taken.digest or not taken.months:
        return
    content = {"period": taken.months[-1], "sha256": about["files"]["scorecards"]}
    if last.get(("score", taken.months[-1])) != content:
        yield Thing("score", taken.months[-1], timezone.localdate(taken.as_of), content)


def revealed(change: Change, region: Path, content: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What everybody may read of a change in the log: (field, words, salt), of words that the log's hash is of.

    Of the reason only where it is the promise's own, which everybody reads; nothing of what was forgotten.
    """
    from merata.errors import MissingError
    from merata.exchange.salts import FILE, Salts

    salts, found = Salts(region / FILE), []
    for name, words in words_of(change).items():
        public = name != "reason" or change.after.get("reason") == words
        try:
            if public and name in content and salts.shows(content[name], words):
                found.append((name, words, salts.salt(content[name]).hex()))
        except MissingError:
            continue
    return found
