"""The sentences of promises that are not kept, in English and Indonesian: declared once, filled with looked-up facts."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

from merata.plan.words import teller

#: key -> (English, Indonesian).
SENTENCES: dict[str, tuple[str, str]] = {
    # what becomes of it
    "later": (
        "{village}, {kind}: {promised} was promised for {due}; now {option} comes in {year}",
        "{village}, {kind}: {promised} dijanjikan untuk {due}; sekarang {option} datang pada {year}",
    ),
    "dropped": (
        "{village}, {kind}: {promised} was promised for {due}; now nothing comes in the planned years",
        "{village}, {kind}: {promised} dijanjikan untuk {due}; sekarang tidak ada yang datang pada tahun-tahun rencana",
    ),
    "other way": (
        "{village}, {kind}: {promised} was promised for {due}; it is served in time, by {option}",
        "{village}, {kind}: {promised} dijanjikan untuk {due}; tetap terlayani tepat waktu, dengan {option}",
    ),
    # why
    "no option": (
        "as things are known now, nothing can serve it in these years",
        "menurut yang diketahui sekarang, tidak ada yang dapat melayaninya pada tahun-tahun ini",
    ),
    "no option other way": (
        "as things are known now, {promised} can't serve it in these years",
        "menurut yang diketahui sekarang, {promised} tidak dapat melayaninya pada tahun-tahun ini",
    ),
    "too early": (
        "nothing can be there by {due} any more",
        "tidak ada yang masih dapat beroperasi sampai {due}",
    ),
    "too early other way": (
        "{promised} can't be there by {due} any more",
        "{promised} tidak dapat lagi beroperasi sampai {due}",
    ),
    "rule": (
        "no plan keeps it together with every rule of region.toml, whatever money there is",
        "tidak ada rencana yang memenuhinya bersama semua aturan region.toml, berapa pun dananya",
    ),
    "money": (
        "no plan keeps it with the money that there is now, even if it broke every other promise",
        "tidak ada rencana yang memenuhinya dengan dana yang ada sekarang, sekalipun semua janji lain dilanggar",
    ),
    "others first": (
        "for what it takes, the plan keeps other promises or serves more",
        "dengan yang diperlukannya, rencana memenuhi janji lain atau melayani lebih banyak",
    ),
    # what it would have cost to keep
    "keep_money": (
        "to keep it beside all else in the plan would cost {cost}, and {why}",
        "memenuhinya di samping semua yang direncanakan memakan {cost}, dan {why}",
    ),
    "keep_hindered": (
        "beside all else in the plan it can't be kept: {why}",
        "di samping semua yang direncanakan tidak dapat dipenuhi: {why}",
    ),
    "keep_free": (
        "to keep it beside all else in the plan would cost {cost} more",
        "memenuhinya di samping semua yang direncanakan memakan {cost} lagi",
    ),
    # who comes instead
    "instead": (
        "by {due} these are served that had not been promised so early: {list}",
        "sampai {due} terlayani yang semula tidak dijanjikan secepat itu: {list}",
    ),
    "more": ("{number} more", "{number} lagi"),
}  # fmt: skip


tell = teller(SENTENCES)
