"""How fast the speed test itself is: python bench/ndt7.py [SECONDS] [--peer COMMAND].

The server in one process, a client in another, each on a core of its own, over this machine's loop: what a test can
find at most. Beside it a plain socket (and TLS) that carries the same bytes without WebSockets: what Python can do at
all. Where the package `websockets` is installed too, the plainest server that it makes is measured as well. `--peer`
starts another server of ndt7 that listens at 127.0.0.1:4443 with the certificate that `{pem}` and `{key}` in its
command are replaced by. The client is the probe's.
"""

import argparse
import asyncio
import importlib.util
import json
import os
import resource
import shlex
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "assure"))

PEER_PORT = 4443
CHUNK = 1 << 20


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("seconds", nargs="?", type=float, default=5)
    asked.add_argument("--peer", default="")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        from ndt7_centre import certificate

        pem = certificate(Path(folder))
        key = Path(folder) / "key.pem"
        key.write_text("-----BEGIN PRIVATE" + Path(pem).read_text().partition("-----BEGIN PRIVATE")[2])
        print(f"{'':28}{'down':>18}{'up':>34}")
        print(f"{'':28}" + 2 * f"{'Gbit/s':>10}{'server':>12}{'client':>12}" + "   (s of processor a Gbit)")
        for tls in ("", pem):
            way = "wss" if tls else "ws"
            told_by = _row(f"plain socket{', TLS' * bool(tls)}", "copy", tls, told.seconds)
            mine = _row(f"merata ndt7, {way}", "merata", tls, told.seconds)
            if importlib.util.find_spec("websockets"):
                _row(f"websockets, {way}", "websockets", tls, told.seconds)
            print(
                f"{'  merata of the plain socket':28}{mine[0] / told_by[0]:>10.0%}{mine[1] / told_by[1]:>34.0%}"
            )
        if told.peer:
            _row("peer, wss", told.peer.format(pem=pem, key=key), pem, told.seconds)


def _row(name: str, server: str, pem: str, seconds: float) -> tuple[float, float]:
    """Run a server and a client, print and return Gbit/s down and up."""
    peer = server not in SERVERS
    command = (
        shlex.split(server) if peer else [sys.executable, __file__, "--server", server, str(seconds), pem]
    )
    running = subprocess.Popen(
        command, stdout=None if peer else subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )  # fmt: skip
    try:
        port = PEER_PORT if peer else int(running.stdout.readline())
        if peer:
            time.sleep(2)
        os.sched_setaffinity(0, {1})
        text, rates = f"{name:28}", []
        for way in ("download", "upload"):
            cpu, mine = _cpu_s(running.pid), _own_s()
            gbit, took = (_copy if server == "copy" else _ndt7)(way, port, pem, seconds)
            time.sleep(0.3)
            rates.append(gbit / took)
            text += f"{gbit / took:>10.2f}{(_cpu_s(running.pid) - cpu) / gbit:>12.3f}{(_own_s() - mine) / gbit:>12.3f}"
        print(text, flush=True)
        return rates[0], rates[1]
    finally:
        running.terminate()
        running.wait()


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _own_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# The client


def _ndt7(way: str, port: int, pem: str, seconds: float) -> tuple[float, float]:
    from merata.probe import ndt7
    from merata.probe.connect import Ways

    begun = time.perf_counter()
    test = ndt7.download if way == "download" else ndt7.upload
    address = f"{'wss' if pem else 'ws'}://localhost:{port}"
    found = test(Ways(pem), address, 10**13, run_s=seconds)
    assert found.mbps, "nothing was carried"
    assert time.perf_counter() - begun < seconds + 20
    return found.mbps * found.seconds / 1000, found.seconds


def _copy(way: str, port: int, pem: str, seconds: float) -> tuple[float, float]:
    sock = socket.create_connection(("localhost", port))
    if pem:
        sock = ssl.create_default_context(cafile=pem).wrap_socket(sock, server_hostname="localhost")
    sock.sendall(b"d" if way == "download" else b"u")
    begun = time.perf_counter()
    count = _pour(sock, begun + seconds) if way == "upload" else _drain(sock)
    took = time.perf_counter() - begun
    sock.close()
    return count * 8 / 1e9, took


def _pour(sock: socket.socket, end: float) -> int:
    load, count = os.urandom(CHUNK), 0
    with suppress(OSError):
        while time.perf_counter() < end:
            sock.sendall(load)
            count += CHUNK
    return count


def _drain(sock: socket.socket) -> int:
    room, count = bytearray(CHUNK), 0
    with suppress(OSError):
        while got := sock.recv_into(room):
            count += got
    return count


# The servers


def _serve_copy(seconds: float, pem: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if pem:
        context.load_cert_chain(pem)
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    while True:
        sock = listening.accept()[0]
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if pem:
            sock = context.wrap_socket(sock, server_side=True)
        if sock.recv(1) == b"d":
            _pour(sock, time.perf_counter() + seconds)
        else:
            _drain(sock)
        sock.close()


def _serve_merata(seconds: float, pem: str) -> None:
    from ndt7_centre import serving

    from merata.assure.ndt7_door import Limits

    with serving(Limits(run_s=seconds, longest_s=seconds + 3), pem or None) as (_, port, results):
        print(port, flush=True)
        while True:
            time.sleep(0.1)
            while results:
                print(json.dumps(results.pop()._asdict()), file=sys.stderr)


def _serve_websockets(seconds: float, pem: str) -> None:
    from websockets.asyncio.server import serve

    load, tls = os.urandom(CHUNK), None
    if pem:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pem)

    async def test(ws: object) -> None:
        begun, count = time.perf_counter(), 0
        with suppress(Exception):  # the client hangs up when it has enough
            if ws.request.path.startswith("/ndt/v7/download"):
                while time.perf_counter() - begun < seconds:
                    await ws.send(load)
            else:
                async for message in ws:
                    count += len(message) if isinstance(message, bytes) else 0
                    if (now := time.perf_counter() - begun) > seconds:
                        told = {"AppInfo": {"ElapsedTime": int(now * 1e6), "NumBytes": count}}
                        await ws.send(json.dumps(told))
                        break

    async def run() -> None:
        options = {"compression": None, "max_size": 1 << 24, "ping_interval": None, "ssl": tls}
        async with serve(
            test, "127.0.0.1", 0, subprotocols=["net.measurementlab.ndt.v7"], **options
        ) as server:
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()

    asyncio.run(run())


SERVERS = {"copy": _serve_copy, "merata": _serve_merata, "websockets": _serve_websockets}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--server"]:
        SERVERS[sys.argv[2]](float(sys.argv[3]), sys.argv[4])
    else:
        main()
