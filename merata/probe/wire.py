"""The wire between probe and centre: what is sent is packed, signed, verified and unpacked here, for both sides.

A *message* (see `messages`) travels alone in a datagram, as heartbeats do, or with others in a batch.
docs/reference/probe-protocol.md tells the same in words. Nothing here touches a socket, a clock or a file; whatever
bytes come in, the only error that comes out is `WireError`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
import zlib
from typing import Any, NamedTuple

from merata.probe.messages import (
    HEARTBEAT,
    U8,
    U16,
    U32,
    U48,
    Field,
    Message,
    WireError,
    check,
    whole,
)
from merata.probe.rows import all_rows, columns

MAC_BYTES = 16
KEY_BYTES = 32

#: A batch is refused, unread, above these: rows, bytes as sent, bytes once inflated.
MAX_ROWS = 2_000
MAX_BODY_BYTES = 128 * 1024
MAX_INFLATED_BYTES = 1024 * 1024
#: The answers to a batch and to an enrolment.
MAX_ANSWER_BYTES = 64 * 1024

BATCH_PATH = "/probe/v1/batch"
ENROL_PATH = "/probe/v1/enrol"
#: HTTP header with the MAC of a body, in hexadecimal.
MAC_HEADER = "X-Merata-MAC"


# Signing


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _sealed(key: bytes, data: bytes) -> bytes:
    return data + _mac(key, data)[:MAC_BYTES]


def _opened(key: bytes, data: bytes) -> bytes:
    """What stands before the MAC of a datagram, once the MAC is right."""
    inner = data[:-MAC_BYTES]
    if not hmac.compare_digest(_mac(key, inner)[:MAC_BYTES], data[-MAC_BYTES:]):
        raise WireError("MAC: is not what this key makes of it")
    return inner


# Heartbeats in datagrams. Every datagram begins with "Mp", the version and its kind.

VERSION = 1
_HEAD = struct.Struct("!2sBB")
_BEAT, _ANSWER, _PING, _PONG = 1, 2, 3, 4
_FRONT = struct.Struct("!2sBBIIIQIIIIH")
_FIELDS = struct.Struct("!" + "".join(f.code for f in HEARTBEAT))
_REPLY = struct.Struct("!2sBBIIQBH")
_ECHO = struct.Struct("!2sBB8s")

HEARTBEAT_BYTES = _FRONT.size + _FIELDS.size + MAC_BYTES
ANSWER_BYTES = _REPLY.size + MAC_BYTES


class Sending(NamedTuple):
    """Whose delivery it is and what the probe's clocks said as it left."""

    probe: int
    boot: int
    up_ms: int
    wall_s: int
    #: Messages that wait at the probe, with those of this delivery.
    waiting: int
    release: int


class Beat(NamedTuple):
    """A heartbeat as it came in a datagram."""

    sending: Sending
    message: Message


def pack_beat(beat: Beat, key: bytes) -> bytes:
    """The datagram of a heartbeat that was measured in the boot that it is sent in, at most 49 days ago."""
    sending, message = check_sending(beat.sending), check(beat.message)
    if message.kind != "heartbeat" or message.boot != sending.boot:
        raise WireError("a datagram carries a heartbeat of the boot that it is sent in")
    age_ms = whole("age_ms", sending.up_ms - message.up_ms, U32)
    front = _FRONT.pack(
        b"Mp", VERSION, _BEAT, sending.probe, message.number, sending.boot, message.up_ms, message.wall_s,
        age_ms, sending.wall_s, sending.waiting, sending.release,
    )  # fmt: skip
    return _sealed(key, front + _FIELDS.pack(*(_shrunk(f, message.values[f.name]) for f in HEARTBEAT)))


def _shrunk(field: Field, value: float | None) -> int:
    if value is None:
        return int({"B": U8, "H": U16, "I": U32}[field.code])
    return round(value / field.step)


def _grown(field: Field, stored: int) -> float | None:
    if field.nullable and stored == {"B": U8, "H": U16, "I": U32}[field.code]:
        return None
    return stored if field.type is int else round(stored * field.step, 1)


def beat_probe(datagram: bytes) -> int:
    """The number of the probe that a datagram claims to come from: whose key to verify it with."""
    _expect(datagram, _BEAT, HEARTBEAT_BYTES)
    return int(_FRONT.unpack_from(datagram)[3])


def unpack_beat(datagram: bytes, key: bytes) -> Beat:
    """The heartbeat of a datagram. `WireError` where it is none, is damaged, or another key signed it."""
    _expect(datagram, _BEAT, HEARTBEAT_BYTES)
    inner = _opened(key, datagram)
    _, _, _, probe, number, boot, up_ms, wall_s, age_ms, sent_s, waiting, release = _FRONT.unpack_from(inner)
    stored = _FIELDS.unpack_from(inner, _FRONT.size)
    values = {f.name: _grown(f, v) for f, v in zip(HEARTBEAT, stored)}
    message = check(Message(number, boot, up_ms, wall_s, "heartbeat", values))
    return Beat(check_sending(Sending(probe, boot, up_ms + age_ms, sent_s, waiting, release)), message)


_SENDING = {"probe": U32, "boot": U32, "up_ms": U48, "wall_s": U32, "waiting": U32, "release": U16}


def check_sending(sending: Sending) -> Sending:
    """The delivery's head, or a `WireError` that names what can't be."""
    for name, largest in _SENDING.items():
        whole(name, getattr(sending, name), largest)
    return sending


def _expect(datagram: bytes, kind: int, size: int) -> None:
    if len(datagram) != size or datagram[:4] != _HEAD.pack(b"Mp", VERSION, kind):
        raise WireError(f"datagram: is not kind {kind} of version {VERSION}, of {size} bytes")


#: Bits of an answer's flags.
BACKLOG_WANTED = 1  # the centre has time for what waits
REVOKED = 2  # this key is not taken any more, signed with it: bring no batches
UNKNOWN = 4  # the centre knows no such probe; can't be signed, so it is shown and nothing is done about it
TEST_WANTED = 8  # a person asks for a speed test now
NOT_KEPT = 16  # the centre is there but could not keep it: send it again in a batch


class Answer(NamedTuple):
    """The centre's answer to a heartbeat: it is had and needs no second sending, but for REVOKED, UNKNOWN, NOT_KEPT."""

    probe: int
    number: int
    centre_ms: int
    flags: int
    #: Newest release of the probe that the centre knows of; 0 where it knows none.
    newest: int


def pack_answer(answer: Answer, key: bytes) -> bytes:
    """The datagram of an answer. Where no key is known, any will do: such an answer says UNKNOWN."""
    for name, largest in (
        ("probe", U32),
        ("number", U32),
        ("centre_ms", U48),
        ("flags", U8),
        ("newest", U16),
    ):
        whole(name, getattr(answer, name), largest)
    return _sealed(key, _REPLY.pack(b"Mp", VERSION, _ANSWER, *answer))


def unpack_answer(datagram: bytes, key: bytes) -> Answer:
    """The answer, signed with the key. One that says UNKNOWN passes unsigned."""
    _expect(datagram, _ANSWER, ANSWER_BYTES)
    answer = Answer(*_REPLY.unpack_from(datagram)[3:])
    if answer.centre_ms > U48:
        raise WireError("centre_ms: is too large")
    if not answer.flags & UNKNOWN:
        _opened(key, datagram)
    return answer


def pack_ping(token: bytes) -> bytes:
    """The datagram that asks for its echo; `token`: 8 bytes that nobody guesses."""
    if len(token) != 8:
        raise WireError("token: must be 8 bytes")
    return _ECHO.pack(b"Mp", VERSION, _PING, token)


def pong(datagram: bytes) -> bytes | None:
    """The echo of a ping, as long as the ping; None where the datagram is no ping."""
    try:
        _expect(datagram, _PING, _ECHO.size)
    except WireError:
        return None
    return _HEAD.pack(b"Mp", VERSION, _PONG) + datagram[_HEAD.size :]


def pong_token(datagram: bytes) -> bytes:
    """The token of an echo."""
    _expect(datagram, _PONG, _ECHO.size)
    return datagram[_HEAD.size :]


# Batches: a fixed head, then zlib-compressed JSON, column by column

_BATCH = struct.Struct("!2sBBIIQIIHIHI")
_BATCH_KIND = 5


class Batch(NamedTuple):
    """Messages that waited, in the order of their numbers. `oldest`: the lowest number that the probe still holds."""

    sending: Sending
    oldest: int
    messages: list[Message]


def pack_batch(batch: Batch, key: bytes) -> tuple[bytes, str]:
    """The body of the request, and its MAC for the header."""
    sending = check_sending(batch.sending)
    text = json.dumps(columns(batch.messages), separators=(",", ":"), allow_nan=False).encode()
    head = _BATCH.pack(
        b"Mp", VERSION, _BATCH_KIND, sending.probe, sending.boot, sending.up_ms, sending.wall_s, sending.waiting,
        sending.release, whole("oldest", batch.oldest, U32), whole("rows", len(batch.messages), MAX_ROWS), len(text),
    )  # fmt: skip
    body = head + zlib.compress(text, 9)
    if len(body) > MAX_BODY_BYTES or len(text) > MAX_INFLATED_BYTES:
        raise WireError(f"batch: {len(batch.messages)} rows are too large for one")
    return body, _mac(key, body).hex()


def batch_probe(body: bytes) -> int:
    """The number of the probe that a batch claims to come from: whose key to verify it with."""
    return int(_batch_head(body)[3])


def _batch_head(body: bytes) -> tuple[Any, ...]:
    if not _BATCH.size < len(body) <= MAX_BODY_BYTES or body[:4] != _HEAD.pack(b"Mp", VERSION, _BATCH_KIND):
        raise WireError(f"batch: is none of version {VERSION}, of at most {MAX_BODY_BYTES} bytes")
    return _BATCH.unpack_from(body)


def verify_batch(body: bytes, mac: str, key: bytes) -> None:
    """`WireError` where the body is no batch or the key did not sign it. Quick: nothing is inflated."""
    _batch_head(body)
    _verify(body, mac, key)


def _verify(body: bytes, mac: str, key: bytes) -> None:
    try:
        given = bytes.fromhex(mac)
    except (ValueError, TypeError):
        raise WireError("MAC: is not hexadecimal") from None
    if not hmac.compare_digest(_mac(key, body), given):
        raise WireError("MAC: is not what this key makes of the body")


class Taken(NamedTuple):
    """A batch as it came in: with the messages that are right; of the others number -> what is wrong."""

    batch: Batch
    wrong: dict[int, str]


def unpack_batch(body: bytes, mac: str, key: bytes) -> Batch:
    """The batch of a body that the key signed, every message of which is right. `WireError` for anything else."""
    verify_batch(body, mac, key)
    batch, wrong = read_batch(body)
    if wrong:
        raise WireError(f"batch: message {min(wrong)}: {wrong[min(wrong)]}")
    return batch


def read_batch(body: bytes) -> Taken:
    """The batch of a body that was verified when it came. `WireError` where not even its numbers can be read."""
    _, _, _, probe, boot, up_ms, wall_s, waiting, release, oldest, rows, inflated = _batch_head(body)
    sending = check_sending(Sending(probe, boot, up_ms, wall_s, waiting, release))
    tables = _json(_inflated(body[_BATCH.size :], inflated))
    good, wrong = all_rows(tables)
    count = sum(len(table["number"]) for table in tables.values())
    if count != rows or rows > MAX_ROWS:
        raise WireError(f"batch: holds {count} rows, not {rows} of at most {MAX_ROWS}")
    return Taken(Batch(sending, oldest, good), wrong)


def alone(body: bytes) -> int:
    """The number of the message that is in a batch alone, by the batch's head: 0 where it holds several."""
    oldest, rows = _batch_head(body)[9:11]
    return int(oldest) if rows == 1 else 0


def _inflated(data: bytes, size: int) -> bytes:
    """At most `size` bytes are made before it is looked at whether that is all."""
    if size > MAX_INFLATED_BYTES:
        raise WireError(f"batch: more than {MAX_INFLATED_BYTES} bytes once inflated")
    engine = zlib.decompressobj()
    try:
        text = engine.decompress(data, size + 1)
    except zlib.error as e:
        raise WireError(f"batch: can't be inflated: {e}") from None
    if len(text) != size or not engine.eof or engine.unused_data:
        raise WireError(f"batch: inflates to other than {size} bytes")
    return text


def _json(text: bytes) -> dict[str, Any]:
    try:
        content = json.loads(text.decode("utf-8"))  # NaN and the like are no value of any column
    except (ValueError, RecursionError) as e:
        raise WireError(f"JSON: {e!s:.80}") from None
    if not isinstance(content, dict):
        raise WireError("JSON: is no object")
    return content


class Receipt(NamedTuple):
    """The centre's answer to a batch, given once it is safe on disk.

    `upto`: every message of this batch with a number up to this is had for good; 0 where none is.
    `refused`: numbers of this batch that the centre will never take, each with the reason; they need no second sending.
    Where neither names any message, nothing of the batch could be read: fewer at once may be.
    """

    probe: int
    upto: int
    refused: dict[int, str]
    centre_ms: int
    flags: int
    newest: int


def pack_receipt(receipt: Receipt, key: bytes) -> tuple[bytes, str]:
    """The body of the answer, and its MAC for the header."""
    content = receipt._asdict()
    content["refused"] = {str(n): reason for n, reason in receipt.refused.items()}
    body = json.dumps(content, separators=(",", ":")).encode()
    return body, _mac(key, body).hex()


def unpack_receipt(body: bytes, mac: str, key: bytes) -> Receipt:
    """The receipt that the key signed."""
    _verify(body, mac, key)
    content = _json_answer(body)
    for name, largest in (("probe", U32), ("upto", U32), ("centre_ms", U48), ("flags", U8), ("newest", U16)):
        whole(name, content.get(name), largest)
    refused = content.get("refused")
    if not isinstance(refused, dict) or not all(
        k.isdecimal() and isinstance(v, str) for k, v in refused.items()
    ):
        raise WireError("refused: is no table of numbers and reasons")
    numbers = {int(n): str(reason) for n, reason in refused.items() if len(n) <= 10}
    return Receipt(**{**{n: content[n] for n in Receipt._fields}, "refused": numbers})


def _json_answer(body: bytes) -> dict[str, Any]:
    if len(body) > MAX_ANSWER_BYTES:
        raise WireError(f"answer: more than {MAX_ANSWER_BYTES} bytes")
    return _json(body)


# Enrolment: plain JSON both ways, over HTTPS


class Enrolment(NamedTuple):
    """What a probe is told when it enrols. Hours are of the local clock, each as (from, until)."""

    probe: int
    key: str
    #: host:port of the receiver of heartbeats.
    udp: str
    #: https://host[:port] that batches go to.
    https: str
    #: host:port of two places outside.
    outside: list[str]
    #: A domain whose names the probe makes up and looks up; "" for no look-ups.
    dns_name: str
    #: wss://host[:port] of the ndt7 server; "" for no speed tests.
    ndt7: str
    budget_bytes: int
    quiet_hours: list[list[int]]
    busy_hours: list[list[int]]
    utc_offset_min: int
    newest: int


def pack_enrolment(enrolment: Enrolment) -> bytes:
    """The answer to a code that was right."""
    return json.dumps(enrolment._asdict(), separators=(",", ":")).encode()


def unpack_enrolment(body: bytes) -> Enrolment:
    """The answer to an enrolment; `WireError` names what can't be. Fields that are not known here are left out."""
    content = _json_answer(body)
    for name in Enrolment._fields:
        if name not in content:
            raise WireError(f"enrolment: lacks {name}")
    for name, largest in (("probe", U32), ("budget_bytes", U48), ("newest", U16)):
        whole(name, content[name], largest)
    for name in ("key", "udp", "https", "dns_name", "ndt7"):
        if type(content[name]) is not str or len(content[name]) > 300 or not content[name].isprintable():
            raise WireError(f"{name}: is no text")
    if len(content["key"]) != 2 * KEY_BYTES or set(content["key"]) - set("0123456789abcdef"):
        raise WireError(f"key: is not {KEY_BYTES} bytes in hexadecimal")
    if type(content["utc_offset_min"]) is not int or abs(content["utc_offset_min"]) > 24 * 60:
        raise WireError("utc_offset_min: is no number of minutes within a day")
    _check_lists(content)
    return Enrolment(**{name: content[name] for name in Enrolment._fields})


def _check_lists(content: dict[str, Any]) -> None:
    outside = content["outside"]
    if not isinstance(outside, list) or len(outside) > 2 or not all(type(t) is str for t in outside):
        raise WireError("outside: is no list of at most two host:port")
    for name in ("quiet_hours", "busy_hours"):
        hours = content[name]
        if not isinstance(hours, list) or not all(isinstance(h, list) and len(h) == 2 for h in hours):
            raise WireError(f"{name}: is no list of pairs of hours")
        for pair in hours:
            for hour in pair:
                whole(name, hour, 24)
