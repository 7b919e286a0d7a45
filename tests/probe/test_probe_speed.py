"""The ndt7 client against a server whose WebSockets are wsproto's, and what bounds a test."""

import json
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto import ConnectionType, WSConnection
from wsproto.events import BytesMessage, Request, TextMessage
from wsproto.frame_protocol import MAX_PAYLOAD_NORMAL

from merata.probe import measure, ndt7, when
from merata.probe.connect import Ways
from merata.probe.errors import ProbeError
from merata.probe.measure import World
from merata.probe.websocket import BINARY, TEXT, WebSocketError, frame

QUICK = World(apart_s=0.001, patience_s=0.1, resolvers=(), watch_s=0.01, run_s=0.4)


@pytest.fixture
def server(centre):
    centre.load_s = 0.4
    return centre.https.replace("https", "wss")


@pytest.fixture
def ways(centre):
    return Ways(centre.pem)


@pytest.mark.slow
def test_a_download_counts_what_came_until_the_server_says_goodbye(server, ways):
    way = ndt7.download(ways, server, 10**9)
    assert way.bytes > 10**6
    assert way.mbps == pytest.approx(way.bytes * 8 / way.seconds / 1e6, rel=0.01)
    assert 0.35 < way.seconds < 3
    assert way.min_rtt_ms == 1.23  # as the server's kernel told


@pytest.mark.slow
def test_an_upload_is_rated_by_what_the_server_received(centre, server, ways):
    way = ndt7.upload(ways, server, 10**9, run_s=0.6)
    assert centre.ndt_bytes == way.bytes > 10**6
    assert 0.5 < way.seconds < 3
    assert way.mbps > 1
    told = [json.loads(text) for text in centre.ndt_seen]
    assert told
    assert all(
        t["Origin"] == "client" and t["Test"] == "upload" and t["AppInfo"]["NumBytes"] > 0 for t in told
    )


@pytest.mark.parametrize("most", [1, 5_000, 300_000])
def test_the_budget_ends_a_test(centre, server, ways, most):
    assert ndt7.download(ways, server, most).bytes <= most
    assert ndt7.upload(ways, server, most).bytes <= most
    assert centre.ndt_bytes <= most


@pytest.mark.slow
def test_a_speed_keeps_to_its_bytes_and_says_what_it_found(make_probe, centre, server):
    probe = make_probe(QUICK, ndt7=server)
    decision = when.Decision(0, 2_000_000, "schedule", 10.0)
    values = measure.speed(probe.kept, probe.ways, QUICK, decision, 0.5)
    assert values["bytes"] <= 2_000_000
    assert values["down_mbps"] > 0
    assert values["up_mbps"] > 0
    assert (values["server"], values["why"], values["used_mbps"]) == ("127.0.0.1", "schedule", 0.5)
    probe.put("speed", values)


@pytest.mark.slow
def test_a_test_that_is_asked_for_is_made_within_the_budget_and_arrives(make_probe, centre, clock, server):
    from merata.probe import wire

    probe = make_probe(QUICK, ndt7=server, budget_bytes=3_000_000)
    centre.flags = wire.TEST_WANTED | wire.BACKLOG_WANTED
    for _ in range(8):
        clock.go(300)
        probe.round()
    speeds = [m.values for m in centre.had.values() if m.kind == "speed"]
    assert speeds
    assert all(s["down_mbps"] for s in speeds)
    # The last one may still wait to be brought.
    waiting = [m.values for m in probe.store.oldest(9) if m.kind == "speed"]
    assert probe.store.state("account")["spent"] == sum(s["bytes"] for s in speeds + waiting) <= 3_000_000


@pytest.mark.slow
def test_a_power_cut_during_a_test_does_not_give_its_bytes_back(
    make_probe, centre, clock, server, monkeypatch
):
    probe = make_probe(QUICK, ndt7=server)

    def cut(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("merata.probe.measure.speed", cut)
    account = {"day": 1, "spent": 0, "done": []}
    with pytest.raises(KeyboardInterrupt):
        probe._test(when.Decision(2, 5_000_000, "schedule", 10.0), account, None)
    assert probe.store.state("account") == {"day": 1, "spent": 5_000_000, "done": [2]}


def test_a_server_that_is_none_is_named(centre, ways):
    with pytest.raises(OSError, match=r"refused|timed out"):
        ndt7.download(ways, "wss://127.0.0.1:9", 10**6)
    with pytest.raises(ProbeError, match="not encrypted"):
        ndt7.download(ways, "ws://192.0.2.1", 10**6)


def test_a_certificate_of_nobody_is_not_trusted(server):
    with pytest.raises(OSError, match="certificate"):
        ndt7.download(Ways(), server, 10**6)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"HTTP/1.1 101 OK\r\nSec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: net.measurementlab.ndt.v7\r\n\r\n",
        b"HTTP/1.1 101",
        b"x" * 40_000,
    ],
)
def test_a_server_that_does_not_speak_ndt7_is_refused(answer):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with server.accept()[0] as sock:
                sock.recv(4096)
                sock.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(WebSocketError):
            ndt7.download(Ways(), f"ws://127.0.0.1:{server.getsockname()[1]}", 10**6)


@given(st.sampled_from([0, 1, 5, 125, 126, 65_535, 65_536, 70_001]), st.sampled_from([TEXT, BINARY]))
def test_frames_are_read_by_another_implementation(size, kind):
    assert MAX_PAYLOAD_NORMAL == 125
    ws = WSConnection(ConnectionType.SERVER)
    ws.receive_data(
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: DOdm+5/Cm3WwvhfcAlhJoQ==\r\n\r\n"
    )
    assert isinstance(next(iter(ws.events())), Request)
    from wsproto.events import AcceptConnection

    ws.send(AcceptConnection())
    content = (b"abcdefghij" * (size // 10 + 1))[:size]
    ws.receive_data(frame(kind, content))
    events = list(ws.events())
    assert all(isinstance(e, TextMessage if kind == TEXT else BytesMessage) for e in events)
    got = b"".join(e.data.encode() if kind == TEXT else bytes(e.data) for e in events)
    assert got == content


def test_through_a_proxy_the_tunnel_ends_at_the_centre(centre, server, ways, monkeypatch):
    """A proxy that knows CONNECT alone: what it carries stays encrypted between probe and centre."""
    asked = []
    proxy = socket.create_server(("127.0.0.1", 0))

    def pump(a, b):
        with suppress(OSError):  # the probe hangs up when it has enough
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)

    def serve():
        near = proxy.accept()[0]
        head = b""
        while b"\r\n\r\n" not in head:
            head += near.recv(4096)
        asked.append(head)
        host, port = head.split()[1].decode().split(":")
        far = socket.create_connection((host, int(port)))
        near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        threading.Thread(target=pump, args=(far, near), daemon=True).start()
        pump(near, far)

    threading.Thread(target=serve, daemon=True).start()
    monkeypatch.setenv("https_proxy", f"http://user:p%40ss@127.0.0.1:{proxy.getsockname()[1]}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert ndt7.download(ways, server, 50_000).bytes == 50_000
    assert asked[0].startswith(f"CONNECT {urlsplit(server).netloc} ".encode())
    assert b"Proxy-Authorization: Basic dXNlcjpwQHNz" in asked[0]
    proxy.close()


def test_what_people_carry_makes_the_line_in_use(make_probe):
    kept = make_probe().kept
    assert not measure.in_use(kept, None, 10.0)
    assert not measure.in_use(kept, 1.9, 10.0)
    assert measure.in_use(kept, 2.1, 10.0)
    assert measure.in_use(kept, 0.9, None)
