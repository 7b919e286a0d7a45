"""The receiver: what it acknowledges is in the tables once, whatever is sent to it and whenever it is killed."""

import asyncio
import contextlib
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import arrivals
import pytest
from centre_process import Nursery

from merata.assure import compact, heard, index, read, spool
from merata.assure import http as plain_http
from merata.assure.keys import KeyFile
from merata.assure.receive import Clock, Limits, Rates, Receiver
from merata.errors import FileError, MerataError
from merata.probe import wire


class Centre:
    """A receiver in this process, with a loop in a thread of its own."""

    def __init__(self, measurements: Path, key_of=arrivals.key_of, **more) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.receiver = Receiver(measurements, key_of, newest=7, **more)
        self.http, self.udp = self.run(self.receiver.start("127.0.0.1", 0, 0))

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def close(self) -> None:
        self.run(self.receiver.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def place(tmp_path):
    return tmp_path / "measurements"


@contextlib.contextmanager
def centre(place, *arguments, **more):
    running = Centre(place, *arguments, **more)
    try:
        yield running
    finally:
        running.close()


def knock(udp, datagram, wait_s=2.0):
    """The answer to a datagram, None where none comes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(wait_s)
        sock.sendto(datagram, ("127.0.0.1", udp))
        try:
            return sock.recv(600)
        except TimeoutError:
            return None


def datagram(probe, number, up_ms=None):
    message = arrivals.heartbeat(number, 1, number * 1000 if up_ms is None else up_ms)
    return wire.pack_beat(arrivals.beat(probe, message), arrivals.key_of(probe))


def send(udp, probe, number, wait_s=2.0):
    """Send a heartbeat; the verified answer."""
    answer = knock(udp, datagram(probe, number), wait_s)
    return answer and wire.unpack_answer(answer, arrivals.key_of(probe))


def post(port, body, mac, path=wire.BATCH_PATH):
    """Send a batch: status, headers and body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", path, body, {wire.MAC_HEADER: mac})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def messages_of(numbers):
    return [arrivals.heartbeat(n, 1, n * 1000) for n in numbers]


def batch(probe, numbers):
    numbers = list(numbers)
    return arrivals.batch(probe, messages_of(numbers), numbers[-1] * 1000 + 500)


def in_tables(place):
    compact.compact(place)
    return read.connect(place).sql("SELECT probe, number FROM heartbeats ORDER BY ALL").fetchall()


def test_a_heartbeat_is_answered_signed_and_is_in_the_tables(place):
    with centre(place) as running:
        answer = send(running.udp, 5, 1)
        assert (answer.probe, answer.number, answer.flags, answer.newest) == (5, 1, 0, 7)
        assert abs(answer.centre_ms / 1000 - time.time()) < 5
        waiting = arrivals.beat(5, arrivals.heartbeat(2, 1, 2000))
        waiting = waiting._replace(sending=waiting.sending._replace(waiting=9))
        said = knock(running.udp, wire.pack_beat(waiting, arrivals.key_of(5)))
        assert wire.unpack_answer(said, arrivals.key_of(5)).flags == wire.BACKLOG_WANTED
    assert in_tables(place) == [(5, 1), (5, 2)]
    assert read.connect(place).sql("SELECT DISTINCT live FROM heartbeats").fetchall() == [(True,)]


def test_a_batch_is_receipted_signed_and_is_in_the_tables(place):
    with centre(place) as running:
        status, headers, said = post(running.http, *batch(5, range(10, 400)))
        assert status == 200
        receipt = wire.unpack_receipt(said, headers[wire.MAC_HEADER], arrivals.key_of(5))
        assert (receipt.probe, receipt.upto, receipt.refused, receipt.newest) == (5, 399, {}, 7)
    assert in_tables(place) == [(5, n) for n in range(10, 400)]


def test_messages_that_can_never_be_taken_are_named_with_their_reason(place):
    with centre(place) as running:
        body, mac = arrivals.batch(5, messages_of([1, 2, 3]), 2500)
        _, headers, said = post(running.http, body, mac)
        receipt = wire.unpack_receipt(said, headers[wire.MAC_HEADER], arrivals.key_of(5))
        assert receipt.upto == 3
        assert list(receipt.refused) == [3]
        assert "later than that of the delivery" in receipt.refused[3]
    assert in_tables(place) == [(5, 1), (5, 2)]


def spoilt(columns, rows, probe=5):
    """The body of a batch as no probe would make it, rightly signed."""
    text = json.dumps(columns).encode()
    oldest = min(column["number"][0] for column in columns.values() if "number" in column)
    head = wire._BATCH.pack(b"Mp", 1, 5, probe, 1, 9_000_000, 0, rows, 1, oldest, rows, len(text))
    body = head + zlib.compress(text)
    return body, wire._mac(arrivals.key_of(probe), body).hex()


def receipt_of(answer, probe=5):
    status, headers, said = answer
    assert status == 200
    return wire.unpack_receipt(said, headers[wire.MAC_HEADER], arrivals.key_of(probe))


def test_one_malformed_row_is_refused_by_number_and_the_others_are_kept(place):
    columns = wire.columns(messages_of(range(1, 6)))
    columns["heartbeat"]["clients"][2] = -1
    columns["weather"] = {"number": [9], "heat": [31]}
    with centre(place) as running:
        for _ in range(2):  # the answer was lost: it comes again, and nothing is had twice
            receipt = receipt_of(post(running.http, *spoilt(columns, 6)))
            assert (receipt.upto, sorted(receipt.refused)) == (9, [3, 9])
            assert receipt.refused[3].startswith("clients: -1 is no whole number")
        assert running.receiver.counts["rows refused for clients"] == 2
        assert running.receiver.counts["rows refused for kind"] == 2
    assert in_tables(place) == [(5, 1), (5, 2), (5, 4), (5, 5)]


def test_of_many_refused_rows_no_answer_is_too_long_and_all_are_named_in_the_end(place):
    columns = wire.columns(messages_of(range(1, 2001)))
    columns["heartbeat"]["clients"] = [-(10**30)] * 1999 + [4]
    named = {}
    with centre(place) as running:
        answer = post(running.http, *spoilt(columns, 2000))
        receipt = receipt_of(answer)
        named |= receipt.refused
        assert len(answer[2]) < wire.MAX_ANSWER_BYTES
        assert (max(named), receipt.upto) == (len(named), len(named))
    assert in_tables(place) == [(5, 2000)]


def test_what_can_t_be_read_at_all_holds_no_probe_up(place):
    """Of several messages nothing is had, so that the probe sends fewer; one alone is refused by its number."""
    with centre(place) as running:
        body, _ = batch(5, [7, 8])
        assert receipt_of(post(running.http, *signed(body[:-4])))[1:3] == (0, {})
        lone, _ = batch(5, [7])
        assert receipt_of(post(running.http, *signed(lone[:-4])))[1:3] == (0, {7: "batch: can't be read"})
        assert running.receiver.counts["batches that can't be read"] == 2
    assert in_tables(place) == []


def test_a_connection_carries_many_requests_and_the_time_is_told(place):
    with centre(place) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.http, timeout=10)
        for n in range(3):
            connection.request("GET", "/probe/v1/time")
            said = json.loads(connection.getresponse().read())
            assert abs(said["centre_ms"] / 1000 - time.time()) < 5
            body, mac = batch(5, [n + 1])
            connection.request("POST", wire.BATCH_PATH, body, {wire.MAC_HEADER: mac})
            answer = connection.getresponse()
            assert answer.status == 200
            answer.read()
        connection.close()
    assert in_tables(place) == [(5, 1), (5, 2), (5, 3)]


def test_looks_that_saw_the_outside_without_the_centre_are_counted_for_who_looks_at_once(place):
    lost = [arrivals.heartbeat(n, 1, n * 1000, centre_lost=10, outside_lost=n % 2 * 10) for n in range(2, 8)]
    with centre(place) as running:
        send(running.udp, 5, 9)
        assert post(running.http, *arrivals.batch(5, lost, 9500))[0] == 200
        assert heard.newest(heard.ears(place), heard.RECEIVER)[5][1::5] == (9, 3)


def test_all_heartbeats_that_wait_are_read_at_once(place):
    """A loop that is busy for a moment does not fall behind: there would be one for each time that it goes round."""
    with centre(place) as running, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        busy = threading.Event()
        running.loop.call_soon_threadsafe(busy.wait, 5)
        for _ in range(60):
            sock.sendto(b"Mp no heartbeat", ("127.0.0.1", running.udp))

        async def counted():
            for _ in range(3):
                await asyncio.sleep(0)
            return running.receiver.counts["datagrams refused"]

        found = asyncio.run_coroutine_threadsafe(counted(), running.loop)
        busy.set()
        assert found.result(5) == 60


def test_a_ping_is_echoed(place):
    with centre(place) as running:
        assert wire.pong_token(knock(running.udp, wire.pack_ping(b"12345678"))) == b"12345678"


def test_nobody_writes_for_another(place):
    with centre(place) as running:
        body, _ = batch(5, range(1, 9))
        for key in (arrivals.key_of(6), bytes(32)):
            assert post(running.http, body, wire._mac(key, body).hex())[0] == 403
            stolen = wire.pack_beat(arrivals.beat(5, arrivals.heartbeat(1)), key)
            assert knock(running.udp, stolen, 0.1) is None
        assert running.receiver.counts["datagrams refused"] == 2
    assert in_tables(place) == []


def test_a_revoked_key_is_not_taken_any_more(place, tmp_path):
    path = tmp_path / "keys.json"
    key = arrivals.key_of(5)

    def keep(keys, at_s):
        path.write_text(json.dumps(keys))
        path.chmod(0o600)
        os.utime(path, (at_s, at_s))

    keep({"5": key.hex()}, 1)
    keys = KeyFile(path)
    with centre(place, keys, revoked=keys.revoked) as running:
        assert send(running.udp, 5, 1).number == 1
        keep({"5": f"revoked {key.hex()}"}, 3)
        keys._looked = 0
        # Told with the key itself, and of this very message: nobody between them can say it, now or later.
        answer = send(running.udp, 5, 7)
        assert (answer.flags, answer.number) == (wire.REVOKED, 7)
        receipt = receipt_of(post(running.http, *batch(5, [3])))
        assert (receipt.flags, receipt.upto, receipt.refused) == (wire.REVOKED, 0, {})
        stolen = wire.pack_beat(arrivals.beat(5, arrivals.heartbeat(8)), arrivals.key_of(6))
        assert knock(running.udp, stolen, 0.1) is None
        keep({}, 2)
        keys._looked = 0
        said = wire.unpack_answer(knock(running.udp, datagram(5, 2)), bytes(32))
        assert said.flags == wire.UNKNOWN
        assert post(running.http, *batch(5, [3]))[0] == 403
        path.write_text("{half a fi")  # somebody is editing it: what was known before counts
        keys._looked = 0
        assert post(running.http, *batch(5, [3]))[0] == 403
    assert in_tables(place) == [(5, 1)]


@pytest.mark.parametrize(
    ("text", "mode", "match"),
    [
        ("{}", 0o644, "others may read it"),
        ("[]", 0o600, "can't be read as keys"),
        ('{"1": "00"}', 0o600, "a key of 1 bytes"),
        ('{"one": "00"}', 0o600, "can't be read as keys"),
        ('{"1": "stolen 00"}', 0o600, "neither a key nor a revoked one"),
    ],
)
def test_a_wrong_file_of_keys_is_told(tmp_path, text, mode, match):
    path = tmp_path / "keys.json"
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(FileError, match=match):
        KeyFile(path)


def malformed(dice):
    """Something that is sent by mistake or malice: a datagram or a body."""
    good = dice.choice([datagram(5, dice.randint(1, 99)), batch(5, [1, 2])[0]])
    kind = dice.randrange(4)
    if kind == 0:
        return dice.randbytes(dice.randint(0, 300))
    if kind == 1:
        return good[: dice.randrange(len(good))]
    hurt = bytearray(good)
    if kind == 2:
        hurt[dice.randrange(len(hurt))] ^= 1 << dice.randrange(8)
        return bytes(hurt)
    return bytes(hurt) + dice.randbytes(dice.randint(1, 40))


@pytest.mark.slow
def test_ten_thousand_malformed_messages_change_nothing(place):
    dice = random.Random(3)
    with centre(place, limits=Limits(strangers_per_s=5)) as running:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for n in range(9_000):
                sock.sendto(malformed(dice), ("127.0.0.1", running.udp))
                if n % 100 == 99:  # more at once than the system's buffer takes would never reach it
                    assert knock(running.udp, wire.pack_ping(b"12345678"), 5)
        connection = http.client.HTTPConnection("127.0.0.1", running.http, timeout=10)
        statuses = set()
        for _ in range(1_000):
            connection.request("POST", wire.BATCH_PATH, malformed(dice), {wire.MAC_HEADER: "ab" * 32})
            answer = connection.getresponse()
            assert "error" in json.loads(answer.read())
            statuses.add(answer.status)
        connection.close()
        assert statuses == {400, 403}
        counts = running.receiver.counts
        assert counts["datagrams refused"] + counts["datagrams of unknown probes"] == 9_000
        assert counts["answered 400"] + counts["answered 403"] == 1_000
        assert counts["datagrams that made a fault"] == counts["answered 500"] == 0
        assert send(running.udp, 5, 1).number == 1
    assert in_tables(place) == [(5, 1)]


def signed(body):
    return body, wire._mac(arrivals.key_of(5), body).hex()


def test_what_inflates_to_more_than_it_says_is_refused_unread(place):
    body, _ = batch(5, [1, 2])
    bomb = body[: wire._BATCH.size] + zlib.compress(bytes(50_000_000), 9)
    assert len(bomb) < wire.MAX_BODY_BYTES
    with centre(place) as running:
        assert receipt_of(post(running.http, *signed(bomb)))[1:3] == (0, {})
        assert post(running.http, *batch(5, [1, 2]))[0] == 200


def raw(port, sent, wait_s=5.0):
    """What a connection answers to bytes, until it is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait_s) as sock:
        sock.sendall(sent)
        got = b""
        with contextlib.suppress(ConnectionResetError):
            while part := sock.recv(4096):
                got += part
        return got


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"\xff\xfe\r\n\r\n", 400),
        (b"GET /probe/v1/time HTTP/1.0\r\n\r\n", 505),
        (b"GET /probe/v1/time HTTP/1.1\r\nodd header\r\n\r\n", 400),
        (b"GET /probe/v1/time HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"POST /probe/v1/batch HTTP/1.1\r\n\r\n", 411),
        (b"POST /probe/v1/batch HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 411),
        (b"POST /probe/v1/batch HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", 400),
        (b"POST /probe/v1/batch HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /probe/v1/batch HTTP/1.1\r\nContent-Length: 131073\r\n\r\n", 413),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"GET /elsewhere HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
        (b"DELETE /probe/v1/batch HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 405),
    ],
)
def test_odd_requests_are_answered_and_their_connection_closed(place, sent, status):
    with centre(place) as running:
        assert raw(running.http, sent).startswith(b"HTTP/1.1 %d " % status)


def test_slow_senders_and_too_many_connections_do_not_keep_others_out(place):
    limits = Limits(http=plain_http.Limits(connections=20, idle_s=0.3, body_s=0.3))
    with centre(place, limits=limits) as running:
        slow = [socket.create_connection(("127.0.0.1", running.http)) for _ in range(20)]
        for sock in slow:
            sock.sendall(b"POST /probe/v1/batch HTTP/1.1\r\nContent-Le")
        assert raw(running.http, b"").startswith(b"HTTP/1.1 503 ")
        assert send(running.udp, 5, 1).number == 1
        said = [sock.recv(4096) for sock in slow]
        assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in said)
        for sock in slow:
            sock.close()
        body = b"POST /probe/v1/batch HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc"
        assert raw(running.http, body).startswith(b"HTTP/1.1 408 ")
        assert post(running.http, *batch(5, [2]))[0] == 200
        assert running.receiver.counts["too many connections"] == 1


def test_a_probe_that_sends_too_much_is_slowed_and_others_are_not(place):
    with centre(place, limits=Limits(beats_per_min=2, batches_per_min=1)) as running:
        assert [bool(send(running.udp, 5, n, 0.1)) for n in range(1, 7)] == [True] * 4 + [False] * 2
        assert [post(running.http, *batch(5, [n]))[0] for n in range(11, 15)] == [200, 200, 429, 429]
        assert send(running.udp, 6, 1).number == 1
        assert post(running.http, *batch(6, [2]))[0] == 200


def test_rates_recover(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    rates = Rates(60)
    assert [rates.allow(1) for _ in range(121)] == [True] * 120 + [False]
    now[0] += 2.5
    assert [rates.allow(1) for _ in range(3)] == [True, True, False]


def test_an_answer_waits_for_the_disk(place, monkeypatch):
    with centre(place) as running:
        gate, write = threading.Event(), running.receiver.spool.append
        monkeypatch.setattr(running.receiver.spool, "append", lambda records: (gate.wait(10), write(records)))
        assert send(running.udp, 5, 1, 0.15) is None
        gate.set()
        assert send(running.udp, 5, 2).number == 2


def test_what_comes_together_is_written_together(place, monkeypatch):
    with centre(place) as running:
        sizes, write = [], running.receiver.spool.append
        monkeypatch.setattr(running.receiver.spool, "append", lambda rs: (sizes.append(len(rs)), write(rs)))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(5)
            for probe in range(1, 101):
                sock.sendto(datagram(probe, 1), ("127.0.0.1", running.udp))
            said = [sock.recv(99) for _ in range(100)]
            answers = {wire.unpack_answer(s, arrivals.key_of(s[7])).probe for s in said}
        assert answers == set(range(1, 101))
        assert sum(sizes) == 100
        assert len(sizes) < 50


def test_a_full_disk_acknowledges_nothing_and_keeps_what_was_there(place):
    disk = os.statvfs(place.parent)
    with centre(place) as running:
        assert send(running.udp, 5, 1).flags == 0
        running.receiver.spool.spare_bytes = disk.f_blocks * disk.f_frsize
        assert send(running.udp, 5, 2).flags == wire.NOT_KEPT
        status, headers, said = post(running.http, *batch(5, [3]))
        assert (status, headers["Retry-After"]) == (503, "300")
        assert "send it again later" in json.loads(said)["error"]
        running.receiver.spool.spare_bytes = 0
        assert send(running.udp, 5, 4).flags == 0
    assert in_tables(place) == [(5, 1), (5, 4)]


def test_a_centre_whose_clock_went_back_does_not_start(place):
    place.mkdir()
    index.save(place, index.Index(received_ms=int((time.time() + 366 * 86400) * 1000)))
    with pytest.raises(MerataError, match="Set it right first"):
        Receiver(place, arrivals.key_of)


def test_the_centres_clock_heeds_no_jump_while_it_runs(place, monkeypatch):
    clock, real = Clock(place), time.time
    monkeypatch.setattr(time, "time", lambda: real() - 365 * 86400)
    assert abs(clock.now_ms() / 1000 - real()) < 1


@pytest.fixture(scope="module")
def nursery():
    started = Nursery()
    yield started
    started.close()


class Stream:
    """Probes that send heartbeats and batches to a receiver until it is gone, and note what was acknowledged."""

    def __init__(self, http_port, udp_port, numbers):
        self.http, self.udp, self.numbers = http_port, udp_port, numbers
        self.had, self.sent = set(), set()
        self.ended = threading.Event()
        self.threads = [
            threading.Thread(target=work, args=(probe,))
            for probe, work in ((5, self.beats), (6, self.batches))
        ]
        for thread in self.threads:
            thread.start()

    def beats(self, probe):
        while not self.ended.is_set():
            number = next(self.numbers)
            self.sent.add((probe, number))
            if send(self.udp, probe, number, 0.2):
                self.had.add((probe, number))

    def batches(self, probe):
        while not self.ended.is_set():
            mine = [next(self.numbers) for _ in range(20)]
            self.sent |= {(probe, n) for n in mine}
            with contextlib.suppress(OSError, http.client.HTTPException):
                if post(self.http, *batch(probe, mine))[0] == 200:
                    self.had |= {(probe, n) for n in mine}

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()


QUICK = {"limits": {"beats_per_min": 100_000, "batches_per_min": 100_000}}


@pytest.mark.slow
def test_killed_at_any_instant_all_that_was_acknowledged_is_in_the_tables_once(place, nursery):
    dice, numbers = random.Random(11), iter(range(1, 10**9))
    had, sent = set(), set()
    for _ in range(6):
        pid, http_port, udp_port = nursery.start(place, file_bytes=3000, **QUICK)
        stream = Stream(http_port, udp_port, numbers)
        time.sleep(dice.uniform(0.1, 0.4))
        os.kill(pid, signal.SIGKILL)
        stream.end()
        had |= stream.had
        sent |= stream.sent
        if dice.random() < 0.5:
            compact.compact(place)
    found = in_tables(place)
    assert len(had) > 100
    assert len(found) == len(set(found))
    assert had <= set(found) <= sent


@pytest.mark.slow
def test_the_same_from_two_hands_through_two_receivers_while_compaction_runs_is_there_once(place, nursery):
    receivers = [nursery.start(place, file_bytes=3000, **QUICK) for _ in range(2)]
    wanted = []
    for first in range(1, 400, 20):
        mine = batch(5, range(first, first + 20))
        wanted += [(5, n) for n in range(first, first + 20)]
        hands = [
            threading.Thread(target=post, args=(port, *mine)) for _, port, _ in receivers for _ in range(2)
        ]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        if first % 100 == 1:
            compact.compact(place)
    for pid, _, _ in receivers:
        os.kill(pid, signal.SIGKILL)
    while len(spool.closed(place)) < sum(len(spool.numbers(f)) for f in (place / "spool").iterdir()):
        time.sleep(0.01)
    assert in_tables(place) == wanted
    assert {f.name for f in (place / "spool").iterdir()} == {"r1", "r2"}


@pytest.mark.slow
def test_on_a_disk_that_is_really_full_what_was_acknowledged_is_kept(tmp_path, nursery):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    try:
        pid, http_port, udp_port = nursery.start(
            disk / "measurements", file_bytes=9000, spare_bytes=0, **QUICK
        )
        had, refused = set(), 0
        for n in range(1, 4000, 10):
            status, _, _ = post(http_port, *batch(5, range(n, n + 10)))
            if status == 200:
                had |= {(5, i) for i in range(n, n + 10)}
            else:
                assert status == 503
                refused += 1
            if refused > 5:
                break
        while (answer := send(udp_port, 6, n)).flags != wire.NOT_KEPT:
            had.add((6, n))
            n += 1
        assert len(had) > 100
        assert answer.number == n
        os.kill(pid, signal.SIGKILL)
        while not spool.closed(disk / "measurements"):
            time.sleep(0.01)
        elsewhere = tmp_path / "measurements"
        subprocess.run(["cp", "-r", disk / "measurements", elsewhere], check=True)
        with pytest.raises(OSError, match="No space"):
            compact.compact(disk / "measurements")
        assert len(spool.closed(disk / "measurements")) == len(spool.closed(elsewhere))
    finally:
        subprocess.run(["umount", disk], check=True)
    assert set(in_tables(elsewhere)) == had


@pytest.mark.slow
def test_the_commands_receive_and_compact(tmp_path):
    region, keys = tmp_path / "region", tmp_path / "keys.json"
    merata = Path(sys.executable).parent / "merata"
    subprocess.run([merata, "new", region, "--name", "Contoh"], check=True, capture_output=True)
    keys.write_text(json.dumps({"5": arrivals.key_of(5).hex()}))
    keys.chmod(0o600)
    command = [merata, "receive", region, "--keys", keys, "--port", "0", "--udp-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        said = running.stdout.readline()
        http_port, udp_port = map(int, re.search(r":(\d+) and UDP (\d+)", said).groups())
        assert send(udp_port, 5, 1).number == 1
        assert post(http_port, *batch(5, [2, 3]))[0] == 200
        running.send_signal(signal.SIGTERM)
        assert "rows of batches: 2" in running.stdout.read()
        assert running.wait() == 0
    done = subprocess.run([merata, "compact", region, "--json"], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout)["rows"] == 3
    assert in_tables(region / "measurements") == [(5, 1), (5, 2), (5, 3)]


def test_the_probes_own_courier_brings_what_waits(place, tmp_path):
    from merata.probe.connect import Ways
    from merata.probe.deliver import Courier
    from merata.probe.deliver import knock as probe_knock
    from merata.probe.store import Row, Store

    store = Store(tmp_path, 0, lambda: 1)
    values = arrivals.heartbeat(1).values
    for n in range(300):
        assert store.put(Row(1, n * arrivals.EVERY_MS, 0, "heartbeat", values))
    up_ms = 300 * arrivals.EVERY_MS
    with centre(place) as running:
        courier = Courier(
            store, Ways(), f"http://127.0.0.1:{running.http}", arrivals.key_of(5), random.Random(1)
        )
        result = courier.visit(lambda: arrivals.sending(5, 1, up_ms, 0, store.waiting()))
        assert (result.through, result.trouble, store.waiting()) == (300, "", 0)
        where = (socket.AF_INET, ("127.0.0.1", running.udp))
        answer = probe_knock(datagram(5, 900, up_ms), arrivals.key_of(5), 900, where)
        assert answer.newest == 7
    assert in_tables(place) == [*((5, n) for n in range(1, 301)), (5, 900)]
