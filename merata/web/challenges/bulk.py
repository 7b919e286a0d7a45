"""Many challenges at once, from a spreadsheet or a program: each row is checked, nothing is taken twice."""
# ruff: noqa: E501 (declared data: one row a line reads better than a folded one)

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone

from merata.region.tables import Column
from merata.web.challenges.claims import Claim, checked, newest_of
from merata.web.challenges.facts import REALLY, SUMS, WITH_FILE, facts_of
from merata.web.challenges.life import take
from merata.web.models import Challenge, Publication, User
from merata.web.models.challenges import CHALLENGED, EVIDENCE
from merata.web.programme.said import Problem, RefusedError

#: Rows of one sending.
MOST = 2000
#: Of one organisation in a day.
MOST_A_DAY = 5000

#: What a spreadsheet of challenges may say; which of it a row needs is declared in `merata.web.challenges.facts`.
CHALLENGES = (
    Column("village", "code", "Official code of the village; empty: of the region as a whole", headers=("kode desa", "village code", "kode wilayah", "kode kemendagri")),
    Column("fact", "choice", "What is wrong", required=True, choices=tuple(name for name in CHALLENGED if name != "price"), headers=("yang keliru", "fakta", "fact", "what is wrong"), words={
        "internet": "access", "akses": "access", "sinyal": "access", "internet fasilitas": "facility access", "penduduk": "people", "listrik": "electricity",
        "tempat belum ada": "place missing", "fasilitas belum ada": "place missing", "tempat sudah tidak ada": "place gone", "fasilitas sudah tidak ada": "place gone",
        "permukiman belum ada": "settlement missing", "dusun belum ada": "settlement missing", "menara sudah tidak ada": "tower gone",
        "janji": "promise", "komitmen": "promise", "rapor": "score", "ketersediaan": "score", "pembayaran": "payment", "statistik": "statistic",
    }),
    Column("level", "choice", "Service level", choices=("none", "basic", "working", "good"), headers=("tingkat layanan", "yang benar", "level"), words={"tidak ada": "none", "dasar": "basic", "layak": "working", "baik": "good"}),
    Column("facility", "text", "Name of the facility", headers=("fasilitas", "nama fasilitas", "facility")),
    Column("kind", "text", "Kind of the facility that is missing", headers=("jenis", "jenis fasilitas", "kind")),
    Column("name", "text", "Name of the place that is missing", headers=("nama", "nama tempat", "nama dusun", "name")),
    Column("people", "int", "People", minimum=0, headers=("penduduk", "jumlah penduduk", "people", "jiwa")),
    Column("households", "int", "Households", minimum=0, headers=("keluarga", "jumlah kk", "kk", "households")),
    Column("electricity", "choice", "Main source of electricity", choices=("grid", "solar", "generator", "none"), headers=("listrik", "sumber listrik", "electricity"), words={"pln": "grid", "surya": "solar", "plts": "solar", "genset": "generator", "tidak ada": "none"}),
    Column("hours", "float", "Hours of electricity a day", minimum=0, maximum=24, headers=("jam per hari", "jam nyala", "hours")),
    Column("operator", "text", "Operator of the tower", headers=("operator", "pemilik menara")),
    Column("lat", "float", "Latitude", minimum=-90, maximum=90, headers=("lintang", "latitude", "lat")),
    Column("lon", "float", "Longitude", minimum=-180, maximum=180, headers=("bujur", "longitude", "lon")),
    Column("promise", "text", "Number of the promise", headers=("nomor janji", "promise", "promise number")),
    Column("really", "choice", "What the promise really is", choices=REALLY, headers=("sebenarnya", "really"), words={"tidak ditepati": "not kept", "ditepati": "kept"}),
    Column("card", "text", "Point, provider or district that a score is of", headers=("rapor dari", "titik", "card", "point")),
    Column("month", "text", "Month, as 2026-11", headers=("bulan", "month")),
    Column("percent", "float", "Availability, percent", minimum=0, maximum=100, headers=("ketersediaan persen", "persen", "percent")),
    Column("contract", "text", "Number of the contract", headers=("nomor kontrak", "kontrak", "contract")),
    Column("sum", "choice", "Whether it was paid or is owed", choices=SUMS, headers=("jumlah apa", "sum"), words={"dibayar": "paid", "terutang": "owed"}),
    Column("idr", "int", "Rupiah", minimum=0, headers=("rupiah", "idr")),
    Column("indicator", "text", "Code or name of the indicator", headers=("indikator", "indicator")),
    Column("area", "text", "District that a statistic is of; empty: the village, or the region as a whole", headers=("wilayah", "area")),
    Column("period", "text", "Year or month of a statistic", headers=("periode", "period")),
    Column("value", "float", "Value of a statistic, as pages show it", headers=("nilai", "value")),
    Column("evidence", "choice", "Kind of evidence", required=True, choices=EVIDENCE, headers=("bukti", "jenis bukti", "evidence"), words={"dihitung ulang": "recomputed", "dilihat sendiri": "visit", "kunjungan": "visit", "uji kecepatan": "speed test", "pengukuran": "measurement", "koordinat": "coordinates", "foto": "photo", "surat": "letter"}),
    Column("evidence_on", "date", "Day of the evidence", headers=("tanggal bukti", "tanggal", "evidence date", "date")),
    Column("down_mbps", "float", "Measured download rate, Mbit/s", minimum=0, headers=("unduh", "unduh mbps", "down", "download")),
    Column("up_mbps", "float", "Measured upload rate, Mbit/s", minimum=0, headers=("unggah", "unggah mbps", "up", "upload")),
    Column("latency_ms", "float", "Measured round-trip time, ms", minimum=0, headers=("latensi", "latency", "ping")),
    Column("words", "text", "What else is to be said; not shown to everybody", headers=("keterangan", "catatan", "notes", "note")),
)  # fmt: skip


@dataclass
class Row:
    """One row of a sending: the claim that it makes, what is wrong with it, and what became of it."""

    number: int
    claim: Claim | None = None
    problems: list[Problem] = field(default_factory=list)
    known: Challenge | None = None
    """The same of the same sender that was taken before."""
    taken: Challenge | None = None

    @property
    def outcome(self) -> str:
        """wrong, again, taken or good."""
        if self.problems or self.claim is None:
            return "wrong"
        if self.taken is not None:
            return "taken"
        return "again" if self.known else "good"


def looked_at(
    rows: Iterable[tuple[int, Mapping[str, Any], list[Problem]]], publication: Publication, by: User
) -> list[Row]:
    """What rows would challenge: (number, cells, what of them can't be read). Nothing is kept."""
    made, seen = [], dict[str, int]()
    for number, cells, problems in rows:
        one = _row(number, cells, problems, publication)
        if one.claim is not None:
            key = made_by(one.claim, by)
            one.known = Challenge.objects.filter(made_by=key).first()
            if first := seen.get(key):
                one.problems.append(Problem("challenge_row_twice", {"row": first}))
            seen.setdefault(key, number)
        made.append(one)
    return made


def _row(number: int, cells: Mapping[str, Any], problems: list[Problem], publication: Publication) -> Row:
    row = Row(number, problems=list(problems))
    code, fact = str(cells.get("village") or ""), str(cells.get("fact"))
    village = newest_of(publication, code)
    if village is None and (code or fact not in facts_of("region")):
        row.problems.append(Problem("challenge_no_village", {"code": code[:40]}, at="village"))
    elif str(cells.get("evidence")) in WITH_FILE:
        row.problems.append(Problem("challenge_bulk_file", at="evidence"))
    elif not problems:
        found = checked(cells, village or publication)
        if isinstance(found, Claim):
            row.claim = found
        else:
            row.problems.extend(found)
    return row


def take_all(rows: Iterable[Row], by: User, way: str) -> list[Row]:
    """Keep all that are good and new; the others stay as they are, each with why."""
    made = list(rows)
    mine = Q(organisation=by.organisation_id) if by.organisation_id else Q(by=by)
    day_ago = timezone.now() - dt.timedelta(days=1)
    room = MOST_A_DAY - Challenge.objects.filter(mine, made_at__gt=day_ago).count()
    for one in made:
        if one.outcome == "good" and room <= 0:
            one.problems.append(Problem("challenge_too_many"))
        elif one.outcome == "good" and one.claim is not None:
            room -= 1
            try:
                one.taken = take(one.claim, made_by(one.claim, by), way=way, by=by)
            except RefusedError as refused:
                one.problems.extend(refused.problems)
    return made


def made_by(claim: Claim, by: User) -> str:
    """By what a challenge of an organisation is known again: the same of the same version is one."""
    who = f"organisation {by.organisation_id}" if by.organisation_id else f"account {by.pk}"
    of = f"{who} {claim.publication.pk} {claim.about}"
    return hashlib.sha256(of.encode()).hexdigest()
