"""The words of comparisons, in English and Indonesian: declared once, filled with looked-up facts."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

from merata.plan.words import Language, count, in_language, localized, money, teller

#: key -> (English, Indonesian).
SENTENCES: dict[str, tuple[str, str]] = {
    # two plans
    "same": ("{a} and {b} plan the same for every village.", "{a} dan {b} merencanakan hal yang sama untuk setiap desa."),
    "differ": ("{number} villages differ between {a} and {b}: {counts}.", "{number} desa berbeda antara {a} dan {b}: {counts}."),
    "causes": ("What is new in {b}:", "Yang baru dalam {b}:"),
    "total": ("{name}: {a} → {b} ({change})", "{name}: {a} → {b} ({change})"),
    "village": ("{village}, {moved}: {a} → {b}", "{village}, {moved}: {a} → {b}"),
    "why": ("Why: {reason}", "Alasan: {reason}"),
    "why_all": ("The reasons are those of {b}.", "Alasan-alasan itu dari {b}."),
    "more": ("… and {number} more (--json gives them all)", "… dan {number} lagi (--json memberi semuanya)"),
    "nothing": ("nothing", "tidak ada"),
    "point": ("{year} {option}{fund} ({capex} and {opex} a year)", "{year} {option}{fund} ({capex} dan {opex} per tahun)"),
    "from": (" from {fund}", " dari {fund}"),
    # against what is there
    "built": (
        "By the end of {year} run {run} promised {places} places; as is known on {date}, {there} are at their level and {missing} are not.",
        "Sampai akhir {year} perhitungan {run} menjanjikan {places} tempat; menurut yang diketahui pada {date}, {there} sudah pada tingkatnya dan {missing} belum.",
    ),
    "not_known": ("{number} more are not in the region's lists any more.", "{number} lagi tidak ada lagi dalam daftar wilayah."),
    "built_ahead": ("{number} that were promised for later are at their level already.", "{number} yang dijanjikan untuk kemudian sudah pada tingkatnya."),
    "works_there": (
        "Of {works} shared works {found} are seen in the tables of sites and links, within {km} km of where they were planned.",
        "Dari {works} bangunan bersama, {found} terlihat dalam tabel menara dan tautan, dalam {km} km dari tempat rencananya.",
    ),
    "late": ("{village}, {kind}: promised {option} for {year}; now '{level}' ({known})", "{village}, {kind}: dijanjikan {option} untuk {year}; sekarang '{level}' ({known})"),
    "late_works": ("{what} ({id}) for {year}: not seen", "{what} ({id}) untuk {year}: tidak terlihat"),
    "evidence": ("what says so: {evidence}", "dasarnya: {evidence}"),
    "gone": ("{village}: {place} is not in the lists any more", "{village}: {place} tidak ada lagi dalam daftar"),
}  # fmt: skip

#: What may move a village.
MOVED: dict[str, tuple[str, str]] = {
    "new": ("new", "baru"),
    "dropped": ("dropped", "tidak jadi"),
    "earlier": ("earlier", "lebih awal"),
    "later": ("later", "lebih lambat"),
    "other way": ("other way", "cara lain"),
    "other fund": ("other fund", "dana lain"),
}

#: Figures of whole plans and regions, in order.
FIGURES: dict[str, tuple[str, str]] = {
    "budget_idr": ("budget", "anggaran"),
    "spent_idr": ("planned spending", "belanja rencana"),
    "missing_idr": ("building of what is not there", "pembangunan yang belum ada"),
    "villages_served": ("villages served", "desa terlayani"),
    "people_served": ("people served", "jiwa terlayani"),
    "points": ("points built", "titik dibangun"),
    "objective": ("weighted years of service", "tahun layanan berbobot"),
    "bound": ("proven bound", "batas terbukti"),
    "villages": ("villages at their level", "desa pada tingkatnya"),
    "places": ("places at their level", "tempat pada tingkatnya"),
    "people": ("people at their level (expected)", "jiwa pada tingkatnya (harapan)"),
    "gini": ("inequality of access, Gini index", "ketimpangan akses, indeks Gini"),
    "theil": ("inequality of access, Theil index", "ketimpangan akses, indeks Theil"),
    "worst_tenth": ("mean access of the tenth worst off", "akses rata-rata sepersepuluh terbawah"),
    "mean": ("mean access", "akses rata-rata"),
    "lowest": ("share served in the district worst off", "bagian terlayani di kecamatan terbawah"),
}

#: Figures between 0 and 1.
_SHARES = ("gini", "theil", "worst_tenth", "mean", "lowest")


tell = teller(SENTENCES)


def figure(name: str, a: float, b: float, language: Language) -> str:
    """A figure of two plans and by how much it differs, as one line."""
    told = [_amount(name, value, language) for value in (a, b, b - a)]
    sign = "" if told[2].startswith("-") else "+"
    said = in_language(FIGURES[name], language)
    return tell("total", language, name=said, a=told[0], b=told[1], change=f"{sign}{told[2]}")


def _amount(name: str, value: float, language: Language) -> str:
    if name.endswith("_idr"):
        return money(int(value), language)
    if name in _SHARES:
        return localized(f"{value:.3f}", language)
    if name in ("objective", "bound"):
        return localized(f"{value:,.1f}", language)
    return count(value, language)
