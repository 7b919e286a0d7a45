"""The sentences why a place gets what it gets, in English and Indonesian: declared once, filled with looked-up facts."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

from collections.abc import Sequence

from merata.plan.words import Language, localized, teller

#: key -> (English, Indonesian).
SENTENCES: dict[str, tuple[str, str]] = {
    # what a place gets
    "gets": ("{name}: {option} in {year}{until}, {money}", "{name}: {option} pada {year}{until}, {money}"),
    "until": (" until {last}, then {next}", " sampai {last}, lalu {next}"),
    "one_year": (" only, then {next}", " saja, lalu {next}"),
    "paid": ("{capex} once and {opex} a year from {funds}", "{capex} sekali dan {opex} per tahun dari {funds}"),
    "free": ("which costs nothing itself", "yang tidak memakan biaya sendiri"),
    "free_works": (
        "which costs nothing itself; what it hangs on is paid by {funds}",
        "yang tidak memakan biaya sendiri; jaringannya dibayar {funds}",
    ),
    "after": ("it follows {option}", "menggantikan {option}"),
    "and": ("{first} and {last}", "{first} dan {last}"),
    "then": ("then {list}", "kemudian {list}"),
    "waiting": ("not in these years: {list}", "belum pada tahun-tahun ini: {list}"),
    # what it hangs on
    "hangs": ("it hangs on {list}, {shared}", "bergantung pada {list}, {shared}"),
    "alone": ("for it alone", "hanya untuknya"),
    "one_other": ("shared with 1 other place", "bersama 1 tempat lain"),
    "others": ("shared with {others} other places", "bersama {others} tempat lain"),
    "new tower": ("a new tower", "menara baru"),
    "new towers": ("{number} new towers", "{number} menara baru"),
    "tower": ("an existing tower put to use", "menara yang ada"),
    "towers": ("{number} existing towers put to use", "{number} menara yang ada"),
    "cell": ("a new 4G cell", "sel 4G baru"),
    "cells": ("{number} new 4G cells", "{number} sel 4G baru"),
    "repeater": ("a repeater", "penguat sinyal"),
    "repeaters": ("{number} repeaters", "{number} penguat sinyal"),
    "fibre": ("{km} km of new cable", "{km} km kabel baru"),
    "microwave": ("{number} new microwave hop", "{number} sambungan microwave baru"),
    "microwaves": ("{number} new microwave hops", "{number} sambungan microwave baru"),
    "satellite": ("a satellite link of its site", "tautan satelit untuk menaranya"),
    "works": ("{number} × {kind}", "{number} × {kind}"),
    "works_in": ("{what} in {village}", "{what} di {village}"),
    "works_nearest": ("{what} (the nearest in {village})", "{what} (yang terdekat di {village})"),
    # why this option
    "any": ("option", "pilihan"),
    "stop_gap": ("stop-gap", "pilihan sementara"),
    "lasting": ("lasting option", "pilihan tetap"),
    "only_one": ("the only {what} there that reaches '{level}'", "satu-satunya {what} di sana yang mencapai '{level}'"),
    "cheapest_in_all": (
        "the cheapest {what} there that reaches '{level}'{able} ({own} in all{part})",
        "{what} termurah di sana yang mencapai '{level}'{able} ({own} seluruhnya{part})",
    ),
    "able": (" and can be had in {year}", " dan dapat diadakan pada {year}"),
    "with_part": (", its part of the network included", ", termasuk bagiannya dari jaringan"),
    "cheapest_shared": (
        "no other option there adds less to what is built for others too ({own} in all, {other} {cost})",
        "tidak ada pilihan lain di sana yang lebih sedikit menambah biaya jaringan yang juga dibangun untuk yang lain ({own} seluruhnya, {other} {cost})",
    ),
    "dearer": (
        "{other} would cost less in all ({cost} against {own}), but {why}",
        "{other} lebih murah seluruhnya ({cost} dibanding {own}), tetapi {why}",
    ),
    "less_sure": ("serves with a chance of {less}, not {more}", "peluangnya melayani {less}, bukan {more}"),
    "fewer": ("reaches {less} people, not {more}", "menjangkau {less} warga, bukan {more}"),
    "as_good": (
        "{other} would serve as well and cost less in all ({cost} against {own}); the plan is chosen for its service, not for what is left over",
        "{other} sama baiknya dan lebih murah seluruhnya ({cost} dibanding {own}); rencana dipilih menurut layanannya, bukan sisa dananya",
    ),
    "better": (
        "{other} would serve better and cost less in all ({cost} against {own}); the plan is within its proven gap of {gap}",
        "{other} lebih baik dan lebih murah seluruhnya ({cost} dibanding {own}); rencana berada dalam selisih terbukti {gap}",
    ),
    # what stands in the way
    "not_in": ("not in {year}: {why}", "tidak pada {year}: {why}"),
    "no option": (
        "no option known there reaches '{level}'",
        "tidak ada pilihan yang diketahui di sana yang mencapai '{level}'",
    ),
    "office first": ("the village office comes first", "kantor desa didahulukan"),
    "villages a year": ("the limit of {limit} villages a year is used up", "batas {limit} desa per tahun sudah terpakai"),
    "lacking": ("{amount} in {year}", "{amount} pada {year}"),
    "lacks_of": ("{funds}, of all funds those that may pay for it, are short by {list}", "{funds}, dari semua dana yang boleh membayarnya, kurang {list}"),
    "lacks_all": ("the funds are short by {list}", "dana kurang {list}"),
    "no fund": ("no fund may pay for it", "tidak ada dana yang boleh membayarnya"),
    "lead": ("its building takes {lead} of the planned years", "pembangunannya memakan {lead} tahun rencana"),
    "decided": ("a decision has it at another time{about}", "keputusan menetapkan waktu lain{about}"),
    "forbidden": ("a decision forbids it{about}", "keputusan melarangnya{about}"),
    "must_have": ("a decision asks for what is taken", "keputusan meminta yang dipilih itu"),
    "no way": ("its network can't be built in time", "jaringannya tidak dapat dibangun tepat waktu"),
    "rule": ("a rule would be broken ({about})", "suatu aturan akan dilanggar ({about})"),
    "capacity": ("the network there can't carry it too", "jaringan di sana tidak kuat memikulnya juga"),
    "no need": ("it would count for nothing then", "saat itu belum ada yang dihitung"),
    "room_gap": (
        "nothing by itself stands in the way, and the plan is within its proven gap of {gap}",
        "tidak ada satu hal pun yang menghalangi, dan rencana berada dalam selisih terbukti {gap}",
    ),
    "room_proven": (
        "that would bring no more in all, as is proven of any plan",
        "itu tidak memberi lebih banyak seluruhnya, seperti terbukti untuk rencana mana pun",
    ),
    # rules
    "needed": ("a rule leans on it ({about})", "suatu aturan bertumpu padanya ({about})"),
    "must": ("decided so ({about})", "diputuskan begitu ({about})"),
    "must_unknown": ("it has to be in service by {year}", "harus beroperasi sampai {year}"),
    # villages that get nothing
    "no_budget": ("there is no budget in any year", "tidak ada anggaran pada tahun mana pun"),
    "served": (
        "Nothing is planned: as far as is known ({known}) nothing here is below its promise (chance that the village is: {chance}); a report or measurement that says otherwise brings it into the plan.",
        "Tidak direncanakan: sejauh diketahui ({known}) tidak ada yang di bawah janji (peluang desa ini di bawah janji: {chance}); laporan atau pengukuran yang berkata lain membawanya ke dalam rencana.",
    ),
    "nothing": ("nothing in these years: {why}", "belum ada pada tahun-tahun ini: {why}"),
    "least_of": (
        "even what lacks least, {option} for the {name} in {year} ({cost} in all), is not paid for: {why}",
        "bahkan yang paling sedikit kurangnya, {option} untuk {name} pada {year} ({cost} seluruhnya), belum terbayar: {why}",
    ),
    "hindered": ("{option} for the {name}: {why}", "{option} untuk {name}: {why}"),
    "out_of_reach": ("no option reaches '{level}' at the {name}{list}", "tidak ada pilihan yang mencapai '{level}' di {name}{list}"),
    "no_position": ("where it stands is not known", "letaknya tidak diketahui"),
    "no_fibre": ("no way for cable is known", "tidak ada jalur kabel yang diketahui"),
    "no_signal": ("no new or present 4G is sure enough to reach it", "tidak ada 4G baru atau yang ada yang cukup pasti menjangkaunya"),
    "no_sky": ("no satellite in view", "tidak ada satelit yang terlihat"),
    "below": ("{option} gives '{level}' only", "{option} hanya memberi '{level}'"),
    # explain
    "now": (
        "{village} ({district}), {people} people. Now: '{level}' ({known}); promised: '{promised}'; chance of being below: {chance}.",
        "{village} ({district}), {people} jiwa. Sekarang: '{level}' ({known}); dijanjikan: '{promised}'; peluang di bawah janji: {chance}.",
    ),
    "evidence": (" Evidence: {evidence}.", " Bukti: {evidence}."),
    "plan": ("Plan: {reason}", "Rencana: {reason}"),
    "short": (", below the promise", ", di bawah janji"),
    "none_known": ("no option is known", "tidak ada pilihan yang diketahui"),
    "proof": (
        "Proof: no plan under the same rules and budgets brings more than {bound} weighted years of service; this one brings {objective}, {gap} less.",
        "Bukti: tidak ada rencana dengan aturan dan anggaran yang sama yang memberi lebih dari {bound} tahun layanan berbobot; rencana ini memberi {objective}, {gap} lebih sedikit.",
    ),
    "weighed": (
        "{option} ({detail}; '{level}'{short}{chance}): {capex} once ({low} to {high}) and {opex} a year{all}, prices {known}; {why}",
        "{option} ({detail}; '{level}'{short}{chance}): {capex} sekali ({low} sampai {high}) dan {opex} per tahun{all}, harga {known}; {why}",
    ),
    "chance": ("; chance {chance}", "; peluang {chance}"),
    "adds": (", {cost} in all", ", {cost} seluruhnya"),
    "adds_network": (", {cost} in all with what it adds to the network", ", {cost} seluruhnya dengan tambahan jaringannya"),
    "taken": ("taken from {year} on", "dipilih mulai {year}"),
    "taken_until": ("taken from {year} to {last}", "dipilih dari {year} sampai {last}"),
    "in": ("in {year}: {why}", "pada {year}: {why}"),
    "more_dear": ("{more} more in all than what is taken", "{more} lebih mahal seluruhnya daripada yang dipilih"),
    "less_dear": ("{less} less in all than what is taken", "{less} lebih murah seluruhnya daripada yang dipilih"),
    "same_cost": ("as dear in all as what is taken", "semahal yang dipilih seluruhnya"),
    "and_less": ("{first}, and {last}", "{first}, dan {last}"),
    "too_low": ("below the promise '{level}'", "di bawah janji '{level}'"),
    "optimal": (
        "Proof: no plan under the same rules and budgets brings more than this one's {objective} weighted years of service.",
        "Bukti: tidak ada rencana dengan aturan dan anggaran yang sama yang memberi lebih dari {objective} tahun layanan berbobot seperti rencana ini.",
    ),
    "rules": ("Rules that bear on it: {list}.", "Aturan yang menyangkutnya: {list}."),
    "no_rules": (
        "No rule bears on it but the money of the funds and what they may pay for.",
        "Tidak ada aturan yang menyangkutnya selain uang dana dan apa yang boleh dibayarnya.",
    ),
    "rule_kept": ("{about} (kept, {spare} to spare)", "{about} (terpenuhi, sisa {spare})"),
    "rule_tight": ("{about} (just kept)", "{about} (pas terpenuhi)"),
    "more_rules": ("{number} more", "{number} lagi"),
}  # fmt: skip


tell = teller(SENTENCES)


def listed(parts: Sequence[str], language: Language) -> str:
    """'a, b and c'."""
    if len(parts) < 2:
        return "".join(parts)
    return tell("and", language, first=", ".join(parts[:-1]), last=parts[-1])


def decimal(number: float, language: Language) -> str:
    """A number with one decimal."""
    return localized(f"{number:,.1f}", language)


def percents(shares: Sequence[float], language: Language) -> list[str]:
    """Shares as per cent, whole where that tells those apart that differ."""
    for places in range(6):
        texts = [f"{share * 100:.{places}f}%" for share in shares]
        if len(set(texts)) == len(set(shares)):
            break
    return [localized(text, language) for text in texts]


def sentence(*parts: str) -> str:
    """Parts as one sentence."""
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:] + "."
