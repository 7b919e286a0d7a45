"""What things cost in each year: components of the catalogue times their price, grown from year to year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.errors import SettingsError
from merata.plan.funds import WORKS
from merata.plan.instance import Instance, Solution
from merata.plan.options import OPTIONS
from merata.plan.purse import Integers
from merata.region.settings import PlanSettings

MONTHS = 12
PriceColumn = Literal["low_idr", "used_idr", "high_idr"]


@dataclass(frozen=True)
class Items:
    """What each of `count` things is made of: parallel arrays, a row for each thing and component."""

    count: int
    components: tuple[str, ...]
    """Components of the catalogue, in the catalogue's order."""
    thing: Integers
    component: Integers
    """Position in `components`."""
    number: npt.NDArray[np.float64]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, float]], prices: pd.DataFrame) -> Items:
        """The items of things; each row is a mapping of component to number, {} for what costs nothing.

        `prices` is `merata.plan.catalogue.prices`. Raises KeyError for a component that it lacks, ValueError for a
        number that is negative or not finite.
        """
        components = tuple(str(key) for key in prices.index)
        position = {key: n for n, key in enumerate(components)}
        made_of = [dict(row) for row in rows]
        flat = [
            (n, position[key], float(number)) for n, row in enumerate(made_of) for key, number in row.items()
        ]
        rows = np.array(flat, dtype=np.float64).reshape(-1, 3)
        bad = rows[~((rows[:, 2] >= 0) & (rows[:, 2] < np.inf))]
        if len(bad):
            n, component, number = bad[0]
            raise ValueError(f"thing {n:.0f}: {number:g} of {components[int(component)]}; expected 0 or more")
        return cls(
            len(made_of),
            components,
            rows[:, 0].astype(np.int64),
            rows[:, 1].astype(np.int64),
            rows[:, 2].copy(),
        )

    @classmethod
    def joined(cls, parts: Iterable[Items]) -> Items:
        """The items of several lists of things as one list, in order; all of one catalogue."""
        whole = list(parts)
        shifts = np.cumsum([0, *(part.count for part in whole)])
        return cls(
            int(shifts[-1]),
            whole[0].components,
            np.concatenate([part.thing + shift for part, shift in zip(whole, shifts[:-1], strict=True)]),
            np.concatenate([part.component for part in whole]),
            np.concatenate([part.number for part in whole]),
        )


def growth_factors(years: int, growth: float) -> np.ndarray:
    """What prices are multiplied with in each planned year, the first one 1, (T,)."""
    result: np.ndarray = (1 + growth) ** np.arange(years)
    return result


def costs(
    items: Items, prices: pd.DataFrame, years: int, growth: float = 0.0, column: PriceColumn = "used_idr"
) -> tuple[Integers, Integers]:
    """Capital and yearly running cost of each thing in each year, whole rupiah, two arrays (n, T).

    Parameters
    ----------
    items : what the things are made of.
    prices : `merata.plan.catalogue.prices`; those 'per month' are twelve times a year's running cost.
    years : number of planned years T.
    growth : `plan.price_growth`: prices of the first year are the catalogue's, each later year's so much more.
    column : which end of the price's range.

    Each component of a thing is rounded to a whole rupiah by itself, as in `merata.plan.technology.Bill`.

    """
    price = prices[column].to_numpy(dtype=np.int64)[items.component]
    monthly = is_monthly(prices)[items.component]
    yearly = items.number * price * np.where(monthly, MONTHS, 1)
    capital, running = np.zeros((2, items.count, years), dtype=np.int64)
    for t, factor in enumerate(growth_factors(years, growth).tolist()):
        rupiah = np.rint(yearly * factor).astype(np.int64)
        np.add.at(capital[:, t], items.thing[~monthly], rupiah[~monthly])
        np.add.at(running[:, t], items.thing[monthly], rupiah[monthly])
    return capital, running


def lead_years(kinds: Iterable[str], plan: PlanSettings) -> Integers:
    """Years between paying for each thing and its service, by its option or kind of shared works, (n,).

    Raises SettingsError where `plan.lead_years` names what is neither.
    """
    known = {word.replace("_", " "): word for word in (*OPTIONS, *WORKS)}
    years = {" ".join(kind.replace("_", " ").split()): lead for kind, lead in plan.lead_years.items()}
    if unknown := [kind for kind in years if kind not in known]:
        raise SettingsError(
            f"region.toml: plan.lead_years: there is no option or shared work '{unknown[0]}'; there are "
            + ", ".join(sorted(known))
        )
    return np.array([years.get(str(kind).replace("_", " "), 0) for kind in kinds], dtype=np.int64)


def is_monthly(prices: pd.DataFrame) -> np.ndarray:
    """Whether each component of the catalogue is paid by the month."""
    return np.asarray(prices["unit"] == "per month", dtype=bool)


def promised_after(
    instance: Instance, solution: Solution, contract_years: int, growth: float = 0.0
) -> np.ndarray:
    """What the last contracts of running offers bind after the plan's last year, rupiah by year (contract_years - 1,).

    An offer is contracted for `contract_years` from its start and again whenever that ends. The first of the years is
    the one after the plan's last; each costs what the last planned year does, grown.
    """
    years = len(instance.years)
    serves = np.flatnonzero((solution.offer_start < years) & (solution.offer_end >= years))
    over = (-(years - solution.offer_start[serves])) % contract_years
    last = instance.offers.running[serves, years - 1].astype(np.float64)
    return np.array(
        [
            int(np.rint(last[over > n] * (1 + growth) ** (n + 1)).sum())
            for n in range(max(0, contract_years - 1))
        ],
        dtype=np.int64,
    )
