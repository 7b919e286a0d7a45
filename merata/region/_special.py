"""What single tables need beyond reading their columns: prices, budgets, facilities, lists without signal, years."""

from __future__ import annotations

import re
from typing import Any

from rapidfuzz import fuzz

from merata.region.findings import FindingList
from merata.region.headers import RawTable
from merata.region.prices import COMPONENTS
from merata.region.recognise import Feed
from merata.region.tables import TABLES
from merata.region.values import fold, parse_choice
from merata.region.vocabulary import year_in, years_in

#: Columns of which a row must fill one to say anything.
ANY_OF: dict[str, set[str]] = {
    "measurements": {"signal_dbm", "down_mbps", "up_mbps", "latency_ms"},
    "prices": {"low_idr", "high_idr"},
    "budgets": {"granted_idr", "needed_low_idr", "needed_high_idr", "spent_idr"},
    "reports": {"signal", "level"},
}

DEFAULT_FUND = "programme"
_SAME_ITEM_SCORE = 92
_SERVED = re.compile(
    r"\b(served|terlayani|sudah ada sinyal|ada sinyal|sudah on air|on air|connected|terkoneksi)\b"
)
_NOT_SERVED = re.compile(r"\b(belum|not|tidak|tanpa|akan|will|rencana|planned|target|un ?served|usulan)\b")


def complete(data: dict[str, Any], feed: Feed, raw: RawTable, findings: FindingList) -> None:
    """Fill in what a table's rows say without a cell of their own; `data` has a list for each column."""
    if feed.table == "people":
        _year_of_people(data, feed, raw)
    elif feed.table == "facilities":
        _kind_of_facility(data, feed, raw)
    elif feed.table == "reports":
        _report(data, feed, raw, findings)
    elif feed.table == "budgets" and "fund" not in feed.columns:
        data["fund"] = [DEFAULT_FUND] * len(raw.rows)
    elif feed.table == "prices":
        _prices(data, feed, raw, findings)


def _year_of_people(data: dict[str, Any], feed: Feed, raw: RawTable) -> None:
    if "year" in feed.columns:
        return
    n = feed.columns.get("people")
    year = (None if n is None else year_in(raw.columns[n])) or year_in(raw.title)
    data["year"] = [year] * len(raw.rows)


def _kind_of_facility(data: dict[str, Any], feed: Feed, raw: RawTable) -> None:
    """A facility's kind from its name (`SD Negeri 003`), else from the header (`Nama Sekolah`) or the title."""
    column = TABLES["facilities"].column("kind")
    whole = None
    if "name" in feed.columns:
        header = re.sub(r"^(nama|name)\s+", "", fold(raw.columns[feed.columns["name"]]))
        title = " ".join(
            word for word in fold(raw.title).split() if word not in ("daftar", "data", "list", "of")
        )
        whole = parse_choice(header, column) or parse_choice(title, column)
    for at, kind in enumerate(data["kind"]):
        if kind is None and ("kind" not in feed.columns or not raw.rows[at][feed.columns["kind"]]):
            data["kind"][at] = parse_choice(data["name"][at], column) or whole


def _report(data: dict[str, Any], feed: Feed, raw: RawTable, findings: FindingList) -> None:
    if feed.no_signal_list:
        size = len(raw.rows)
        data["signal"], data["level"] = ["no signal"] * size, ["none"] * size
        findings.add(
            "note", "A list of villages without signal.",
            "Each village that it names was taken to have no signal, and service level none.",
            "If that is wrong, say what it is with --as KIND.", sheet=raw.sheet, row=raw.header_row,
        )  # fmt: skip
        _served_since(data, feed, raw, findings)
    _date_by_list(data)


def _served_since(data: dict[str, Any], feed: Feed, raw: RawTable, findings: FindingList) -> None:
    """A village on such a list that a note calls served has the lowest level at least, and an unknown strength."""
    for at, note in enumerate(data["note"]):
        words = fold(note or "")
        if not _SERVED.search(words) or _NOT_SERVED.search(words):
            continue
        data["signal"][at], data["level"][at] = None, "basic"
        findings.add(
            "note", f"On a list of villages without signal, but '{note}'.",
            "Taken as service level basic: nothing says how good it is.",
            "Add a measurement or a newer report, if there is one.",
            sheet=raw.sheet, row=raw.row_numbers[at], column=raw.columns[feed.columns["note"]],
        )  # fmt: skip


def _date_by_list(data: dict[str, Any]) -> None:
    """A report whose note or list names a year (`ministry 2021`) is not from later than that year."""
    for at, words in enumerate(zip(data["note"], data["who"], strict=True)):
        years = next((found for word in words if (found := years_in(word or ""))), None)
        if years:
            data["source_date"][at] = min(data["source_date"][at], f"{max(years)}-12-31")


def _prices(data: dict[str, Any], feed: Feed, raw: RawTable, findings: FindingList) -> None:
    for at, item in enumerate(data["item"]):
        _order_prices(data, at, raw, findings)
        if item is None:
            continue
        key = component_of(item)
        header = raw.columns[feed.columns["item"]]
        where: dict[str, object] = {"sheet": raw.sheet, "row": raw.row_numbers[at], "column": header}
        if key is None:
            findings.add(
                "question", f"'{item}' is no component of the catalogue of prices.",
                "The price is kept, but no plan uses it.",
                f"Call it by the words of a component ({_some_words()} …), or set it in region.toml under [prices].",
                **where,
            )  # fmt: skip
        elif _fits_unit(data, at, key, findings, where):
            data["component"][at] = key


def component_of(item: str) -> str | None:
    """The key of the component that an item of a price list names, or None.

    Word for word first (units in brackets don't count); else the one component whose words are nearly the same.
    """
    text, plain = fold(item), fold(re.sub(r"\([^)]*\)", " ", item))
    for wanted in (text, plain):
        for key, component in COMPONENTS.items():
            if wanted in {fold(word) for word in (*component.words, component.about, key)}:
                return key
    scores = sorted(
        (
            (max(fuzz.ratio(plain, fold(word)) for word in (*c.words, c.about)), key)
            for key, c in COMPONENTS.items()
        ),
        reverse=True,
    )
    clear = scores[0][0] >= _SAME_ITEM_SCORE and scores[1][0] < _SAME_ITEM_SCORE
    return scores[0][1] if clear else None


def _order_prices(data: dict[str, Any], at: int, raw: RawTable, findings: FindingList) -> None:
    """A single price is both the low and the high one; two in the wrong order are swapped."""
    low, high = data["low_idr"][at], data["high_idr"][at]
    if low is None or high is None:
        data["low_idr"][at] = data["high_idr"][at] = low if high is None else high
    elif low > high:
        data["low_idr"][at], data["high_idr"][at] = high, low
        findings.add(
            "repaired", f"The low price {low:,} is above the high price {high:,}.", "The two were swapped.",
            "Look whether both are right.", sheet=raw.sheet, row=raw.row_numbers[at],
        )  # fmt: skip


def _fits_unit(
    data: dict[str, Any], at: int, key: str, findings: FindingList, where: dict[str, object]
) -> bool:
    """Whether a row's unit is its component's, after a price per year is made one per month."""
    unit, wanted = fold(data["unit"][at] or ""), COMPONENTS[key].unit
    per = "year" if re.search(r"\b(year|tahun|thn|th|annual)\b", unit) else ""
    per = per or ("month" if re.search(r"\b(month|monthly|bulan|bln|bl)\b", unit) else "")
    if wanted == "per month" and per == "year":
        for name in ("low_idr", "high_idr"):
            data[name][at] = None if data[name][at] is None else round(data[name][at] / 12)
        findings.add(
            "repaired", f"'{data['unit'][at]}' is a price for a year.", "It was divided by 12.", "", **where
        )
        data["unit"][at] = "IDR/month"
        return True
    is_once = bool(re.search(r"\b(once|sekali|unit|buah|set|paket|km|ls|lot|titik|site)\b", unit))
    if (wanted == "once" and per) or (wanted == "per month" and not per and is_once):
        findings.add(
            "question", f"'{data['item'][at]}' is priced '{data['unit'][at]}', but the catalogue's {key} is {wanted}.",
            "The price is kept, but no plan uses it.", "Mend the unit or the item, and add the file again.", **where,
        )  # fmt: skip
        return False
    return True


def _some_words() -> str:
    return ", ".join(f"'{component.words[0]}'" for component in list(COMPONENTS.values())[:4])
