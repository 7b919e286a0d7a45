"""The tables of the comparison, declared once: name, what each is about, and what each column means."""

# ruff: noqa: E501 — declared data: one column a line reads better than a folded one.
from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from merata.publish.columns import Column, Kind


@dataclass(frozen=True)
class Table:
    """A table: name of its sheet, what it says in both languages, its columns."""

    sheet: str
    about_id: str
    about_en: str
    columns: tuple[Column, ...]


def _spread(
    name: str, head_id: str, head_en: str, kind: Kind, about_id: str = "", about_en: str = ""
) -> tuple[Column, ...]:
    return (
        Column(name, head_id, head_en, kind, 13, about_id, about_en),
        Column(f"{name}_low", f"{head_id}, batas bawah", f"{head_en}, low", kind, 13, "Batas bawah selang 95%", "Lower end of the 95% interval"),
        Column(f"{name}_high", f"{head_id}, batas atas", f"{head_en}, high", kind, 13, "Batas atas selang 95%", "Upper end of the 95% interval"),
    )  # fmt: skip


_REGION = Column(
    "region",
    "Wilayah",
    "Region",
    "text",
    10,
    "Kode wilayah; kosong: semua wilayah bersama",
    "Code of the region; empty: all regions together",
)
_VILLAGES = Column("villages", "Desa", "Villages", "int", 9)
_PEOPLE = Column("people", "Penduduk", "People", "int", 12)
_OPTION = Column("option", "Cara", "Option", "text", 14)
_TERRAIN = Column(
    "terrain",
    "Medan",
    "Terrain",
    "text",
    12,
    "flat, hilly, mountainous: naik turun tanah dalam 3 km; unknown",
    "flat, hilly, mountainous: how the ground rises and falls within 3 km; unknown",
)
_REMOTENESS = Column(
    "remoteness",
    "Keterpencilan",
    "Remoteness",
    "text",
    12,
    "near, middle, far: banyaknya orang dalam 10 km; unknown",
    "near, middle, far: how many people live within 10 km; unknown",
)
_COVERED = Column(
    "covered",
    "Tercakup",
    "Covered",
    "share",
    10,
    "Bagian bobot provinsi yang jenis tempatnya ada di wilayah itu",
    "Share of the province's weight whose kinds of place the region has",
)
_ALIKE = (
    "Bila tempatnya seperti di provinsi: distandarkan langsung menurut jenis tempat",
    "As if its places were as the province's: directly standardised by kind of place",
)
_WAITS = (
    Column("cases", "Kasus", "Cases", "int", 9),
    Column(
        "open",
        "Belum selesai",
        "Still open",
        "int",
        9,
        "Yang akhirnya belum terlihat; dihitung selama terlihat",
        "Whose end was not seen; counted for as long as seen",
    ),
)

TABLES: dict[str, Table] = {
    "regions": Table("Wilayah - Regions", "Wilayah, pemilik datanya, dan umur datanya", "The regions, who owns their data, and how old it is", (
        Column("code", "Kode", "Code", "text", 10), Column("name", "Nama", "Name", "text", 28),
        Column("owner", "Pemilik data", "Owner of the data", "text", 34),
        Column("taken_on", "Diambil", "Taken on", "text", 12), Column("dated", "Data per", "Data of", "text", 12, "Berkas terbaru yang menjadi dasar rencananya", "Newest file that its plan rests on"),
        Column("stale", "Tidak terbaru", "Not the newest", "text", 10, "Benar bila pengambilan terakhir gagal: yang ada lebih lama, atau tidak ada", "True where the last try to take it failed: what is there is older, or nothing is"),
        _VILLAGES, _PEOPLE,
    )),
    "access": Table("Akses - Access", "Penduduk menurut tingkat layanan, dan bagian yang mencapai janji", "People by service level, and the share that reaches the promise", (
        _REGION, _VILLAGES, _PEOPLE,
        Column("promised", "Dijanjikan", "Promised", "text", 12, "Tingkat yang dijanjikan; beberapa, yang terbanyak dulu", "Level that is promised; several, that of most people first"),
        Column("share_none", "Tanpa layanan", "No service", "share", 10), Column("share_basic", "Dasar", "Basic", "share", 10),
        Column("share_working", "Layak", "Working", "share", 10), Column("share_good", "Baik", "Good", "share", 10),
        *_spread("reached", "Mencapai janji", "Reach the promise", "share"), *_spread("alike", "Di tempat serupa", "In like places", "share", *_ALIKE), _COVERED,
    )),
    "kinds": Table("Jenis - Kinds", "Bagian penduduk yang mencapai janji menurut jenis tempat", "Share of people who reach the promise by kind of place", (
        _TERRAIN, _REMOTENESS, _REGION, _VILLAGES, _PEOPLE, *_spread("reached", "Mencapai janji", "Reach the promise", "share"),
    )),
    "inequality": Table("Timpang - Inequality", "Ketimpangan akses antardesa di dalam setiap wilayah", "Inequality of access between the villages of each region", (
        _REGION, _VILLAGES, *_spread("gini", "Indeks Gini", "Gini index", "decimal"),
        *_spread("worst_tenth", "Sepersepuluh terbawah", "Worst-off tenth", "share", "Akses rata-rata sepersepuluh warga yang paling tertinggal", "Mean access of the tenth of people who are worst off"),
        Column("between_kinds", "Antarjenis", "Between kinds", "share", 12, "Bagian indeks Theil yang terletak antara jenis tempat", "Share of the Theil index that lies between kinds of place"),
    )),
    "cost": Table("Biaya - Cost", "Biaya rencana per orang yang dilayani, menurut cara dan medan", "The plan's cost for each person served, by option and terrain", (
        _OPTION, _TERRAIN, _REGION, _VILLAGES, Column("people_served", "Dilayani", "People served", "int", 12),
        *_spread("capex_idr", "Sekali (Rp/orang)", "Once (IDR/person)", "idr"), *_spread("opex_idr_per_year", "Tiap tahun (Rp/orang)", "Each year (IDR/person)", "idr"),
    )),
    "connect": Table("Sambung - Connect", "Hari dari kontrak sampai beroperasi, menurut cara dan keterpencilan", "Days from contract to service, by option and remoteness", (
        _OPTION, _REMOTENESS, _REGION, *_WAITS, *_spread("days", "Hari, median", "Days, median", "decimal"),
    )),
    "repair": Table("Perbaikan - Repair", "Jam dari gangguan sampai pulih, menurut cara dan keterpencilan", "Hours from failure to repair, by option and remoteness", (
        _OPTION, _REMOTENESS, _REGION, *_WAITS, *_spread("hours", "Jam, median", "Hours, median", "decimal"),
    )),
    "kept": Table("Janji - Promises", "Janji yang tahunnya sudah lewat: berapa yang ditepati pada tahun itu", "Promises whose year is over: how many were kept in that year", (
        _REGION, Column("due", "Jatuh tempo", "Due", "int", 9), Column("kept", "Ditepati", "Kept", "int", 9),
        Column("moved", "Diundur", "Put off", "int", 9, "Diganti dengan janji untuk tahun kemudian; tetap dihitung", "Replaced by a promise of a later year; counted all the same"),
        *_spread("share", "Bagian", "Share", "share"), *_spread("alike", "Di tempat serupa", "In like places", "share", *_ALIKE), _COVERED,
        Column("chance_low", "Kebetulan, bawah", "Chance, low", "share", 11, "Di antara keduanya 95% wilayah seperti semua, karena kebetulan", "Between the two lie 95% of regions that are as all are, by chance"),
        Column("chance_high", "Kebetulan, atas", "Chance, high", "share", 11),
        Column("rare_low", "Jarang, bawah", "Rare, low", "share", 11, "Sama, 99,8%", "The same, 99.8%"), Column("rare_high", "Jarang, atas", "Rare, high", "share", 11),
    )),
    "bundles": Table("Paket - Bundles", "Paket data yang ditandatangani wilayah lain: umur dan penandatangannya", "Signed bundles of regions: their age and who signed them", (
        _REGION, Column("name", "Nama", "Name", "text", 28), Column("serial", "Nomor", "Number", "int", 8), Column("date", "Dikemas", "Packed on", "text", 12),
        Column("age_days", "Umur (hari)", "Age (days)", "int", 10), Column("signer", "Penandatangan", "Signed by", "text", 24, "Nama kunci yang menandatangani", "Name of the key that signed it"),
        Column("key", "Kunci publik", "Public key", "text", 40), Column("made_up", "Rekaan", "Made up", "text", 9), Column("licence", "Lisensi", "Licence", "text", 24),
        _VILLAGES, Column("points", "Titik layanan", "Service points", "int", 12),
    )),
    "outcomes": Table("Hasil - Outcomes", "Hasil titik layanan menurut paket data: rata-rata atas titik, menurut cara dan medan", "What came of service points by the bundles: means over points, by option and terrain", (
        _OPTION, Column("terrain", "Medan", "Terrain", "text", 12, "Menurut wilayah pengirim; mixed: bermacam-macam", "By the region that packed it; mixed: of several kinds"), _REGION, Column("points", "Titik layanan", "Service points", "int", 12),
        *_spread("days_to_connect", "Hari sampai tersambung", "Days to connect", "decimal"), *_spread("availability", "Ketersediaan", "Availability", "share"),
        *_spread("days_to_repair", "Hari sampai pulih", "Days to repair", "decimal"), *_spread("paid_idr", "Dibayar (Rp/bulan)", "Paid (IDR a month)", "idr"),
        Column("judged", "Janji dinilai", "Promises judged", "int", 12), *_spread("kept", "Ditepati", "Kept", "share"),
    )),
}  # fmt: skip


def shaped(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A table with just the columns that are declared, in their order."""
    return frame.reindex(columns=[column.name for column in TABLES[name].columns])
