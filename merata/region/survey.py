"""The survey of places, declared: its questions and choices in two languages, and what a region adds to them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from merata.region.values import fold

if TYPE_CHECKING:
    import pandas as pd

Said = tuple[str, str]
"""The same in Indonesian and English."""
FORM_ID = "merata_tempat"
TITLE: Said = ("Internet di tempat ini", "Internet at this place")
MOST_OPERATORS = 8


@dataclass(frozen=True)
class Question:
    """One row of the form: see the XLSForm standard for its words."""

    name: str
    type: str
    label: Said
    hint: Said = ("", "")
    required: bool = False
    relevant: str = ""
    constraint: str = ""
    message: Said = ("", "")
    appearance: str = ""
    choice_filter: str = ""
    parameters: str = ""


@dataclass(frozen=True)
class Choice:
    """One choice of a list; `of` is the village or district that it belongs to."""

    name: str
    label: Said
    of: str = ""


#: At the village office, which answers for the whole village.
_OFFICE = "starts-with(${facility}, 'village_office_')"
#: At a place that is public: nobody's home is asked for.
_PUBLIC = "${facility} != '' and not(starts-with(${facility}, 'none_'))"
_WHOLE: Said = ("Bilangan bulat, 0 atau lebih", "A whole number, 0 or more")

#: Before the questions about the signal of each operator, and after them.
FIRST = (
    Question("today", "today", ("", "")),
    Question(
        "district", "select_one district", ("Kecamatan", "District"), required=True,
        appearance="minimal autocomplete",
    ),
    Question(
        "village", "select_one village", ("Desa atau kelurahan", "Village"), required=True,
        appearance="minimal autocomplete", choice_filter="of=${district}",
    ),
    Question(
        "facility", "select_one facility", ("Tempat", "Place"), required=True, appearance="minimal autocomplete",
        choice_filter="of=${village}",
        hint=("Tempat umum di mana Anda berada sekarang", "The public place where you are now"),
    ),
    Question(
        "place", "geopoint", ("Titik tempat ini", "Where this place is"), relevant=_PUBLIC,
        hint=(
            "Boleh dilewati. Hanya untuk memeriksa bahwa tempat ini di desa itu; tidak disimpan.",
            "May be skipped. Only to check that this place is in that village; it is not kept.",
        ),
    ),
    Question(
        "works", "select_one works", ("Apakah internet di sini jalan hari ini?", "Does the internet here work today?"),
        required=True,
    ),
    Question(
        "feels", "select_one feels", ("Bagaimana rasanya?", "How does it feel?"), relevant="${works} = 'yes'",
    ),
    Question(
        "password", "select_one password", ("Siapa yang memberi kata sandi Wi-Fi?", "Who gives the Wi-Fi password?"),
        relevant="${works} != 'no_link'",
        hint=("Jangan tulis nama orang atau kata sandinya", "Do not write a person's name or the password itself"),
    ),
)  # fmt: skip
LAST = (
    Question("power", "select_one power", ("Sumber listrik utama", "Main source of electricity")),
    Question(
        "power_hours", "decimal", ("Listrik menyala berapa jam sehari?", "How many hours a day is there electricity?"),
        constraint=". >= 0 and . <= 24", message=("Dari 0 sampai 24 jam", "From 0 to 24 hours"),
    ),
    Question(
        "households_with_smartphone", "integer",
        ("Berapa keluarga di desa ini punya telepon pintar?", "How many households of this village have a smartphone?"),
        relevant=_OFFICE, constraint=". >= 0", message=_WHOLE,
        hint=("Kosongkan bila tidak tahu", "Leave empty where it is not known"),
    ),
    Question(
        "households_with_computer", "integer",
        ("Berapa keluarga di desa ini punya komputer?", "How many households of this village have a computer?"),
        relevant=_OFFICE, constraint=". >= 0", message=_WHOLE,
    ),
    Question(
        "shared_devices", "integer",
        (
            "Berapa komputer di desa ini boleh dipakai warga (kantor, sekolah, perpustakaan)?",
            "How many computers of this village may people use (office, school, library)?",
        ),
        relevant=_OFFICE, constraint=". >= 0", message=_WHOLE,
    ),
    Question(
        "photo", "image", ("Foto perangkat (boleh dilewati)", "Photograph of the equipment (may be skipped)"),
        relevant="${works} != 'no_link'", hint=("Jangan memotret orang", "No people in it, please"),
        parameters="max-pixels=1024",
    ),
)  # fmt: skip

CHOICES: dict[str, tuple[Choice, ...]] = {
    "works": (
        Choice("yes", ("Ya", "Yes")),
        Choice("no", ("Tidak, hari ini putus", "No, it is broken today")),
        Choice("no_link", ("Tidak ada internet di tempat ini", "There is no internet at this place")),
    ),
    "feels": (
        Choice("video", ("Panggilan video lancar", "Video calls run well")),
        Choice(
            "browse", ("Pesan dan laman lancar, video tersendat", "Messages and pages run, video stutters")
        ),
        Choice("slow", ("Pesan pun lama", "Even messages take long")),
    ),
    "password": (
        Choice("shown", ("Tertulis di tempat umum", "It is written where all see it")),
        Choice("office", ("Petugas di tempat ini", "The staff of this place")),
        Choice("provider", ("Hanya penyedia atau teknisi", "Only the provider or a technician")),
        Choice("nobody", ("Tidak ada yang tahu", "Nobody knows it")),
        Choice("open", ("Tanpa kata sandi", "There is none")),
    ),
    "power": (
        Choice("grid", ("PLN", "The grid")),
        Choice("solar", ("Tenaga surya", "Solar")),
        Choice("generator", ("Genset", "A generator")),
        Choice("none", ("Tidak ada", "None")),
    ),
    "signal": (
        Choice("very_strong", ("Sangat kuat", "Very strong")),
        Choice("strong", ("Kuat", "Strong")),
        Choice("weak", ("Lemah", "Weak")),
        Choice("no_signal", ("Tidak ada", "None")),
    ),
}
#: From the strongest to none.
SIGNALS = tuple(choice.name for choice in CHOICES["signal"])

_KINDS_ID = {
    "village office": "Kantor desa", "district office": "Kantor camat", "school": "Sekolah",
    "health post": "Fasilitas kesehatan", "market": "Pasar", "creative hub": "Rumah kreatif",
    "small-business centre": "Sentra UMKM", "worship": "Tempat ibadah", "other": "Fasilitas lain",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A place that can be chosen: what `reports` calls it, and where."""

    village: str
    kind: str
    """Kind of facility; empty: no facility."""
    name: str


def slug(text: str) -> str:
    """A text as a name in the form: lower case, digits and underscores."""
    return re.sub(r"\W+", "_", fold(text)).strip("_")


def places(villages: pd.DataFrame, facilities: pd.DataFrame) -> dict[str, Place]:
    """Every place that can be chosen, by its name in the form, which stays the same while the place does.

    The facilities of a village, its office also where none is on record, and none of them.
    """
    made: dict[str, Place] = {}
    known = facilities[facilities["village_code"].isin(villages["code"])].fillna({"name": ""})
    for code, kind, name in known[["village_code", "kind", "name"]].astype(str).itertuples(index=False):
        digest = hashlib.sha256(f"{code}\n{kind}\n{fold(name)}".encode()).hexdigest()[:10]
        made[f"{slug(kind)}_{digest}"] = Place(code, kind, name or kind)
    with_office = {place.village for place in made.values() if place.kind == "village office"}
    for code in villages["code"].astype(str):
        if code not in with_office:
            made[f"village_office_{code}"] = Place(code, "village office", "village office")
        made[f"none_{code}"] = Place(code, "", "")
    return made


def operators(sites: pd.DataFrame) -> dict[str, str]:
    """Question -> operator: those with most sites, whose signal is asked for; any where none is on record."""
    named = sites["operator"].dropna().astype(str)
    named = named[named.str.contains(r"[^\W\d_]", regex=True)]
    counts = named.value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    return {f"signal_{slug(name)}": name for name in counts.index[:MOST_OPERATORS]} or {"signal_any": ""}


def region_choices(villages: pd.DataFrame, facilities: pd.DataFrame) -> dict[str, tuple[Choice, ...]]:
    """The lists `district`, `village` and `facility`, each sorted by what people read."""
    district = villages["code"].astype(str).str[:8]
    pairs = dict(zip(district, villages["district"].astype(str), strict=True))
    rows = zip(villages["code"].astype(str), villages["name"].astype(str), district, strict=True)
    return {
        "district": tuple(_sorted(Choice(code, (name, name)) for code, name in pairs.items())),
        "village": tuple(_sorted(Choice(code, (name, name), of) for code, name, of in rows)),
        "facility": tuple(_sorted(map(_of_place, *zip(*places(villages, facilities).items(), strict=True)))),
    }


def _of_place(name: str, place: Place) -> Choice:
    if not place.kind:
        return Choice(
            name, ("Bukan fasilitas (permukiman)", "No facility (where people live)"), place.village
        )
    if place.name == place.kind:
        return Choice(name, (_KINDS_ID[place.kind], place.kind.capitalize()), place.village)
    return Choice(name, (place.name, place.name), place.village)


def _sorted(choices: object) -> list[Choice]:
    return sorted(choices, key=lambda c: (c.of, c.name.startswith("none_"), fold(c.label[0]), c.name))  # type: ignore[call-overload, no-any-return]


def signal_question(name: str, operator: str) -> Question:
    """The question about the signal of one operator, or of any."""
    if not operator:
        label = ("Kekuatan sinyal telepon di sini", "Strength of the phone's signal here")
    else:
        label = (f"Sinyal {operator} di sini", f"Signal of {operator} here")
    hint = ("Kosongkan bila tidak ada kartunya", "Leave empty without a SIM card of it")
    return Question(name, "select_one signal", label, hint if operator else ("", ""), appearance="horizontal")


def questions(asked: dict[str, str]) -> tuple[Question, ...]:
    """All questions in their order; `asked` is of `operators`."""
    return (*FIRST, *(signal_question(name, operator) for name, operator in asked.items()), *LAST)
