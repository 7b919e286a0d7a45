"""Indonesian for the English sentences that the engine itself writes: evidence, assumptions, bases of prices."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

import re
from functools import partial

#: What stands for what in a pattern: {n} a number, {p} a percentage, {t} any text.
_HOLES = {"n": r"(-?\d[\d,.]*)", "p": r"(\d[\d,.]*)\s?%", "t": r"(.+?)"}

#: English with holes -> Indonesian with \1 … for what stood in them. The numbers are rewritten as Indonesian writes them.
PHRASES: dict[str, str] = {
    # evidence (merata.access.evidence, merata.access.measured, merata.access.after)
    "assumed: {p} of places that nothing is said of are unserved": r"diasumsikan: \1% tempat yang tidak ada keterangannya belum terlayani",
    "modelled: no site in reach": "dimodelkan: tidak ada menara yang menjangkau",
    "modelled: {n} dBm": r"dimodelkan: \1 dBm",
    "reported: none ({t})": r"dilaporkan: tidak ada layanan (\1)",
    "reported: basic ({t})": r"dilaporkan: dasar (\1)",
    "reported: working ({t})": r"dilaporkan: layak (\1)",
    "reported: good ({t})": r"dilaporkan: baik (\1)",
    "reported: no signal ({t})": r"dilaporkan: tidak ada sinyal (\1)",
    "reported: weak ({t})": r"dilaporkan: sinyal lemah (\1)",
    "reported: strong ({t})": r"dilaporkan: sinyal kuat (\1)",
    "reported: very strong ({t})": r"dilaporkan: sinyal sangat kuat (\1)",
    "reported: served since ({t})": r"dilaporkan: sudah terlayani sejak itu (\1)",
    "measured: {n} tests? ({t})": r"diukur: \1 uji (\2)",
    "measured: {n} tests?, median {n} dBm ({t})": r"diukur: \1 uji, median \2 dBm (\3)",
    "measured: {n} tests?, median {n} Mbit/s down ({t})": r"diukur: \1 uji, median \2 Mbit/s turun (\3)",
    # assumptions of access (merata.access)
    "{n} villages? whose electricity nobody says: taken as having the grid (chance of the grid {p}).": r"\1 desa yang listriknya tidak disebut siapa pun: dianggap tersambung PLN (peluang \2%).",
    "{n} villages? whose electricity nobody says: taken as without (chance of the grid {p}).": r"\1 desa yang listriknya tidak disebut siapa pun: dianggap tanpa listrik (peluang PLN \2%).",
    "{n} villages? whose smartphones nobody counted: {p} of households have one.": r"\1 desa yang telepon pintarnya tidak pernah didata: \2% rumah tangga dianggap punya.",
    "{n} villages? whose shared devices nobody counted: its facilities are taken to have one.": r"\1 desa yang perangkat bersamanya tidak pernah didata: fasilitasnya dianggap punya satu.",
    "{n} villages? whose people nobody counted: {n} each.": r"\1 desa yang penduduknya tidak pernah didata: masing-masing \2 jiwa.",
    "{n} villages? without a count of households: {n} people in each.": r"\1 desa tanpa jumlah rumah tangga: \2 jiwa per rumah tangga.",
    "{n} villages? without a count of people: equal parts of the {n} that the regency's total leaves, {n} each.": r"\1 desa tanpa jumlah penduduk: bagian sama dari \2 jiwa yang tersisa dari jumlah kabupaten, masing-masing \3.",
    "The regency's total of {n} people leaves nobody for {n} villages? without a count: the total is not used.": r"Jumlah kabupaten, \1 jiwa, tidak menyisakan siapa pun bagi \2 desa tanpa jumlah penduduk: jumlah itu tidak dipakai.",
    "{n} settlements? belongs? to no known village and is left out.": r"\1 permukiman tidak termasuk desa mana pun yang dikenal dan tidak dipakai.",
    "{n} villages? without a known settlement: everybody is taken to live at the middle of its polygon.": r"\1 desa tanpa permukiman yang diketahui: semua warganya dianggap tinggal di tengah wilayah desa.",
    # assumptions of radio (merata.radio.coverage)
    "The land is taken as flat for the coverage map: no terrain was given.": "Untuk peta jangkauan tanah dianggap datar: data ketinggian tidak ada.",
    "The land is taken as open for the coverage map: no land cover was given.": "Untuk peta jangkauan tanah dianggap terbuka: data tutupan lahan tidak ada.",
    "{n} sites? that (?:does|do) not say (?:is|are) given {n} m of antenna height.": r"\1 menara tanpa tinggi antena dianggap setinggi \2 m.",
    "{n} sites? that (?:does|do) not say (?:is|are) given {n} MHz.": r"\1 menara tanpa frekuensi dianggap memancar pada \2 MHz.",
    "{n} sites? that (?:does|do) not say (?:is|are) given {n} dBm of radiated power.": r"\1 menara tanpa daya pancar dianggap memancarkan \2 dBm.",
    "{n} sites? that names? no technology (?:is|are) taken as 4G.": r"\1 menara yang teknologinya tidak disebut dianggap 4G.",
    "{n} sites? without a position (?:is|are) left out of the coverage map.": r"\1 menara tanpa koordinat tidak masuk peta jangkauan.",
    # bases of prices (merata.region.prices)
    "assumption of the Merata project, to be replaced by a real price": "asumsi proyek Merata, untuk diganti dengan harga nyata",
    "province's programme 2025": "program provinsi 2025",
    "regency 2026": "kabupaten 2026",
    "industry association 2023": "asosiasi industri 2023",
    "eight for IDR 4.9 billion in 2022": "delapan seharga Rp 4,9 miliar pada 2022",
    "BAKTI: IDR 144.878 billion a month for 5618 sites, 2024": "BAKTI: Rp 144,878 miliar per bulan untuk 5.618 menara, 2024",
    "BAKTI: 5618 sites for IDR 12.045 trillion, 2024": "BAKTI: 5.618 menara seharga Rp 12,045 triliun, 2024",
    "region.toml": "region.toml",
    "{n}": r"\1",
}

_SWAPPED = str.maketrans(",.", ".,")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def in_indonesian(text: str) -> str | None:
    """The sentence, or the clauses that '; ' joins, in Indonesian; None when one of them is not declared here."""
    whole = _said(text)
    if whole is not None:
        return whole
    clauses = [_said(clause) for clause in text.split("; ")]
    said = [clause for clause in clauses if clause is not None]
    return "; ".join(said) if len(said) == len(clauses) > 1 else None


def _said(text: str) -> str | None:
    for pattern, holes, indonesian in _COMPILED:
        match = pattern.fullmatch(text)
        if match:
            found = [_filled(hole, group) for hole, group in zip(holes, match.groups(), strict=True)]
            return re.sub(r"\\(\d)", partial(_put, found), indonesian)
    return None


def _put(found: list[str], place: re.Match[str]) -> str:
    return found[int(place[1]) - 1]


def _filled(hole: str, text: str) -> str:
    """What stood in a hole, its number as Indonesian writes it."""
    if hole == "t":
        return re.sub(r" and (\d+) other sources?(?=,|$)", r" dan \1 sumber lain", text)
    return text.translate(_SWAPPED) if _NUMBER.fullmatch(text) else text


def _compile(english: str) -> tuple[re.Pattern[str], list[str]]:
    # Only the letters s? and (?:…) of a phrase are patterns: everything else stands for itself.
    parts = re.split(r"(\{[npt]\}|s\?|\(\?:[^)]*\))", english)
    holes = [part[1] for part in parts if re.fullmatch(r"\{[npt]\}", part)]
    pattern = "".join(
        _HOLES[part[1]]
        if re.fullmatch(r"\{[npt]\}", part)
        else part
        if part[-1:] == "?" or part[:3] == "(?:"
        else re.escape(part)
        for part in parts
    )
    return re.compile(pattern), holes


_COMPILED = [(*_compile(english), indonesian) for english, indonesian in PHRASES.items()]
