"""What would have to change for a village to come earlier, as sentences in English and Indonesian."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from merata.plan import words as say
from merata.plan.whatif import Change, Earlier
from merata.plan.why_words import listed
from merata.plan.words import Language

#: key -> (English, Indonesian).
SENTENCES: dict[str, tuple[str, str]] = {
    "head": ("What would have to change for {village} to come in {wanted}, not {planned}", "Yang harus berubah agar {village} terlayani pada {wanted}, bukan {planned}"),
    "head_never": ("What would have to change for {village} to come by {wanted}", "Yang harus berubah agar {village} terlayani sampai {wanted}"),
    "head_plain": ("What would have to change for {village} to come earlier", "Yang harus berubah agar {village} terlayani lebih awal"),
    # hindrances: why there is no answer
    "served first": (
        "Nothing: the plan serves it in {planned}, the first planned year.",
        "Tidak ada: rencana melayaninya pada {planned}, tahun pertama rencana.",
    ),
    "no need": (
        "Nothing: nothing there is known to be below its promise.",
        "Tidak ada: tidak ada di sana yang diketahui di bawah janji.",
    ),
    "no option": (
        "No money helps: in these years no option known there reaches what is promised.",
        "Uang tidak membantu: pada tahun-tahun ini tidak ada pilihan yang diketahui di sana yang mencapai janji.",
    ),
    "too early": (
        "No money helps: nothing can be in service there before {first}, as building takes its time, decisions hold it back, or the need only begins then.",
        "Uang tidak membantu: tidak ada yang dapat beroperasi di sana sebelum {first}, karena pembangunan perlu waktu, ada keputusan yang menahannya, atau kebutuhannya baru mulai saat itu.",
    ),
    "rules": (
        "No change was found: with more money, a lower price or a neighbour the other rules and decisions still stand in the way.",
        "Tidak ditemukan perubahan: dengan uang lebih, harga lebih rendah atau desa tetangga pun aturan dan keputusan lain masih menghalangi.",
    ),
    # changes
    "money": (
        "Money: with {amount} more ({years}) there is a plan that serves it by {wanted}, with nobody later or worse than planned",
        "Uang: dengan tambahan {amount} ({years}) ada rencana yang melayaninya sampai {wanted}, tanpa seorang pun lebih lambat atau lebih buruk dari rencana",
    ),
    "in_year": ("{amount} in {year}", "{amount} pada {year}"),
    "least": ("; less does not do, as is proven to the last figure told", "; kurang dari itu terbukti tidak cukup, sampai angka terakhir yang disebut"),
    "at_least": ("; that less than {amount} does not do is proven", "; terbukti bahwa kurang dari {amount} tidak cukup"),
    "unproven": ("; whether less would do is not proven", "; apakah kurang dari itu cukup belum terbukti"),
    "no_money": (
        "Money: none is missing. There is a plan for the same money that serves it by {wanted}, with nobody later or worse than planned; the plan that was found is within its proven gap",
        "Uang: tidak ada yang kurang. Ada rencana dengan uang yang sama yang melayaninya sampai {wanted}, tanpa seorang pun lebih lambat atau lebih buruk dari rencana; rencana yang ditemukan berada dalam selisih terbuktinya",
    ),
    "price": (
        "Price: were the price '{component}' {amount} or less, not {now}, the money there is would pay for that same plan",
        "Harga: bila harga '{component}' {amount} atau kurang, bukan {now}, uang yang ada cukup untuk rencana yang sama itu",
    ),
    "neighbour": (
        "A neighbour: if {neighbour} were served over site {site} by {wanted}, the plan found serves it by then too",
        "Desa tetangga: bila {neighbour} dilayani lewat menara {site} sampai {wanted}, rencana yang ditemukan juga melayaninya saat itu",
    ),
    # would the planner do it of itself
    "chosen": (
        ". Solving again with this change alone, the planner serves it by then of itself{gap}.",
        ". Dihitung ulang hanya dengan perubahan ini, perencana sendiri melayaninya sampai saat itu{gap}.",
    ),
    "not_chosen": (
        ". Possible, but not of itself: solving again with this change alone, the planner found more to do elsewhere{gap}; it would take a decision (`force`) as well.",
        ". Mungkin, tetapi tidak dengan sendirinya: dihitung ulang hanya dengan perubahan ini, perencana menemukan yang lebih bermanfaat di tempat lain{gap}; perlu juga keputusan (`force`).",
    ),
    "gap": (" (a plan within {gap} of the best)", " (rencana dalam {gap} dari yang terbaik)"),
    "best": (" (proven: no plan is better)", " (terbukti: tidak ada rencana yang lebih baik)"),
}  # fmt: skip

_PROVEN = 1e-9
#: Whole rupiah that the proof of the least money may be off.
_OFF_IDR = 5
_SCALES = (10**6, 10**9, 10**12)


@dataclass(frozen=True)
class Spoken:
    """How things are called: villages by code, components of prices by key (English, Indonesian)."""

    villages: Mapping[str, str] = field(default_factory=dict)
    components: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def village(self, code: str) -> str:
        """'Tabang (64.02.01.2001)'."""
        return f"{self.villages[code]} ({code})" if code in self.villages else code

    def component(self, key: str, language: Language) -> str:
        """A component's name in the language."""
        return say.in_language(self.components.get(key, (key, key)), language)


tell = say.teller(SENTENCES)


def told(answer: Earlier, years: list[int], first: int, spoken: Spoken, language: Language) -> list[str]:
    """The answer as sentences, the question first.

    Parameters
    ----------
    answer : what `merata.plan.whatif.earlier` found.
    years : the planned calendar years.
    first : the first year, counted from 0, in which anything could serve the village; T: never.
    spoken : names of villages and components.

    """
    said = [_head(answer, years, spoken, language)]
    if answer.hindrance:
        planned, able = (years[min(y, len(years) - 1)] for y in (answer.planned, first))
        return [*said, tell(answer.hindrance, language, planned=planned, first=able)]
    wanted = years[answer.wanted]
    return said + [
        _change(change, years, wanted, spoken, language) + _of_itself(change, language)
        for change in answer.changes
    ]


def _head(answer: Earlier, years: list[int], spoken: Spoken, language: Language) -> str:
    village = spoken.village(answer.village)
    if not 0 <= answer.wanted < len(years):
        return tell("head_plain", language, village=village)
    if answer.planned == len(years):
        return tell("head_never", language, village=village, wanted=years[answer.wanted])
    calendar = {"wanted": years[answer.wanted], "planned": years[answer.planned]}
    return tell("head", language, village=village, **calendar)


def _change(change: Change, years: list[int], wanted: int, spoken: Spoken, language: Language) -> str:
    if change.kind == "price":
        name, now = spoken.component(change.component, language), say.money(change.now_idr, language)
        return tell("price", language, component=name, amount=_at_most(change.idr, language), now=now)
    if change.kind == "neighbour":
        village = spoken.village(change.neighbour)
        return tell("neighbour", language, neighbour=village, site=change.site, wanted=wanted)
    if not change.idr:
        return tell("no_money", language, wanted=wanted)
    by_year = [
        tell("in_year", language, amount=_enough(idr, language), year=year)
        for idr, year in zip(change.by_year, years, strict=True)
        if idr
    ]
    amount = _enough(change.idr, language)
    text = tell("money", language, amount=amount, years=listed(by_year, language), wanted=wanted)
    return text + _proof(change, language)


def _proof(change: Change, language: Language) -> str:
    if change.at_least >= change.idr - _OFF_IDR:
        return tell("least", language)
    if change.at_least <= 0:
        return tell("unproven", language)
    return tell("at_least", language, amount=_at_most(change.at_least, language))


def _step(idr: int) -> int:
    """The last figure that is told of an amount, rupiah."""
    return max([size // 1000 for size in _SCALES if idr >= size], default=1)


def _enough(idr: int, language: Language) -> str:
    """An amount as it is told, never less than it is."""
    return say.money(-(-idr // _step(idr)) * _step(idr), language)


def _at_most(idr: int, language: Language) -> str:
    """An amount as it is told, never more than it is."""
    return say.money(idr // _step(idr) * _step(idr), language)


def _of_itself(change: Change, language: Language) -> str:
    if change.kind == "neighbour" or (change.kind == "money" and not change.idr):
        return (gap_said(change.gap, language) if change.kind == "neighbour" else "") + "."
    return tell("chosen" if change.chosen else "not_chosen", language, gap=gap_said(change.gap, language))


def gap_said(gap: float, language: Language) -> str:
    """How near the best a plan is proven to be, in brackets; never nearer than it is."""
    if gap < _PROVEN:
        return tell("best", language)
    text = f"{math.ceil(gap * 1e4 - _PROVEN) / 1e2:.2f}%"
    return tell("gap", language, gap=say.localized(text, language))
