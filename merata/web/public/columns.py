"""The columns of the open data, declared once: name, unit, and what each means in both languages."""

# ruff: noqa: E501 — declared data: one column a line reads better than a folded one.
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column: its name, its unit if it has one, and what it means in both languages."""

    name: str
    about_id: str
    about_en: str
    unit: str = ""


_CODE = Column("village_code", "Kode resmi desa", "Official code of the village")
_VILLAGE = Column("village", "Nama desa", "Name of the village")
_DISTRICT = Column("district", "Kecamatan", "District")
_PLACE = (
    Column("lon", "Bujur (WGS 84)", "Longitude (WGS 84)", "°"),
    Column("lat", "Lintang (WGS 84)", "Latitude (WGS 84)", "°"),
)
_FUND = Column("fund", "Sumber dana", "Fund")
_CHANCE = "Peluang berada di bawah janji, 0 sampai 1", "Chance of being below the promise, 0 to 1"
_FACTS = (
    Column("access_now", "Tingkat layanan sekarang: none, basic, working, good", "Service level now: none, basic, working, good"),
    Column("promised", "Tingkat layanan yang dijanjikan", "Service level that is promised"),
    Column("known_by", "Cara tahu: measured, reported, modelled, assumed, made up", "How known: measured, reported, modelled, assumed, made up"),
    Column("chance_below", *_CHANCE),
    Column("chance_pm", "Ketidakpastian baku peluang itu", "Standard uncertainty of that chance"),
    Column("wants", "Yang kurang: link, strength, power, device", "What is wanting: link, strength, power, device"),
    Column("year", "Tahun pertama layanan menurut rencana; kosong: tidak ada", "First year of service in the plan; empty: none"),
    Column("option", "Cara melayani", "How it is served"),
    _FUND,
    Column("capex_idr", "Biaya sekali", "Paid once", "IDR"),
    Column("opex_idr_per_year", "Biaya tiap tahun layanan", "Paid every year of service", "IDR"),
)  # fmt: skip
_REASONS = (
    Column("reason_id", "Alasan, bahasa Indonesia", "The reason, in Indonesian"),
    Column("reason_en", "Alasan, bahasa Inggris", "The reason, in English"),
)
PLANNED_VILLAGES = (
    Column("code", "Kode resmi desa", "Official code of the village"),
    Column("name", "Nama desa", "Name of the village"),
    _DISTRICT,
    Column("people", "Penduduk", "People", "jiwa / people"),
    Column("people_known_by", "Cara tahu jumlah penduduk", "How the number of people is known"),
    Column("people_below", "Perkiraan penduduk di bawah janji", "Expected people below the promise", "jiwa / people"),
    Column("people_served", "Perkiraan penduduk yang dinaikkan rencana ke janji", "Expected people whom the plan brings to the promise", "jiwa / people"),
    *_FACTS,
    Column("access_then", "Tingkat layanan setelah rencana terlaksana", "Service level once the plan is carried out"),
    Column("electricity", "Listrik", "Electricity"),
    Column("evidence", "Dasar pengetahuan, bahasa Inggris", "What says so, in English"),
    *_REASONS,
    *_PLACE,
)  # fmt: skip
_STANDS = Column("stands", "Keadaan: served, promised, late, unserved", "Where it stands: served, promised, late, unserved")  # fmt: skip
FACILITIES = (
    Column("key", "Pengenal fasilitas", "The facility's identifier"),
    Column("name", "Nama", "Name"),
    Column("kind", "Jenis", "Kind"),
    Column("sector", "Bidang", "Sector"),
    _CODE, _VILLAGE, _DISTRICT, *_FACTS,
    Column("until", "Tahun terakhir layanan, bila sesudahnya diganti", "Last year of service, where something better follows"),
    *_REASONS, *_PLACE,
)  # fmt: skip
POINTS = (
    Column("code", "Kode titik layanan", "Code of the service point"),
    _CODE, _VILLAGE, _DISTRICT,
    Column("place", "Tempat siapa", "Whose place it is"),
    Column("kind", "Jenis tempat", "Kind of place"),
    Column("option", "Cara melayani", "How it is served"),
    Column("provider", "Penyedia", "Provider"),
    Column("contract", "Nomor kontrak", "Number of the contract"),
    Column("state", "Tahap: proposed, verified, contracted, installed, accepted, in service, suspended, replaced, ended", "State: proposed, verified, contracted, installed, accepted, in service, suspended, replaced, ended"),
    Column("since", "Pada tahap itu sejak", "In that state since"),
    Column("due", "Batas waktu tahap berikutnya", "When the next step is due"),
    Column("tested_on", "Tanggal uji", "Day of its test"),
    Column("test_down_mbps", "Laju turun saat uji", "Download rate at its test", "Mbit/s"),
    Column("test_up_mbps", "Laju naik saat uji", "Upload rate at its test", "Mbit/s"),
    Column("test_latency_ms", "Jeda saat uji", "Delay at its test", "ms"),
    *_PLACE,
)  # fmt: skip
COMMITMENTS = (
    Column("number", "Nomor komitmen", "Number of the commitment"),
    Column("plan", "Nomor rencana asalnya", "Number of the plan that it comes from"),
    _CODE, _VILLAGE, _DISTRICT,
    Column("place", "Tempat", "Place"),
    Column("level", "Tingkat layanan yang dijanjikan", "Service level that is promised"),
    Column("option", "Cara melayani", "How it is served"),
    Column("year", "Tahun yang dijanjikan", "Year that is promised"),
    _FUND,
    Column("owner", "Penanggung jawab", "Who answers for it"),
    Column("state", "Keadaan: promised, on the way, kept, late, broken, changed", "State: promised, on the way, kept, late, broken, changed"),
    Column("reason", "Alasan", "Reason"),
    Column("made_on", "Tanggal dibuat (UTC)", "Day on which it was made (UTC)"),
    Column("replaced_by", "Nomor komitmen penggantinya", "Number of the commitment that replaces it"),
    *_PLACE,
)  # fmt: skip
BUDGET = (
    Column("year", "Tahun", "Year"),
    _FUND,
    Column("known_by", "Cara tahu anggaran", "How the budget is known"),
    Column("budget_idr", "Anggaran", "Budget", "IDR"),
    Column("planned_idr", "Direncanakan", "Planned", "IDR"),
    Column("contracted_idr", "Dikontrak", "Contracted", "IDR"),
    Column("paid_idr", "Dibayar", "Paid", "IDR"),
)
CONTRACTS = (
    Column("number", "Nomor kontrak", "Number of the contract"),
    Column("provider", "Penyedia", "Provider"),
    _FUND,
    Column("starts", "Mulai", "From"),
    Column("ends", "Sampai", "Until"),
    Column("fee_idr_per_month", "Biaya bulanan satu titik", "Monthly fee of one point", "IDR"),
    Column("down_mbps", "Laju turun yang dijanjikan", "Download rate promised", "Mbit/s"),
    Column("up_mbps", "Laju naik yang dijanjikan", "Upload rate promised", "Mbit/s"),
    Column("availability", "Bagian waktu menyala yang dijanjikan, 0 sampai 1", "Share of time promised to be up, 0 to 1"),
    Column("repair_hours", "Batas waktu perbaikan", "Time to repair", "h"),
)  # fmt: skip
PAYMENTS = (
    Column("month", "Bulan yang dibayar (hari pertamanya)", "Month that is paid for (its first day)"),
    Column("contract", "Nomor kontrak", "Number of the contract"),
    Column("provider", "Penyedia", "Provider"),
    Column("point", "Titik layanan; kosong: semuanya", "Service point; empty: all of them"),
    Column("amount_idr", "Jumlah", "Amount", "IDR"),
    _FUND,
    Column("paid_on", "Tanggal bayar", "Paid on"),
    Column("reference", "Nomor bukti", "Reference"),
)
WORKS = (
    Column("key", "Pengenal bangunan", "Identifier of the works"),
    Column("kind", "Jenis", "Kind"),
    _CODE,
    Column("year", "Tahun", "Year"),
    _FUND,
    Column("capex_idr", "Biaya sekali", "Paid once", "IDR"),
    Column("opex_idr_per_year", "Biaya tiap tahun", "Paid every year", "IDR"),
    Column("serves", "Tempat yang dilayaninya", "Places served over it"),
    Column("length_km", "Panjang", "Length", "km"),
    Column("detail_id", "Keterangan, bahasa Indonesia", "Detail, in Indonesian"),
    Column("detail_en", "Keterangan, bahasa Inggris", "Detail, in English"),
)
VILLAGES = (*PLANNED_VILLAGES[:-2], _STANDS, *_PLACE)
