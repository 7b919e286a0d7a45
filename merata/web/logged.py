"""What was published and promised goes into the log that nobody can rewrite: each thing as it became so, once."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from merata.errors import MerataError
from merata.region.settings import load_settings
from merata.web.models import Commitment, LogEntry, Publication, VillageFacts
from merata.web.page import changed

EVERY_S = 60.0
#: Beside the log's own files: the public half of its key.
PUBLIC = "public-key"
#: State of a promise -> its word in the log.
STATES = {"promised": "made", "on the way": "on-the-way"}
_MOST_WORD = 40

_log = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """What has to stand in the log."""

    kind: str
    of: str
    date: dt.date
    content: dict[str, Any]


def run(batch: bool = False, over: threading.Event | None = None) -> None:
    """Keep the log of a region that has a key for it, for ever; as a batch, once."""
    over = over or threading.Event()
    while True:
        try:
            if settings.LOG_KEY:
                write(Path(settings.REGION), Path(settings.LOG_KEY))
        except (
            Error,
            OSError,
            MerataError,
            ValueError,
        ):  # no disk, no database, a log that was tampered with
            _log.exception("Nothing is added to the log")
            connection.close()
        if batch or over.wait(EVERY_S):
            return


def write(region: Path, key: Path) -> int:
    """Add what is new, and sign; how many entries that were.

    Raises
    ------
    MerataError
        The key can't be used, or the log is not as it was left: then nothing is added to it.
    """
    from merata.exchange import keys, leaves, notes, written
    from merata.exchange.log import FOLDER, Log

    secret, log = keys.load(key, notes.LOG), Log(region / FOLDER)
    code = _region_code(region)
    with log.writing(wait_s=30) as writer:
        _note(log, writer.size)
        new = list(wanted(region, _last())) if code else []
        if new:
            writer.append([leaves.leaf(row.kind, row.date.isoformat(), code, row.content) for row in new])
            _note(log, writer.size)
        signed = log.checkpoint()
        if writer.size and (
            signed is None or signed.size != writer.size or not signed.note.by([secret.public])
        ):
            writer.sign(secret)
            written.settle(log.folder / PUBLIC, f"{secret.public}\n".encode())
    return len(new)


def wanted(region: Path, last: dict[tuple[str, str], dict[str, Any]]) -> Iterator[Wanted]:
    """What was published or promised and is not the last that the log says of it, in the order in which it came about.

    A plan stands there once, so its file is read once.
    """
    for plan in Publication.objects.exclude(number=None).order_by("number"):
        file = region / "runs" / plan.run_id / "plan.json"
        if ("plan", str(plan.number)) not in last and plan.decided_at and file.exists():
            content = {"plan": str(plan.number), "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
            yield Wanted("plan", str(plan.number), timezone.localdate(plan.decided_at), content)
    for promise in Commitment.objects.select_related("owner").order_by("pk"):
        row = _promise(promise)
        if last.get((row.kind, row.of)) != row.content:
            yield row


def _last() -> dict[tuple[str, str], dict[str, Any]]:
    """The last that the log says of each thing."""
    return {
        (kind, of): content for kind, of, content in LogEntry.objects.values_list("kind", "of", "content")
    }


def _promise(promise: Commitment) -> Wanted:
    state = "changed" if promise.replaced_by_id else STATES.get(promise.state, promise.state)
    content = {
        "commitment": str(promise.pk), "state": state, "owner": word(promise.owner.name if promise.owner else ""),
        "village": promise.village_code, "level": promise.level, "due": f"{promise.year}-12-31",
        "fund": word(promise.fund),
    }  # fmt: skip
    date = timezone.localdate(promise.made_at) if state == "made" else timezone.localdate()
    return Wanted("commitment", str(promise.pk), date, {k: v for k, v in content.items() if v})


def word(name: str) -> str:
    """A name as a log takes it: a short word. Long numbers, as telephones have them, are left out."""
    made = re.sub(r"\d{9,}", "", slugify(name))[:_MOST_WORD].strip("-_")
    return made or ("none" if not name else "unnamed")


def _note(log: Any, size: int) -> None:
    """Note what the log has and the site does not know of: all that was added before somebody was killed, too."""
    from merata.exchange import leaves

    reader, count = log.reader(), LogEntry.objects.count()
    last = LogEntry.objects.values_list("index", flat=True).last()
    known = (
        range(count)
        if count == (-1 if last is None else last) + 1
        else set(LogEntry.objects.values_list("index", flat=True))
    )
    missing = [index for index in range(size) if index not in known]
    if not missing:
        return
    with transaction.atomic():
        for index in missing:
            said = leaves.read(reader.entry(index))
            name = said["content"].get(said["kind"], "")
            LogEntry.objects.create(
                index=index, kind=said["kind"], of=str(name)[:80], date=said["date"], content=said["content"]
            )
        changed()


def _region_code(region: Path) -> str:
    """The region's official code; where its settings have none, what its villages' codes begin with."""
    own = load_settings(region / "region.toml").region.code
    first = VillageFacts.objects.values_list("code", flat=True).first() or ""
    return own or ".".join(first.split(".")[:2])
