"""A server of ndt7 in a thread, its certificate, a slow line before it, and the public client from npm."""

import asyncio
import datetime as dt
import fcntl
import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from merata.assure.ndt7 import Server
from merata.assure.ndt7_door import Limits

CLIENT = Path(__file__).with_name("ndt7_client")


@contextmanager
def serving(limits=None, pem=None, keep=None):
    """The server and what it found: (server, port, results)."""
    results, ready = [], threading.Event()
    tls = None
    if pem:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pem)
    server = Server(keep or results.append, limits or Limits(run_s=0.5, longest_s=2), tls)
    loop = asyncio.new_event_loop()

    async def run():
        server.port = await server.start("127.0.0.1", 0)
        server.end = asyncio.Event()
        ready.set()
        await server.end.wait()
        await server.stop()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    assert ready.wait(10)
    try:
        yield server, server.port, results
    finally:
        loop.call_soon_threadsafe(server.end.set)
        thread.join(10)
        loop.close()
        assert not thread.is_alive()
        assert not server.running
        assert server.door.running == 0


def until(true, most_s=5):
    """Wait until something is so."""
    end = time.monotonic() + most_s
    while not true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def certificate(folder, serial=1):
    """A certificate for this machine and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test centre")])
    here = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(serial)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName(here), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / "ndt7.pem"
    file.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    return str(file)


@contextmanager
def slow_line(port, mbps, queue_bytes=1 << 13):
    """A port from which a line of so many Mbit/s each way leads to another port of this machine."""

    def carry(near, far):
        begun, carried = time.monotonic(), 0
        with suppress(OSError):
            while data := near.recv(4096):
                carried += len(data)
                wait = begun + carried * 8 / 1e6 / mbps - time.monotonic()
                if wait > 0:
                    time.sleep(wait)
                elif wait < -0.2:
                    begun -= (
                        wait + 0.2
                    )  # what it could not carry while others had the processor is made good: so much
                far.sendall(data)
        for end in (near, far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def both():
        with suppress(OSError):
            while True:
                near = listening.accept()[0]
                far = socket.socket()
                for end in (near, far):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, queue_bytes)
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, queue_bytes)
                far.connect(("127.0.0.1", port))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()

    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, queue_bytes)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    threading.Thread(target=both, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


def public_client(shared: Path) -> Path:
    """The folder of the public client's scripts, installed once for all processes; else the test is skipped."""
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("npm is not here: the public client of ndt7 can't be had")
    folder = shared / "ndt7-client"
    found = folder / "node_modules" / "@m-lab" / "ndt7" / "src"
    with (shared / "ndt7-client.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            folder.mkdir(exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(CLIENT / name, folder)
            # `ci` takes the locked version, and only where its bytes have the locked hash.
            done = subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
                cwd=folder, capture_output=True, text=True, timeout=120, check=False,
                env=os.environ | {"npm_config_fetch_retries": "1", "npm_config_fetch_timeout": "20000"},
            )  # fmt: skip
            if "EINTEGRITY" in done.stderr:
                pytest.fail(f"the public client of ndt7 is not the one that is locked:\n{done.stderr}")
            if done.returncode:
                pytest.skip(f"npm does not bring the public client of ndt7: {done.stderr[-300:]}")
            (folder / "made").touch()
    return found
