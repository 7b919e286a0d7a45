"""What a message of the probe holds: its kinds and their columns, declared once for both sides of the wire."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple

U8, U16, U32, U48 = 2**8 - 1, 2**16 - 1, 2**32 - 1, 2**48 - 1


class WireError(ValueError):
    """Bytes that are not what they should be: of another kind, damaged, too large, or signed with another key."""


# What a message holds


class Field(NamedTuple):
    """A column of a kind of message. `code` is its place in a heartbeat's datagram: B, H or I; "" where it has none."""

    name: str
    type: type
    about: str
    largest: float
    nullable: bool = True
    code: str = ""
    #: What 1 in the datagram means: 0.1 for tenths.
    step: float = 1


#: Bits of a heartbeat's `flags`.
STARTED = 1  # the first one after the probe began to run
CLOCK_JUMPED = 2  # the wall clock jumped since the last one
UDP_SILENT = (
    4  # the centre's echo did not come by UDP: centre_ms and centre_lost were measured by TCP connects
)
LINE_DOWN = 8  # the machine has no way out: no interface with a default route
ON_BATTERY = 16  # the machine says that its mains power is off

FLAGS = {
    "STARTED": STARTED,
    "CLOCK_JUMPED": CLOCK_JUMPED,
    "UDP_SILENT": UDP_SILENT,
    "LINE_DOWN": LINE_DOWN,
    "ON_BATTERY": ON_BATTERY,
}

HEARTBEAT = (
    Field("centre_ms", float, "median round trip to the centre, ms", 6553.4, code="H", step=0.1),
    Field("centre_lost", int, "how many of 10 tries to the centre got no answer", 10, code="B"),
    Field("outside1_ms", float, "median time to connect to the first outside target, ms", 6553.4, code="H", step=0.1),
    Field("outside2_ms", float, "median time to connect to the second outside target, ms", 6553.4, code="H", step=0.1),
    Field("outside_lost", int, "how many of 10 connects outside, five to each, failed", 10, code="B"),
    Field("dns_ms", float, "time until the system's resolver answered a name nobody asked before, ms", 6553.4, code="H", step=0.1),
    Field("flags", int, "bits: " + ", ".join(f"{bit} {name}" for name, bit in FLAGS.items()), U16, nullable=False, code="H"),
    Field("clients", int, "Wi-Fi clients at that moment", U16 - 1, code="H"),
    Field("rx_kb", int, "thousand bytes that the line received since the last heartbeat", U32 - 1, code="I"),
    Field("tx_kb", int, "thousand bytes that the line sent since the last heartbeat", U32 - 1, code="I"),
)  # fmt: skip

SPEED = (
    Field("down_mbps", float, "ndt7 download, Mbit/s", 1e6),
    Field("up_mbps", float, "ndt7 upload, Mbit/s, as the server counted it", 1e6),
    Field("min_rtt_ms", float, "least round trip that the server's kernel saw, ms", 1e6),
    Field("down_s", float, "how long the download ran, s; below 10 the byte budget ended it", 60),
    Field("up_s", float, "how long the upload ran, s", 60),
    Field("used_mbps", float, "what the line carried for others just before, Mbit/s", 1e6),
    Field("bytes", int, "payload that the test cost, bytes", U48, nullable=False),
    Field("server", str, "host of the ndt7 server", 100, nullable=False),
    Field("why", str, "schedule, busy (at the busy hour, with others on the line) or asked (by the centre)", 10, nullable=False),
)  # fmt: skip

EVENT = (
    Field("event", str, "which: see the kinds of events", 20, nullable=False),
    Field("text", str, "what happened, in English", 200, nullable=False),
)

WHY = ("schedule", "busy", "asked")

#: Kinds of events and what they mean.
EVENTS = {
    "start": "the probe began to run",
    "stop": "the probe was told to end",
    "clock_jumped": "the wall clock jumped by so many seconds against the clock that goes on",
    "store_full": "no room: so many messages could not be kept",
    "store_damaged": "so many messages could not be read from the store any more and are lost",
    "store_new": "the store was unreadable or gone; a new one was begun, numbers go on far ahead",
    "target_changed": "the centre, an outside target or the interface is another one",
    "refused": "the centre refused so many messages for good",
}

#: Kind of message -> its columns.
KINDS = {"heartbeat": HEARTBEAT, "speed": SPEED, "event": EVENT}

Values = Dict[str, Any]


class Message(NamedTuple):
    """One row. `up_ms` and `wall_s` are what the probe's two clocks said when it was measured, `boot` whose `up_ms` it is."""

    number: int
    boot: int
    up_ms: int
    wall_s: int
    kind: str
    values: Values


#: The columns that every message has, and the largest value of each.
COMMON = {"number": U32, "boot": U32, "up_ms": U48, "wall_s": U32}


def missed_the_centre(message: Message) -> bool:
    """Whether a look reached something outside, but of ten tries to the centre none was answered."""
    said = message.values
    if message.kind != "heartbeat" or said["centre_lost"] is None or said["outside_lost"] is None:
        return False
    return bool(said["centre_lost"] >= 10 > said["outside_lost"])


def check(message: Message) -> Message:
    """The message, or a `WireError` that names the field that can't be."""
    for name, largest in COMMON.items():
        whole(name, getattr(message, name), largest)
    if message.number == 0:
        raise WireError("number: messages are numbered from 1")
    fields = KINDS.get(message.kind)
    if fields is None:
        raise WireError(f"kind: {message.kind!r} is none of {', '.join(KINDS)}")
    if len(message.values) != len(fields):
        raise WireError(f"{message.kind}: holds other fields than {', '.join(f.name for f in fields)}")
    for field in fields:
        if field.name not in message.values:
            raise WireError(f"{message.kind}: lacks {field.name}")
        _check_value(field, message.values[field.name])
    return message


def _shown(value: object) -> str:
    """The value for an error; Python itself refuses to write out a number of thousands of digits."""
    return "a huge number" if type(value) is int and abs(value) > 2**64 else repr(value)[:40]


def whole(name: str, value: object, largest: float) -> int:
    """The value where it is a whole number from 0 to `largest`; a `WireError` that names it where not."""
    if type(value) is not int or not 0 <= value <= largest:
        raise WireError(f"{name}: {_shown(value)} is no whole number from 0 to {largest}")
    return value


def _check_value(field: Field, value: object) -> None:
    if value is None:
        if not field.nullable:
            raise WireError(f"{field.name}: must be given")
    elif field.type is int:
        whole(field.name, value, field.largest)
    elif field.type is float:
        if type(value) not in (int, float) or not 0 <= value <= field.largest:  # type: ignore[operator]
            raise WireError(f"{field.name}: {_shown(value)} is no number from 0 to {field.largest:g}")
    else:
        _check_text(field, value)


def _check_text(field: Field, value: object) -> None:
    if type(value) is not str or len(value) > field.largest:
        raise WireError(f"{field.name}: is no text of at most {field.largest:g} characters")
    if not value.isprintable():
        raise WireError(f"{field.name}: holds characters that can't be printed")
    known = {"event": EVENTS, "why": WHY}.get(field.name)
    if known is not None and value not in known:
        raise WireError(f"{field.name}: {value!r:.40} is none of {', '.join(known)}")
