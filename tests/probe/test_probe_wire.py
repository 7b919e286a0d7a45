"""What goes over the wire comes out as it went in, or not at all."""

import json
import os
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_cases import KEY, batches, beats, message

from merata.probe import wire
from merata.probe.messages import EVENTS, HEARTBEAT, KINDS, U8, U16, U32, U48, Message, WireError, check

OTHER_KEY = bytes(32)
IP_AND_UDP_BYTES = 28


@given(beats())
def test_a_heartbeat_comes_out_of_its_datagram_as_it_went_in(beat):
    packed = wire.pack_beat(beat, KEY)
    assert wire.beat_probe(packed) == beat.sending.probe
    assert wire.unpack_beat(packed, KEY) == beat


@settings(max_examples=30)
@given(batches())
def test_a_batch_comes_out_of_its_body_as_it_went_in(batch):
    body, mac = wire.pack_batch(batch, KEY)
    assert wire.batch_probe(body) == batch.sending.probe
    assert wire.unpack_batch(body, mac, KEY) == batch
    assert wire.read_batch(body) == (batch, {})


answers = st.builds(
    wire.Answer,
    probe=st.integers(0, U32),
    number=st.integers(0, U32),
    centre_ms=st.integers(0, U48),
    flags=st.integers(0, U8),
    newest=st.integers(0, U16),
)
receipts = st.builds(
    wire.Receipt,
    probe=st.integers(0, U32),
    upto=st.integers(0, U32),
    refused=st.dictionaries(st.integers(1, U32), st.text(max_size=30), max_size=5),
    centre_ms=st.integers(0, U48),
    flags=st.integers(0, U8),
    newest=st.integers(0, U16),
)


@given(answers)
def test_an_answer_comes_out_as_it_went_in(answer):
    assert wire.unpack_answer(wire.pack_answer(answer, KEY), KEY) == answer


@given(receipts)
def test_a_receipt_comes_out_as_it_went_in(receipt):
    assert wire.unpack_receipt(*wire.pack_receipt(receipt, KEY), KEY) == receipt


def flipped(data: bytes, bit: int) -> bytes:
    at, which = divmod(bit % (8 * len(data)), 8)
    return data[:at] + bytes([data[at] ^ 1 << which]) + data[at + 1 :]


@given(beats(), st.integers(0, 10**6))
def test_a_datagram_with_one_bit_flipped_is_refused(beat, bit):
    packed = wire.pack_beat(beat, KEY)
    with pytest.raises(WireError):
        wire.unpack_beat(flipped(packed, bit), KEY)
    with pytest.raises(WireError):
        wire.unpack_beat(packed, OTHER_KEY)


@settings(max_examples=30)
@given(batches(), st.integers(0, 10**6))
def test_a_batch_with_one_bit_flipped_is_refused(batch, bit):
    body, mac = wire.pack_batch(batch, KEY)
    with pytest.raises(WireError):
        wire.unpack_batch(flipped(body, bit), mac, KEY)
    with pytest.raises(WireError):
        wire.unpack_batch(body, flipped(bytes.fromhex(mac), bit).hex(), KEY)
    with pytest.raises(WireError):
        wire.verify_batch(body, mac, OTHER_KEY)


@given(answers.map(lambda a: a._replace(flags=a.flags & ~wire.UNKNOWN)), st.integers(0, 10**6))
def test_an_answer_with_one_bit_flipped_is_refused_or_says_unknown(answer, bit):
    packed = wire.pack_answer(answer, KEY)
    try:
        got = wire.unpack_answer(flipped(packed, bit), KEY)
    except WireError:
        return
    assert got.flags & wire.UNKNOWN  # which nobody acts upon but by showing it


def readers(data: bytes, text: str):
    yield lambda: wire.beat_probe(data)
    yield lambda: wire.unpack_beat(data, KEY)
    yield lambda: wire.unpack_answer(data, KEY)
    yield lambda: wire.pong(data)
    yield lambda: wire.pong_token(data)
    yield lambda: wire.batch_probe(data)
    yield lambda: wire.unpack_batch(data, text, KEY)
    yield lambda: wire.read_batch(data)
    yield lambda: wire.unpack_receipt(data, text, KEY)
    yield lambda: wire.unpack_receipt(data, wire._mac(KEY, data).hex(), KEY)
    yield lambda: wire.unpack_enrolment(data)


def refusals(data: bytes, text: str = "") -> int:
    """How many readers say by a wire error that something is not theirs; any other error is the test's failure."""
    refused = 0
    for read in readers(data, text):
        try:
            read()
        except WireError:
            refused += 1
    return refused


HEADS = [b"Mp" + bytes([wire.VERSION, kind]) for kind in range(7)]


@given(st.sampled_from([b"", *HEADS]), st.binary(max_size=120), st.text(max_size=70))
def test_whatever_bytes_come_nothing_but_a_wire_error_comes_out(head, rest, text):
    assert refusals(head + rest, text) > 0, "nothing is all kinds of message at once"
    for size in (wire.HEARTBEAT_BYTES, wire.ANSWER_BYTES, wire._ECHO.size):
        assert refusals((head + rest).ljust(size, b"\0")[:size], text) > 0


def signed_batch(content: object, rows: int = 1, size: int = -1) -> bytes:
    """The body of a batch as somebody with a key could make it, whatever it holds."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    head = wire._BATCH.pack(b"Mp", 1, 5, 1, 2, 3, 4, 5, 6, 7, rows, len(text) if size < 0 else size)
    return head + zlib.compress(text)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=30)
@given(junk, st.data())
def test_a_signed_batch_of_anything_is_refused_by_a_wire_error(content, data):
    kind = data.draw(st.sampled_from(list(KINDS)))
    names = ["number", "boot", "up_ms", "wall_s", *(f.name for f in KINDS[kind])]
    columns = {name: [data.draw(junk)] for name in names}
    for body in (signed_batch(content), signed_batch({kind: content}), signed_batch({kind: columns})):
        assert refusals(body) > 0


@settings(max_examples=60)
@given(junk, st.data())
def test_a_row_that_is_wrong_takes_no_other_with_it(value, data):
    """Whatever stands in one cell but that of a number, all rows before it come out as they went in."""
    kind = data.draw(st.sampled_from(list(KINDS)))
    rows = [data.draw(message(kind, st.just(number))) for number in (3, 4, 5)]
    columns = wire.columns(rows)
    name = data.draw(st.sampled_from([name for name in columns[kind] if name != "number"]))
    at = data.draw(st.sampled_from([1, 2]))
    columns[kind][name][at] = value
    good, wrong = wire.read_batch(signed_batch(columns, rows=3))
    numbers = [m.number for m in good.messages]
    assert sorted([*numbers, *wrong]) == [3, 4, 5]
    assert [m for m in good.messages if m.number < 3 + at] == rows[:at]
    assert all(why.split(":")[0] == name for why in wrong.values())
    if name not in ("boot", "up_ms", "wall_s"):  # which are told by differences
        assert [m for m in good.messages if m.number > 3 + at] == rows[at + 1 :]


def test_kinds_and_columns_that_are_not_known_are_refused_by_number():
    rows = {"number": [4, 1], "heat": [1, 2]}
    good, wrong = wire.read_batch(signed_batch({"weather": rows}, rows=2))
    assert good.messages == []
    assert wrong == dict.fromkeys((4, 5), "kind: 'weather' is none that is known")
    _, wrong = wire.read_batch(signed_batch({"event": rows}, rows=2))
    assert all(why.startswith("event: the columns must be number") for why in wrong.values())


def test_a_batch_that_would_inflate_without_end_is_refused_unread():
    bomb = signed_batch(b"[" * 50_000_000, size=wire.MAX_INFLATED_BYTES)
    assert len(bomb) < wire.MAX_BODY_BYTES
    with pytest.raises(WireError, match="inflates to other"):
        wire.read_batch(bomb)
    with pytest.raises(WireError, match="once inflated"):
        wire.read_batch(signed_batch(b"[]", size=wire.MAX_INFLATED_BYTES + 1))
    with pytest.raises(WireError, match="JSON"):
        wire.read_batch(signed_batch(b"[" * 100_000))
    with pytest.raises(WireError):
        wire.read_batch(signed_batch(b"9" * 10_000))


@settings(max_examples=5)
@given(message("event", st.just(5)), message("event", st.just(6)))
def test_a_number_that_stands_twice_is_refused_and_others_are_not(event, other):
    body, mac = wire.pack_batch(wire.Batch(wire.Sending(1, 2, 3, 4, 5, 6), 1, [event, event, other]), KEY)
    good, wrong = wire.read_batch(body)
    assert (good.messages, list(wrong)) == ([other], [5])
    with pytest.raises(WireError, match="twice"):
        wire.unpack_batch(body, mac, KEY)


def test_a_heartbeat_with_its_answer_stays_below_300_bytes_on_the_wire():
    assert wire.HEARTBEAT_BYTES + wire.ANSWER_BYTES + 2 * IP_AND_UDP_BYTES <= 300


def test_no_answer_is_longer_than_what_asked_for_it():
    token = os.urandom(8)
    ping = wire.pack_ping(token)
    assert len(wire.pong(ping)) == len(ping)
    assert wire.pong_token(wire.pong(ping)) == token
    assert wire.pong(wire.pong(ping)) is None  # two centres never echo each other without end
    assert wire.ANSWER_BYTES < wire.HEARTBEAT_BYTES


def empty_heartbeat() -> dict:
    return {f.name: None for f in HEARTBEAT} | {"flags": 0}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"flags": None}, "flags: must be given"),
        ({"centre_lost": 11}, "centre_lost: 11"),
        ({"centre_lost": True}, "centre_lost: True"),
        ({"dns_ms": float("nan")}, "dns_ms: nan"),
        ({"dns_ms": float("inf")}, "dns_ms: inf"),
        ({"rx_kb": -1}, "rx_kb: -1"),
        ({"rx_kb": 10**5000}, "rx_kb: a huge number"),
        ({"clients": "3"}, "clients: '3'"),
        ({"address": "aa:bb"}, "holds other fields"),
    ],
)
def test_a_message_that_cannot_be_says_which_field(change, says):
    with pytest.raises(WireError, match=says):
        check(Message(1, 0, 0, 0, "heartbeat", empty_heartbeat() | change))


@pytest.mark.parametrize("text", ["a\nb", "\ud800", "\x00", "x" * 201])
def test_an_event_holds_printable_text_only(text):
    with pytest.raises(WireError, match="text"):
        check(Message(1, 0, 0, 0, "event", {"event": "start", "text": text}))
    assert all(len(kind) <= 20 for kind in EVENTS)


ENROLMENT = wire.Enrolment(
    probe=7, key=KEY.hex(), udp="pusat.example:4747", https="https://pusat.example",
    outside=["a.example:443", "b.example:53"],
    dns_name="probe.example", ndt7="wss://pusat.example", budget_bytes=10**8, quiet_hours=[[7, 12]],
    busy_hours=[[19, 22]], utc_offset_min=480, newest=1,
)  # fmt: skip


def test_an_enrolment_comes_out_as_it_went_in_and_what_is_new_in_it_is_left_out():
    body = wire.pack_enrolment(ENROLMENT)
    assert wire.unpack_enrolment(body) == ENROLMENT
    assert wire.unpack_enrolment(json.dumps({**json.loads(body), "later": 1}).encode()) == ENROLMENT


@pytest.mark.parametrize(
    "change",
    [
        {"key": "00"}, {"key": "G" * 64}, {"probe": -1}, {"udp": 5}, {"outside": "a:1"}, {"outside": [1]},
        {"quiet_hours": [[7, 25]]}, {"busy_hours": [7, 12]}, {"utc_offset_min": 1e9}, {"https": "a\nb"},
    ],
)  # fmt: skip
def test_an_enrolment_that_cannot_be_is_refused(change):
    content = {**ENROLMENT._asdict(), **change}
    with pytest.raises(WireError, match=next(iter(change))):
        wire.unpack_enrolment(json.dumps(content).encode())
