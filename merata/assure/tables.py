"""The tables of measurements, declared once: what compaction writes, what readers expect and the reference says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa

from merata.probe import messages
from merata.region.tables import Column, Kind, Table


@dataclass(frozen=True)
class Measured(Column):
    """One column of a table of measurements."""

    stored: str = "float32"
    """Arrow's name of its type at rest."""
    known_by: str = "measured"
    """How its numbers are known: a word of `region.tables.KNOWN_BY`."""

    @property
    def arrow(self) -> Any:
        """Its Arrow type."""
        return pa.timestamp("ms", tz="UTC") if self.stored == "timestamp" else getattr(pa, self.stored)()


def _whole(name: str, about: str, unit: str = "", *, stored: str = "uint32", **more: Any) -> Measured:
    return Measured(name, "int", about, unit, minimum=0, stored=stored, **more)


#: What every row says of itself. Rows are named by probe and number: a probe never uses a number twice.
IDENTITY = (
    _whole("probe", "The probe, by the number it was given at enrolment", required=True, known_by="reported"),
    _whole(
        "number",
        "Number of the message, rising with each message of a probe",
        required=True,
        known_by="reported",
    ),
    Measured(
        "time",
        "time",
        "When it was measured, reckoned from the probe's clock that goes on and the centre's",
        "UTC",
        required=True,
        stored="timestamp",
        known_by="modelled",
    ),
    Measured(
        "time_sure_s",
        "float",
        "± of `time`, without the way that the quickest delivery of that day took",
        "s",
        required=True,
        minimum=0,
        known_by="modelled",
    ),
    Measured(
        "received",
        "time",
        "When the centre first had it, by the centre's clock",
        "UTC",
        required=True,
        stored="timestamp",
    ),
    _whole("boot", "Which run of the probe's clock `up_ms` belongs to", required=True, known_by="reported"),
    _whole(
        "up_ms",
        "What the probe's clock that goes on said when it was measured",
        "ms",
        stored="int64",
        required=True,
        known_by="reported",
    ),
    _whole(
        "wall_s",
        "What the probe's wall clock said then; it may be wrong by years",
        "s since 1970",
        stored="int64",
        required=True,
        known_by="reported",
    ),
    Measured(
        "live",
        "bool",
        "Whether it came by itself at once, in a datagram of its own",
        required=True,
        stored="bool_",
    ),
)


def _of_message(field: messages.Field) -> Measured:
    """The column of a field that the probe sends."""
    kind: Kind = cast(Kind, {int: "int", float: "float", str: "text"}[field.type])
    sizes = [("uint8", messages.U8), ("uint16", messages.U16), ("uint32", messages.U32), ("int64", 2**63)]
    wide = next(name for name, largest in sizes if field.largest <= largest)
    stored = {int: wide, float: "float32", str: "string"}[field.type]
    about = (
        field.about[:1].upper() + field.about[1:] + ("; empty: it could not be had" if field.nullable else "")
    )
    limits: dict[str, Any] = {} if field.type is str else {"minimum": 0, "maximum": field.largest}
    return Measured(field.name, kind, about, required=not field.nullable, stored=stored, **limits)


def _from_probe(name: str, about: str, kind: str) -> Table:
    return Table(name, about, tuple(map(_of_message, messages.KINDS[kind])), key=("probe", "number"))


HEARTBEATS = _from_probe("heartbeats", "What a probe says of its link every five minutes", "heartbeat")
SPEEDS = _from_probe("speeds", "Rates that a probe measured with ndt7 against a server", "speed")
EVENTS = _from_probe("events", "What happened to a probe", "event")
CHECKS = Table(
    "checks",
    "What the centre itself saw of a router that has an address; `probe` is 2147483648 and the number of the router in routers.csv",
    (
        Measured(
            "how",
            "choice",
            "How it was looked at",
            required=True,
            choices=("ping", "http", "snmp"),
            stored="string",
        ),
        Measured("ok", "bool", "Whether it answered as it should", required=True, stored="bool_"),
        Measured("ms", "float", "Time to it and back; empty: no answer", "ms", minimum=0),
        _whole("lost", "How many of ten tries had no answer", stored="uint8", maximum=10),
        _whole("status", "Status of the HTTP answer", stored="uint16"),
        _whole("rx_kb", "Thousand bytes that its interface took since the check before", stored="int64"),
        _whole("tx_kb", "Thousand bytes that its interface sent since the check before", stored="int64"),
    ),
    key=("probe", "number"),
)

TABLES = {table.name: table for table in (HEARTBEATS, SPEEDS, EVENTS, CHECKS)}

#: Kind of message on the wire -> its table.
TABLE_OF = {"heartbeat": "heartbeats", "speed": "speeds", "event": "events", "check": "checks"}


def columns(name: str) -> Sequence[Measured]:
    """All columns of a table, in the order in which they rest."""
    return (*IDENTITY, *(c for c in TABLES[name].columns if isinstance(c, Measured)))


def schema(name: str) -> Any:
    """The Arrow schema of a table's files: `pyarrow.Schema`, one field for each declared column."""
    return pa.schema([pa.field(c.name, c.arrow, nullable=not c.required) for c in columns(name)])
