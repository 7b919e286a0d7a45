"""What is seen of the line: distances, losses, the resolver, counters, clients; each against something real."""

import socket
import struct
import threading
import time

import pytest

from merata.probe import counters, reach, snmp
from merata.probe.connect import is_here, proxy_for
from merata.probe.counters import Carried


class Responder:
    """A UDP socket on this machine that answers as a function says."""

    def __init__(self, answer):
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.bind(("127.0.0.1", 0))
        self._answer = answer
        self.asked = []
        threading.Thread(target=self._work, daemon=True).start()

    @property
    def address(self):
        return self._sock.getsockname()

    def _work(self):
        while True:
            try:
                data, sender = self._sock.recvfrom(2048)
            except OSError:
                return
            self.asked.append(data)
            for answer in self._answer(data):
                self._sock.sendto(answer, sender)

    def close(self):
        # Wakes who waits in recvfrom, which closing alone does not.
        self._answer = lambda data: []
        self._sock.close()


@pytest.fixture
def respond():
    made = []

    def make(answer):
        made.append(Responder(answer))
        return made[-1]

    yield make
    for responder in made:
        responder.close()


def here(responder):
    return socket.AF_INET, responder.address


@pytest.mark.slow
def test_echoes_tell_the_round_trip_and_what_was_lost(respond):
    from merata.probe import wire

    count = iter(range(100))

    def three_in_ten_lost(data):
        if next(count) % 10 < 7:
            time.sleep(0.02)
            yield wire.pong(data)
            yield wire.pong(data)  # doubled on the way
            yield b"noise"

    tries = reach.echoes(here(respond(three_in_ten_lost)), 10, 0.5, 0.001)
    assert tries.lost == 3
    assert 15 < tries.median_ms() < 300


def test_echoes_of_others_are_not_ours(respond):
    from merata.probe import wire

    tries = reach.echoes(here(respond(lambda data: [wire.pong(wire.pack_ping(bytes(8)))])), 3, 0.1, 0.001)
    assert tries == reach.Tries([], 3)
    assert tries.median_ms() is None


def test_connects_count_what_answers_and_what_refuses_as_reached():
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        open_port = server.getsockname()
        assert reach.connects((socket.AF_INET, open_port), 5, 1, 0.001).lost == 0
    refused = reach.connects((socket.AF_INET, open_port), 5, 1, 0.001)
    assert refused.lost == 0
    assert all(t < 500 for t in refused.times_ms)


@pytest.mark.slow
def test_where_nobody_answers_all_is_lost_in_little_more_than_the_patience():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        # A queue that is full drops what comes, as a dead line does.
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(full.getsockname())
        begun = time.monotonic()
        tries = reach.connects((socket.AF_INET, full.getsockname()), 10, 1, 0.02)
        took = time.monotonic() - begun
        for sock in waiting:
            sock.close()
    assert tries.lost == 10
    assert took < 6, "all are waited for at once: one after another they would take 10 s"


def test_no_address_is_all_lost_at_once():
    assert reach.connects(None, 5) == reach.Tries([], 5)
    assert reach.echoes(None, 10) == reach.Tries([], 10)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a.example:53", ("a.example", 53)),
        ("a.example", ("a.example", 443)),
        ("[2001:db8::1]:80", ("2001:db8::1", 80)),
        ("[2001:db8::1]", ("2001:db8::1", 443)),
        ("192.0.2.1:1", ("192.0.2.1", 1)),
    ],
)
def test_targets_are_read_with_and_without_a_port(text, address):
    assert reach.split(text) == address


def test_a_name_that_is_known_stays_known_when_nobody_answers():
    names = reach.Names()
    family, address = names.address("localhost:443")
    assert address[1] == 443
    again = reach.Names({"no.such.name.invalid:1": [int(family), list(address)]})
    assert again.address("no.such.name.invalid:1", 1.0) == (family, address)
    assert again.address("unknown.invalid:1", 1.0) is None


def answered(data, code):
    return struct.pack("!2H", struct.unpack_from("!H", data)[0], 0x8180 | code) + data[4:]


@pytest.mark.parametrize(("code", "had"), [(0, True), (3, True), (2, False)])
def test_the_resolver_is_asked_for_a_name_that_nobody_asked_before(respond, code, had):
    resolver = respond(lambda data: [b"\0\0noise", answered(data, code)])
    times = [reach.dns_ms("probe.example.go.id", [resolver.address], 1) for _ in range(2)]
    assert [t is not None for t in times] == [had, had]
    names = {data[12:-4] for data in resolver.asked}
    assert len(names) == 2
    assert all(name.endswith(b"\5probe\7example\2go\2id\0") for name in names)


def test_a_silent_resolver_or_none_gives_no_time(respond):
    assert reach.dns_ms("probe.example", [respond(lambda data: []).address], 0.1) is None
    assert reach.dns_ms("probe.example", [], 0.1) is None
    assert reach.dns_ms("", [("127.0.0.1", 53)], 0.1) is None


def test_the_systems_resolvers_are_read_from_its_file(tmp_path):
    file = tmp_path / "resolv.conf"
    file.write_text("# made\nsearch example\nnameserver 192.0.2.53\nnameserver fe80::1%eth0\nnameserver\n")
    assert reach.resolvers(file) == [("192.0.2.53", 53), ("fe80::1", 53)]
    assert reach.resolvers(tmp_path / "none") == []


# Counters

ROUTES = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
ROUTES += "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\n"
DEVICES = """Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier
    lo:  1000       10    0    0    0     0          0         0     1000      10    0    0    0     0       0
  eth0:123456789012 1    0    0    0     0          0         0  987654      10    0    0    0     0       0
"""


def proc(tmp_path, routes=ROUTES + "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\n"):
    net = tmp_path / "net"
    net.mkdir()
    (net / "route").write_text(routes)
    (net / "dev").write_text(DEVICES)
    return tmp_path


def test_the_interface_that_leads_out_is_counted(tmp_path):
    at = proc(tmp_path)
    assert counters.default_interface(at) == "eth0"
    assert counters.carried("", "", at) == Carried("eth0", 123456789012, 987654)
    assert counters.carried("lo", "", at) == Carried("lo", 1000, 1000)
    assert counters.carried("wlan9", "", at) is None


def test_without_a_way_out_nothing_is_counted(tmp_path):
    at = proc(tmp_path, ROUTES)
    assert counters.default_interface(at) == ""
    assert counters.carried("", "", at) is None


def test_over_ipv6_alone_there_is_a_way_out_too(tmp_path):
    at = proc(tmp_path, ROUTES)
    zero = "0" * 32
    lines = [
        f"{zero} 00 {zero} 00 {zero} ffffffff 1 0 00200200 lo",
        f"{zero} 00 {zero} 00 fe80{zero[4:]} 400 1 0 00450003 wan",
    ]
    (at / "net" / "ipv6_route").write_text("\n".join(lines) + "\n")
    assert counters.default_interface(at) == "wan"


@pytest.mark.parametrize(
    ("now", "before", "kb"),
    [
        (Carried("eth0", 5_000_999, 3_000), Carried("eth0", 1_000, 1_000), (4999, 2)),
        (Carried("eth0", 10, 10), Carried("eth0", 999, 9), (None, None)),  # started anew
        (Carried("eth0", 10, 10), Carried("wlan0", 1, 1), (None, None)),
        (Carried("eth0", 10, 10), None, (None, None)),
        (None, Carried("eth0", 10, 10), (None, None)),
    ],
)
def test_only_counters_of_one_thing_are_subtracted(now, before, kb):
    assert counters.difference_kb(now, before) == kb


def test_leases_are_counted_and_nothing_of_them_is_kept(tmp_path):
    file = tmp_path / "dhcp.leases"
    file.write_text(
        "1000 aa:bb:cc:dd:ee:01 192.0.2.1 phone *\n"
        "3000 aa:bb:cc:dd:ee:02 192.0.2.2 * *\n0 aa:bb 192.0.2.3 * *\nduid 00\n"
    )
    assert counters.leases(file, now_s=2000) == 2
    assert counters.clients(str(file)) == 1
    assert counters.clients(str(tmp_path / "none")) is None
    assert counters.clients("off") is None


def test_access_points_are_told_from_other_interfaces():
    said = "phy#0\n\tInterface wlan0\n\t\taddr 02:00\n\t\ttype managed\n\tInterface ap0\n\t\ttype AP\n\t\tchannel 6\n"
    assert counters.access_points(said) == ["ap0"]
    assert counters.access_points("") == []


@pytest.mark.parametrize(("online", "battery"), [("1", False), ("0", True), (None, False)])
def test_a_machine_that_lost_its_mains_says_so(tmp_path, online, battery):
    supplies = tmp_path / "class" / "power_supply"
    (supplies / "BAT0").mkdir(parents=True)
    (supplies / "BAT0" / "type").write_text("Battery\n")
    if online is not None:
        (supplies / "AC").mkdir()
        (supplies / "AC" / "type").write_text("Mains\n")
        (supplies / "AC" / "online").write_text(online + "\n")
    assert counters.on_battery(tmp_path) is battery


# SNMP: bytes as net-snmp's own tools send and answer them, written down by hand from X.690 and RFC 3416

IN_3 = bytes.fromhex("060b2b060102011f0101010603")
OUT_3 = bytes.fromhex("060b2b060102011f0101010a03")
ASKED = bytes.fromhex("303c020101 0406 7075626c6963 a02f 0203 123456 020100 020100 3022") + (
    bytes.fromhex("300f") + IN_3 + bytes.fromhex("0500") + bytes.fromhex("300f") + OUT_3 + bytes.fromhex("0500")
)  # fmt: skip


def said(number: bytes, received: bytes, sent: bytes, status: bytes = b"\x02\x01\x00") -> bytes:
    def seq(tag, content):
        return bytes([tag, 0x81, len(content)]) + content  # a long form, which is allowed everywhere

    rows = seq(0x30, seq(0x30, IN_3 + received) + seq(0x30, OUT_3 + sent))
    pdu = seq(0xA2, number + status + b"\x02\x01\x00" + rows)
    return seq(0x30, b"\x02\x01\x01" + b"\x04\x06public" + pdu)


OIDS = [snmp.IN_OCTETS + ".3", snmp.OUT_OCTETS + ".3"]


def test_a_request_is_what_the_standard_says():
    assert snmp.request(0x123456, "public", OIDS) == ASKED
    assert snmp.encode_oid("1.3.6.1.4.1.8072") == bytes.fromhex("0607 2b06010401bf08")


def test_counters_of_a_router_are_read(respond):
    def agent(data):
        at = data.index(b"\xa0") + 2
        number = data[at : at + 2 + data[at + 1]]
        yield b"\x30\x05noise"
        yield said(number, bytes.fromhex("4608 00000001 00000000"), bytes.fromhex("4101ff"))

    host, port = respond(agent).address
    assert snmp.octets(f"{host}:{port} public 3") == (2**32, 255)
    assert counters.carried("", f"{host}:{port} public 3") == Carried(f"{host}:{port}", 2**32, 255)


def test_an_interface_that_the_router_has_not_and_silence_give_nothing(respond):
    def agent(data):
        at = data.index(b"\xa0") + 2
        yield said(data[at : at + 2 + data[at + 1]], b"\x81\x00", b"\x81\x00")

    host, port = respond(agent).address
    assert snmp.octets(f"{host}:{port} public 3") is None
    host, port = respond(lambda data: []).address
    assert snmp.octets(f"{host}:{port} public 3", 0.1) is None


def test_answers_cut_anywhere_are_refused_by_one_error():
    whole = said(b"\x02\x01\x07", b"\x41\x01\x05", b"\x41\x01\x06")
    assert snmp.response(whole, 7, OIDS) == [5, 6]
    for cut in range(len(whole)):
        with pytest.raises(snmp.SnmpError):
            snmp.response(whole[:cut], 7, OIDS)
    with pytest.raises(snmp.SnmpError):
        snmp.response(whole, 8, OIDS)
    with pytest.raises(snmp.SnmpError):
        snmp.response(said(b"\x02\x01\x07", b"\x41\x01\x05", b"\x41\x01\x06", b"\x02\x01\x02"), 7, OIDS)


# Proxies


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, ""),
        ({"https_proxy": "http://p:1"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ({"https_proxy": "http://p:1", "no_proxy": "a.example, .go.id"}, ""),
        ({"https_proxy": "http://p:1", "no_proxy": "*"}, ""),
        ({"https_proxy": "http://p:1", "no_proxy": "usat.go.id"}, "http://p:1"),
    ],
)
def test_the_proxy_is_the_environments(environment, proxy):
    assert proxy_for("pusat.go.id", environment) == proxy


def test_only_this_machine_may_go_unencrypted():
    assert is_here("127.0.0.1")
    assert is_here("localhost")
    assert not is_here("192.0.2.1")
    assert not is_here("localhost.example")
