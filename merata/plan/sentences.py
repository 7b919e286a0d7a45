"""The sentences with which a plan is explained, in English and Indonesian: declared once, filled with looked-up facts."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

from merata.plan.words import Language

#: key -> (English, Indonesian).
SENTENCES: dict[str, tuple[str, str]] = {
    # what a place gets
    "what": (
        "{name}: {option} in {year} from {fund}, {capex} once and {opex} a year",
        "{name}: {option} pada {year} dari {fund}, {capex} sekali dan {opex} per tahun",
    ),
    "then": ("then {list}", "kemudian {list}"),
    "waiting": ("not in these years: {list}", "belum pada tahun-tahun ini: {list}"),
    # why this option
    "only": ("the only option there that reaches '{level}'", "satu-satunya pilihan di sana yang mencapai '{level}'"),
    "cheapest": ("the cheapest option there that reaches '{level}'", "pilihan termurah di sana yang mencapai '{level}'"),
    "reaches_more": (
        "it reaches {more} people, {other} only {fewer} for {cost} against {own} in all",
        "menjangkau {more} warga, {other} hanya {fewer} dengan {cost} dibanding {own} seluruhnya",
    ),
    "no_room": (
        "{other} would cost less in all ({cost} against {own}), but no fund had room for it in {year}",
        "{other} lebih murah seluruhnya ({cost} dibanding {own}), tetapi tidak ada dana yang cukup pada {year}",
    ),
    "within_gap": (
        "{other} would cost less in all ({cost} against {own}); the plan is still within its proven gap",
        "{other} lebih murah seluruhnya ({cost} dibanding {own}); rencana tetap dalam selisih yang terbukti",
    ),
    # what stands in the way
    "not_in": ("not in {year}: {why}", "tidak pada {year}: {why}"),
    "lacks": ("{fund} lacks {list}", "{fund} kurang {list}"),
    "in_year": ("{amount} in {year}", "{amount} pada {year}"),
    "over_years": ("{amount} over {first}-{last}", "{amount} selama {first}-{last}"),
    "no option": (
        "no option known there reaches '{level}'",
        "tidak ada pilihan yang diketahui di sana yang mencapai '{level}'",
    ),
    "office first": ("the village office comes first", "kantor desa didahulukan"),
    "villages a year": ("the limit of {limit} villages a year is used up", "batas {limit} desa per tahun sudah terpakai"),
    "room": (
        "there was room for it, and the plan is still within its proven gap",
        "sebenarnya masih ada ruang, dan rencana tetap dalam selisih yang terbukti",
    ),
    "no_budget": ("there is no budget in any year", "tidak ada anggaran pada tahun mana pun"),
    # villages that get nothing
    "served": (
        "Nothing is planned: as far as is known ({known}) nothing here is below its promise (chance that the village is: {chance}); a report or measurement that says otherwise brings it into the plan.",
        "Tidak direncanakan: sejauh diketahui ({known}) tidak ada yang di bawah janji (peluang desa ini di bawah janji: {chance}); laporan atau pengukuran yang berkata lain membawanya ke dalam rencana.",
    ),
    "nothing": ("nothing in these years: {why}", "belum ada pada tahun-tahun ini: {why}"),
    "not_paid": (
        "even the least, {option} for the {name} in {year}, is not paid for: {lacks}",
        "bahkan yang paling ringan, {option} untuk {name} pada {year}, belum terbayar: {lacks}",
    ),
    # explain
    "now": (
        "{village} ({district}), {people} people. Now: '{level}' ({known}); promised: '{promised}'; chance of being below: {chance}.",
        "{village} ({district}), {people} jiwa. Sekarang: '{level}' ({known}); dijanjikan: '{promised}'; peluang di bawah janji: {chance}.",
    ),
    "evidence": (" Evidence: {evidence}.", " Bukti: {evidence}."),
    "plan": ("Plan: {reason}", "Rencana: {reason}"),
    "offer": (
        "{option} ({detail}; '{level}'{short}): {capex} once ({low} to {high}) and {opex} a year, prices {known}",
        "{option} ({detail}; '{level}'{short}): {capex} sekali ({low} sampai {high}) dan {opex} per tahun, harga {known}",
    ),
    "short": (", below the promise", ", di bawah janji"),
    "none_known": ("no option is known", "tidak ada pilihan yang diketahui"),
    "not_built": ("Not built: {why}.", "Tidak dibangun: {why}."),
    "least": (
        "Not built. The least that would have to change, everything else as planned: {option} in {year}, for which {why}.",
        "Tidak dibangun. Perubahan paling kecil, yang lain tetap seperti rencana: {option} pada {year}, untuk itu {why}.",
    ),
    "proof": (
        "Proof: no plan under the same rules and budgets brings more than {bound} weighted years of service; this one brings {objective}, {gap} less.",
        "Bukti: tidak ada rencana dengan aturan dan anggaran yang sama yang memberi lebih dari {bound} tahun layanan berbobot; rencana ini memberi {objective}, {gap} lebih sedikit.",
    ),
}  # fmt: skip


def tell(key: str, language: Language, **facts: object) -> str:
    """The sentence `key` in the language, filled with `facts`."""
    return SENTENCES[key][0 if language == "en" else 1].format(**facts)
