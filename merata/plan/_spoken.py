"""What a stretch of the network is, in a few words of English and Indonesian."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

_EN = ("along a road", "along a river", "along a power line", "where no way is known")
_ID = ("di tepi jalan", "di tepi sungai", "di jalur listrik", "tanpa jalur yang diketahui")


def cable_words(km: Sequence[float]) -> tuple[str, str]:
    """New cable by what it runs along (kilometres in the order of `_lines.ALONG`), in English and Indonesian."""
    total = sum(km)
    if round(total, 1) == 0:
        return "no new cable worth counting", "nyaris tanpa kabel baru"
    parts = [n for n, part in enumerate(km) if round(part, 1) > 0]
    english = ", ".join(f"{km[n]:.1f} km {_EN[n]}" for n in parts)
    indonesian = ", ".join(f"{comma(km[n])} km {_ID[n]}" for n in parts)
    if len(parts) == 1:
        return f"{total:.1f} km of new cable {_EN[parts[0]]}", f"{comma(total)} km kabel baru {_ID[parts[0]]}"
    return f"{total:.1f} km of new cable: {english}", f"{comma(total)} km kabel baru: {indonesian}"


def comma(number: float) -> str:
    """A number with one decimal as Indonesian writes it."""
    return f"{number:.1f}".replace(".", ",")


def hop_words(hop: Mapping[Hashable, Any]) -> tuple[str, str]:
    """A microwave hop (a row of `merata.radio.links.COLUMNS`) in English and Indonesian."""
    km, ghz, dish_m = float(hop["distance_km"]), float(hop["band_ghz"]), float(hop["antenna_m"])
    mbps, held = float(hop["rate_mbps"]), 100 * float(hop["availability_year"])
    english = (
        f"{km:.1f} km at {ghz:g} GHz with {dish_m:g} m dishes, {mbps:.0f} Mbit/s for {held:.3f} % of the year"
    )
    indonesian = (
        f"{comma(km)} km pada {comma(ghz)} GHz dengan antena {comma(dish_m)} m, {mbps:.0f} Mbit/s selama "
        f"{f'{held:.3f}'.replace('.', ',')} % waktu"
    )
    return english, indonesian
