"""Where messages wait until the centre has them: one SQLite file that survives power cuts, full disks and damage.

A message has its number from the moment it is on disk. Numbers count up without gaps within a store; every store that
is begun has a range of its own (see `Kept.stores`), so no number is ever used twice, whatever happened to the file.
What could not be kept is counted and told by an event as soon as there is room.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Iterable, NamedTuple

from merata.probe.messages import KINDS, U32, Message, check

log = logging.getLogger("merata.probe")

FILE = "store.sqlite3"

#: Each store has so many numbers: 159 years of heartbeats. 256 stores can be begun.
NUMBERS_A_STORE = 1 << 24

#: When there is no room: so many of the oldest heartbeats go at once; so many messages wait in memory for room.
GO_AT_ONCE = 500
WAIT_IN_MEMORY = 2_000

PAGE_BYTES = 4096
_KINDS = tuple(KINDS)
_HEARTBEAT = _KINDS.index("heartbeat")

_SCHEMA = """
CREATE TABLE message (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, boot INTEGER NOT NULL,
    up_ms INTEGER NOT NULL, wall_s INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Row(NamedTuple):
    """A message that has no number yet."""

    boot: int
    up_ms: int
    wall_s: int
    kind: str
    values: dict[str, Any]


class Store:
    """The open store. `begin` gives the number of a new store, which is on disk then; `stores` is the last one's."""

    def __init__(self, folder: Path, stores: int, begin: Callable[[], int], store_mb: int = 64) -> None:
        self._folder, self._begin, self._pages = folder, begin, store_mb * 1024 * 1024 // PAGE_BYTES
        self._unkept: deque[Row] = deque()
        self._lost = 0
        #: What became of the store before, for an event; "" when nothing happened to it.
        self.renewed = ""
        #: Messages that were found damaged, for an event.
        self.unreadable = 0
        self._db = self._opened(stores)

    # Opening

    def _opened(self, stores: int) -> sqlite3.Connection:
        path = self._folder / FILE
        if path.exists():
            try:
                return self._existing(path, stores)
            except sqlite3.OperationalError:
                raise  # it may be whole: the disk is full or can't be written
            except (sqlite3.DatabaseError, ValueError) as e:
                log.warning("the store can't be read: %s", e)
                return self._new(f"{e}; set aside as {set_aside(path, stores)}")
        return self._new("it was gone" if stores else "")

    def _existing(self, path: Path, stores: int) -> sqlite3.Connection:
        db = self._connected(path)
        try:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise ValueError(f"damaged: {found}"[:80])
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'state'").fetchone():
                raise ValueError("it was empty")
            if _state(db, "store") != stores:
                raise ValueError("it is of another time")  # a copy put back: its numbers were used since
        except BaseException:
            db.close()
            raise
        return db

    def _new(self, why: str) -> sqlite3.Connection:
        stores = self._begin()
        db = self._connected(self._folder / FILE)
        first = (stores - 1) * NUMBERS_A_STORE
        if first + NUMBERS_A_STORE > U32 + 1:
            raise ValueError("256 stores were begun: enrol this probe anew")
        with _Transaction(db):
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute("INSERT INTO state VALUES ('store', ?)", (json.dumps(stores),))
            db.execute("INSERT INTO sqlite_sequence VALUES ('message', ?)", (first,))
        self.renewed = why
        return db

    def _connected(self, path: Path) -> sqlite3.Connection:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(str(path), isolation_level=None, timeout=10)
        # FULL: what is committed is on disk. The small cache keeps the probe small.
        for pragma in (
            f"page_size={PAGE_BYTES}", "journal_mode=WAL", "synchronous=FULL", f"max_page_count={self._pages}",
            "wal_autocheckpoint=64", "cache_size=-256",
        ):  # fmt: skip
            db.execute("PRAGMA " + pragma).fetchall()
        return db

    def close(self) -> None:
        """Close the file. What waited in memory for room is lost now, and told at the next start if it can be."""
        with suppress(sqlite3.Error):
            self._db.close()

    # Keeping

    def put(self, row: Row) -> int | None:
        """Keep a message: its number once it is safe on disk, None while there is no room (it waits in memory then)."""
        self._unkept.append(row)
        if len(self._unkept) > WAIT_IN_MEMORY:
            self._unkept.popleft()
            self._lost += 1
        # What stands in the log is moved into the file before old messages have to go: the log is used anew then.
        for let_go in (0, 0, GO_AT_ONCE):
            try:
                return self._write(let_go)
            except sqlite3.OperationalError as e:  # noqa: PERF203
                log.warning("can't keep a message%s: %s", " even in place of old ones" if let_go else "", e)
                with suppress(sqlite3.OperationalError):
                    self._db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
            except sqlite3.DatabaseError as e:
                self.renew(str(e))
                return self._write(0)
        return None

    def _write(self, let_go: int) -> int:
        with _Transaction(self._db) as db:
            gone = self._let_go(db, let_go) if let_go else 0
            rows = list(self._unkept)
            lost = self._lost + gone
            if lost:
                text = f"no room: {lost} messages could not be kept, {gone} of them the oldest heartbeats"
                newest = rows[-1]
                rows.insert(-1, newest._replace(kind="event", values={"event": "store_full", "text": text}))
            for row in rows:
                number = db.execute(
                    "INSERT INTO message (kind, boot, up_ms, wall_s, body) VALUES (?, ?, ?, ?, ?)",
                    (_KINDS.index(row.kind), row.boot, row.up_ms, row.wall_s, _body(row)),
                ).lastrowid
        self._unkept.clear()
        self._lost = 0
        return int(number or 0)

    @staticmethod
    def _let_go(db: sqlite3.Connection, count: int) -> int:
        """Drop the oldest heartbeats; other kinds are few and worth more."""
        oldest = db.execute(
            "SELECT number FROM message WHERE kind = ? ORDER BY number LIMIT ?", (_HEARTBEAT, count)
        )
        return db.executemany("DELETE FROM message WHERE number = ?", oldest.fetchall()).rowcount

    def renew(self, why: str) -> None:
        """Set aside a file that turned out to be damaged, and go on with a new one."""
        log.warning("the store is damaged: %s", why)
        stores = _state_or(self._db, "store", 0)
        self.close()
        self._db = self._new(f"{why[:80]}; set aside as {set_aside(self._folder / FILE, stores)}")

    # Giving out

    def oldest(self, most: int) -> list[Message]:
        """The messages that wait longest. Those that can't be read any more are let go, and counted in `unreadable`."""
        rows = self._db.execute(
            "SELECT number, boot, up_ms, wall_s, kind, body FROM message ORDER BY number LIMIT ?", (most,)
        )
        whole, ruined = [], []
        for row in rows.fetchall():
            try:
                whole.append(_message(*row))
            except (ValueError, TypeError, IndexError, RecursionError):  # noqa: PERF203
                ruined.append(row[0])
        if ruined:
            self.drop(ruined)
            self.unreadable += len(ruined)
        return whole

    def drop(self, numbers: Iterable[int]) -> None:
        """Forget messages: the centre has them, or will never take them."""
        with _Transaction(self._db) as db:
            db.executemany("DELETE FROM message WHERE number = ?", ((n,) for n in numbers))

    def waiting(self) -> int:
        """How many messages wait."""
        return int(self._db.execute("SELECT count(*) FROM message").fetchone()[0])

    def state(self, name: str, default: Any = None) -> Any:
        """Something that was remembered."""
        return _state_or(self._db, name, default)

    def remember(self, **values: Any) -> None:
        """Remember things by name; where there is no room the old ones stay."""
        try:
            with _Transaction(self._db) as db:
                for name, value in values.items():
                    db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, json.dumps(value)))
        except sqlite3.OperationalError as e:
            log.warning("can't remember %s: %s", ", ".join(values), e)


class _Transaction:
    """Everything in the block, or nothing."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> sqlite3.Connection:
        self._db.execute("BEGIN IMMEDIATE")
        return self._db

    def __exit__(self, kind: Any, error: Any, where: Any) -> None:
        if kind is None:
            try:
                self._db.execute("COMMIT")
                return
            except BaseException:
                self._undo()
                raise
        self._undo()

    def _undo(self) -> None:
        with suppress(sqlite3.Error):  # SQLite has undone it already after some errors
            self._db.execute("ROLLBACK")


def _body(row: Row) -> str:
    return json.dumps([row.values[f.name] for f in KINDS[row.kind]], separators=(",", ":"))


def _message(number: int, boot: int, up_ms: int, wall_s: int, kind: int, body: str) -> Message:
    name = _KINDS[kind]
    values = dict(zip((f.name for f in KINDS[name]), json.loads(body)))
    return check(Message(number, boot, up_ms, wall_s, name, values))


def _state(db: sqlite3.Connection, name: str) -> Any:
    row = db.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
    return json.loads(row[0]) if row else None


def _state_or(db: sqlite3.Connection, name: str, default: Any) -> Any:
    try:
        found = _state(db, name)
    except sqlite3.DatabaseError:
        return default
    return default if found is None else found


def set_aside(path: Path, stores: int) -> str:
    """Rename a store that can't be read, with what belongs to it; of earlier ones the last stays."""
    name = f"store-damaged-{stores}.sqlite3"
    for old in sorted(path.parent.glob("store-damaged-*"), key=lambda p: p.stat().st_mtime)[:-3]:
        old.unlink()
    for tail in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(str(path) + tail, str(path.parent / name) + tail)
    return name


def look(folder: Path) -> dict[str, Any]:
    """What a store says of itself, read without touching it, also while a probe runs: state and how much waits."""
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            found = {name: json.loads(value) for name, value in db.execute("SELECT name, value FROM state")}
            found["waiting"] = db.execute("SELECT count(*) FROM message").fetchone()[0]
        finally:
            db.close()
    except sqlite3.DatabaseError as e:
        return {"damage": str(e)}
    return found
