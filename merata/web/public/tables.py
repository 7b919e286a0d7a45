"""The open data: every table that pages show, with its columns and its rows, for files and for their page."""

# ruff: noqa: E501 — declared data: one table a line reads better than a folded one.
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import Any

from django.utils import timezone

from merata.region.tables import LEVELS
from merata.web.challenges.confirm import words_of
from merata.web.challenges.spoken import open_claim
from merata.web.models import (
    Challenge,
    Commitment,
    Contract,
    Excuse,
    Outage,
    Payment,
    Publication,
    Scorecard,
    ServicePoint,
)
from merata.web.partners import open_data
from merata.web.public import columns as of
from merata.web.public.budget import lines
from merata.web.public.columns import Column
from merata.web.public.compare import FUNDS, PEOPLE, moves, side_by_side
from merata.web.public.connections import connections
from merata.web.public.gap import over_time, wants
from merata.web.public.names import Names, names
from merata.web.public.outcome import outcomes
from merata.web.public.providers import all_of_them
from merata.web.public.scores import MONTHS_SHOWN, TROUBLES, contest_of, times
from merata.web.public.sectors import by_district, by_level, by_sector
from merata.web.standing import STANDS, standing

Row = dict[str, Any]
_Place = tuple[float | None, float | None]
_NOWHERE: _Place = (None, None)


@dataclass(frozen=True)
class Table:
    """A table: its name in addresses, what it holds, its columns, and its rows in a publication."""

    name: str
    about_id: str
    about_en: str
    columns: tuple[Column, ...]
    rows: Callable[..., Iterable[Row]]
    """Of a publication; of two for what is set side by side."""
    placed: bool = False
    """Whether its rows have a place: lon and lat, and so a GeoJSON file."""
    planned: bool = False
    """Whether it is a part of a publication, and so kept for each."""


def _facts(publication: Publication) -> Iterator[Row]:
    wanted = [column.name for column in of.PLANNED_VILLAGES]
    yield from publication.villages.values(*wanted)


def _villages(publication: Publication) -> Iterator[Row]:
    stands = standing(publication).stands
    for row in _facts(publication):
        yield {**row, "stands": stands[row["code"]]}


def _facilities(publication: Publication) -> Iterator[Row]:
    known = names(publication)
    fields = [column.name for column in of.FACILITIES if column.name not in ("village", "district")]
    for row in publication.facilities.values(*fields):
        yield _in_village(row, known)


def _points(publication: Publication) -> Iterator[Row]:
    known, middle = names(publication), _middles(publication)
    places = {key: (lon, lat) for key, lon, lat in publication.facilities.values_list("key", "lon", "lat")}
    for point in ServicePoint.objects.select_related("provider", "contract"):
        lon, lat = places.get(point.facility_key) or middle.get(point.village_code, _NOWHERE)
        row = {"lon": lon, "lat": lat, "provider": _text(point.provider), "contract": _text(point.contract)}
        yield _in_village({**_own(point, of.POINTS), **row}, known)


def _commitments(publication: Publication) -> Iterator[Row]:
    known, middle = names(publication), _middles(publication)
    for promise in Commitment.objects.select_related("owner", "publication"):
        lon, lat = middle.get(promise.village_code, _NOWHERE)
        row = {
            "number": promise.pk,
            "plan": promise.publication.number if promise.publication else None,
            "meeting": promise.meeting_id,
            "due": promise.due_on,
            "owner": _text(promise.owner),
            "made_on": promise.made_at.date(),
            "replaced_by": promise.replaced_by_id,
            "lon": lon,
            "lat": lat,
        }
        yield _in_village({**_own(promise, of.COMMITMENTS), **row}, known)


def _middles(publication: Publication) -> dict[str, _Place]:
    """Where the villages are, by code."""
    return {code: (lon, lat) for code, lon, lat in publication.villages.values_list("code", "lon", "lat")}


def _budget(publication: Publication) -> Iterator[Row]:
    for line in lines(publication):
        yield {
            "year": line.year, "fund": line.fund, "known_by": line.known_by, "budget_idr": line.budget,
            "planned_idr": line.planned, "contracted_idr": line.contracted, "paid_idr": line.paid,
        }  # fmt: skip


def _contracts(publication: Publication) -> Iterator[Row]:
    for contract in Contract.objects.select_related("provider"):
        yield {**_own(contract, of.CONTRACTS), "provider": _text(contract.provider)}


def _payments(publication: Publication) -> Iterator[Row]:
    for payment in Payment.objects.select_related("contract__provider", "point"):
        yield {
            **_own(payment, of.PAYMENTS),
            "contract": payment.contract.number,
            "provider": _text(payment.contract.provider),
            "point": _text(payment.point),
        }


def _works(publication: Publication) -> Iterator[Row]:
    yield from publication.works.values(*[column.name for column in of.WORKS])


def _districts(publication: Publication) -> Iterator[Row]:
    found, middle = standing(publication), _centres(publication)
    villages = sorted(found.villages, key=lambda village: village.district)
    for district, group in groupby(villages, key=lambda village: village.district):
        there = list(group)
        count = Counter(found.stands[village.code] for village in there)
        people = sum(village.people or 0 for village in there)
        stands = {word: count[word] for word in STANDS}
        row = {"district": district, "villages": len(there), "people": people, **stands}
        yield {**row, **_place(middle[district])}


def _centres(publication: Publication) -> dict[str, _Place]:
    """The mean place of each district's villages, as far as theirs are known."""
    there: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for district, lon, lat in publication.villages.values_list("district", "lon", "lat"):
        there[district] += [] if lon is None or lat is None else [(lon, lat)]
    return defaultdict(lambda: _NOWHERE) | {
        district: (
            round(fmean(lon for lon, _ in all_of_them), 5),
            round(fmean(lat for _, lat in all_of_them), 5),
        )
        for district, all_of_them in there.items()
        if all_of_them
    }


def _planned_districts(publication: Publication) -> Iterator[Row]:
    middle = _centres(publication)
    for row in _total("districts", of.PLANNED_DISTRICTS[:-2])(publication):
        yield {**row, **_place(middle[row["district"]])}


def _place(middle: _Place) -> Row:
    return {"lon": middle[0], "lat": middle[1]}


def _wants(publication: Publication) -> Iterator[Row]:
    for want, villages, people in wants(publication):
        yield {"want": want, "villages": villages, "people_below": people}


def _levels(publication: Publication) -> Iterator[Row]:
    for level, numbers in publication.totals["levels"].items():
        yield {"level": level, **{column.name: numbers.get(column.name) for column in of.LEVELS[1:]}}


def _sectors(publication: Publication) -> Iterator[Row]:
    for sector, *figures in by_sector(publication):
        yield {"sector": sector, **_figures(figures)}


def _kinds(publication: Publication) -> Iterator[Row]:
    for (sector, kind), counts in by_level(publication.facilities.all()).items():
        levels = {level: counts[level] for level in LEVELS}
        yield {"sector": sector, "kind": kind, **levels, "facilities": counts.total()}


def _sector_districts(publication: Publication) -> Iterator[Row]:
    middle = _centres(publication)
    for (sector, district), figures in by_district(publication, publication.facilities.all()).items():
        yield {"sector": sector, "district": district, **_figures(figures), **_place(middle[district])}


def _figures(figures: Iterable[int]) -> Row:
    return dict(zip(("facilities", "below", "planned"), figures, strict=True))


def _providers(publication: Publication) -> Iterator[Row]:
    for row in all_of_them():
        states = {state: row["counts"][state] for state in ("in service", "suspended")}
        yield {
            "provider": row["provider"].name, "points": row["counts"].total(),
            "in_service": states["in service"], "suspended": states["suspended"], "paid_idr": row["paid"],
        }  # fmt: skip


def _moves(one: Publication, two: Publication) -> Iterator[Row]:
    middle = {**_middles(one), **_middles(two)}
    for move in moves(one, two):
        yield {
            "code": move.code, "name": move.name, "district": move.district, "how": move.how,
            "year_before": move.before and move.before.year, "option_before": move.before and move.before.option,
            "year_after": move.after and move.after.year, "option_after": move.after and move.after.option,
            **_place(middle[move.code]),
        }  # fmt: skip


def _beside(
    table: str, keys: tuple[str, ...], value: str
) -> Callable[[Publication, Publication], Iterator[Row]]:
    """The rows of a figure of the totals in two plans."""

    def rows(one: Publication, two: Publication) -> Iterator[Row]:
        names_ = (*keys, f"before_{value}", f"after_{value}")
        for row in side_by_side(one, two, table, keys, value):
            yield dict(zip(names_, row, strict=True))

    return rows


def _total(key: str, columns: tuple[Column, ...]) -> Callable[[Publication], Iterator[Row]]:
    """The rows that a publication's totals hold under a key."""

    def rows(publication: Publication) -> Iterator[Row]:
        for row in publication.totals[key]:
            yield {column.name: row.get(column.name) for column in columns}

    return rows


def _scores(publication: Publication) -> Iterator[Row]:
    for card in Scorecard.objects.exclude(of="point").order_by("period", "of", "name"):
        yield _told_of(card, of.SCORES)


def _point_scores(publication: Publication) -> Iterator[Row]:
    known, there = names(publication), times()
    months = there.months[-MONTHS_SHOWN:] if there else []
    rows = Scorecard.objects.filter(of="point", period__in=months).exclude(point=None).select_related("point")
    for card in rows.order_by("period", "name"):
        code = card.point.village_code if card.point else ""
        yield _in_village(
            {**_told_of(card, of.POINT_SCORES), "point": card.name, "village_code": code}, known
        )


def _told_of(card: Scorecard, columns: tuple[Column, ...]) -> Row:
    own = {
        "of": card.of,
        "name": card.name,
        "period": card.period,
        "points": card.points,
        "enough": card.enough,
    }
    return {column.name: own.get(column.name, card.values.get(column.name)) for column in columns}


def _outages(publication: Publication) -> Iterator[Row]:
    known, there = names(publication), times()
    if there is None:
        return
    contests: dict[Any, list[Excuse]] = defaultdict(list)
    for one in Excuse.objects.filter(kind="contest"):
        contests[one.point_id].append(one)
    rows = Outage.objects.filter(start__gte=there.recent, cause__in=TROUBLES).select_related("point")
    for row in rows.order_by("point__code", "start"):
        contest = contest_of(row, contests[row.point_id])
        own = {
            "point": row.point.code,
            "village_code": row.point.village_code,
            "contest": contest.state if contest else "",
        }
        yield _in_village({**_own(row, of.OUTAGES), **own}, known)


def _lands(publication: Publication) -> Iterator[Row]:
    known, middle, relief = names(publication), _middles(publication), publication.totals.get("relief_m", {})
    for code, where in middle.items():
        yield _in_village({"village_code": code, "relief_m": relief.get(code), **_place(where)}, known)


def _connections(publication: Publication) -> Iterator[Row]:
    known = names(publication)
    for one in connections(timezone.localdate()):
        yield _in_village(one._asdict(), known)


def _challenges(publication: Publication) -> Iterator[Row]:
    known = names(publication)
    rows = Challenge.objects.select_related("party", "organisation", "joins", "publication").order_by("pk")
    for row in rows:
        own = {
            "claim": "; ".join(f"{name}={value}" for name, value in open_claim(row).items()),
            "plan": row.publication.number, "brought_by": _text(row.organisation), "party": _text(row.party),
            "joins": _text(row.joins),
        }  # fmt: skip
        yield _in_village({**_own(row, of.CHALLENGES), **own}, known)


def _confirmed(publication: Publication) -> Iterator[Row]:
    known = names(publication)
    said = words_of(known.places)
    for code in known.places:
        word = said.get(code)
        own = {
            "confirmed_on": timezone.localdate(word.made_at) if word else None,
            "corrections": word.corrections if word else None, "way": word.way if word else "",
        }  # fmt: skip
        yield _in_village({"village_code": code, **own}, known)


def _own(thing: Any, columns: tuple[Column, ...]) -> Row:
    """What a row of the database has itself of the columns."""
    return {column.name: getattr(thing, column.name) for column in columns if hasattr(thing, column.name)}


def _text(thing: Any) -> str:
    return "" if thing is None else str(thing)


def _in_village(row: Row, known: Names) -> Row:
    code = row["village_code"]
    return {**row, "village": known.name(code), "district": known.district_of(code)}


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("desa", "Semua desa: keadaan, rencana, alasan", "All villages: how they stand, their plan, the reason", of.VILLAGES, _villages, placed=True),
        Table("fasilitas", "Kantor, sekolah, pos kesehatan, dan fasilitas lain", "Offices, schools, health posts and other facilities", of.FACILITIES, _facilities, placed=True, planned=True),
        Table("titik", "Titik layanan program", "Service points of the programme", of.POINTS, _points, placed=True),
        Table("komitmen", "Semua yang dijanjikan, juga yang sudah diganti", "All that was promised, also what was replaced since", of.COMMITMENTS, _commitments, placed=True),
        Table("anggaran", "Anggaran, rencana, kontrak, dan pembayaran per tahun dan dana", "Budget, plan, contracts and payments by year and fund", of.BUDGET, _budget),
        Table("kontrak", "Kontrak dan yang dijanjikan penyedia", "Contracts, and what providers promised", of.CONTRACTS, _contracts),
        Table("pembayaran", "Pembayaran", "Payments", of.PAYMENTS, _payments),
        Table("bangunan", "Bangunan bersama dalam rencana: kabel, menara, sambungan", "Shared works of the plan: cables, towers, hops", of.WORKS, _works, planned=True),
        Table("kecamatan", "Kecamatan: desa menurut keadaannya", "Districts: villages by where they stand", of.DISTRICTS, _districts, placed=True),
        Table("penyedia", "Penyedia: titik layanan dan pembayarannya", "Providers: their service points and what they were paid", of.PROVIDERS, _providers),
        Table("rapor", "Yang diberikan tautan, per penyedia, cara, kecamatan, dan desa, menurut pengukuran", "What links delivered, by provider, technology, district and village, as measured", of.SCORES, _scores),
        Table("rapor-titik", "Yang diberikan setiap titik layanan per bulan, menurut pengukuran", "What each service point delivered by month, as measured", of.POINT_SCORES, _point_scores),
        Table("penyambungan", "Dari kontrak sampai beroperasi, setiap titik layanan", "From contract to service, of each service point", of.CONNECTIONS, _connections),
        Table("gangguan", "Gangguan tiga bulan terakhir, dengan sebabnya", "Outages of the last three months, by cause", of.OUTAGES, _outages),
        Table("kenyataan", "Yang diperkirakan dan yang kemudian diukur", "What was predicted, and what was measured later", of.OUTCOMES, lambda publication: (row._asdict() for row in outcomes(publication))),
        Table("medan", "Desa menurut naik turun tanahnya", "Villages by how their ground rises and falls", of.LANDS, _lands, placed=True, planned=True),
        Table("koreksi", "Yang dikatakan keliru, dengan jawaban dan keputusannya", "What was said to be wrong, with its answers and decisions", of.CHALLENGES, _challenges),
        Table("lembar-desa", "Desa yang lembarnya dibenarkan kantornya", "Villages whose office confirmed their sheet", of.CONFIRMED, _confirmed),
        Table("tanggapan", "Tanggapan atas rancangan, dengan jawaban dan yang berubah sesudahnya", "Comments on drafts, with their answers and what changed since", open_data.COMMENTS, open_data.comments),
        Table("dana-mitra", "Dana dari mitra dan hasilnya", "Money from partners, and what came of it", open_data.FUNDS_OF_PARTNERS, open_data.funds),
        Table("kekurangan", "Desa yang mungkin sekali di bawah janji, menurut apa yang kurang", "Villages probably below the promise, by what they want for", of.WANTS, _wants, planned=True),
        Table("kesenjangan", "Kesenjangan dan ketimpangan dari rencana ke rencana", "Gap and inequality from plan to plan", of.OVER_TIME, lambda publication: over_time()),
        Table("fasilitas-bidang", "Banyaknya fasilitas per bidang", "Facilities counted by sector", of.FACILITY_SECTORS, _sectors, planned=True),
        Table("fasilitas-jenis", "Banyaknya fasilitas per jenis dan tingkat layanan sekarang", "Facilities counted by kind and service level now", of.FACILITY_KINDS, _kinds, planned=True),
        Table("fasilitas-kecamatan", "Banyaknya fasilitas per bidang dan kecamatan", "Facilities counted by sector and district", of.FACILITY_DISTRICTS, _sector_districts, placed=True, planned=True),
        Table("tingkat", "Tingkat layanan dan angkanya", "Service levels and their numbers", of.LEVELS, _levels, planned=True),
        Table("bidang", "Kesenjangan per bidang", "The gap by sector", of.SECTORS, _total("sectors", of.SECTORS), planned=True),
        Table("layanan", "Layanan digital dan siapa yang bisa memakainya", "Digital services and who can use them", of.SERVICES, _total("services", of.SERVICES), planned=True),
        Table("ketimpangan", "Ukuran ketimpangan akses", "Measures of inequality of access", of.INEQUALITY, _total("inequality", of.INEQUALITY), planned=True),
        Table("tahun", "Rencana tahun demi tahun", "The plan year by year", of.YEARS, _total("years", of.YEARS), planned=True),
        Table("dana", "Rencana per sumber dana dan tahun", "The plan by fund and year", of.FUNDS, _total("funds", of.FUNDS), planned=True),
        Table("cara", "Rencana menurut cara melayani", "The plan by how places are served", of.OPTIONS, _total("options", of.OPTIONS), planned=True),
        Table("rencana-kecamatan", "Rencana per kecamatan", "The plan by district", of.PLANNED_DISTRICTS, _planned_districts, placed=True, planned=True),
        Table("sumber", "Berkas yang menjadi dasar", "Files that all of it rests on", of.SOURCES, _total("sources", of.SOURCES), planned=True),
        Table("rencana", "Desa menurut sebuah rencana, seperti waktu diterbitkan", "Villages of one plan, as it was published", of.PLANNED_VILLAGES, _facts, placed=True, planned=True),
    )
}  # fmt: skip
#: Tables of two plans side by side, of whichever two somebody asks for.
COMPARED: dict[str, Table] = {
    table.name: table
    for table in (
        Table("banding-desa", "Dua rencana: desa yang berubah tahun atau caranya", "Two plans: villages whose year or option differs", of.MOVES, _moves, placed=True),
        Table("banding-dana", "Dua rencana: uang per tahun dan sumber dana", "Two plans: money by year and fund", of.MONEY_BESIDE, _beside(*FUNDS)),
        Table("banding-jiwa", "Dua rencana: jiwa terlayani sampai akhir tahun", "Two plans: people served by the end of the year", of.PEOPLE_BESIDE, _beside(*PEOPLE)),
    )
}  # fmt: skip
#: What the page of columns and its CSV hold of each column.
DICTIONARY = ("table", "column", "unit", "about_id", "about_en")


def dictionary() -> Iterator[Row]:
    """Every column of every table, with what it means."""
    for table in (*TABLES.values(), *COMPARED.values()):
        for column in table.columns:
            values = (table.name, column.name, column.unit, column.about_id, column.about_en)
            yield dict(zip(DICTIONARY, values, strict=True))
