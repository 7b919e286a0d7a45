"""What each rule of a plan says, in English and Indonesian: declared once, filled with looked-up facts."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

Pair = tuple[str, str]
"""The same in English and Indonesian."""

#: key -> (English, Indonesian).
SAYS: dict[str, Pair] = {
    "floor": (
        "by the end of {year} at least {share} of what is in need and in reach in {district} is served: {least} of {all} {unit_en}",
        "sampai akhir {year} sedikitnya {share} dari yang membutuhkan dan terjangkau di {district} terlayani: {least} dari {all} {unit_id}",
    ),
    "each_year": (
        "by the end of {year} at least {least} of the {all} villages in need and in reach in {district} are served ({each} a year, as far as it has them)",
        "sampai akhir {year} sedikitnya {least} dari {all} desa yang membutuhkan dan terjangkau di {district} terlayani ({each} per tahun, sejauh masih ada)",
    ),
    "worst_first": (
        "at the end of {year} {district}, among the {k} districts worst off, is not behind the region's share served",
        "pada akhir {year} {district}, salah satu dari {k} kecamatan yang paling tertinggal, tidak di bawah bagian terlayani wilayah",
    ),
    "spread": (
        "at the end of {year} the share served in {behind} is at most {share} below that in {ahead}",
        "pada akhir {year} bagian terlayani di {behind} paling banyak {share} di bawah {ahead}",
    ),
    "longest_wait": (
        "village {village} ({district}) is served by the end of {year}: nobody waits longer than {wait_en}",
        "desa {village} ({district}) terlayani sampai akhir {year}: tidak ada yang menunggu lebih dari {wait} tahun",
    ),
    "force": ("{subject_en} is served or built{by_en} ({reason})", "{subject_id} dilayani atau dibangun{by_id} ({reason})"),
    "promised": ("{subject_en} is promised{by_en} ({reason})", "{subject_id} sudah dijanjikan{by_id} ({reason})"),
    "fix": ("{subject_en} comes in {year}{fund_en} ({reason})", "{subject_id} datang pada {year}{fund_id} ({reason})"),
    "forbid": ("{subject_en} is forbidden ({reason})", "{subject_id} dilarang ({reason})"),
    "postpone": ("{subject_en} comes not before {year} ({reason})", "{subject_id} tidak sebelum {year} ({reason})"),
    "funds.money": ("no fund pays more than it has", "tidak ada dana yang membayar lebih dari yang dimilikinya"),
    "funds.pays": ("no fund pays what it may not pay", "tidak ada dana yang membayar yang tidak boleh dibayarnya"),
    "villages_per_year": (
        "at most {most} villages are started in a year",
        "paling banyak {most} desa dimulai dalam satu tahun",
    ),
}  # fmt: skip

#: What would free each rule, by the same keys.
FREES: dict[str, Pair] = {
    "floor": ("ask for a smaller share, or for a later year", "minta bagian yang lebih kecil, atau tahun yang lebih lambat"),
    "each_year": ("ask for fewer villages a year", "minta lebih sedikit desa per tahun"),
    "worst_first": ("put fewer districts first", "dahulukan lebih sedikit kecamatan"),
    "spread": ("allow a larger difference", "izinkan selisih yang lebih besar"),
    "longest_wait": ("allow a longer wait", "izinkan menunggu lebih lama"),
    "force": ("drop it, or name a later year", "hapus, atau sebut tahun yang lebih lambat"),
    "promised": ("renegotiate the promise for a later year", "rundingkan ulang janji untuk tahun yang lebih lambat"),
    "fix": ("drop it, or fix another year, option or fund", "hapus, atau tetapkan tahun, pilihan atau dana lain"),
    "forbid": ("allow it", "izinkan"),
    "postpone": ("let it come earlier", "izinkan lebih awal"),
    "funds.money": ("more money, or money that comes earlier or stays longer", "dana lebih banyak, lebih awal, atau berlaku lebih lama"),
    "funds.pays": ("a fund that may pay for it", "dana yang boleh membayarnya"),
    "other": ("drop it", "hapus"),
    "villages_per_year": ("let more villages start in a year", "izinkan lebih banyak desa dimulai per tahun"),
}  # fmt: skip

#: The word above for each key of a setting; decisions are spoken of by what they decide.
WORD_OF: dict[str, str] = {
    "plan.fair.floor": "floor",
    "plan.fair.each_year": "each_year",
    "plan.fair.worst_first": "worst_first",
    "plan.fair.spread": "spread",
    "plan.fair.longest_wait_years": "longest_wait",
    "plan.villages_per_year": "villages_per_year",
}
HEADS: dict[str, Pair] = {
    "one": ("No plan can keep this rule:", "Tidak ada rencana yang dapat memenuhi aturan ini:"),
    "several": (
        "No plan can keep these {number} rules together; without any one of them there is a way:",
        "Tidak ada rencana yang dapat memenuhi {number} aturan ini bersama-sama; tanpa salah satunya ada jalan:",
    ),
}  # fmt: skip
FREE: Pair = ("What would free it", "Yang membebaskannya")
NO_PLAN: Pair = (
    "No plan is possible even without any rule: what has to be there already can't be.",
    "Tidak ada rencana yang mungkin bahkan tanpa aturan: yang harus sudah ada tidak dapat ada.",
)

UNITS: dict[str, Pair] = {"villages": ("villages", "desa"), "people": ("people", "warga")}

_SUBJECTS: dict[str, Pair] = {
    "village": ("village {}", "desa {}"),
    "place": ("place {}", "tempat {}"),
    "site": ("site {}", "menara/titik {}"),
    "option": ("option {}", "pilihan {}"),
}
_NOWHERE: Pair = ("(no district)", "(tanpa kecamatan)")


def says(key: str, **facts: object) -> Pair:
    """The sentence `key` in both languages, filled with `facts`."""
    english, indonesian = SAYS[key]
    return english.format(**facts), indonesian.format(**facts)


def subject(**parts: str) -> Pair:
    """What a decision is about: village, place, site, option; empty ones are left out."""
    told = [(_SUBJECTS[name][k].format(part)) for k in (0, 1) for name, part in parts.items() if part]
    half = len(told) // 2
    return ", ".join(told[:half]), ", ".join(told[half:])


def years(number: int) -> str:
    """A number of years in English."""
    return f"{number} year" + ("" if number == 1 else "s")


def percent(share: float) -> str:
    """A share as whole or one-decimal per cent."""
    return f"{round(share * 100, 1):g} %"


def amount(number: float) -> str:
    """A number without needless decimals; thousands are not parted, so that it reads alike in both languages."""
    return f"{round(number, 1):.10g}"


def district(name: str) -> str:
    """A district's name; one that is missing is said so."""
    return name or _NOWHERE[0]
