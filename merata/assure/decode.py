"""Records of the spool become columns: messages by table, and what deliveries tell of the probes' clocks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from merata.assure import spool, tables, times
from merata.assure.spool import Record
from merata.probe import wire
from merata.probe.messages import KINDS, Message


def heartbeat_body(beat: wire.Beat) -> bytes:
    """A heartbeat whose datagram was verified, as the spool keeps it: by names, so that a later version can read it."""
    head, message = beat.sending, beat.message
    said = {"sent": [head.boot, head.up_ms, head.wall_s], **message._asdict()}
    return json.dumps(said, separators=(",", ":")).encode()


def taken(body: bytes) -> wire.Taken:
    """The messages of a batch that are taken; of those that never are, number -> reason, which begins with the column.

    Never taken are those that are wrong in themselves, and those for which no time can be reckoned.

    Raises
    ------
    WireError
        Not even the numbers of the messages can be read.
    """
    batch, refused = wire.read_batch(body)
    refused = {**refused, **{m.number: why for m in batch.messages if (why := _timeless(m, batch.sending))}}
    return wire.Taken(
        batch._replace(messages=[m for m in batch.messages if m.number not in refused]), refused
    )


def _timeless(message: Message, sent: wire.Sending) -> str:
    """Why no time can be reckoned for a message; empty where one can."""
    age_ms = sent.up_ms - message.up_ms if message.boot == sent.boot else 0
    if age_ms < 0:
        return "up_ms: is later than that of the delivery"
    return "up_ms: more than a year before the delivery" if age_ms > times.LONGEST_MS else ""


def centre_body(checks: Sequence[dict[str, Any]]) -> bytes:
    """What the centre saw itself: rows with `number`, `time_ms` and the columns of the table `checks`."""
    return json.dumps(list(checks), separators=(",", ":")).encode()


class Decoded:
    """Messages and anchors of many records, collected."""

    def __init__(self) -> None:
        self.rows = 0
        self.received_ms = 0
        """The latest receipt."""
        self.unreadable: list[Record] = []
        """Records that are sound and yet could not be read: written by another version."""
        self._messages: dict[str, list[Any]] = {name: [] for name in tables.TABLES}
        self._loose: dict[str, list[tuple[int, int, bool, Message]]] = {kind: [] for kind in KINDS}
        self._anchors: list[tuple[int, int, int, int]] = []

    def add(self, record: Record) -> None:
        """Take a record in."""
        how = {
            spool.HEARTBEAT: self._heartbeat,
            spool.BATCH: self._batch,
            spool.CENTRE: self._centre,
        }
        self.received_ms = max(self.received_ms, record.received_ms)
        try:
            how[record.how](record)
        except (ValueError, KeyError, TypeError):
            self.unreadable.append(record)

    def _heartbeat(self, record: Record) -> None:
        said = json.loads(record.body)
        boot, up_ms, _ = said.pop("sent")
        self._loose["heartbeat"].append((record.probe, record.received_ms, True, Message(**said)))
        self._anchors.append((record.probe, boot, up_ms, record.received_ms))
        self.rows += 1

    def _batch(self, record: Record) -> None:
        batch, _ = taken(record.body)
        for message in batch.messages:
            self._loose[message.kind].append((record.probe, record.received_ms, False, message))
        self._anchors.append((record.probe, batch.sending.boot, batch.sending.up_ms, record.received_ms))
        self.rows += len(batch.messages)
        if len(self._loose["heartbeat"]) > 20_000:
            self._settle()

    def _centre(self, record: Record) -> None:
        rows = json.loads(record.body)
        # The centre's own clock is the true one: a run of its own that its time counts.
        head = {"probe": record.probe, "boot": 0, "received": record.received_ms, "live": True}
        rows = [{**row, **head, "up_ms": row["time_ms"], "wall_s": row["time_ms"] // 1000} for row in rows]
        wanted = _raw_schema("checks")
        self._messages["checks"].append(pa.Table.from_pylist(rows, schema=wanted))
        self._anchors += [(record.probe, 0, row["up_ms"], row["up_ms"]) for row in rows]
        self.rows += len(rows)

    def _settle(self) -> None:
        """Make columns of the messages so far: they take a tenth of the memory."""
        for kind, rows in self._loose.items():
            if rows:
                self._messages[tables.TABLE_OF[kind]].append(_columns(kind, rows))
                rows.clear()

    def messages(self) -> dict[str, Any]:
        """Table -> Arrow table of its messages: declared columns but for the time; `received` in ms."""
        self._settle()
        return {
            name: pa.concat_tables([_raw_schema(name).empty_table(), *parts]).combine_chunks()
            for name, parts in self._messages.items()
        }

    def stretches(self) -> times.Stretches:
        """What messages and anchors tell of the clocks, joined."""
        told = [
            times.of_messages(
                *(column(rows, c) for c in ("probe", "boot", "number", "up_ms", "wall_s", "received"))
            )
            for rows in self.messages().values()
        ]
        anchors = np.array(self._anchors, np.int64).reshape(-1, 4)
        return times.joined(*told, times.of_anchors(*anchors.T))


def column(rows: Any, name: str) -> Any:
    """A column without blanks of an Arrow table, as an array."""
    return rows.column(name).to_numpy()


def _raw_schema(table: str) -> Any:
    stored = {c.name: c.arrow for c in tables.columns(table)} | {"received": pa.int64()}
    return pa.schema([(name, kind) for name, kind in stored.items() if name not in ("time", "time_sure_s")])


def _columns(kind: str, rows: Sequence[tuple[int, int, bool, Message]]) -> Any:
    """The messages of a kind as an Arrow table."""
    probe, received, live, messages = zip(*rows, strict=True)
    values = [m.values for m in messages]
    found: dict[str, Iterable[Any]] = {"probe": probe, "received": received, "live": live}
    found |= {name: [getattr(m, name) for m in messages] for name in ("number", "boot", "up_ms", "wall_s")}
    found |= {f.name: [v.get(f.name) for v in values] for f in KINDS[kind]}
    wanted = _raw_schema(tables.TABLE_OF[kind])
    return pa.table([pa.array(found[f.name], f.type) for f in wanted], schema=wanted)
