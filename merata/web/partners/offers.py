"""The life of an offer of money: made by a partner, decided by the office, then a fund; and what it achieved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from merata.errors import InputError
from merata.plan.options import OPTIONS
from merata.region.settings import FundSettings
from merata.region.tables import SECTOR_OF_FACILITY
from merata.web.changes import keep
from merata.web.models import Commitment, FundOffer, Payment, Scorecard, ServicePoint, User, VillageFacts
from merata.web.programme.said import Choice, Problem, RefusedError
from merata.web.public.current import newest
from merata.web.rights import may
from merata.web.staff import plans_toml
from merata.web.staff.plans_toml import WrongError, put

#: Shared works that a fund can be for; `merata.plan.funds` knows them, and much that pages need not load.
WORKS = ("fibre", "microwave", "new tower", "cell", "repeater", "satellite")
#: What an offer can name: options, kinds of place, kinds of shared works that cost something.
KINDS = (*OPTIONS, *SECTOR_OF_FACILITY, "people", *WORKS)
PAYS = ("capital", "running")
#: Offers of one organisation that wait for a decision at a time.
MOST_OPEN = 10
_MOST_IDR = 10**14


@transaction.atomic
def make(by: User, asked: Mapping[str, Any]) -> FundOffer:
    """Make an offer.

    Parameters
    ----------
    asked
        fund, first_year, last_year, idr_per_year, villages (codes, by spaces or commas), kinds, pays, ceiling_percent,
        words: as the form sends them.

    Raises
    ------
    RefusedError
        The account may not, or a field can't be; each is named.
    """
    if not may(by, "offer funds") or by.organisation is None:
        raise RefusedError([Problem("offer_not_yours")])
    if FundOffer.objects.filter(organisation=by.organisation, state="offered").count() >= MOST_OPEN:
        raise RefusedError([Problem("offer_many", {"most": MOST_OPEN})])
    row, problems = _read(asked)
    row.organisation, row.by = by.organisation, by
    problems += _of_villages(row.villages)
    if not problems:
        try:
            row.full_clean()
        except ValidationError as error:
            taken = "fund" in error.message_dict
            problems.append(
                Problem("offer_fund_taken" if taken else "offer_years", at="fund" if taken else "last_year")
            )
    if problems:
        raise RefusedError(problems)
    keep(row, by, why=row.words)
    return row


def _read(asked: Mapping[str, Any]) -> tuple[FundOffer, list[Problem]]:
    problems = []
    first, last = (_whole(asked.get(name)) for name in ("first_year", "last_year"))
    this = timezone.localdate().year
    if first is None or last is None or not this <= first <= last <= this + 30:
        problems.append(Problem("offer_years", at="first_year"))
    amount = _whole(asked.get("idr_per_year"))
    if not amount or not 0 < amount <= _MOST_IDR:
        problems.append(Problem("offer_amount", at="idr_per_year"))
    percent = _whole(asked.get("ceiling_percent") or "100")
    if percent is None or not 1 <= percent <= 100:
        problems.append(Problem("offer_ceiling", at="ceiling_percent"))
    kinds, pays = list(asked.get("kinds", [])), list(asked.get("pays", [])) or list(PAYS)
    if not set(kinds) <= set(KINDS) or not set(pays) <= set(PAYS):
        problems.append(Problem("offer_kinds_wrong", at="kinds"))
    fund = str(asked.get("fund", "")).replace("\0", "").strip()[:120]
    if not fund:
        problems.append(Problem("offer_no_fund", at="fund"))
    row = FundOffer(
        fund=fund, first_year=first or 0, last_year=last or 0, idr_per_year=amount or 0,
        villages=[code for code in re.split(r"[\s,;]+", str(asked.get("villages", ""))) if code],
        kinds=sorted(set(kinds)), pays=[one for one in PAYS if one in pays], ceiling=(percent or 0) / 100,
        words=str(asked.get("words", "")).replace("\0", "").strip()[:500],
    )  # fmt: skip
    return row, problems


def _whole(text: Any) -> int | None:
    digits = re.sub(r"[\s.,_]|Rp|IDR", "", str(text or ""), flags=re.I)
    return int(digits) if digits.isdigit() and len(digits) <= 18 else None


def _of_villages(codes: list[str]) -> list[Problem]:
    """Whether codes are those of villages or districts as they were last published."""
    if not codes:
        return []
    now = newest()
    known = set(now.villages.values_list("code", flat=True)) if now else set()
    known |= {code.rsplit(".", 1)[0] for code in known}
    unknown = [code for code in codes if code not in known]
    return [Problem("offer_no_village", {"codes": ", ".join(unknown[:5])}, "villages")] if unknown else []


@transaction.atomic
def decide(number: int, by: User, accepted: bool, reason: str) -> FundOffer:
    """Accept an offer, which makes it a fund of region.toml, or refuse it.

    Raises
    ------
    RefusedError
        The account may not, it was decided already, no reason is given, or region.toml can't hold such a fund.
    BusyError
        A command is changing the folder.
    """
    row = FundOffer.objects.select_for_update().get(pk=number)
    if not may(by, "decide offers") or row.organisation_id == by.organisation_id:
        raise RefusedError([Problem("offer_not_yours")])
    if row.state != "offered":
        raise RefusedError([Problem("offer_decided", {"state": Choice("offer_state", row.state)})])
    if not reason.strip():
        raise RefusedError([Problem("submission_needs_reason", at="reason")])
    row.state, row.reason = "accepted" if accepted else "refused", reason.replace("\0", "").strip()[:500]
    row.decided_by, row.decided_at = by, timezone.now()
    keep(row, by, why=row.reason)
    if accepted:
        # Last: where the file can't be changed, the offer stays undecided too.
        _into_settings(row, by)
    return row


def fund_of(row: FundOffer) -> FundSettings:
    """The fund that an offer becomes."""
    return FundSettings(
        name=row.fund, years={str(year): row.idr_per_year for year in row.years}, villages=row.villages,
        kinds=row.kinds, pays=row.pays, ceiling=row.ceiling,
    )  # fmt: skip


def _into_settings(row: FundOffer, by: User) -> None:
    now = plans_toml.read()
    if any(fund.name.strip().casefold() == row.fund.strip().casefold() for fund in now.settings.funds):
        raise RefusedError([Problem("offer_fund_taken", at="fund")])
    fund, plain = fund_of(row), FundSettings(name=row.fund)

    def edit(document: Any) -> None:
        if "funds" not in document:
            document["funds"] = tomlkit.aot()
        table = tomlkit.table()
        put(table, "name", fund.name)
        for name in ("years", "villages", "kinds", "pays", "ceiling"):
            if getattr(fund, name) != getattr(plain, name):
                put(table, name, getattr(fund, name))
        document["funds"].append(table)

    try:
        plans_toml.write(edit, now.mark, by, row.reason, "funds")
    except WrongError as error:
        raise RefusedError([Problem("offer_settings", {"why": str(error)})]) from None
    except InputError:
        raise RefusedError([Problem("offer_meanwhile")]) from None


@transaction.atomic
def withdraw(number: int, by: User) -> FundOffer:
    """Take one's own offer back while nobody has decided on it; raises RefusedError."""
    row = FundOffer.objects.select_for_update().get(pk=number)
    if row.organisation_id != by.organisation_id or row.state != "offered":
        raise RefusedError([Problem("offer_decided", {"state": Choice("offer_state", row.state)})])
    row.state, row.decided_by, row.decided_at = "withdrawn", by, timezone.now()
    keep(row, by)
    return row


@transaction.atomic
def received(number: int, by: User, year: str, amount: str) -> FundOffer:
    """Note what really came of an accepted offer in a year, in all, rupiah; raises RefusedError."""
    row = FundOffer.objects.select_for_update().get(pk=number)
    idr = _whole(amount) if amount.strip() != "0" else 0
    if not may(by, "decide offers") or row.state != "accepted":
        raise RefusedError([Problem("offer_not_yours")])
    if not year.isdigit() or int(year) not in row.years or idr is None or idr > _MOST_IDR:
        raise RefusedError([Problem("offer_amount", at="amount")])
    row.received = {**row.received, str(int(year)): idr}
    keep(row, by)
    return row


@dataclass(frozen=True)
class Achieved:
    """What a fund achieved so far, from the programme's own rows; nothing is reckoned that is not there."""

    promised: int
    """Promises that stand and are to be paid mostly from it."""
    states: list[tuple[str, int]]
    """Those promises by state."""
    points: int
    """Service points in service: of its promises, or of contracts that it pays."""
    villages: list[VillageFacts]
    """Villages in which these stand, as last published."""
    people: int
    """Who live in those villages."""
    paid_idr: int
    """Paid under contracts of the fund."""
    availability: float | None
    """Share of the time that these points worked in the newest month: the middle one; None: nothing measured."""
    measured: int
    """How many of the points that figure rests on."""
    period: str


def achieved(row: FundOffer) -> Achieved:
    """What was achieved with the money of an offer."""
    promises = Commitment.objects.filter(fund=row.fund, replaced_by=None)
    states = Counter(promises.order_by().values_list("state", flat=True))
    points = ServicePoint.objects.filter(Q(commitment__fund=row.fund) | Q(contract__fund=row.fund)).distinct()
    serving = points.filter(state="in service")
    codes = set(serving.order_by().values_list("village_code", flat=True))
    now = newest()
    villages = list(
        now.villages.filter(code__in=codes).only("publication_id", "code", "name", "district", "people")
        if now
        else []
    )
    period, shares = _shares(serving)
    paid = Payment.objects.filter(contract__fund=row.fund).aggregate(sum=Sum("amount_idr"))["sum"]
    return Achieved(
        promised=sum(states.values()), states=sorted(states.items()), points=serving.count(), villages=villages,
        people=sum(village.people or 0 for village in villages), paid_idr=paid or 0,
        availability=shares[len(shares) // 2] if shares else None, measured=len(shares), period=period,
    )  # fmt: skip


def _shares(points: QuerySet[ServicePoint]) -> tuple[str, list[float]]:
    """The newest month in which any of the points was measured enough, and their shares in it, in order."""
    cards = Scorecard.objects.filter(of="point", point__in=points, enough=True, period__contains="-").exclude(
        availability=None
    )
    period = cards.order_by("-period").values_list("period", flat=True).first() or ""
    shares = cards.filter(period=period).order_by("availability").values_list("availability", flat=True)
    return period, [share for share in shares if share is not None]
