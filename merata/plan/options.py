"""The ways to serve a place, by name: read without loading any table."""

from __future__ import annotations

#: Options of the plan: key, English, Indonesian.
OPTIONS = {
    "fibre": ("fibre", "serat optik"),
    "fixed_wireless": ("4G fixed wireless", "nirkabel tetap 4G"),
    "leo": ("LEO satellite", "satelit LEO"),
    "leo_solar": ("LEO satellite with solar power", "satelit LEO dengan tenaga surya"),
    "geo": ("geostationary satellite", "satelit geostasioner"),
    "cell": ("new 4G cell", "sel 4G baru"),
    "base_station": ("new 4G base station", "BTS 4G baru"),
    "repeater": ("repeater tower", "menara penguat sinyal"),
    "hotspot": ("community Wi-Fi around a served point", "Wi-Fi warga di sekitar titik terlayani"),
    "hotspot_leo": ("community Wi-Fi over LEO satellite", "Wi-Fi warga lewat satelit LEO"),
}
