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
_MIDDLE = (
    Column(
        "lon", "Bujur tengah desa-desanya (WGS 84)", "Longitude of the middle of its villages (WGS 84)", "°"
    ),
    Column(
        "lat", "Lintang tengah desa-desanya (WGS 84)", "Latitude of the middle of its villages (WGS 84)", "°"
    ),
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
LANDS = (
    _CODE, _VILLAGE, _DISTRICT,
    Column("relief_m", "Naik turun tanah dalam 3 km dari tempat tinggal warga", "How much the ground rises and falls within 3 km of where people live", "m"),
    *_PLACE,
)  # fmt: skip
CONNECTIONS = (
    Column("point", "Kode titik layanan", "Code of the service point"),
    _CODE, _VILLAGE, _DISTRICT,
    Column("option", "Cara melayani", "How it is served"),
    Column("contracted_on", "Mulai dikontrak", "Under contract since"),
    Column("connected_on", "Pertama kali beroperasi; kosong: belum", "First in service; empty: not yet"),
    Column("known_until", "Bila belum: menunggu sampai hari ini, atau sampai berakhir", "Where not yet: it waits until today, or waited until it was ended"),
)  # fmt: skip
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
    Column("test_down_mbps", "Laju unduh saat uji", "Download rate at its test", "Mbit/s"),
    Column("test_up_mbps", "Laju unggah saat uji", "Upload rate at its test", "Mbit/s"),
    Column("test_latency_ms", "Jeda saat uji", "Delay at its test", "ms"),
    *_PLACE,
)  # fmt: skip
COMMITMENTS = (
    Column("number", "Nomor komitmen", "Number of the commitment"),
    Column("plan", "Nomor rencana asalnya", "Number of the plan that it comes from"),
    Column("meeting", "Nomor rapat asalnya", "Number of the meeting that it comes from"),
    Column("action", "Yang akan dikerjakan, bila dari rapat", "What is to be done, where a meeting agreed it"),
    _CODE, _VILLAGE, _DISTRICT,
    Column("place", "Tempat", "Place"),
    Column("level", "Tingkat layanan yang dijanjikan", "Service level that is promised"),
    Column("option", "Cara melayani", "How it is served"),
    Column("year", "Tahun yang dijanjikan", "Year that is promised"),
    Column("due", "Hari terakhir", "The last day on which it is in time"),
    _FUND,
    Column("owner", "Penanggung jawab", "Who answers for it"),
    Column("state", "Keadaan: promised, on the way, kept, late, broken, changed", "State: promised, on the way, kept, late, broken, changed"),
    Column("reason", "Alasan", "Reason"),
    Column("evidence", "Bukti", "Evidence"),
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
    Column("down_mbps", "Laju unduh yang dijanjikan", "Download rate promised", "Mbit/s"),
    Column("up_mbps", "Laju unggah yang dijanjikan", "Upload rate promised", "Mbit/s"),
    Column("availability", "Bagian waktu beroperasi yang dijanjikan, 0 sampai 1", "Share of time promised to be up, 0 to 1"),
    Column("repair_hours", "Batas waktu perbaikan", "Time to repair", "h"),
    Column("latency_ms", "Jeda ke pusat yang dijanjikan; kosong: tidak ada", "Round trip to the centre promised; empty: none", "ms"),
    Column("notice_hours", "Pekerjaan diberitahukan sekian jam sebelumnya", "Planned work is told so long before", "h"),
    Column("power_by", "Yang menanggung listrik: village, provider", "Who answers for the power: village, provider"),
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
_COUNT = "desa / villages"
DISTRICTS = (
    _DISTRICT,
    Column("villages", "Banyaknya desa", "Number of villages", _COUNT),
    Column("people", "Penduduk", "People", "jiwa / people"),
    Column("served", "Desa yang sudah terlayani", "Villages that are served", _COUNT),
    Column("promised", "Desa yang dijanjikan", "Villages that are promised", _COUNT),
    Column("late", "Desa yang terlambat", "Villages that are late", _COUNT),
    Column("unserved", "Desa yang belum ada rencananya", "Villages without a plan", _COUNT),
    *_MIDDLE,
)
PLANNED_DISTRICTS = (
    *DISTRICTS[:3],
    Column(
        "people_below",
        "Perkiraan penduduk di bawah janji",
        "Expected people below the promise",
        "jiwa / people",
    ),
    Column(
        "villages_served", "Desa yang mendapat titik layanan", "Villages that get a service point", _COUNT
    ),
    Column(
        "people_served",
        "Perkiraan penduduk yang dinaikkan rencana ke janji",
        "Expected people whom the plan brings to the promise",
        "jiwa / people",
    ),
    Column(
        "not_planned",
        "Desa yang mungkin sekali di bawah janji tetapi belum tertampung",
        "Villages probably below the promise and left out",
        _COUNT,
    ),
    Column("points", "Titik layanan", "Service points"),
    *_FACTS[-2:],
    *_MIDDLE,
)
_RANGE = (
    ("", "", ""),
    ("_low", ", batas bawah 95%", ", 95% lower bound"),
    ("_high", ", batas atas 95%", ", 95% upper bound"),
)


def _with_range(name: str, about_id: str, about_en: str, unit: str = "") -> tuple[Column, ...]:
    return tuple(Column(name + end, about_id + in_id, about_en + in_en, unit) for end, in_id, in_en in _RANGE)


_PERIOD = Column(
    "period", "Bulan, seperti 2026-11, atau tahun (WITA)", "Month, such as 2026-11, or year (WITA)"
)
_DELIVERED = (
    *_with_range("availability", "Bagian waktu hidup dari waktu yang dihitung, 0 sampai 1", "Share of the time that counts in which it was available, 0 to 1"),
    Column("known_share", "Bagian waktu yang diketahui, 0 sampai 1", "Share of the time that is known, 0 to 1"),
    Column("enough", "Apakah buktinya cukup untuk menilai", "Whether there is evidence enough to judge"),
    Column("served", "Bagian waktu ada internet bagi orang, siapa pun sebabnya", "Share of time with internet for people, whoever's fault"),
    Column("outages", "Gangguan tautan yang mulai saat itu", "Outages of the link that began then"),
    Column("down_s", "Waktu mati yang dihitung", "Time down that counts", "s"),
    Column("excused_s", "Waktu yang dimaafkan", "Time that is excused", "s"),
    Column("unknown_s", "Waktu yang tidak diketahui", "Time that is unknown", "s"),
    *_with_range("down_mbps", "Laju unduh pada jam sibuk, median", "Download rate at busy hours, median", "Mbit/s"),
    Column("down_mbps_tests", "Banyaknya uji pada jam sibuk", "Number of tests at busy hours"),
    *_with_range("up_mbps", "Laju unggah pada jam sibuk, median", "Upload rate at busy hours, median", "Mbit/s"),
    *_with_range("latency_ms", "Jeda ke pusat, median", "Round trip to the centre, median", "ms"),
    *_with_range("repair_h", "Waktu perbaikan, median", "Time to repair, median", "h"),
    Column("repairs", "Gangguan yang dihitung", "Outages that count"),
    Column("repairs_late", "Yang pasti lebih lama dari janji", "Of them surely longer than promised"),
    Column("gb", "Data yang lewat", "Data carried", "GB"),
    Column("clients", "Perangkat sekaligus, rata-rata", "Devices at a time, on average"),
)  # fmt: skip
_PROMISES = ("availability", "down_mbps", "up_mbps", "latency", "repair")
SCORES = (
    Column("of", "Milik: village, provider, technology, district, offer (penyedia dan cara)", "Of: village, provider, technology, district, offer (provider and technology)"),
    Column("name", "Yang mana", "Which one"),
    _PERIOD,
    Column("points", "Banyaknya titik", "Number of points"),
    *_DELIVERED,
    *(Column(f"{what}_kept", f"Titik yang janjinya ditepati: {what}", f"Points whose promise was kept: {what}") for what in _PROMISES),
    *(Column(f"{what}_missed", f"Titik yang janjinya tidak ditepati: {what}", f"Points whose promise was missed: {what}") for what in _PROMISES),
)  # fmt: skip
_VERDICT = (
    "kept, missed, unsure, too little; kosong: tidak dijanjikan",
    "kept, missed, unsure, too little; empty: nothing was promised",
)
POINT_SCORES = (
    Column("point", "Kode titik layanan", "Code of the service point"),
    _CODE, _VILLAGE, _DISTRICT, _PERIOD,
    *_DELIVERED,
    *(Column(f"{what}_verdict", f"Janji {what}: {_VERDICT[0]}", f"Promise of {what}: {_VERDICT[1]}") for what in _PROMISES),
)  # fmt: skip
OUTAGES = (
    Column("point", "Kode titik layanan", "Code of the service point"),
    _CODE, _VILLAGE, _DISTRICT,
    Column("start", "Mulai (UTC)", "Began (UTC)"),
    Column("end", "Berakhir, atau sampai saat itu diketahui (UTC)", "Ended, or is known until then (UTC)"),
    Column("ended", "Apakah akhirnya terlihat", "Whether its end was seen"),
    Column("cause", "Sebab: link, region-wide, power, maintenance", "Cause: link, region-wide, power, maintenance"),
    Column("counts", "Dihitung sebagai: down, excused", "Counts as: down, excused"),
    Column("excused_by", "Sebab dimaafkan: maintenance, majeure, contest, power", "Excused by: maintenance, majeure, contest, power"),
    Column("contest", "Sanggahan penyedia: open, upheld, rejected; kosong: tidak disanggah", "The provider's contest: open, upheld, rejected; empty: none"),
)  # fmt: skip
YEARS = (
    Column("year", "Tahun", "Year"),
    Column("budget_idr", "Anggaran", "Budget", "IDR"),
    Column("budget_known_by", "Cara tahu anggaran", "How the budget is known"),
    Column("capex_idr", "Biaya membangun", "Cost of building", "IDR"),
    Column("opex_idr", "Biaya menjalankan", "Cost of running", "IDR"),
    Column("left_idr", "Sisa", "Left", "IDR"),
    Column("points_built", "Titik yang dibangun", "Points built"),
    Column(
        "villages_served",
        "Desa dengan titik layanan sampai akhir tahun",
        "Villages with a service point by the end of the year",
        _COUNT,
    ),
    Column(
        "people_served",
        "Perkiraan jiwa terlayani sampai akhir tahun",
        "Expected people served by the end of the year",
        "jiwa / people",
    ),
    Column("people_low", "Batas bawah rentangnya", "Lower end of its range", "jiwa / people"),
    Column("people_high", "Batas atas rentangnya", "Upper end of its range", "jiwa / people"),
    Column("budget_chance", "Peluang anggaran cukup, 0 sampai 1", "Chance that the budget holds, 0 to 1"),
)
FUNDS = (
    _FUND,
    Column("year", "Tahun", "Year"),
    Column("budget_idr", "Anggaran", "Budget", "IDR"),
    Column("known_by", "Cara tahu anggaran", "How the budget is known"),
    Column("spent_idr", "Dipakai rencana", "Spent by the plan", "IDR"),
    Column("kept_idr", "Dari uang tahun sebelumnya", "From money of earlier years", "IDR"),
)
OPTIONS = (
    Column("option", "Cara melayani", "How it is served"),
    Column("points", "Titik layanan", "Service points"),
    Column("villages", "Desa", "Villages", _COUNT),
    *_FACTS[-2:],
)
SECTORS = (
    Column("key", "Bidang", "Sector"),
    Column("total", "Banyaknya fasilitas", "Number of facilities"),
    Column("below", "Di bawah janji", "Below the promise"),
    Column("expected_below", "Perkiraan banyaknya di bawah janji", "Expected number below the promise"),
    Column("low", "Batas bawah rentang 95% perkiraan itu", "Lower end of that number's 95% range"),
    Column("high", "Batas atas rentang 95% perkiraan itu", "Upper end of that number's 95% range"),
    Column("wants_link", "Kurang sambungan", "Want a link"),
    Column("wants_strength", "Kurang kuat", "Want strength"),
    Column("wants_power", "Kurang listrik", "Want power"),
    Column("wants_device", "Kurang perangkat", "Want devices"),
)
SERVICES = (
    Column("key", "Pengenal layanan digital", "The digital service's identifier"),
    Column("name_id", "Nama, bahasa Indonesia", "Name, in Indonesian"),
    Column("name", "Nama, bahasa Inggris", "Name, in English"),
    Column("sector", "Bidang", "Sector"),
    Column("where", "Dipakai di mana: home, facility", "Where it is used: home, facility"),
    Column("level", "Tingkat layanan yang cukup", "Service level that is enough"),
    Column("down_mbps", "Laju unduh yang diperlukan", "Download rate that it needs", "Mbit/s"),
    Column("up_mbps", "Laju unggah yang diperlukan", "Upload rate that it needs", "Mbit/s"),
    Column("latency_ms", "Jeda paling lama", "Longest delay", "ms"),
    Column("people_now", "Jiwa yang bisa memakainya sekarang", "People who can use it now", "jiwa / people"),
    Column(
        "people_then",
        "Jiwa yang bisa memakainya menurut rencana",
        "People who can use it under the plan",
        "jiwa / people",
    ),
    Column("share_now", "Bagian penduduk sekarang, 0 sampai 1", "Share of people now, 0 to 1"),
    Column(
        "share_then", "Bagian penduduk menurut rencana, 0 sampai 1", "Share of people under the plan, 0 to 1"
    ),
    Column("source", "Sumber kebutuhannya", "Source of its needs"),
)
INEQUALITY = (
    Column("key", "Ukuran: gini, theil, worst_tenth, mean", "Measure: gini, theil, worst_tenth, mean"),
    Column("now", "Sekarang", "Now"),
    Column("then", "Menurut rencana", "Under the plan"),
)
SOURCES = (
    Column("file", "Nama berkas", "Name of the file"),
    Column("given_by", "Pemberi", "Who gave it"),
    Column("date", "Tanggal", "Day"),
)
PROVIDERS = (
    Column("provider", "Penyedia", "Provider"),
    Column("points", "Titik layanan, semua tahap", "Service points, in any state"),
    Column("in_service", "Titik yang beroperasi", "Points in service"),
    Column("suspended", "Titik yang dihentikan sementara", "Points that are suspended"),
    Column("paid_idr", "Dibayar", "Paid", "IDR"),
)
WANTS = (
    Column("want", "Yang kurang: link, strength, power, device", "What is wanting: link, strength, power, device"),
    Column("villages", "Desa yang mungkin sekali di bawah janji karenanya", "Villages probably below the promise for want of it", _COUNT),
    Column("people_below", "Perkiraan penduduk di bawah janji di desa-desa itu", "Expected people below the promise in these villages", "jiwa / people"),
)  # fmt: skip
OVER_TIME = (
    Column("plan", "Nomor rencana", "Number of the plan"),
    Column("date", "Tanggal datanya", "Day of its data"),
    Column("villages_below", "Desa di bawah janji", "Villages below the promise", _COUNT),
    Column("people_below", "Perkiraan penduduk di bawah janji", "Expected people below the promise", "jiwa / people"),
    Column("gini", "Indeks Gini akses pada tanggal itu", "Gini index of access on that day"),
    Column("gini_then", "Indeks Gini akses setelah rencana terlaksana", "Gini index of access once the plan is carried out"),
)  # fmt: skip
_FACILITY_FIGURES = (
    Column("facilities", "Banyaknya fasilitas", "Number of facilities"),
    Column("below", "Mungkin sekali di bawah janji", "Probably below the promise"),
    Column("planned", "Dalam rencana", "In the plan"),
)
_SECTOR = Column("sector", "Bidang", "Sector")
FACILITY_SECTORS = (_SECTOR, *_FACILITY_FIGURES)
FACILITY_KINDS = (
    _SECTOR,
    Column("kind", "Jenis", "Kind"),
    Column("none", "Tanpa layanan sekarang", "Without service now"),
    Column("basic", "Tingkat dasar sekarang", "Basic service now"),
    Column("working", "Tingkat layak sekarang", "Working service now"),
    Column("good", "Tingkat baik sekarang", "Good service now"),
    _FACILITY_FIGURES[0],
)
FACILITY_DISTRICTS = (_SECTOR, _DISTRICT, *_FACILITY_FIGURES, *_MIDDLE)
LEVELS = (
    Column("level", "Tingkat layanan", "Service level"),
    Column("down_mbps", "Laju unduh sedikitnya", "Download rate at least", "Mbit/s"),
    Column("up_mbps", "Laju unggah sedikitnya", "Upload rate at least", "Mbit/s"),
    Column("latency_ms", "Jeda paling lama", "Longest delay", "ms"),
    Column(
        "availability", "Bagian waktu beroperasi sedikitnya, 0 sampai 1", "Share of time up at least, 0 to 1"
    ),
)
MOVES = (
    Column("code", "Kode resmi desa", "Official code of the village"),
    Column("name", "Nama desa", "Name of the village"),
    _DISTRICT,
    Column("how", "Perubahan: new, dropped, earlier, later, other way, gone", "Change: new, dropped, earlier, later, other way, gone"),
    Column("year_before", "Tahun dalam rencana pertama; kosong: tidak ada", "Year in the first plan; empty: none"),
    Column("option_before", "Cara dalam rencana pertama", "Option in the first plan"),
    Column("year_after", "Tahun dalam rencana kedua; kosong: tidak ada", "Year in the second plan; empty: none"),
    Column("option_after", "Cara dalam rencana kedua", "Option in the second plan"),
    *_PLACE,
)  # fmt: skip
MONEY_BESIDE = (
    Column("year", "Tahun", "Year"),
    _FUND,
    Column("before_spent_idr", "Dipakai rencana pertama", "Spent by the first plan", "IDR"),
    Column("after_spent_idr", "Dipakai rencana kedua", "Spent by the second plan", "IDR"),
)
PEOPLE_BESIDE = (
    Column("year", "Tahun", "Year"),
    Column("before_people_served", "Jiwa terlayani menurut rencana pertama", "People served by the first plan", "jiwa / people"),
    Column("after_people_served", "Jiwa terlayani menurut rencana kedua", "People served by the second plan", "jiwa / people"),
)  # fmt: skip

OUTCOMES = (
    Column(
        "what",
        "Yang dibandingkan: level (tingkat layanan tercapai), signal (di bawah janji), price (biaya sebulan), time (tepat waktu)",
        "What is compared: level (service level reached), signal (below the promise), price (a month), time (kept in time)",
    ),
    Column(
        "which",
        "Cara melayani; untuk signal, peluang yang digabung",
        "Technology; of signal, the chances that are told together",
    ),
    Column(
        "predicted", "Perkiraan: bagian 0 sampai 1, atau rupiah", "Predicted: a share from 0 to 1, or rupiah"
    ),
    Column("measured", "Kenyataan, dalam satuan yang sama", "Measured, in the same unit"),
    Column(
        "low",
        "Bagian: batas bawah selang 95 %; harga: satu dari sepuluh di bawahnya",
        "Shares: lower end of the interval at 95 %; prices: one in ten is below",
    ),
    Column(
        "high",
        "Bagian: batas atas selang 95 %; harga: satu dari sepuluh di atasnya",
        "Shares: upper end of the interval at 95 %; prices: one in ten is above",
    ),
    Column("cases", "Banyaknya kasus", "Number of cases"),
)
CHALLENGES = (
    Column("reference", "Nomor koreksi", "Reference number"),
    _CODE, _VILLAGE, _DISTRICT,
    Column("fact", "Yang dikatakan keliru", "What is said to be wrong"),
    Column("claim", "Yang dikatakan benar; nama dan letak baru setelah diterima", "What is said to be right; names and positions only once it was accepted"),
    Column("published_as", "Yang terbit waktu itu", "What was published then"),
    Column("plan", "Nomor rencana yang dikoreksi", "Number of the plan that it corrects"),
    Column("evidence", "Jenis bukti: visit, photo, letter, speed test, measurement, coordinates, recomputed", "Kind of evidence: visit, photo, letter, speed test, measurement, coordinates, recomputed"),
    Column("evidence_on", "Tanggal bukti", "Day of the evidence"),
    Column("brought_by", "Organisasi yang mengajukan; kosong: warga", "Organisation that brought it; empty: a resident"),
    Column("party", "Pemilik data; kosong: kantor kabupaten", "Whose data it is; empty: the regency's office"),
    Column("made_at", "Kapan diajukan", "When it came"),
    Column("state", "Keadaan: open, rebutted, conceded, upheld, rejected, withdrawn, set aside, reversed", "State: open, rebutted, conceded, upheld, rejected, withdrawn, set aside, reversed"),
    Column("silent", "Diakui karena tidak dijawab", "Conceded by silence"),
    Column("due_at", "Batas langkah ini", "When this step is due"),
    Column("answered_at", "Kapan dijawab", "When it was answered"),
    Column("answer", "Jawaban pemilik data", "The answer of whose data it is"),
    Column("decided_at", "Kapan diputus", "When it was decided"),
    Column("reason", "Alasan keputusan", "Reason of the decision"),
    Column("joins", "Nomor koreksi yang digabunginya", "Number of the one that it joined"),
    Column("source", "Berkas di data wilayah yang memuatnya", "File of the region's data that holds it"),
)  # fmt: skip
CONFIRMED = (
    _CODE, _VILLAGE, _DISTRICT,
    Column("confirmed_on", "Tanggal kantor desa membenarkan lembarnya; kosong: belum pernah", "Day on which the village office confirmed its sheet; empty: never"),
    Column("corrections", "Koreksi kantor desa yang berjalan waktu itu", "Corrections of the village office under way then"),
    Column("way", "Cara: account, sms", "Way: account, sms"),
)  # fmt: skip
