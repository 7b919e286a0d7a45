"""What was published and promised goes into the log that nobody can rewrite: each thing as it became so, once."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from merata.errors import MerataError
from merata.region.settings import load_settings
from merata.web.forever import forever
from merata.web.logged_things import things
from merata.web.models import LogEntry, VillageFacts
from merata.web.page import changed

EVERY_S = 60.0
#: Beside the log's own files: the public half of its key.
PUBLIC = "public-key"

_log = logging.getLogger(__name__)


def run(batch: bool = False, over: threading.Event | None = None) -> None:
    """Keep the log of a region that has a key for it, for ever; as a batch, once."""
    # The disk may be away, or the log was tampered with.
    forever(
        _write_with_key, EVERY_S, (_log, "Nothing is added to the log"), troubles=(OSError, MerataError, ValueError),
        batch=batch, over=over,
    )  # fmt: skip


def _write_with_key() -> None:
    if settings.LOG_KEY:
        write(Path(settings.REGION), Path(settings.LOG_KEY))


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
        new = list(things(region, _last())) if code else []
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


def _last() -> dict[tuple[str, str], dict[str, Any]]:
    """The last that the log says of each thing."""
    return {
        (kind, of): content for kind, of, content in LogEntry.objects.values_list("kind", "of", "content")
    }


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
            name = leaves.name_of(said["kind"], said["content"])
            LogEntry.objects.create(
                index=index, kind=said["kind"], of=name[:80], date=said["date"], content=said["content"]
            )
        changed()


def _region_code(region: Path) -> str:
    """The region's official code; where its settings have none, what its villages' codes begin with."""
    own = load_settings(region / "region.toml").region.code
    first = VillageFacts.objects.values_list("code", flat=True).first() or ""
    return own or ".".join(first.split(".")[:2])
