"""The words of choices that tables hold, in Indonesian and English, and the mark of each way of knowing."""

from __future__ import annotations

from merata.plan.options import OPTIONS

#: group -> key -> (Indonesian, English): the words of choices that tables hold.
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "level": {
        "none": ("tidak ada", "none"),
        "basic": ("dasar", "basic"),
        "working": ("layak", "working"),
        "good": ("baik", "good"),
    },
    "known": {
        "measured": ("diukur", "measured"),
        "reported": ("dilaporkan", "reported"),
        "modelled": ("dimodelkan", "modelled"),
        "assumed": ("diasumsikan", "assumed"),
        "made up": ("rekaan", "made up"),
    },
    "want": {
        "link": ("sambungan", "link"),
        "strength": ("kuat sinyal", "strength"),
        "power": ("listrik", "power"),
        "device": ("perangkat", "device"),
    },
    "sector": {
        "education": ("pendidikan", "education"),
        "health": ("kesehatan", "health"),
        "public service": ("pelayanan publik", "public service"),
        "small business": ("usaha kecil", "small business"),
        "creative economy": ("ekonomi kreatif", "creative economy"),
        "community": ("masyarakat", "community"),
        "people": ("warga di rumah", "people at home"),
    },
    "sex": {"F": ("perempuan", "women"), "M": ("laki-laki", "men")},
    "facility": {
        "village office": ("kantor desa", "village office"),
        "district office": ("kantor kecamatan", "district office"),
        "school": ("sekolah", "school"),
        "health post": ("pos kesehatan", "health post"),
        "market": ("pasar", "market"),
        "small-business centre": ("sentra UMKM", "small-business centre"),
        "creative hub": ("rumah kreatif", "creative hub"),
        "worship": ("rumah ibadah", "place of worship"),
        "other": ("fasilitas lain", "other facility"),
        "people": ("warga", "people"),
    },
    "option": {key: (indonesian, english) for key, (english, indonesian) in OPTIONS.items()},
    "works": {
        "new tower": ("menara baru", "new tower"),
        "tower": ("menara yang sudah ada", "standing tower"),
        "cell": ("sel 4G baru di menara", "new 4G cell on a tower"),
        "repeater": ("menara penguat sinyal", "repeater"),
        "fibre": ("kabel serat optik baru", "new fibre cable"),
        "microwave": ("sambungan microwave", "microwave hop"),
        "satellite": ("penghubung satelit BTS 4G", "satellite link of a 4G site"),
        "join": ("sambungan di tempat yang sama", "join at one place"),
        "junction": ("percabangan", "junction"),
        "place": ("tempat di ujung jaringan", "place at the network's end"),
        "point of presence": ("titik kehadiran jaringan", "point of presence"),
    },
    "kept": {
        "in full": ("dipenuhi", "kept in full"),
        "other way": ("tepat waktu, dengan cara lain", "kept in time, in another way"),
        "later": ("lebih lambat", "later"),
        "dropped": ("tidak dipenuhi", "dropped"),
        "not needed": ("tidak diperlukan lagi", "not needed any more"),
    },
    "severity": {
        "error": ("kesalahan", "error"),
        "question": ("pertanyaan", "question"),
        "repaired": ("diperbaiki", "repaired"),
        "note": ("catatan", "note"),
    },
    "sureness": {
        "sure": ("hampir pasti", "almost surely"),
        "probable": ("mungkin sekali", "probably"),
        "possible": ("mungkin", "possibly"),
        "unlikely": ("kecil kemungkinannya", "hardly"),
    },
    "electricity": {
        "grid": ("jaringan PLN", "grid"),
        "solar": ("tenaga surya", "solar"),
        "generator": ("genset", "generator"),
        "none": ("tidak ada", "none"),
    },
    "device": {
        "phone": ("ponsel", "phone"),
        "computer": ("komputer", "computer"),
        "any": ("apa saja", "any"),
    },
    "component": {
        "fibre_monthly": (
            "titik akses desa lewat serat optik, 100–200 Mbit/s",
            "village access point over fibre, 100–200 Mbit/s",
        ),
        "fibre_connection": (
            "sambungan ke serat optik yang melewati tempat itu",
            "connection to a fibre that passes the place",
        ),
        "fibre_km": (
            "serat optik baru di tiang sepanjang jalan, per kilometer",
            "new fibre on poles along a road, a kilometre",
        ),
        "fixed_wireless_monthly": (
            "titik akses desa lewat nirkabel tetap 4G",
            "village access point over 4G fixed wireless",
        ),
        "fixed_wireless_terminal": (
            "terminal 4G luar ruang dengan tiang dan pemasangan",
            "outdoor 4G terminal with mast and installation",
        ),
        "leo_terminal": (
            "terminal satelit LEO dengan pemasangan",
            "LEO satellite terminal with installation",
        ),
        "leo_monthly": ("langganan satelit LEO", "LEO satellite subscription"),
        "geo_terminal": (
            "terminal satelit geostasioner dengan pemasangan",
            "geostationary satellite terminal with installation",
        ),
        "geo_monthly": ("langganan satelit geostasioner", "geostationary satellite subscription"),
        "microwave_hop": (
            "sambungan microwave: radio dan antena di kedua ujung, terpasang",
            "microwave hop: radios and dishes at both ends, installed",
        ),
        "microwave_monthly": (
            "operasi sambungan microwave: biaya frekuensi, listrik, perawatan",
            "running a microwave hop: frequency fee, power, upkeep",
        ),
        "cell": ("perangkat 4G di menara yang sudah berdiri", "4G equipment on a tower that stands"),
        "cell_monthly": (
            "operasi perangkat 4G di menara, tanpa tautannya",
            "running 4G equipment on a tower, without its link",
        ),
        "site_solar": (
            "panel surya dan baterai menara, per kW sepanjang hari",
            "solar panels and batteries of a site, for each kW around the clock",
        ),
        "satellite_backhaul": (
            "terminal satelit penghubung BTS 4G",
            "satellite terminal that links a 4G site",
        ),
        "satellite_backhaul_monthly": (
            "kapasitas satelit penghubung BTS 4G",
            "satellite capacity that links a 4G site",
        ),
        "base_station": (
            "BTS 4G di daerah terpencil dengan menara dan listrik",
            "4G base station in a remote area with tower and power",
        ),
        "base_station_monthly": (
            "menjalankan BTS 4G di daerah terpencil",
            "running a 4G base station in a remote area",
        ),
        "tower": ("menara saja", "tower alone"),
        "repeater": ("menara penguat sinyal milik kabupaten", "repeater tower of the regency"),
        "repeater_monthly": ("menjalankan menara penguat sinyal", "running a repeater tower"),
        "remote_transport": (
            "pengangkutan perangkat BTS atau menara ke tempat terpencil",
            "transport of a base station's or tower's equipment to a remote site",
        ),
        "terminal_transport": (
            "pengangkutan terminal dan teknisinya ke desa terpencil",
            "transport of a terminal and its fitters to a remote village",
        ),
        "solar_kit": (
            "panel surya dan baterai untuk terminal dan Wi-Fi sepanjang hari",
            "solar panel and battery for a terminal and Wi-Fi around the clock",
        ),
        "wifi_hotspot": (
            "Wi-Fi luar ruang di sekitar titik terlayani",
            "outdoor Wi-Fi around a served point",
        ),
        "shared_device": (
            "komputer atau tablet yang dipakai bersama",
            "computer or tablet that people share",
        ),
    },
    "table": {
        "villages": ("batas desa", "villages"),
        "people": ("penduduk", "people"),
        "settlements": ("permukiman", "settlements"),
        "facilities": ("fasilitas", "facilities"),
        "sites": ("menara dan titik", "sites"),
        "links": ("tautan", "links"),
        "reports": ("laporan akses", "reports of access"),
        "measurements": ("pengukuran", "measurements"),
        "devices": ("perangkat", "devices"),
        "electricity": ("listrik", "electricity"),
        "ways": ("jalan, sungai, jaringan listrik", "roads, rivers, power lines"),
        "budgets": ("anggaran", "budgets"),
        "prices": ("harga", "prices"),
        "totals": ("jumlah kabupaten", "totals of regencies"),
        "crosswalk": ("padanan kode", "crosswalk of codes"),
        "claims": ("jangkauan menurut operator", "coverage that operators claim"),
        "gone": ("yang sudah tidak ada", "what is gone"),
        "terrain": ("ketinggian tanah", "terrain"),
        "clutter": ("tutupan lahan", "land cover"),
        "landcover": ("tutupan lahan", "land cover"),
    },
    "unit": {
        "once": ("sekali", "once"),
        "per month": ("per bulan", "per month"),
    },
    "figure": {
        "people": ("jumlah penduduk desa", "people of villages"),
        "access_villages": ("akses desa", "access of villages"),
        "access_settlements": ("akses permukiman", "access of settlements"),
        "access_facilities": ("akses fasilitas", "access of facilities"),
        "electricity": ("listrik desa", "electricity of villages"),
        "prices": ("harga", "prices"),
        "budgets": ("anggaran", "budgets"),
    },
}

#: What a payment is for: 'point' and its option, or 'works' and their kind.
CHOICES["bought"] = {
    **{f"point {key}": pair for key, pair in CHOICES["option"].items()},
    **{f"works {key}": pair for key, pair in CHOICES["works"].items()},
}

#: The mark of each way of knowing: told apart by shape, never by colour alone.
MARKS = {"measured": "●", "reported": "◐", "modelled": "○", "assumed": "△", "made up": "✕"}
