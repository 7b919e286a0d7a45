"""The centre's speed test: what clients find, what it lets in, and what it does when something is wrong."""

import datetime as dt
import ipaddress
import itertools
import json
import os
import random
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ndt7_centre import certificate, serving, slow_line, until

from merata.assure import tcp_info
from merata.assure.ndt7 import DOWNLOAD_PATH, PROTOCOL, UPLOAD_PATH
from merata.assure.ndt7_door import Door, Limits, Refused, cut, whole
from merata.assure.ndt7_results import Results
from merata.probe import ndt7
from merata.probe.connect import Ways
from merata.probe.websocket import BINARY, CLOSE, TEXT, WebSocket, WebSocketError, frame
from merata.region.folder import Region

QUICK = Limits(run_s=0.5, longest_s=1.5)


def opened(port, path=DOWNLOAD_PATH, protocol=PROTOCOL):
    return WebSocket(Ways().open(f"ws://127.0.0.1:{port}", 5), "127.0.0.1", path, protocol)


def request(port, *lines):
    """What is answered to a request that is written by hand."""
    with socket.create_connection(("127.0.0.1", port), 5) as sock:
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        with suppress(OSError):
            while b"\r\n\r\n" not in answer and (more := sock.recv(4096)):
                answer += more
            if b" 101 " not in answer:
                answer += sock.recv(4096)
    return answer.decode("utf-8", "replace")


def upgrade(path, *more):
    return (
        f"GET {path} HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: DOdm+5/Cm3WwvhfcAlhJoQ==", *more,
    )  # fmt: skip


# Tests


@pytest.mark.slow
def test_the_probe_finds_what_the_server_finds(tmp_path):
    pem = certificate(tmp_path)
    with serving(QUICK, pem) as (_, port, results):
        ways, address = Ways(pem), f"wss://localhost:{port}"
        down = ndt7.download(ways, address, 10**11, run_s=2)
        up = ndt7.upload(ways, address, 10**11, run_s=2)
        until(lambda: len(results) == 2)
    first, second = results
    assert (first.test, second.test, first.ended, second.ended) == ("download", "upload", "time", "time")
    assert 0.4 < first.seconds < 1.5
    assert first.bytes == pytest.approx(down.bytes, rel=0.1)
    assert second.mbps == pytest.approx(up.mbps, rel=0.25)
    assert first.bytes > 10**7
    assert second.bytes > 10**7
    assert 0 < down.min_rtt_ms < 1000
    assert first.client["client_name"] == "merata-probe"
    assert first.said["NumBytes"] > 0
    assert first.network == "127.0.0.0/24"
    assert "127.0.0.1" not in json.dumps(first._asdict())


@pytest.mark.slow
def test_weak_lines_are_measured_as_they_are():
    limits = Limits(run_s=1.5, longest_s=4, tests_of_address=4)
    with (
        serving(limits) as (_, port, results),
        slow_line(port, 1) as weak,
        slow_line(port, 4) as better,
        ThreadPoolExecutor(4) as pool,
    ):
        asked = [
            pool.submit(way, Ways(), f"ws://127.0.0.1:{near}", 10**9)
            for way in (ndt7.download, ndt7.upload)
            for near in (weak, better)
        ]
        downs, ups = [a.result() for a in asked[:2]], [a.result() for a in asked[2:]]
        until(lambda: len(results) == 4)
    assert [d.mbps for d in downs] == pytest.approx([1, 4], rel=0.2)
    assert [u.mbps for u in ups] == pytest.approx([1, 4], rel=0.4)  # the server's last count but one
    for test, most in (("download", 0.1), ("upload", 0.2)):
        found = sorted(r.mbps for r in results if r.test == test)
        assert found == pytest.approx([1, 4], rel=most)
    # Little waits in queues: the goodbye comes when the test is over, not seconds later.
    assert all(d.seconds < 2.5 for d in downs)


@pytest.mark.slow
def test_what_is_told_follows_the_protocol():
    with serving(QUICK) as (_, port, results):
        ws, told, load = (
            opened(port, DOWNLOAD_PATH + "?client_name=x&client_name=y&client_v=&access_token=z"),
            [],
            [],
        )
        while (had := ws.receive()).kind != CLOSE:
            if had.kind == TEXT:
                told.append(json.loads(had.text))
            else:
                assert had.kind == BINARY
                load.append(had.size)
        ws.close()
        until(lambda: results)
    # Messages are powers of two, from 8 kB to 1 MB, and no more than a 16th of what went before.
    assert load[0] == 1 << 13
    sums = [0]
    for size in load:
        assert size & (size - 1) == 0
        assert size <= 1 << 20
        assert size == 1 << 13 or 16 * size <= 2 * sums[-1]
        sums.append(sums[-1] + size)
    # At least two measurements in half a second, ten a second at most, of numbers that only grow.
    assert 2 <= len(told) <= 5
    for was, now in itertools.pairwise(told):
        assert now["AppInfo"]["ElapsedTime"] > was["AppInfo"]["ElapsedTime"]
        assert now["AppInfo"]["NumBytes"] >= was["AppInfo"]["NumBytes"]
        assert now["TCPInfo"]["BytesAcked"] >= was["TCPInfo"]["BytesAcked"]
    last = told[-1]
    assert (last["Origin"], last["Test"]) == ("server", "download")
    assert last["AppInfo"]["NumBytes"] <= sums[-1]
    # What lay in the buffers of both ends when the time was over is not counted: some megabytes of hundreds.
    assert sums[-1] - (1 << 24) <= results[0].bytes <= sums[-1]
    assert last["ConnectionInfo"]["UUID"] == results[0].uuid
    assert last["ConnectionInfo"]["Client"].startswith("127.0.0.1:")
    assert last["ConnectionInfo"]["Server"] == f"127.0.0.1:{port}"
    assert dt.datetime.fromisoformat(last["ConnectionInfo"]["StartTime"]).tzinfo
    assert results[0].client == {"client_name": "x", "client_v": ""}
    if sys.platform == "linux":
        assert set(last["TCPInfo"]) == {*tcp_info.FIELDS, "ElapsedTime"}


def test_the_kernels_numbers_are_read_where_they_stand():
    """Beside what is known by other means: bytes sent and received, and the round trip of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        near = socket.create_connection(listening.getsockname())
        far = listening.accept()[0]
        near.sendall(b"x" * 54_321)
        left = 54_321
        while left:
            left -= len(far.recv(left))
        until(lambda: tcp_info.unacknowledged(near) == 0)
        here, there = tcp_info.read(near), tcp_info.read(far)
        near.close()
        assert tcp_info.read(near) == {}
        assert tcp_info.unacknowledged(near) == 0
        far.close()
    assert there["BytesReceived"] == 54_321
    assert here["BytesSent"] == 54_321
    assert here["BytesAcked"] - 54_321 in (0, 1)  # the kernel counts the handshake as one
    assert here["BytesRetrans"] == 0
    assert 0 < here["MinRTT"] <= here["RTT"] < 1_000_000


@pytest.mark.slow
def test_no_test_goes_faster_than_it_may():
    held = Limits(run_s=0.8, longest_s=2, each_mbps=200)
    with serving(held) as (_, port, results):
        ndt7.download(Ways(), f"ws://127.0.0.1:{port}", 10**10)
        ndt7.upload(Ways(), f"ws://127.0.0.1:{port}", 10**10, run_s=3)
        until(lambda: len(results) == 2)
    assert [r.held_mbps for r in results] == [200, 200]
    assert results[0].mbps == pytest.approx(200, rel=0.2)
    assert results[1].mbps == pytest.approx(200, rel=0.2)


# The door


def test_more_tests_than_may_run_are_refused_and_the_others_go_on():
    limits = Limits(run_s=1, longest_s=3, tests=2, tests_of_address=9)
    with serving(limits) as (server, port, results):
        both = [opened(port, UPLOAD_PATH) for _ in range(2)]
        answer = request(port, *upgrade(UPLOAD_PATH, f"Sec-WebSocket-Protocol: {PROTOCOL}"))
        assert answer.startswith("HTTP/1.1 503")
        assert "Retry-After: 2" in answer
        assert "others are testing" in answer
        for ws in both:
            ws.send(BINARY, bytes(5000))
            ws.close()
        until(lambda: len(results) == 2)
        assert [r.beside for r in results] == [1, 1]
        assert [r.bytes for r in results] == [5000, 5000]
        assert server.counts["refused for want of room"] == 1
        opened(port, UPLOAD_PATH).close()  # there is room again
        until(lambda: len(results) == 3)


def test_too_many_of_one_address_are_told_to_come_later():
    with serving(Limits(run_s=1, longest_s=2, tests=9, tests_of_address=1)) as (server, port, results):
        first, second = opened(port, UPLOAD_PATH), opened(port, UPLOAD_PATH)
        told = second.receive()
        assert told.kind == CLOSE
        assert struct.unpack("!H", told.text[:2])[0] == 1013
        assert b"try again" in told.text
        second.close()
        first.close()
        until(lambda: len(results) == 1)
        assert server.counts["refused for their address"] == 1


def test_the_bytes_of_a_day_end_a_test_and_let_no_other_in():
    with serving(Limits(run_s=3, longest_s=4, day_bytes=10**6)) as (_, port, results):
        ndt7.download(Ways(), f"ws://127.0.0.1:{port}", 10**10)
        until(lambda: results)
        assert results[0].ended == "day", "and not when its time was over"
        with pytest.raises(WebSocketError, match="503"):
            opened(port)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 4000)), max_size=60),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(1, 6),
)
def test_the_door_never_lets_more_in_than_may(steps, tests, of_address, hourly):
    clock = [1_800_000_000]
    door = Door(
        Limits(tests=tests, tests_of_address=of_address, hourly_of_address=hourly), clock=lambda: clock[0]
    )
    inside, entered = [], []
    for who, enters, later in steps:
        clock[0] += later
        if enters:
            mine = sum(w == who for w, _ in inside)
            hour = clock[0] // 3600
            had = len(inside)
            room = had < tests and mine < of_address and entered.count((who, hour)) < hourly
            with suppress(Refused):
                inside.append((who, door.enter(f"192.0.2.{who}")))
                entered.append((who, hour))
            assert (len(inside) > had) == room
        elif inside:
            door.leave(inside.pop(0)[1])
        assert door.running == len(inside)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_new_day_has_its_bytes_again(spent, most):
    clock = [86400 * 20_000.0]
    door = Door(Limits(day_bytes=most), spent, lambda: clock[0])
    assert door.used_up == (spent >= most)
    door.spend(most)
    assert door.used_up
    clock[0] += 86400
    assert not door.used_up


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_addresses_are_cut(address):
    network = ipaddress.ip_network(cut(str(address)))
    plain = (address.version == 6 and address.ipv4_mapped) or address
    assert plain in network
    assert network.prefixlen == (24 if plain.version == 4 else 48)
    assert len(whole(str(address))) == (4 if plain.version == 4 else 8)


# What goes wrong


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (upgrade("/", f"Sec-WebSocket-Protocol: {PROTOCOL}"), 404),
        (upgrade("/ndt/v7/sideways", f"Sec-WebSocket-Protocol: {PROTOCOL}"), 404),
        (upgrade(DOWNLOAD_PATH), 400),
        (upgrade(DOWNLOAD_PATH, "Sec-WebSocket-Protocol: chat"), 400),
        (upgrade(DOWNLOAD_PATH + "?client_name=%ff", f"Sec-WebSocket-Protocol: {PROTOCOL}"), 400),
        (upgrade(DOWNLOAD_PATH + "?a=" + "b" * 4096, f"Sec-WebSocket-Protocol: {PROTOCOL}"), 400),
        (("GET /ndt/v7/download HTTP/1.1", "Host: a", f"Sec-WebSocket-Protocol: {PROTOCOL}"), 400),
        (("POST /ndt/v7/upload HTTP/1.1", "Host: a", f"Sec-WebSocket-Protocol: {PROTOCOL}"), 400),
        (("no HTTP",), 400),
        (upgrade(UPLOAD_PATH, f"Sec-WebSocket-Protocol: chat, {PROTOCOL}"), 101),
    ],
)
def test_requests_that_are_no_tests_are_refused(lines, status):
    with serving(QUICK) as (_, port, _):
        assert request(port, *lines).startswith(f"HTTP/1.1 {status} ")


def test_load_during_a_download_ends_it():
    with serving(Limits(run_s=5, longest_s=6)) as (server, port, results):
        ws = opened(port)
        ws.send(BINARY, bytes(2048))
        until(lambda: results)
        assert results[0].ended == "cut"
        assert results[0].seconds < 3
        assert server.counts["clients that sent load during a download"] == 1
        ws.connection.close()


NONSENSE = {
    "brackets": (TEXT, b"[" * 50_000),
    "no numbers": (TEXT, b'{"AppInfo": {"ElapsedTime": 1e999, "NumBytes": "x"}}'),
    "no text": (TEXT, b"\xff\xfe"),
    "a text too long": (TEXT, bytes(70_000)),
    "a ping": (9, b"ping"),
    "a pong that nobody asked for": (10, b"pong"),
    "larger than any message": struct.pack("!BBQ", 0x82, 0xFF, (1 << 24) + 1) + bytes(4),
    "larger than any memory": struct.pack("!BBQ", 0x82, 0xFF, (1 << 63) - 1) + bytes(4),
    "not masked": b"\x82\x7e\x04\x00" + bytes(1024),
    "no frame": b"\xff" * 100,
}


@pytest.mark.parametrize("what", NONSENSE)
def test_a_client_that_talks_nonsense_harms_nobody(what):
    said = NONSENSE[what]
    sent = said if isinstance(said, bytes) else frame(*said)
    with serving(Limits(run_s=0.4, longest_s=0.8)) as (_, port, results):
        bad, good = opened(port, UPLOAD_PATH), opened(port, UPLOAD_PATH)
        with suppress(OSError):
            bad._sock.sendall(sent)
        good.send(BINARY, bytes(3000))
        good.close()
        until(lambda: any(r.bytes == 3000 for r in results))
        bad.connection.close()
        until(lambda: len(results) == 2)
        assert next(r for r in results if r.bytes != 3000).said == {}


def test_a_message_in_many_frames_is_counted_whole():
    with serving(QUICK) as (_, port, results):
        ws = opened(port, UPLOAD_PATH)
        begin, middle, end = (bytearray(frame(BINARY, bytes(1000))) for _ in range(3))
        begin[0], middle[0], end[0] = 0x02, 0x00, 0x80
        ws._sock.sendall(bytes(begin + middle + end))
        ws.close()
        until(lambda: results)
    assert results[0].bytes == 3000
    assert results[0].ended == "client"


@pytest.mark.slow
def test_a_client_that_neither_reads_nor_answers_is_cut():
    with serving(Limits(run_s=0.3, longest_s=0.6)) as (_, port, results):
        ws = opened(port)
        until(lambda: results, 2)
        assert results[0].ended == "time"
        assert results[0].seconds < 0.5
        ws.connection.close()


@pytest.mark.slow
def test_who_does_not_ask_for_a_test_is_cut():
    with (
        serving(Limits(handshake_s=0.3)) as (_, port, _),
        socket.create_connection(("127.0.0.1", port)) as sock,
    ):
        sock.settimeout(3)
        sock.sendall(b"GET ")
        assert sock.recv(100) == b""


@pytest.mark.slow
def test_strangers_in_great_number_leave_nothing_behind(caplog):
    """Nonsense, half requests, connections that are reset: afterwards a test runs, and nothing is held or logged."""
    chance = random.Random(1)
    limits = Limits(
        run_s=0.3, longest_s=0.6, handshake_s=0.5, tests=99, tests_of_address=99, hourly_of_address=999
    )
    with serving(limits) as (server, port, results):
        before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
        for _ in range(120):
            with socket.create_connection(("127.0.0.1", port)) as sock, suppress(OSError):
                if chance.random() < 0.8:
                    path = chance.choice([UPLOAD_PATH, DOWNLOAD_PATH])
                    lines = upgrade(path, f"Sec-WebSocket-Protocol: {PROTOCOL}", "", "")
                    sock.sendall("\r\n".join(lines).encode()[: chance.choice([50, 999])])
                sock.sendall(chance.randbytes(chance.choice([1, 100, 10_000])))
                if chance.random() < 0.5:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        until(lambda: not server.running)
        time.sleep(0.6)
        if before:
            assert len(os.listdir("/proc/self/fd")) <= before
        ws = opened(port, UPLOAD_PATH)
        ws.send(BINARY, bytes(7000))
        ws.close()
        until(lambda: any(r.bytes == 7000 for r in results))
        assert server.counts["faults"] == 0
    assert caplog.records == []


def test_a_fault_ends_the_test_that_made_it_alone(monkeypatch, caplog):
    def broken(_):
        raise RuntimeError("made up")

    with serving(Limits(run_s=0.6, longest_s=1)) as (server, port, results):
        good = opened(port, UPLOAD_PATH)
        monkeypatch.setattr("merata.assure.ndt7._Download.begin", broken)
        bad = opened(port)
        until(lambda: len(results) == 1)
        assert results[0].ended == "cut"
        good.send(BINARY, bytes(2000))
        good.close()
        until(lambda: len(results) == 2)
        assert results[1].bytes == 2000
        assert server.counts["faults"] == 1
        bad.connection.close()
    assert "A test made a fault" in caplog.text


def test_a_result_that_is_not_kept_does_not_end_the_server():
    def keep(_):
        raise OSError("the disk is full")

    with serving(QUICK, keep=keep) as (server, port, _):
        for count in (1, 2):
            opened(port, UPLOAD_PATH).close()
            until(lambda count=count: server.counts["results that were not kept"] == count)
        assert server.counts["faults"] == 0
        assert not server.running


# At rest, and the command


def test_results_outlast_half_a_line(tmp_path):
    with serving(QUICK) as (_, port, results):
        ws = opened(port, UPLOAD_PATH)
        ws.send(BINARY, bytes(4000))
        ws.close()
        until(lambda: results)
    kept, result = Results(tmp_path), results[0]
    day = dt.date.fromisoformat(result.began[:10])
    kept.keep(result)
    with (tmp_path / "ndt7" / f"{day:%Y-%m}.jsonl").open("a") as file:
        file.write('{"uuid": "ha')  # as a power cut leaves it
    again = Results(tmp_path)
    again.keep(result)
    again.keep(result)
    assert list(again.of(f"{day:%Y-%m}")) == [result._asdict()] * 3
    assert again.bytes_of(day) == 12_000
    assert again.bytes_of(day - dt.timedelta(days=1)) == 0
    assert list(again.of("1999-01")) == []


@pytest.mark.slow
def test_the_command_serves_over_tls_keeps_results_and_takes_a_new_certificate(tmp_path):
    pem = certificate(tmp_path)
    region = Region.start(tmp_path / "made up", name="Made up")
    command = [
        sys.executable, "-m", "merata.cli.main", "ndt7", region.path, "--port", "0", "--certificate", pem, "--key", pem,
        "--run-s", "1", "--day-gb", "1000",
    ]  # fmt: skip
    running = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "200"}
    )
    try:
        port = int(running.stderr.readline().split(":")[2].split()[0])
        ways = Ways(pem)
        assert ndt7.download(ways, f"wss://localhost:{port}", 5_000_000).bytes == 5_000_000
        certificate(tmp_path, serial=77)
        running.send_signal(signal.SIGHUP)
        until(lambda: _serial(port) == _newest(pem))
        # What is no certificate leaves the one before.
        (tmp_path / "ndt7.pem").write_text("nothing")
        running.send_signal(signal.SIGHUP)
        assert "The one before is kept" in running.stderr.readline()
        assert _serial(port)
        until(lambda: len(list((region.path / "measurements" / "ndt7").glob("*.jsonl"))) == 1)
    finally:
        running.send_signal(signal.SIGTERM)
        said = running.communicate(timeout=10)[1]
    assert running.returncode == 0
    assert "downloads: 1" in said
    kept = Results(region.path / "measurements")
    found = list(kept.of(f"{dt.datetime.now(dt.UTC):%Y-%m}"))
    assert [r["test"] for r in found] == ["download"]


def _serial(port):
    return ssl.get_server_certificate(("127.0.0.1", port))


def _newest(pem):
    with open(pem) as file:
        return file.read().partition("-----BEGIN PRIVATE")[0]


def test_the_command_says_what_is_wrong(tmp_path):
    from in_process import merata

    assert "over TLS only" in merata("ndt7", "--host", "0.0.0.0", code=4).stderr
    (tmp_path / "no.pem").write_text("nothing")
    said = merata("ndt7", "--certificate", tmp_path / "no.pem", code=3).stderr
    assert "no certificate with its key" in said
