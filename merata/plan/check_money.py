"""Checks the money of a plan: every rupiah that is due is paid, by a fund that has it and may pay it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from merata.plan.check_decided import Decided
from merata.plan.check_facts import Facts, Row, Serving
from merata.plan.funds import PLACES, WORKS
from merata.plan.options import OPTIONS
from merata.region.settings import FundSettings

Key = tuple[str, str, str, str, int]
"""What ('point' or 'works'), id, option or kind, cost, year from 0."""
Shares = tuple[tuple[str, float], ...]
"""Funds with the largest share that each may pay."""

_FINE = 10**9


@dataclass(frozen=True)
class Class:
    """Things that the same funds may pay for: of those their ceilings hold."""

    decision: int
    """Row of [[plan.decide]] that names one fund; 0: none."""
    own: Shares
    """As the funds' own terms have it."""
    may: Shares
    """As the decision leaves it."""

    def share(self, fund: str) -> float:
        """The largest share that a fund may pay."""
        return dict(self.may).get(fund, 0.0)


_NOBODY = Class(0, (), ())


@dataclass
class Bill:
    """What is due, rupiah, and which funds may pay which share of it."""

    due: int
    of: Class


def money(facts: Facts, decided: Decided) -> Iterator[str]:
    """What is wrong with the payments."""
    payments = facts.told["payments"]
    wrong = [*_kinds_of_payment(facts, payments)]
    yield from wrong
    if wrong:
        return
    paid: dict[Key, int] = defaultdict(int)
    for row in payments:
        paid[_key(facts, row)] += row["amount_idr"]
    bills = _bills(facts, decided)
    yield from _handed_on(facts, decided, bills, paid)
    for key in sorted({*bills, *paid}):
        bill = bills.get(key, Bill(0, _NOBODY))
        if paid.get(key, 0) != bill.due:
            yield f"{_about(facts, key)}: Rp {paid.get(key, 0):,} are paid of Rp {bill.due:,}"
    yield from _purses(facts, payments)
    yield from _who_may(facts, payments, bills)
    yield from _named_fund(facts, payments)


def _kinds_of_payment(facts: Facts, payments: list[Row]) -> Iterator[str]:
    for row in payments:
        name = f"payment of {row['id']}, {row['cost']}, {row['year']}"
        if row["amount_idr"] is None or row["amount_idr"] <= 0:
            yield f"{name}: Rp {row['amount_idr']} is no payment"
        if row["year"] not in facts.years or row["money_of"] not in facts.years:
            yield f"{name}: {row['year']} or {row['money_of']} is not a planned year"
        if (row["fund"], row["money_of"]) not in facts.budgets:
            yield f"{name}: {row['fund']} is no fund"


def _key(facts: Facts, row: Row) -> Key:
    return (row["what"], row["id"], row["option"], row["cost"], facts.years.index(row["year"]))


def _about(facts: Facts, key: Key) -> str:
    return f"{key[1]}, {key[2]}, {key[3]}, {facts.years[key[4]]}"


def _bills(facts: Facts, decided: Decided) -> dict[Key, Bill]:
    found: dict[Key, Bill] = {}

    def add(key: Key, due: int, of: Class) -> None:
        found.setdefault(key, Bill(0, of)).due += due

    for point in facts.serving:
        items = point.offer["items"]
        name = ("point", point.place["place"], point.row["option"])
        built = point.start - decided.lead_of_point(point)
        if built >= 0 and not decided.is_paid(point):
            of = _class_of_point(facts, decided, point, "capital")
            add((*name, "capital", built), facts.cost(items, "capital", built), of)
        of = _class_of_point(facts, decided, point, "running")
        for t in range(point.start, point.end):
            add((*name, "running", t), facts.cost(items, "running", t), of)
    for work in facts.built.values():
        items, name = work.thing["items"], ("works", work.row["id"], work.thing["kind"])
        built = work.start - decided.lead_of_work(work.thing, work.row["id"])
        if built >= 0 and work.row["id"] not in decided.paid_works:
            of = _class_of_work(facts, work.thing, work.link, "capital")
            add((*name, "capital", built), facts.cost(items, "capital", built), of)
        of = _class_of_work(facts, work.thing, work.link, "running")
        for t in range(work.start, len(facts.years)):
            add((*name, "running", t), facts.cost(items, "running", t), of)
    return found


def _handed_on(facts: Facts, decided: Decided, bills: dict[Key, Bill], paid: dict[Key, int]) -> Iterator[str]:
    """Terminals that go on elsewhere when a stop-gap ends: as many starts are cheaper as that gives."""
    pools = defaultdict(list)
    for point in facts.serving:
        if point.offer["pool"] and not decided.is_paid(point):
            pools[point.offer["pool"]].append(point)
    for pool, points in sorted(pools.items()):
        taken = 0
        for t in range(len(facts.years)):
            back = sum(point.end <= t for point in points if point.end < len(facts.years)) - taken
            starts = [point for point in points if point.start == t]
            expected = min(len(starts), back)
            taken += expected
            sure, open_ = _cheaper(facts, decided, starts, bills, paid)
            if not sure <= expected <= sure + open_:
                yield f"{facts.years[t]}: {sure} offers take over what is left of {pool}, not {expected}"


def _cheaper(
    facts: Facts, decided: Decided, starts: list[Serving], bills: dict[Key, Bill], paid: dict[Key, int]
) -> tuple[int, int]:
    """How many of some offers pay less because they take something over, and how many would pay the same."""
    sure = open_ = 0
    for point in starts:
        built = point.start - decided.lead_of_point(point)
        key = ("point", point.place["place"], point.row["option"], "capital", built)
        if key not in bills:
            continue
        less = bills[key].due - min(facts.cost(point.offer["reuse_items"], "capital", 0), bills[key].due)
        if less == bills[key].due:
            open_ += 1
        elif paid.get(key, 0) == less:
            sure += 1
            bills[key].due = less
    return sure, open_


def _purses(facts: Facts, payments: list[Row]) -> Iterator[str]:
    carry = {fund.name: fund.carry_years for fund in facts.settings.funds}
    spent: dict[tuple[str, int], int] = defaultdict(int)
    for row in payments:
        spent[row["fund"], row["money_of"]] += row["amount_idr"]
        if not 0 <= row["year"] - row["money_of"] <= carry.get(row["fund"], 0):
            yield f"{row['fund']}: money of {row['money_of']} is spent in {row['year']}"
    for (fund, year), amount in sorted(spent.items()):
        if amount > facts.budgets[fund, year]:
            yield f"{fund}, {year}: Rp {amount:,} are spent of Rp {facts.budgets[fund, year]:,}"


def _who_may(facts: Facts, payments: list[Row], bills: dict[Key, Bill]) -> Iterator[str]:
    """No fund pays what it may not, or more of what is alike than its ceiling."""
    due: dict[tuple[Class, int], int] = defaultdict(int)
    pays: dict[tuple[Class, int, str], int] = defaultdict(int)
    for key, bill in bills.items():
        due[bill.of, key[4]] += bill.due
    for row in payments:
        key = _key(facts, row)
        if key not in bills:
            continue
        pays[bills[key].of, key[4], row["fund"]] += row["amount_idr"]
        if bills[key].of.share(row["fund"]) <= 0:
            yield f"{_about(facts, key)}: {row['fund']} may not pay for it"
    for (of, t, fund), amount in pays.items():
        share = Fraction(of.share(fund)).limit_denominator(_FINE)
        most = -((-share * due[of, t]).__floor__())
        if 0 < share < 1 and amount > most:
            yield f"{fund}, {facts.years[t]}: pays Rp {amount:,} of what costs Rp {due[of, t]:,}, above its ceiling"


def _funds(facts: Facts) -> list[FundSettings]:
    """The funds that may pay anything."""
    known = {fund.name: fund for fund in facts.settings.funds}
    names = dict.fromkeys(name for name, _ in facts.budgets)
    every = [known.get(name, FundSettings(name=name)) for name in names]
    return [fund for fund in every if fund.ceiling > 0]


def _class_of_point(facts: Facts, decided: Decided, point: Serving, cost: str) -> Class:
    code, option, kind = point.place["village_code"], point.row["option"], point.place["kind"]
    shares = tuple(
        (fund.name, fund.ceiling)
        for fund in _funds(facts)
        if cost in fund.pays and _there(facts, fund, [code]) and _point_kind(fund, option, kind)
    )
    only = decided.only_fund(point)
    alone = tuple((name, share) for name, share in shares if only and name == only[1])
    return Class(only[0], shares, alone) if only and alone else Class(0, shares, shares)


def _class_of_work(facts: Facts, thing: Row, link: bool, cost: str) -> Class:
    ends = [facts.nodes[thing[end]] for end in "ab"] if link else [thing]
    codes = [node["village_code"] for node in ends if node["village_code"]]
    shares = tuple(
        (fund.name, fund.ceiling)
        for fund in _funds(facts)
        if cost in fund.pays and _there(facts, fund, codes) and _work_kind(fund, thing["kind"])
    )
    return Class(0, shares, shares)


def _there(facts: Facts, fund: FundSettings, codes: list[str]) -> bool:
    """Whether a fund may pay in all of these villages; for what is in none, only one that pays everywhere."""
    if not fund.villages:
        return True
    district = {row["code"]: row["district"] for row in facts.villages}
    named = {_plain(word) for word in fund.villages}
    return bool(codes) and all(
        any(word in (code, _plain(district.get(code) or "")) or code.startswith(word + ".") for word in named)
        for code in codes
    )


def _plain(word: str) -> str:
    return " ".join(word.replace("_", " ").casefold().split())


def _named(fund: FundSettings, known: tuple[str, ...]) -> set[str]:
    return {_plain(kind) for kind in fund.kinds} & {_plain(kind) for kind in known}


def _point_kind(fund: FundSettings, option: str, kind: str) -> bool:
    """Options and kinds of place named together are both asked for; a fund for works alone pays no point."""
    options, places = _named(fund, tuple(OPTIONS)), _named(fund, PLACES)
    if not fund.kinds:
        return True
    if not options and not places:
        return False
    return (not options or _plain(option) in options) and (not places or _plain(kind) in places)


def _work_kind(fund: FundSettings, kind: str) -> bool:
    return not fund.kinds or _plain(kind) in _named(fund, WORKS)


def _named_fund(facts: Facts, payments: list[Row]) -> Iterator[str]:
    """The fund that a point or works name is one of those that pay most for it."""
    paid: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in payments:
        paid[row["what"], row["id"], row["option"]][row["fund"]] += row["amount_idr"]
    named = [(("point", p.place["place"], p.row["option"]), p.row["fund"]) for p in facts.serving]
    named += [(("works", w.row["id"], w.thing["kind"]), w.row["fund"]) for w in facts.built.values()]
    for key, fund in named:
        own = paid.get(key, {})
        most = [name for name, amount in own.items() if amount == max(own.values())] or [""]
        if (fund or "") not in most:
            yield f"{key[1]}, {key[2]}: named is the fund {fund or '-'}, but {most[0] or 'none'} pays most"
