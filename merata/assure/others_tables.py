"""What others' monitoring says, declared: its table, the words of its headers, and whose name is which point."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from merata.assure.tables import Measured
from merata.region.tables import Column, Table

#: Who says it: the provider that is paid for the link, the office that pays, anybody else.
KINDS = ("provider", "own", "other")


def _said(name: str, about: str, unit: str = "", maximum: float | None = None, **more: Any) -> Measured:
    return Measured(
        name, "float", about, unit, minimum=0, maximum=maximum, stored="float64", known_by="reported", **more
    )


def _named(name: str, about: str, headers: tuple[str, ...] = (), **more: Any) -> Measured:
    return Measured(
        name, "text", about, required=True, headers=headers, stored="string", known_by="reported", **more
    )


def _when(name: str, about: str, headers: tuple[str, ...]) -> Measured:
    return Measured(
        name, "time", about, "UTC", required=True, headers=headers, stored="timestamp", known_by="reported"
    )


OTHERS = Table(
    "others",
    "What others' monitoring says of service points: a provider's own, or what an office watches. It is beside what "
    "probes measured, and no verdict or deduction comes from it",
    (
        _named(
            "source",
            "Whose monitoring it is: a provider or an office",
        ),
        Measured(
            "kind",
            "choice",
            "Who that is to the point: its provider, the office that pays, or others",
            required=True,
            choices=KINDS,
            stored="string",
            known_by="reported",
        ),
        _named(
            "point",
            "Code of the service point",
            (
                "point", "titik", "titik layanan", "kode titik", "id titik", "kode layanan", "site", "site id",
                "id site", "nama site", "lokasi", "nama lokasi", "pelanggan", "id pelanggan", "cid", "sid",
                "service id", "circuit id", "device", "perangkat", "host", "hostname", "node", "nama", "name",
                "location", "service point",
            ),
        ),
        _when(
            "start",
            "From then",
            (
                "start", "from", "since", "begin", "dari", "mulai", "awal", "waktu mulai", "jam mulai", "start time",
                "sejak",
            ),
        ),
        _when(
            "end",
            "Until then, not including it",
            (
                "end", "until", "to", "sampai", "selesai", "akhir", "waktu selesai", "jam selesai", "end time",
                "hingga", "s d",
            ),
        ),
        _said(
            "availability",
            "Share of that time in which the link was up",
            maximum=1,
            headers=(
                "availability", "available", "ketersediaan", "uptime", "sla", "ping success rate", "persentase uptime",
                "uptime persen", "avail",
            ),
        ),
        _said(
            "latency_ms",
            "Round trip",
            "ms",
            headers=("latency", "latensi", "rtt", "ping", "round trip time", "delay", "respon", "response time"),
        ),
        _said(
            "loss",
            "Share of packets that were lost",
            maximum=1,
            headers=("loss", "packet loss", "paket hilang", "kehilangan paket"),
        ),
        _said(
            "down_mbps",
            "Download rate that they measured",
            "Mbit/s",
            headers=("download", "down mbps", "unduh", "kecepatan unduh", "speed down", "download speed", "downlink"),
        ),
        _said(
            "up_mbps",
            "Upload rate that they measured",
            "Mbit/s",
            headers=("upload", "up mbps", "unggah", "kecepatan unggah", "speed up", "upload speed", "uplink"),
        ),
        _said(
            "in_mbps",
            "What its interface took in, on average: use, not what the link can do",
            "Mbit/s",
            headers=(
                "traffic in", "trafik masuk", "in mbps", "inbound", "trafik in", "bandwidth in", "lalu lintas masuk",
            ),
        ),
        _said(
            "out_mbps",
            "What its interface sent, on average",
            "Mbit/s",
            headers=(
                "traffic out", "trafik keluar", "out mbps", "outbound", "trafik out", "bandwidth out",
                "lalu lintas keluar",
            ),
        ),
    ),
    key=("source", "point", "start", "end"),
)  # fmt: skip

#: Columns of a file that say the same in another way: one moment, a day or a month, and whether the link was up.
TIME = Column(
    "time",
    "time",
    "When it was seen",
    headers=(
        "time", "timestamp", "waktu", "tanggal", "tgl", "date", "datetime", "tanggal waktu", "jam", "hari", "day",
    ),
)  # fmt: skip
MONTH = Column("month", "text", "The month", headers=("month", "bulan", "periode", "period"))
_UP = (
    "online", "aktif", "hidup", "nyala", "normal", "ok", "1", "true", "reachable", "terhubung", "hijau",
)  # fmt: skip
_DOWN = (
    "offline", "mati", "putus", "gangguan", "padam", "0", "false", "unreachable", "terputus", "tidak aktif", "loss",
    "merah",
)  # fmt: skip
STATE = Column(
    "state",
    "choice",
    "Whether it was up",
    choices=("up", "down"),
    headers=("state", "status", "kondisi", "keadaan", "status link", "status koneksi", "up down"),
    words=dict.fromkeys(_UP, "up") | dict.fromkeys(_DOWN, "down"),
)  # fmt: skip

NAMES = Table(
    "names",
    "What others call the service points in their monitoring",
    (
        Column("name", "text", "As it stands there: a name, an address, a label", required=True),
        Column("point", "text", "Code of the service point", required=True),
    ),
    key=("name",),
)

COLUMNS: tuple[Measured, ...] = tuple(c for c in OTHERS.columns if isinstance(c, Measured))
VALUES = tuple(c.name for c in COLUMNS if c.kind == "float")
#: Of values that differ for the same time, the one that speaks less well of the link counts.
WORSE = {"latency_ms": "max", "loss": "max"}


def schema() -> Any:
    """The Arrow schema of the table's files."""
    return pa.schema([pa.field(c.name, c.arrow, nullable=not c.required) for c in COLUMNS])
