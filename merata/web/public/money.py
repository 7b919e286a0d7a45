"""Money that was contracted and paid, by year and fund. Whole rupiah."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.db.models import F, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from merata.web.models import Contract, Payment, ServicePoint

YearAndFund = tuple[int, str]
#: States of a point for which its contract's fee is not, or no longer, owed.
NOT_OWED = ("proposed", "verified", "replaced", "ended")


def contracted() -> Counter[YearAndFund]:
    """What the contracts of points cost over their whole time, by year and fund."""
    fees = (
        ServicePoint.objects.exclude(contract=None)
        .exclude(state__in=NOT_OWED)
        .values_list("contract_id")
        .annotate(fee=Sum(Coalesce("fee_idr_per_month", "contract__fee_idr_per_month")))
    )
    monthly = dict(fees)
    owed: Counter[YearAndFund] = Counter()
    for contract in Contract.objects.all():
        for year, months in months_by_year(contract.starts, contract.ends):
            if contract.pk in monthly:
                owed[year, contract.fund] += int(monthly[contract.pk]) * months
    return owed


def paid() -> Counter[YearAndFund]:
    """What was paid, by the year that it was for and its fund: the contract's where the payment names none."""
    rows = Payment.objects.values_list(
        "month__year", Coalesce(NullIf("fund", Value("")), F("contract__fund"))
    ).annotate(sum=Sum("amount_idr"))
    # Ordered by what is grouped, else Django would group by the order that payments have of their own.
    return Counter({(year, fund): amount for year, fund, amount in rows.order_by("month__year")})


def months_by_year(starts: date, ends: date) -> Iterator[tuple[int, int]]:
    """(year, months of it) from one day to another; a month that is begun counts."""
    for year in range(starts.year, ends.year + 1):
        first = starts.month if year == starts.year else 1
        last = ends.month if year == ends.year else 12
        yield year, last - first + 1
