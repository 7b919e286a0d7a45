"""Sentences of the pages for everybody."""

from __future__ import annotations

PUBLIC: dict[str, tuple[str, str]] = {
    # where to go
    "nav_home": ("Depan", "Home"),
    "nav_districts": ("Kecamatan dan desa", "Districts and villages"),
    "nav_plans": ("Rencana", "Plans"),
    "nav_budget": ("Anggaran", "Budget"),
    "nav_gap": ("Kesenjangan", "The gap"),
    "nav_sectors": ("Bidang", "Sectors"),
    "nav_providers": ("Penyedia", "Providers"),
    "nav_method": ("Cara menghitung", "How it is reckoned"),
    "nav_data": ("Data terbuka", "Open data"),
    # where a village stands
    "stands_served": ("sudah terlayani", "served"),
    "stands_promised": ("dijanjikan", "promised"),
    "stands_late": ("terlambat", "late"),
    "stands_unserved": ("belum ada rencana", "no plan yet"),
    # home
    "home_title": ("Internet di {region}", "Internet in {region}"),
    "home_lead": (
        "Desa mana yang sudah terlayani, mana yang dijanjikan dan kapan, dan ke mana uangnya.",
        "Which villages are served, which are promised and when, and where the money goes.",
    ),
    "find_label": ("Cari desa Anda", "Find your village"),
    "find_hint": ("tulis seperti diucapkan", "write it as it is spoken"),
    "find_go": ("Cari", "Find"),
    "home_map": ("Peta {count} desa menurut keadaannya", "Map of {count} villages by where they stand"),
    "home_people": ("{people} tinggal di desa-desa ini", "{people} live in these villages"),
    "money_title": ("Uang", "Money"),
    "money_planned": ("direncanakan {first}–{last}", "planned {first}–{last}"),
    "money_contracted": ("sudah dikontrak", "contracted"),
    "money_paid": ("sudah dibayar", "paid"),
    # a village
    "village_now": ("Sekarang", "Now"),
    "village_level": (
        "Tingkat layanan: {level}. Yang dijanjikan: {promised}.",
        "Service level: {level}. What is promised: {promised}.",
    ),
    "village_known": ("Diketahui karena {how}", "Known because it is {how}"),
    "village_sure": (
        "Peluang desa ini di bawah janji: {chance}.",
        "Chance that this village is below the promise: {chance}.",
    ),
    "village_when": ("Kapan giliran desa ini", "When its turn comes"),
    "village_year": ("Tahun {year}: {option}.", "In {year}: {option}."),
    "village_money": (
        "Biaya {capex} sekali dan {opex} setahun, dari {fund}.",
        "It costs {capex} once and {opex} a year, from {fund}.",
    ),
    "village_no_plan": ("Belum ada dalam rencana {first}–{last}.", "Not in the plan for {first}–{last}."),
    "village_why": ("Mengapa begitu", "Why so"),
    "village_places": ("Kantor, sekolah, dan fasilitas lain", "Offices, schools and other facilities"),
    "village_points": ("Titik layanan program", "Service points of the programme"),
    "village_promises": ("Yang dijanjikan, dan yang berubah", "What was promised, and what changed"),
    "village_nearest": ("Tempat terdekat dengan internet yang layak", "Nearest place with a working link"),
    "village_nearest_is": ("{name}, {km} km garis lurus", "{name}, {km} km in a straight line"),
    "village_nearest_none": ("belum diketahui", "not known"),
    "village_map": (
        "Peta kecamatan {district}; desa {name} bergaris tebal",
        "Map of the district {district}; the village {name} has a thick line",
    ),
    "village_power": ("Listrik: {what}", "Electricity: {what}"),
    "col_place": ("Tempat", "Place"),
    "col_now": ("Sekarang", "Now"),
    "col_promised": ("Janji", "Promise"),
    "col_year": ("Tahun", "Year"),
    "col_how": ("Cara", "How"),
    "share_title": ("Bagikan halaman ini", "Share this page"),
    "share_qr": ("Kode QR", "QR code"),
    "report_link": ("Laporkan masalah", "Report a problem"),
}
