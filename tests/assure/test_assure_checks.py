"""The centre's own checks: what answers, what does not, only where routers.csv says, each once in the tables."""

import asyncio
import contextlib
import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.assure import checks, compact, heard, ping, read, routers
from merata.assure.routers import FIRST
from merata.errors import FileError, MissingError
from merata.probe import snmp

HEAD = "number,point,address,how,interface,community\n"


@pytest.fixture
def region(tmp_path):
    (tmp_path / "measurements").mkdir()
    (tmp_path / ".merata" / "watch").mkdir(parents=True)
    secret = tmp_path / ".merata" / "watch" / "umum"
    secret.write_text("publik-contoh\n")
    secret.chmod(0o600)
    (tmp_path / "region.toml").write_text('[region]\nname = "Contoh"\n')
    return tmp_path


def write(region, *rows):
    (region / "measurements" / "routers.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows))


class Web(BaseHTTPRequestHandler):
    asked: list[str]

    def do_HEAD(self):
        self.asked.append(self.path)
        code = {"/baik": 200, "/masuk": 401, "/rusak": 503, "/pindah": 302}[self.path]
        self.send_response(code)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def web():
    Web.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Web) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


class Agent(socketserver.BaseRequestHandler):
    """A router that answers SNMP of the right community, as RFC 3416 has it."""

    octets = (1_000_000, 9_000_000)

    def handle(self):
        data, sock = self.request
        _, rest = snmp.decode(snmp.decode(data)[1])[1:]
        _, community, rest = snmp.decode(rest)
        if community != b"publik-contoh":
            return
        number = snmp.decode(snmp.decode(rest)[1])[1]
        rows = b"".join(
            snmp.encode(0x30, snmp.encode_oid(f"{oid}.3") + snmp.encode(0x46, value.to_bytes(9, "big")))
            for oid, value in zip((snmp.IN_OCTETS, snmp.OUT_OCTETS), self.octets, strict=True)
        )
        pdu = snmp.encode(0xA2, snmp.encode(2, number) + 2 * snmp.encode_integer(0) + snmp.encode(0x30, rows))
        said = snmp.encode_integer(1) + snmp.encode(4, community) + pdu
        sock.sendto(snmp.encode(0x30, said), self.client_address)
        Agent.octets = (Agent.octets[0] + 3_000_000, Agent.octets[1] + 500_000)


@pytest.fixture
def agent():
    with socketserver.UDPServer(("127.0.0.1", 0), Agent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def may_ping():
    with contextlib.suppress(OSError):
        ping._open(socket.AF_INET)[0].close()
        return True
    return False


def run(what):
    """What a coroutine answers; in a thread of its own, for the browser of other tests has a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, what).result()


def seen(region):
    return {router.number - FIRST: row for router, row in run(checks.once(region))}


def test_http_is_asked_for_its_head_and_not_followed(region, web):
    write(
        region,
        f"1,A,http://127.0.0.1:{web}/baik,http,,",
        f"2,A,http://127.0.0.1:{web}/masuk,http,,",
        f"3,A,http://127.0.0.1:{web}/rusak,http,,",
        f"4,A,http://127.0.0.1:{web}/pindah,http,,",
        "5,A,http://127.0.0.1:1/,http,,",
    )
    found = seen(region)
    assert {n: (row["ok"], row.get("status")) for n, row in found.items()} == {
        1: (True, 200), 2: (True, 401), 3: (False, 503), 4: (True, 302), 5: (False, None),
    }  # fmt: skip
    assert found[1]["ms"] > 0
    assert sorted(Web.asked) == ["/baik", "/masuk", "/pindah", "/rusak"]


def test_who_answers_no_http_is_silent(region, agent):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        def say():
            with contextlib.suppress(OSError):
                client, _ = other.accept()
                client.sendall(b"SSH-2.0-x\r\n")
                client.close()

        threading.Thread(target=say, daemon=True).start()
        write(region, f"1,A,http://127.0.0.1:{other.getsockname()[1]}/,http,,")
        assert seen(region)[1]["ok"] is False


def test_counters_are_told_as_differences_between_checks(region, agent, monkeypatch):
    monkeypatch.setattr(checks, "PATIENCE_S", 0.4)
    write(region, f"1,A,127.0.0.1:{agent},snmp,3,umum", f"2,A,127.0.0.1:{agent},snmp,3,salah")
    (region / ".merata" / "watch" / "salah").write_text("lain")
    (region / ".merata" / "watch" / "salah").chmod(0o600)

    async def twice():
        checker = checks.Checker()
        found = [await checker.check(router) for router in [*routers.read(region), *routers.read(region)]]
        checker.close()
        return found

    first, wrong, again, _ = run(twice())
    assert first["ok"]
    assert "rx_kb" not in first
    assert (again["rx_kb"], again["tx_kb"]) == (3000, 500)
    assert wrong["ok"] is False


@pytest.mark.skipif(not may_ping(), reason="nothing may ping here")
def test_echoes_come_from_who_was_asked(region):
    write(region, "1,A,127.0.0.1,ping,,")
    row = seen(region)[1]
    assert (row["ok"], row["lost"]) == (True, 0)
    assert 0 < row["ms"] < 1000

    async def forged():
        echoes = ping.Echoes(socket.AF_INET)
        asking = asyncio.create_task(echoes.ask("192.0.2.77", 1, 0, 0.2))
        await asyncio.sleep(0.05)
        [token] = echoes._waiting
        echoes._raw = False
        echoes._took(bytes([0, 0, 0, 0, 0, 0, 0, 0]) + token, "127.0.0.1")
        found = await asking
        assert echoes._waiting == {}
        echoes.close()
        return found

    assert run(forged()) == []


def test_without_a_socket_the_program_pings_and_without_both_it_says_what_to_do(
    region, tmp_path, monkeypatch
):
    def refused(*_):
        raise OSError(1, "not permitted")

    monkeypatch.setattr(ping, "_open", refused)
    monkeypatch.setenv("PATH", str(tmp_path))
    write(region, "1,A,192.0.2.1,ping,,")
    with pytest.raises(MissingError, match="ping_group_range"):
        seen(region)
    program = tmp_path / "ping"
    program.write_text(
        '#!/bin/sh\n/bin/echo "64 bytes from $8: icmp_seq=1 ttl=64 time=12.5 ms"\n'
        '/bin/echo "64 bytes: icmp_seq=2 time=14.5 ms"\n'
    )
    program.chmod(0o755)
    row = seen(region)[1]
    assert (row["ok"], row["ms"], row["lost"]) == (True, 13.5, 8)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x,A,192.0.2.1,ping,,", "row 2, column number"),
        ("0,A,192.0.2.1,ping,,", "row 2, column number"),
        ("1,,192.0.2.1,ping,,", "column point"),
        ("1,A,router.example,ping,,", "column address"),
        ("1,A,http://router.example/,http,,", "column address"),
        ("1,A,http://u:p@192.0.2.1/,http,,", "column address"),
        ("1,A,ftp://192.0.2.1/,http,,", "column address"),
        ("1,A,192.0.2.1:99999,snmp,1,umum", "column address"),
        ("1,A,192.0.2.1,snmp,,umum", "column interface"),
        ("1,A,192.0.2.1,snmp,1,../../etc/passwd", "column community"),
        ("1,A,192.0.2.1,telnet,,", "column how"),
        ("1,A,192.0.2.1,ping,,\n1,B,192.0.2.2,ping,,", "row 3, column number"),
    ],
)
def test_a_row_that_can_not_be_is_named(region, row, said):
    write(region, row)
    with pytest.raises(FileError, match=said):
        routers.read(region)


def test_what_is_missing_is_named(region):
    with pytest.raises(MissingError, match=r"routers\.csv: is not there"):
        routers.read(region)
    write(region, "1,A,192.0.2.1,snmp,1,hilang")
    with pytest.raises(MissingError, match="hilang: is not there"):
        routers.read(region)
    secret = region / ".merata" / "watch" / "hilang"
    secret.write_text("rahasia")
    secret.chmod(0o644)
    with pytest.raises(FileError, match="others may read it") as told:
        routers.read(region)
    assert "rahasia" not in str(told.value)
    (region / "measurements" / "routers.csv").write_text("number,point\n1,A\n")
    with pytest.raises(FileError, match="column address is missing"):
        routers.read(region)


def test_addresses_of_both_kinds_are_taken(region):
    write(
        region, "1,A,192.0.2.1,ping,,", "2,A,2001:db8::1,ping,,", "3,B,[2001:db8::1]:1161,snmp,1,umum",
        "4,B,https://[2001:db8::1]:8443/x,http,,", "5,B,192.0.2.1,snmp,1,umum",
    )  # fmt: skip
    found = [(r.host, r.port, r.tls, r.path) for r in routers.read(region)]
    assert found == [
        ("192.0.2.1", 0, False, ""), ("2001:db8::1", 0, False, ""), ("2001:db8::1", 1161, False, ""),
        ("2001:db8::1", 8443, True, "/x"), ("192.0.2.1", 161, False, ""),
    ]  # fmt: skip
    of_points = routers.numbers_of_points(region / "measurements")
    assert of_points == {"A": (FIRST + 1, FIRST + 2), "B": (FIRST + 3, FIRST + 4, FIRST + 5)}
    assert routers.numbers_of_points(region) == {}


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    region = tmp_path_factory.mktemp("many")
    (region / "measurements").mkdir()
    write(region, *(f"{n},A,192.0.2.1,ping,," for n in range(1, 200)))
    watcher = checks.Watcher(region)
    yield watcher
    watcher.spool.close()


@settings(max_examples=60)
@given(steps=st.lists(st.floats(0.05, 40), min_size=30, max_size=90), began=st.floats(1e9, 2e9))
def test_each_router_has_its_turn_once_every_five_minutes_whenever_it_is_looked(many, steps, began):
    at, turns = began, {}
    for step in steps:
        for router, number in many.due(at, at + step):
            turns.setdefault(router.number, []).append(number)
        at += step
    whole = int((at - began) // 300)
    for numbers in turns.values():
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert whole <= len(numbers) <= whole + 1
    if whole:
        assert len(turns) == 199
    assert {number for number in turns.values() for number in number} <= {
        int(at // 300) - n for n in range(20)
    }


def test_checks_are_in_the_tables_once_and_heard_at_once(region, web):
    write(region, f"7,A,http://127.0.0.1:{web}/baik,http,,", f"8,B,http://127.0.0.1:{web}/rusak,http,,")

    async def some(watcher, seconds):
        task = asyncio.create_task(watcher.run())
        await asyncio.sleep(seconds)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    first, second = (checks.Watcher(region, name=name, every_s=0.5) for name in ("satu", "dua"))

    async def both():
        await asyncio.gather(some(first, 1.4), some(second, 1.4))

    run(both())
    place = region / "measurements"
    words = heard.newest(heard.ears(place), heard.CHECKS)
    assert set(words) == {FIRST + 7}, "who does not answer well is not heard"
    done = compact.compact(place)
    rows = (
        read.connect(place)
        .sql("SELECT probe, number, how, ok, status, ms, time FROM checks ORDER BY ALL")
        .fetchall()
    )
    assert len(rows) == done.rows >= 3
    assert done.doubled >= 1, "both looked, one counts"
    assert {(probe - FIRST, how, ok, status) for probe, _, how, ok, status, _, _ in rows} == {
        (7, "http", True, 200), (8, "http", False, 503),
    }  # fmt: skip
    assert all(abs(row[-1].timestamp() - time.time()) < 60 for row in rows)
    assert len({row[:2] for row in rows}) == len(rows)


def test_routers_that_are_changed_to_nonsense_are_those_of_before(region, web):
    write(region, f"7,A,http://127.0.0.1:{web}/baik,http,,")
    watcher = checks.Watcher(region)
    write(region, "7,A,nonsense,http,,")
    os.utime(region / "measurements" / "routers.csv", (1, 1))
    watcher._read_again()
    assert [router.path for router in watcher.routers] == ["/baik"]
    write(region, f"9,A,http://127.0.0.1:{web}/masuk,http,,")
    watcher._read_again()
    assert [router.path for router in watcher.routers] == ["/masuk"]
    watcher.spool.close()


def test_the_command_says_what_it_sees(region, web):
    write(region, f"7,A,http://127.0.0.1:{web}/baik,http,,")
    merata = Path(sys.executable).parent / "merata"
    done = subprocess.run(
        [merata, "watch", region, "--once", "--json"], capture_output=True, text=True, check=True
    )
    [row] = json.loads(done.stdout)
    assert (row["point"], row["how"], row["ok"], row["status"]) == ("A", "http", True, 200)
