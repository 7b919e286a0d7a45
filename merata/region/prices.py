"""The components that plans are priced with, declared once: default price, unit, source, words that name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["once", "per month"]


@dataclass(frozen=True)
class Component:
    """One component of the catalogue of prices."""

    key: str
    about: str
    unit: Unit
    low_idr: int
    high_idr: int
    basis: str
    known_by: Literal["reported", "assumed"]
    words: tuple[str, ...] = ()
    """Words of price lists that name the component, folded to lower case."""


_PRESS = "published prices, 2018-2026: see docs/explanation/prices"
_ASSUMED = "assumption of the Merata project, to be replaced by a real price"
_REST = "assumed share of what BAKTI's price of a whole site leaves after tower and transport"
_REST_MONTHLY = "assumed share of BAKTI's price of running a whole site"
_HOP = "assumed: USD 10,000-40,000 as in open models of rural 4G (pytal), at IDR 16,000"
_HOP_MONTHLY = (
    "assumed: frequency fee by the formula of Regulation 7/2009 for two ends with 28-56 MHz, and power"
)

COMPONENTS: dict[str, Component] = {
    c.key: c
    for c in (
        Component("fibre_monthly", "Village access point over fibre, 100-200 Mbit/s", "per month", 1_100_000, 2_200_000, "province's programme 2025", "reported", ("village access point", "langganan fiber", "langganan titik layanan desa", "internet desa")),
        Component("fibre_connection", "Connection to a fibre that passes the place", "once", 2_000_000, 4_000_000, _ASSUMED, "assumed", ("pemasangan fiber", "fibre connection", "instalasi fo")),
        Component("fibre_km", "New fibre on poles along a road, a kilometre", "once", 45_000_000, 90_000_000, _ASSUMED, "assumed", ("kabel fiber per km", "fibre per km", "penarikan kabel fo")),
        Component("fixed_wireless_monthly", "Village access point over 4G fixed wireless", "per month", 1_100_000, 2_200_000, "province's programme 2025", "reported", ("langganan fixed wireless", "4g fixed wireless", "orbit")),
        Component("fixed_wireless_terminal", "Outdoor 4G terminal with mast and installation", "once", 3_000_000, 6_000_000, _ASSUMED, "assumed", ("perangkat fixed wireless", "modem 4g luar ruang", "fixed wireless terminal")),
        Component("leo_terminal", "LEO satellite terminal with installation", "once", 5_000_000, 7_000_000, "regency 2026", "reported", ("leo terminal", "leo terminal with installation", "terminal leo", "perangkat satelit leo")),
        Component("leo_monthly", "LEO satellite subscription", "per month", 2_000_000, 2_000_000, "regency 2026", "reported", ("leo subscription", "langganan leo", "langganan satelit leo")),
        Component("base_station", "4G base station in a remote area with tower and power", "once", 2_140_000_000, 2_140_000_000, "BAKTI: 5618 sites for IDR 12.045 trillion, 2024", "reported", ("4g base station in remote areas with tower and power", "bts 4g")),
        Component("base_station_monthly", "Running a 4G base station in a remote area", "per month", 25_000_000, 25_800_000, "BAKTI: IDR 144.878 billion a month for 5618 sites, 2024", "reported", ("4g base station in remote areas", "operasi bts 4g")),
        Component("tower", "Tower alone", "once", 600_000_000, 1_500_000_000, "industry association 2023", "reported", ("tower alone", "menara saja")),
        Component("repeater", "Repeater tower of the regency", "once", 612_500_000, 612_500_000, "eight for IDR 4.9 billion in 2022", "reported", ("repeater tower", "menara repeater", "penguat sinyal")),
        Component("repeater_monthly", "Running a repeater tower", "per month", 2_000_000, 5_000_000, _ASSUMED, "assumed", ("operasi repeater", "operasi menara penguat", "running a repeater")),
        Component("remote_transport", "Transport of a base station's or tower's equipment to a remote site", "once", 300_000_000, 1_000_000_000, "2018", "reported", ("transport of equipment to a remote site", "pengangkutan perangkat")),
        Component("terminal_transport", "Transport of a terminal and its fitters to a remote village", "once", 1_500_000, 5_000_000, _ASSUMED, "assumed", ("transport terminal", "pengangkutan terminal")),
        Component("solar_kit", "Solar panel and battery for a terminal and Wi-Fi around the clock", "once", 15_000_000, 30_000_000, _ASSUMED, "assumed", ("plts titik layanan", "panel surya", "solar kit")),
        Component("wifi_hotspot", "Outdoor Wi-Fi around a served point", "once", 2_000_000, 4_000_000, _ASSUMED, "assumed", ("wifi luar ruang", "access point luar", "wifi hotspot")),
        Component("cell", "4G equipment on a tower that stands", "once", 180_000_000, 320_000_000, _REST, "assumed", ("4g equipment on an existing tower", "perangkat 4g di menara yang ada", "perangkat 4g")),
        Component("cell_monthly", "Running 4G equipment on a tower, without its link", "per month", 8_000_000, 16_000_000, _REST_MONTHLY, "assumed", ("running 4g equipment", "operasi perangkat 4g")),
        Component("site_solar", "Solar panels and batteries of a site, for each kW around the clock", "once", 90_000_000, 170_000_000, _REST, "assumed", ("solar power of a site", "plts menara", "plts per kw")),
        Component("satellite_backhaul", "Satellite terminal that links a 4G site", "once", 40_000_000, 80_000_000, _REST, "assumed", ("satellite backhaul terminal", "terminal satelit untuk bts")),
        Component("satellite_backhaul_monthly", "Satellite capacity that links a 4G site", "per month", 8_800_000, 18_000_000, _REST_MONTHLY, "assumed", ("satellite backhaul capacity", "kapasitas satelit untuk bts")),
        Component("geo_terminal", "Geostationary satellite terminal with installation", "once", 10_000_000, 20_000_000, _ASSUMED, "assumed", ("geostationary terminal", "terminal vsat", "perangkat vsat")),
        Component("geo_monthly", "Geostationary satellite subscription", "per month", 1_500_000, 3_500_000, _ASSUMED, "assumed", ("geostationary subscription", "langganan vsat")),
        Component("microwave_hop", "Microwave hop: radios and dishes at both ends with installation", "once", 160_000_000, 640_000_000, _HOP, "assumed", ("microwave hop", "link microwave", "radio microwave", "perangkat microwave")),
        Component("microwave_monthly", "Running a microwave hop: frequency fee, power, upkeep", "per month", 1_000_000, 4_000_000, _HOP_MONTHLY, "assumed", ("running a microwave hop", "operasi link microwave", "bhp frekuensi microwave")),
        Component("shared_device", "Computer or tablet that people share", "once", 4_000_000, 8_000_000, _ASSUMED, "assumed", ("komputer bersama", "shared device", "tablet bersama")),
    )
}  # fmt: skip
