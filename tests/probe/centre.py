"""A small centre for the tests: heartbeats by UDP, batches and enrolment by HTTPS, ndt7; all of it real sockets.

Its WebSockets are wsproto's, so that the probe's own client is tried against somebody else's reading of RFC 6455.
"""

import datetime as dt
import ipaddress
import json
import os
import select
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Request, TextMessage

from merata.probe import wire
from merata.probe.messages import WireError

KEY = bytes(range(32))
CODE = "KODE-1234"


def certificate(folder) -> str:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test centre")])
    names = x509.SubjectAlternativeName(
        [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    )
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=9))
        .add_extension(names, False).add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    file = folder / "centre.pem"
    file.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    return str(file)


class Centre:
    """What came, and how it answers. Change the attributes to make it behave badly."""

    def __init__(self, folder) -> None:
        self.had = {}  # number -> message
        self.live = []  # numbers that came by UDP
        self.twice = 0
        self.batches = []  # sizes of batches, in the order they came
        self.sendings = []
        self.datagrams = []  # bytes that came and went by UDP
        self.lock = threading.Lock()
        self.silent = False  # UDP goes nowhere
        self.lying = False  # somebody stands between, who answers that nobody knows the probe
        self.unreadable = set()  # batches with one of these numbers can't be read
        self.echo = True
        self.flags = 0
        self.newest = 1
        self.status = 200  # of the answers to batches
        self.retry_after = ""
        self.most_rows = 10**9  # larger batches break the connection
        self.cut_after = 0  # so many batches are taken, and the connection is cut before the answer
        self.refuse = {}
        self.key = KEY
        self.told = {}  # what an enrolment says otherwise
        self.load_s = 1.0  # how long the ndt7 server sends
        self.ndt_bytes = 0
        self.ndt_seen = []
        self.pem = certificate(folder)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self._outside = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._https = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem)
        self._https.socket = context.wrap_socket(
            self._https.socket, server_side=True, do_handshake_on_connect=False
        )
        self._end = threading.Event()
        threading.Thread(target=self._answer, daemon=True).start()
        threading.Thread(target=self._welcome, daemon=True).start()
        threading.Thread(target=self._https.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self._end.set()
        self._https.shutdown()
        self._https.server_close()
        self._udp.close()
        self._outside.close()

    @property
    def udp(self) -> str:
        return f"127.0.0.1:{self._udp.getsockname()[1]}"

    @property
    def https(self) -> str:
        return f"https://127.0.0.1:{self._https.server_address[1]}"

    @property
    def outside(self) -> str:
        return f"127.0.0.1:{self._outside.getsockname()[1]}"

    def enrolment(self, **changes) -> wire.Enrolment:
        told = wire.Enrolment(
            probe=7, key=KEY.hex(), udp=self.udp, https=self.https, outside=[self.outside, self.outside],
            dns_name="", ndt7="", budget_bytes=10**8, quiet_hours=[], busy_hours=[[19, 22]],
            utc_offset_min=480, newest=1,
        )  # fmt: skip
        return told._replace(**changes)

    def keep(self, message):
        with self.lock:
            self.twice += message.number in self.had
            assert self.had.get(message.number, message) == message, "one number, two messages"
            self.had[message.number] = message

    def _answer(self):
        while not self._end.is_set():
            try:
                if not select.select([self._udp], [], [], 0.2)[0]:
                    continue
                data, sender = self._udp.recvfrom(2048)
            except (OSError, ValueError):
                return
            if self.silent:
                continue
            if (echo := wire.pong(data)) is not None:
                if self.echo:
                    self._udp.sendto(echo, sender)
                continue
            answer = self._beat(data)
            self.datagrams.append((len(data), len(answer)))
            self._udp.sendto(answer, sender)

    def _welcome(self):
        """Whoever connects from the probe finds a place outside that is there."""
        while True:
            try:
                self._outside.accept()[0].close()
            except OSError:
                return

    def _beat(self, data):
        if self.lying:
            return wire.pack_answer(wire.Answer(7, 0, 0, wire.UNKNOWN, 0), bytes(32))
        try:
            beat = wire.unpack_beat(data, self.key)
        except WireError:
            return wire.pack_answer(wire.Answer(7, 0, 0, wire.UNKNOWN, 0), bytes(32))
        if not self.flags & (wire.REVOKED | wire.NOT_KEPT):
            self.keep(beat.message)
            self.live.append(beat.message.number)
        self.sendings.append(beat.sending)
        now_ms = int(time.time() * 1000)
        return wire.pack_answer(
            wire.Answer(beat.sending.probe, beat.message.number, now_ms, self.flags, self.newest), KEY
        )

    def batch(self, body, mac):
        """Status, answer and its MAC; None to cut the connection."""
        batch = wire.unpack_batch(body, mac, self.key)
        if len(batch.messages) > self.most_rows:
            return None
        if self.status != 200:
            return self.status, b"", ""
        if self.unreadable & {m.number for m in batch.messages}:
            number = wire.alone(body) if not self.flags & wire.REVOKED else 0
            refused = {number: "batch: can't be read"} if number else {}
            return (200, *wire.pack_receipt(wire.Receipt(7, 0, refused, 1, self.flags, 0), KEY))
        self.batches.append(len(batch.messages))
        self.sendings.append(batch.sending)
        for message in batch.messages:
            if message.number not in self.refuse:
                self.keep(message)
        if self.cut_after:
            self.cut_after -= 1
            return None
        refused = {m.number: self.refuse[m.number] for m in batch.messages if m.number in self.refuse}
        receipt = wire.Receipt(
            7, batch.messages[-1].number, refused, int(time.time() * 1000), self.flags, self.newest
        )
        return (200, *wire.pack_receipt(receipt, KEY))


def _handler(centre):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == wire.ENROL_PATH:
                good = json.loads(body).get("code") == CODE
                self.reply(
                    200 if good else 403,
                    wire.pack_enrolment(centre.enrolment(**centre.told)) if good else b"{}",
                )
                return
            assert self.path == wire.BATCH_PATH
            answer = centre.batch(body, self.headers[wire.MAC_HEADER])
            if answer is None:
                self.close_connection = True
                return
            self.reply(*answer)

        def reply(self, status, body, mac=""):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if mac:
                self.send_header(wire.MAC_HEADER, mac)
            if centre.retry_after:
                self.send_header("Retry-After", centre.retry_after)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.close_connection = True
            ndt7(centre, self.connection, self.raw_requestline, self.path, self.headers)

        def log_message(self, *_):
            pass

    return Handler


def ndt7(centre, sock, request_line, path, headers):
    """One test of ndt7 over a connection whose request was read already."""
    ws = WSConnection(ConnectionType.SERVER)
    head = request_line + "".join(f"{k}: {v}\r\n" for k, v in headers.items()).encode() + b"\r\n"
    ws.receive_data(head)
    asked = next(iter(ws.events()))
    assert isinstance(asked, Request)
    assert asked.subprotocols == ["net.measurementlab.ndt.v7"]
    sock.sendall(ws.send(AcceptConnection(subprotocol=asked.subprotocols[0])))
    sock.settimeout(0.05)
    (_send_load if "/download" in path else _take_load)(centre, sock, ws)


def _events(centre, sock, ws):
    try:
        data = sock.recv(1 << 16)
    except (TimeoutError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    if not data:
        return False
    ws.receive_data(data)
    for event in ws.events():
        if isinstance(event, CloseConnection):
            sock.sendall(ws.send(event.response()))
            return False
        if isinstance(event, BytesMessage):
            centre.ndt_bytes += len(event.data)
        elif isinstance(event, TextMessage):
            centre.ndt_seen.append(event.data)
    return True


def _send_load(centre, sock, ws):
    begun = told = time.perf_counter()
    sent = 0
    load = os.urandom(1 << 13)
    try:
        sock.settimeout(5)
        while time.perf_counter() - begun < centre.load_s:
            sock.sendall(ws.send(BytesMessage(load)))
            sent += len(load)
            if time.perf_counter() - told > 0.1:
                told = time.perf_counter()
                said = {"TCPInfo": {"MinRTT": 1234, "ElapsedTime": 1}, "AppInfo": {"NumBytes": sent}}
                sock.sendall(ws.send(TextMessage(json.dumps(said))))
            if select.select([sock], [], [], 0)[0] and not _events(centre, sock, ws):
                return
        sock.sendall(ws.send(CloseConnection(1000)))
        while _events(centre, sock, ws):
            pass
    except OSError:
        return  # the client has enough


def _take_load(centre, sock, ws):
    begun = told = time.perf_counter()
    centre.ndt_bytes = 0
    try:
        while _events(centre, sock, ws):
            now = time.perf_counter()
            if now - told > 0.1:
                told = now
                info = {"NumBytes": centre.ndt_bytes, "ElapsedTime": int((now - begun) * 1e6)}
                sock.sendall(ws.send(TextMessage(json.dumps({"AppInfo": info, "Origin": "server"}))))
    except OSError:
        return
