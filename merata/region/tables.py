"""The tables of a region, declared once: checks, readers, files and docs are all made from here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "code", "int", "float", "bool", "date", "time", "choice", "idr"]
Geometry = Literal["polygon", "line", "point"]

#: How a number is known, from the surest to the least sure. `made up` is for the worked example only.
KNOWN_BY = ("measured", "reported", "modelled", "assumed", "made up")

#: Service levels, from none to best. Their numbers are in region.toml.
LEVELS = ("none", "basic", "working", "good")

#: Kind of facility -> sector whose gap it counts in.
SECTOR_OF_FACILITY = {
    "village office": "public service",
    "district office": "public service",
    "school": "education",
    "health post": "health",
    "market": "small business",
    "small-business centre": "small business",
    "creative hub": "creative economy",
    "worship": "community",
    "other": "community",
}


@dataclass(frozen=True)
class Column:
    """One column: its name, what may stand in it, and the header words that offices use for it."""

    name: str
    kind: Kind
    about: str
    unit: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    headers: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    """Words that stand for a choice, folded to lower case: {'tidak ada': 'none'}."""


@dataclass(frozen=True)
class Table:
    """One table of a region, stored as the layer of the same name in region.gpkg."""

    name: str
    about: str
    columns: tuple[Column, ...]
    geometry: Geometry | None = None
    key: tuple[str, ...] = ()
    """Columns that name a row: a later source's row with the same key replaces an earlier one's."""
    by_village: bool = False
    """Rows are matched to a village by code or by name and district."""

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The table's own columns, then those that every table has."""
        return self.columns + PROVENANCE

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError when there is none."""
        for column in self.all_columns:
            if column.name == name:
                return column
        raise KeyError(name)


PROVENANCE = (
    Column("source", "text", "File in sources/ that the row came from", required=True),
    Column("sheet", "text", "Sheet or layer in that file"),
    Column("source_row", "int", "Row in that sheet, counted as the file's own program counts", minimum=0),
    Column("source_date", "date", "Date of the information, else of its receipt"),
    Column("known_by", "choice", "How the row is known", required=True, choices=KNOWN_BY),
)

_NAME = ("nama", "name")
_VILLAGE = (
    "desa", "nama desa", "desa/kelurahan", "nama desa/kelurahan", "kelurahan", "nama kelurahan", "kampung",
    "village", "village name", "desa kelurahan", "namobj", "nm_desa", "nm_kelurahan", "wadmkd", "kel_desa",
)  # fmt: skip
_DISTRICT = (
    "kecamatan", "nama kecamatan", "kec", "district", "subdistrict", "sub-district", "nm_kecamatan", "wadmkc",
    "distrik",
)  # fmt: skip
_CODE = (
    "kode", "kode desa", "kode wilayah", "kode desa/kelurahan", "kode kemendagri", "kode desa (kemendagri)",
    "village code", "code", "kd_desa", "kdepum", "kode_desa", "id desa", "iddesa", "kode bps", "kode pum",
)  # fmt: skip
_NOTE = ("keterangan", "ket", "note", "notes", "catatan", "remarks")
_OPERATOR = ("operator", "provider", "penyedia", "penyelenggara", "pemilik", "net", "owner", "provider_name")
_PEOPLE = (
    "penduduk", "jumlah penduduk", "jiwa", "people", "population", "jumlah jiwa", "penduduk (jiwa)", "total penduduk",
)  # fmt: skip
_HOUSEHOLDS = (
    "kk", "jumlah kk", "rumah tangga", "jumlah rumah tangga", "households", "keluarga", "jumlah keluarga",
    "kepala keluarga", "jumlah kepala keluarga",
)  # fmt: skip
#: What a column of one sex stands under, or is called with.
_WHOLES = ("penduduk", "jumlah penduduk", "jiwa", "jumlah jiwa")
_WOMEN, _MEN = (
    tuple(dict.fromkeys((*own, *(f"{whole} {word}" for whole in _WHOLES for word in said))))
    for own, said in (
        (("perempuan", "jumlah perempuan", "women", "female population"), ("perempuan", "p", "pr", "wanita")),
        (("laki laki", "jumlah laki laki", "men", "male population"), ("laki laki", "l", "lk", "pria")),
    )
)
_YEAR = ("tahun", "year")
_DATE = ("tanggal", "tgl", "date", "as of", "as_of", "per tanggal", "created", "timestamp", "tanggal ukur")

VILLAGE_CODE = Column(
    "village_code", "code", "Official code of the village that the row belongs to", headers=_CODE
)
_ID = Column("id", "text", "Name of the row, stable while its source stays the same", required=True)

_FACILITY_WORDS = {
    "kantor desa": "village office", "kantor kelurahan": "village office", "balai desa": "village office",
    "kantor kepala desa": "village office", "village office": "village office", "kantor kampung": "village office",
    "kantor camat": "district office", "kantor kecamatan": "district office", "district office": "district office",
    "sekolah": "school", "sd": "school", "sdn": "school", "smp": "school", "smpn": "school", "sma": "school",
    "sman": "school", "smk": "school", "mi": "school", "mts": "school", "ma": "school", "school": "school",
    "sd negeri": "school", "paud": "school", "tk": "school",
    "puskesmas": "health post", "pustu": "health post", "puskesmas pembantu": "health post",
    "posyandu": "health post", "polindes": "health post", "poskesdes": "health post", "klinik": "health post",
    "health post": "health post", "clinic": "health post", "rumah sakit": "health post", "hospital": "health post",
    "pasar": "market", "market": "market", "marketplace": "market", "pasar desa": "market",
    "rumah kreatif": "creative hub", "creative hub": "creative hub", "sanggar": "creative hub",
    "umkm": "small-business centre", "sentra umkm": "small-business centre", "bumdes": "small-business centre",
    "small-business centre": "small-business centre", "koperasi": "small-business centre",
    "masjid": "worship", "mushola": "worship", "gereja": "worship", "balai adat": "other", "balai adat dayak": "other",
    "lainnya": "other", "other": "other",
}  # fmt: skip

_SIGNAL_WORDS = {
    "sangat kuat": "very strong", "very strong": "very strong", "kuat": "strong", "strong": "strong",
    "sedang": "strong", "lemah": "weak", "weak": "weak", "sinyal lemah": "weak", "tidak ada": "no signal",
    "tidak ada sinyal": "no signal", "no signal": "no signal", "blank spot": "no signal", "blankspot": "no signal",
    "none": "no signal", "nihil": "no signal",
}  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "villages",
            "The villages of the region: the smallest administrative unit, desa or kelurahan",
            (
                Column("code", "code", "Code of the home ministry, 64.02.01.2001", required=True, headers=_CODE),
                Column("name", "text", "Official name", required=True, headers=_VILLAGE + _NAME),
                Column("district", "text", "District (kecamatan)", required=True, headers=_DISTRICT),
                Column(
                    "regency",
                    "text",
                    "Regency or city",
                    headers=("kabupaten", "kabupaten/kota", "regency", "kab", "wadmkk", "nama kabupaten"),
                ),
                Column(
                    "kind",
                    "choice",
                    "Rural or urban village",
                    choices=("desa", "kelurahan"),
                    headers=("jenis", "kind", "status", "status desa"),
                    words={"desa": "desa", "kelurahan": "kelurahan", "kampung": "desa", "village": "desa"},
                ),
                Column("other_code", "code", "Code of the statistics office", headers=("kode bps", "bps", "bps code")),
            ),
            geometry="polygon",
            key=("code",),
        ),
        Table(
            "people",
            "How many people live in each village",
            (
                VILLAGE_CODE,
                Column("people", "int", "People", unit="people", required=True, minimum=0, headers=_PEOPLE),
                Column("households", "int", "Households", unit="households", minimum=0, headers=_HOUSEHOLDS),
                Column("women", "int", "Women and girls, where the source tells them", unit="people", minimum=0, headers=_WOMEN),
                Column("men", "int", "Men and boys, where the source tells them", unit="people", minimum=0, headers=_MEN),
                Column("year", "int", "Year of the count", minimum=1900, maximum=2100, headers=_YEAR),
            ),
            key=("village_code",),
            by_village=True,
        ),
        Table(
            "settlements",
            "People at a place inside a village: hamlet, neighbourhood unit",
            (
                _ID,
                VILLAGE_CODE,
                Column(
                    "name",
                    "text",
                    "Name of the hamlet",
                    headers=("dusun", "nama dusun", "rt", "permukiman", "hamlet", "settlement", "dusun/rt", "nama permukiman"),
                ),
                Column("people", "float", "People; weights when the village's own count is known", unit="people", minimum=0, headers=_PEOPLE),
                Column("households", "float", "Households", unit="households", minimum=0, headers=_HOUSEHOLDS),
            ),
            geometry="point",
            key=("id",),
            by_village=True,
        ),
        Table(
            "facilities",
            "Places that need a link: village office, school, health post, market, creative hub …",
            (
                _ID,
                VILLAGE_CODE,
                Column(
                    "kind",
                    "choice",
                    "What it is",
                    required=True,
                    choices=tuple(SECTOR_OF_FACILITY),
                    headers=("jenis", "jenis fasilitas", "kind", "type", "kategori", "fasilitas", "facility"),
                    words=_FACILITY_WORDS,
                ),
                Column("name", "text", "Name", headers=("nama fasilitas", "nama sekolah", "facility name", *_NAME)),
                Column(
                    "users", "int", "People who use it on a working day", unit="people", minimum=0,
                    headers=("murid", "jumlah murid", "siswa", "pengguna", "users", "pupils", "jumlah pengguna"),
                ),
            ),
            geometry="point",
            key=("id",),
            by_village=True,
        ),
        Table(
            "sites",
            "Places with, or for, equipment: tower, point of presence, repeater",
            (
                _ID,
                Column("name", "text", "Name or number the operator gives it", headers=("nama site", "site name", "site id", "nama menara", "id menara", "site", "cell", *_NAME)),
                Column(
                    "kind", "choice", "What it is", choices=("tower", "point of presence", "repeater"),
                    headers=("jenis", "kind", "tipe", "jenis site"),
                    words={"menara": "tower", "tower": "tower", "bts": "tower", "pop": "point of presence", "point of presence": "point of presence", "sto": "point of presence", "repeater": "repeater", "penguat": "repeater", "menara mandiri": "tower", "monopole": "tower", "sst": "tower"},
                ),
                Column("operator", "text", "Who runs it", headers=_OPERATOR),
                Column("height_m", "float", "Height of the antenna above ground", unit="m", minimum=0, maximum=400, headers=("tinggi", "tinggi menara", "tinggi (m)", "height", "height_m", "tinggi menara (m)", "tinggi antena")),
                Column("technologies", "text", "Technologies on air, like 2G 4G", headers=("teknologi", "technology", "radio", "jaringan", "technologies")),
                Column("frequency_mhz", "float", "Lowest carrier frequency of the newest technology", unit="MHz", minimum=30, maximum=100000, headers=("frekuensi", "frequency", "mhz", "frekuensi (mhz)")),
                Column("eirp_dbm", "float", "Radiated power per carrier", unit="dBm", minimum=-10, maximum=90, headers=("eirp", "eirp (dbm)", "daya pancar (dbm)")),
                Column("bands_mhz", "text", "Frequencies on air, MHz, like 900 1800", headers=("band", "bands", "pita frekuensi", "band (mhz)", "bands_mhz")),
                Column("azimuths_deg", "text", "Directions of its sectors, degrees from north, like 0 120 240", headers=("azimuth", "azimut", "arah sektor", "azimuth (deg)", "azimuths_deg")),
                Column("tilt_deg", "float", "Downward tilt of its antennas", unit="degrees", minimum=-20, maximum=30, headers=("tilt", "downtilt", "kemiringan antena", "tilt_deg")),
                Column("antenna", "text", "File of the antenna's pattern (.msi or .pln) beside the region's sources, when known", headers=("antena", "antenna", "tipe antena", "model antena")),
                Column("power", "choice", "Where its electricity comes from", choices=("grid", "solar", "generator", "none"), headers=("listrik", "power", "catu daya", "sumber listrik"), words={"pln": "grid", "grid": "grid", "plts": "solar", "solar": "solar", "surya": "solar", "genset": "generator", "generator": "generator", "tidak ada": "none", "none": "none"}),
                Column("samples", "int", "Sightings behind a crowd-sourced position", minimum=0, headers=("samples",)),
            ),
            geometry="point",
            key=("id",),
        ),
        Table(
            "links",
            "Fibre routes and microwave hops",
            (
                _ID,
                Column("kind", "choice", "Medium", choices=("fibre", "microwave", "satellite"), headers=("jenis", "kind", "media", "medium"), words={"fo": "fibre", "fiber": "fibre", "fibre": "fibre", "fiber optik": "fibre", "serat optik": "fibre", "microwave": "microwave", "radio": "microwave", "satelit": "satellite", "satellite": "satellite"}),
                Column("name", "text", "Name of the route", headers=("ruas", "nama ruas", "route", *_NAME)),
                Column("operator", "text", "Who runs it", headers=_OPERATOR),
                Column("capacity_mbps", "float", "Capacity", unit="Mbit/s", minimum=0, headers=("kapasitas", "capacity", "kapasitas (mbps)")),
                Column("status", "choice", "Whether it is there", choices=("operational", "planned"), headers=("status",), words={"operational": "operational", "aktif": "operational", "beroperasi": "operational", "planned": "planned", "rencana": "planned", "proposed": "planned", "underconstruction": "planned", "construction": "planned"}),
            ),
            geometry="line",
            key=("id",),
        ),
        Table(
            "reports",
            "What somebody said about access at a village: who, when, how strong",
            (
                _ID,
                VILLAGE_CODE,
                Column("place", "text", "Settlement or facility inside the village, when named", headers=("lokasi", "place", "titik")),
                Column("signal", "choice", "Strength of the mobile signal", choices=("very strong", "strong", "weak", "no signal"), headers=("sinyal", "kekuatan sinyal", "signal", "sinyal telepon seluler", "sinyal seluler", "sinyal hp", "sinyal telepon", "kualitas sinyal", "kondisi sinyal", "signal strength"), words=_SIGNAL_WORDS),
                Column("level", "choice", "Service level that the report amounts to", choices=LEVELS, headers=("tingkat layanan", "service level", "level", "akses internet", "internet"), words={"tidak ada": "none", "none": "none", "dasar": "basic", "basic": "basic", "layak": "working", "working": "working", "baik": "good", "good": "good"}),
                Column("technology", "text", "Technology seen", headers=("teknologi", "jaringan", "technology")),
                Column("who", "text", "Office or list that said so (never a person's name)", headers=("sumber", "list", "who", "pelapor instansi")),
                Column("note", "text", "Words of the report", headers=_NOTE),
            ),
            key=("id",),
            by_village=True,
        ),
        Table(
            "measurements",
            "Measured signal and speed",
            (
                _ID,
                VILLAGE_CODE,
                Column("when", "date", "Day measured", headers=_DATE),
                Column("operator", "text", "Network measured", headers=_OPERATOR),
                Column("technology", "text", "Technology", headers=("teknologi", "technology", "jaringan", "radio")),
                Column("signal_dbm", "float", "Received power (RSRP where 4G)", unit="dBm", minimum=-160, maximum=0, headers=("rsrp", "sinyal (dbm)", "signal_dbm", "signal", "rsrp (dbm)", "kuat sinyal (dbm)")),
                Column("down_mbps", "float", "Download rate", unit="Mbit/s", minimum=0, headers=("unduh", "download", "down", "unduh (mbps)", "download (mbps)", "kecepatan unduh")),
                Column("up_mbps", "float", "Upload rate", unit="Mbit/s", minimum=0, headers=("unggah", "upload", "up", "unggah (mbps)", "upload (mbps)", "kecepatan unggah")),
                Column("latency_ms", "float", "Round-trip time", unit="ms", minimum=0, headers=("latensi", "latency", "ping", "ping (ms)", "latensi (ms)")),
                Column("tests", "int", "Tests behind the row", minimum=1, headers=("tests", "jumlah uji")),
                Column("availability", "float", "Share of the time that the link worked", minimum=0, maximum=1, headers=("availability", "ketersediaan")),
                Column("place", "text", "Facility whose own link it is, by name or kind: tells of it alone, of nobody around", headers=("lokasi", "place", "titik")),
            ),
            geometry="point",
            key=("id",),
            by_village=True,
        ),
        Table(
            "devices",
            "Who has a device: households and facilities",
            (
                VILLAGE_CODE,
                Column("households_with_smartphone", "int", "Households with a smartphone", unit="households", minimum=0, headers=("kk punya hp", "rumah tangga dengan telepon pintar", "households with smartphone", "smartphone", "hp android", "kk memiliki smartphone")),
                Column("households_with_computer", "int", "Households with a computer", unit="households", minimum=0, headers=("kk punya komputer", "komputer", "laptop", "households with computer", "kk memiliki komputer")),
                Column("shared_devices", "int", "Devices in facilities that people share", minimum=0, headers=("komputer bersama", "perangkat bersama", "shared devices", "komputer desa")),
            ),
            key=("village_code",),
            by_village=True,
        ),
        Table(
            "electricity",
            "Electricity in each village",
            (
                VILLAGE_CODE,
                Column("electricity", "choice", "Main source", choices=("grid", "solar", "generator", "none"), headers=("listrik", "sumber listrik", "electricity", "jaringan listrik", "penerangan", "sumber penerangan"), words={"pln": "grid", "listrik pln": "grid", "grid": "grid", "ada": "grid", "ya": "grid", "plts": "solar", "solar": "solar", "tenaga surya": "solar", "non pln": "generator", "genset": "generator", "plntd": "generator", "generator": "generator", "tidak ada": "none", "belum": "none", "none": "none", "tidak": "none", "bukan listrik": "none"}),
                Column("hours_per_day", "float", "Hours a day", unit="h", minimum=0, maximum=24, headers=("jam nyala", "jam/hari", "hours", "hours per day", "jam per hari", "lama nyala (jam)")),
            ),
            key=("village_code",),
            by_village=True,
        ),
        Table(
            "ways",
            "Roads, rivers and power lines",
            (
                _ID,
                Column("kind", "choice", "What it is", required=True, choices=("road", "river", "power line"), headers=("jenis", "kind", "fclass"), words={"jalan": "road", "road": "road", "sungai": "river", "river": "river", "jaringan listrik": "power line", "power line": "power line", "sutm": "power line"}),
                Column("name", "text", "Name", headers=("nama jalan", "nama sungai", *_NAME)),
                Column("grade", "text", "Class as its source gives it", headers=("kelas", "class", "grade", "fungsi")),
            ),
            geometry="line",
            key=("id",),
        ),
        Table(
            "budgets",
            "What each fund has in each year",
            (
                Column("year", "int", "Year", required=True, minimum=2000, maximum=2100, headers=("tahun", "year", "tahun anggaran")),
                Column("fund", "text", "Fund", headers=("sumber dana", "fund", "dana", "sumber anggaran")),
                Column("granted_idr", "idr", "Amount granted", unit="IDR", minimum=0, headers=("granted_idr", "anggaran", "pagu", "amount", "granted", "budget", "disetujui", "pagu (rp)", "anggaran (rp)", "jumlah (rp)")),
                Column("needed_low_idr", "idr", "Amount needed, low", unit="IDR", minimum=0, headers=("needed_low_idr", "kebutuhan", "kebutuhan minimum")),
                Column("needed_high_idr", "idr", "Amount needed, high", unit="IDR", minimum=0, headers=("needed_high_idr", "kebutuhan maksimum")),
                Column("spent_idr", "idr", "Amount spent", unit="IDR", minimum=0, headers=("spent_idr", "realisasi", "spent", "realisasi (rp)")),
                Column("note", "text", "Note", headers=_NOTE),
            ),
            key=("fund", "year"),
        ),
        Table(
            "prices",
            "What things cost",
            (
                Column("component", "choice", "Component of the catalogue that the row prices"),
                Column("item", "text", "Words of the source", required=True, headers=("item", "uraian", "komponen", "nama barang", "barang/jasa", "uraian pekerjaan")),
                Column("low_idr", "idr", "Price, low", unit="IDR", minimum=0, headers=("low", "low_idr", "harga", "harga minimum", "harga satuan", "harga (rp)", "harga terendah", "harga satuan (rp)")),
                Column("high_idr", "idr", "Price, high", unit="IDR", minimum=0, headers=("high", "high_idr", "harga maksimum", "harga tertinggi")),
                Column("unit", "text", "IDR once, IDR/month …", headers=("unit", "satuan")),
                Column("basis", "text", "Where the price comes from", headers=("basis", "dasar", "sumber harga", *_NOTE)),
                Column("sites", "int", "How many were bought at such prices; empty: a list or an offer", minimum=1, headers=("sites", "jumlah titik")),
            ),
            key=("item",),
        ),
        Table(
            "totals",
            "Totals of a whole regency, to check and fill in what its villages lack",
            (
                Column("regency_code", "code", "Code of the regency", required=True, headers=("regency_code", "kode kabupaten", "kode kab")),
                Column("regency", "text", "Regency", headers=("kabupaten", "regency", "kabupaten/kota")),
                Column("people", "int", "People", unit="people", required=True, minimum=0, headers=_PEOPLE),
                Column("land_km2", "float", "Land", unit="km²", minimum=0, headers=("luas", "land_km2", "luas (km2)", "luas wilayah")),
            ),
            key=("regency_code",),
        ),
        Table(
            "crosswalk",
            "Codes of the statistics office beside those of the home ministry",
            (
                Column("code", "code", "Code of the home ministry", required=True, headers=("kode kemendagri", "kode mendagri", "kemendagri", "ministry code")),
                Column("other_code", "code", "Code of the statistics office", required=True, headers=("kode bps", "bps", "bps code")),
            ),
            key=("other_code",),
        ),
        Table(
            "claims",
            "Areas that an operator says it covers: compared with what is modelled and measured, never taken as access",
            (
                _ID,
                Column("operator", "text", "Who says that it covers the area", headers=_OPERATOR),
                Column("technology", "text", "Technology", headers=("teknologi", "technology", "jaringan", "radio", "network")),
            ),
            geometry="polygon",
            key=("id",),
        ),
        Table(
            "gone",
            "What was found not to be there any more: it takes older rows of sites, facilities and settlements away",
            (
                _ID,
                VILLAGE_CODE,
                Column("what", "choice", "What is gone", required=True, choices=("tower", "settlement", *SECTOR_OF_FACILITY), headers=("yang sudah tidak ada", "what is gone")),
                Column("called", "text", "Name of the facility or settlement", headers=("nama yang sudah tidak ada", "name of what is gone")),
                Column("run_by", "text", "Operator of the tower; empty: any", headers=("operator yang sudah tidak ada", "operator of what is gone")),
                Column("why", "text", "How that is known", headers=("dasar tidak ada", "how it is known gone")),
            ),
            geometry="point",
            key=("id",),
            by_village=True,
        ),
    )
}  # fmt: skip
