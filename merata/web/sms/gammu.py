"""SMS through Gammu's SMS daemon and its folders (`service = files`): what came in is taken, what waits goes out.

The daemon writes a received message as IN<date>_<time>_<serial>_<sender>_<part>.txt, and sends what lies in its outbox
as OUT<priority><date>_<time>_<serial>_<recipient>_<note>.txt; both in UTF-16, as the settings that go with this say.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from merata.errors import MissingError
from merata.web.models import Outgoing
from merata.web.sms import queue
from merata.web.sms.take_in import take_in

_log = logging.getLogger(__name__)

_IN = re.compile(r"IN(\d{8}_\d{6}_\d+)_([^_]*)_(\d+)\.(txt|bin)")
#: A file that changed less than so long ago may still be being written, s.
SETTLED_S = 1.0


class Folders(NamedTuple):
    """The folders of one daemon."""

    inbox: Path
    outbox: Path
    sent: Path
    error: Path


def folders_in(folder: Path) -> Folders:
    """The folders of a daemon, which lie in one.

    Raises
    ------
    MissingError
        One of them is not there.
    """
    found = Folders(*(folder / name for name in Folders._fields))
    for path in found:
        if not path.is_dir():
            raise MissingError(
                f"{path} is not there: Gammu's settings name the folders {', '.join(Folders._fields)} in {folder} "
                "(docs: how-to/sms). Make them, its user's only."
            )
    return found


def once(folders: Folders) -> tuple[int, int]:
    """Take in what came, then hand over what waits; answers how many of each."""
    _look_after(folders)
    return receive(folders), send(folders)


def receive(folders: Folders) -> int:
    """Take in the messages that came. A file goes once what it says is kept; taken twice, it counts once."""
    messages: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path in sorted(folders.inbox.iterdir()):
        if found := _IN.fullmatch(path.name):
            messages[found[1], found[2]].append(path)
    done = 0
    for (when, sender), parts in sorted(messages.items()):
        if time.time() - max(part.stat().st_mtime for part in parts) < SETTLED_S:
            continue
        text = "".join(map(_text, parts))
        take_in(sender, text, when)
        for part in parts:
            part.unlink()
        done += 1
    return done


def send(folders: Folders) -> int:
    """Hand over what waits: written whole before it has the name that the daemon looks for.

    What was begun by a process that died is ended first: a file that still has its other name was surely not sent.
    """
    for path in sorted(folders.outbox.glob(".*.part")):
        _end(folders, path)
    done = 0
    for row in queue.waiting("sms"):
        number, text = queue.opened(row)
        beside = folders.outbox / f".{_name(row, number)}.part"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o660), "wb") as file:
            file.write(text.encode("utf-16"))
            file.flush()
            os.fsync(file.fileno())
        queue.claim(row)
        done += _end(folders, beside)
    return done


def _end(folders: Folders, beside: Path) -> bool:
    """Give a message that was taken to be sent the name that the daemon looks for; one that was not is not sent."""
    key = beside.name.removesuffix(".txt.part").rpartition("_")[2]
    row = Outgoing.objects.filter(pk=key, state="handed").first() if key.isdecimal() else None
    if row is None:
        beside.unlink()
        return False
    beside.rename(folders.outbox / beside.name.removeprefix(".").removesuffix(".part"))
    queue.done(row)
    return True


def _look_after(folders: Folders) -> None:
    """Say what could not be sent, and keep nothing of what was: these files hold numbers."""
    for path in folders.error.iterdir():
        _log.error("Gammu could not send an SMS (message %s)", path.stem.rpartition("_")[2])
        path.unlink()
    for path in folders.sent.iterdir():
        path.unlink()


def _name(row: Outgoing, number: str) -> str:
    """The same name whenever the same message is written."""
    made = row.made_at.strftime("%Y%m%d_%H%M%S")
    return f"OUTC{made}_{row.pk % 1000:03d}_{number}_{row.pk}.txt"


def _text(path: Path) -> str:
    """What a message says: UTF-16 as gammu writes it, with or without its mark; else whatever can be read of it."""
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le", "replace")
    return data.decode("utf-8", "replace")
