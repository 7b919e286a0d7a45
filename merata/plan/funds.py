"""What each fund has and what it may pay: the payment classes of a plan's things."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.errors import SettingsError
from merata.plan.options import OPTIONS
from merata.plan.purse import Integers
from merata.region.settings import FundSettings, Settings
from merata.region.tables import SECTOR_OF_FACILITY

#: Shared works that cost something: kinds of node and link.
WORKS = (
    "point of presence", "fibre", "microwave", "tower", "new tower", "shared tower", "cell", "repeater", "junction",
    "place", "join", "satellite", "donor",
)  # fmt: skip
#: Kinds of place: facilities, and the people of a settlement or village.
PLACES = (*SECTOR_OF_FACILITY, "people")
#: Columns of `signatures`.
SIGNATURE = ("cost", "village_code", "other_village_code", "option", "place_kind", "work")

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Terms:
    """What one fund may pay for; None: anything."""

    name: str
    pays: frozenset[str]
    """'capital', 'running'."""
    villages: frozenset[str] | None
    options: frozenset[str] | None
    places: frozenset[str] | None
    works: frozenset[str] | None
    """Kinds of shared works."""
    ceiling: float

    @property
    def offers_barred(self) -> bool:
        """Only shared works are named, so no offer may be paid."""
        return self.works is not None and self.options is None and self.places is None


@dataclass(frozen=True)
class Funds:
    """Funds in order, with T years. The order is that of region.toml: the first named pays first."""

    names: list[str]
    years: list[int]
    money: Integers
    """Rupiah by fund and year, (F, T)."""
    carry: Integers
    """Years for which money stays, (F,)."""
    terms: list[Terms]


@dataclass(frozen=True)
class Classes:
    """Payment classes of signatures: those that the same funds may pay up to the same ceilings are one class."""

    of: Integers
    """Class of each signature."""
    ceiling: npt.NDArray[np.float64]
    """Largest share that each fund may pay of each class, (C, F)."""

    @property
    def unpayable(self) -> Flags:
        """Signatures for which no fund may pay anything."""
        nobody = np.asarray((self.ceiling <= 0).all(axis=1), dtype=bool)
        return np.asarray(nobody[self.of], dtype=bool)


def funds_of(budgets: pd.DataFrame, settings: Settings, villages: pd.DataFrame | None = None) -> Funds:
    """The funds of a plan.

    Parameters
    ----------
    budgets : `merata.plan.catalogue.budgets`.
    settings : terms of the funds; a fund of the budgets table that region.toml does not name may pay for anything.
    villages : the region's villages, `code` and `district`; None: the funds' `villages` are not checked.

    Raises
    ------
    SettingsError
        A fund names a village, district or kind that there is not, or two funds have one name.

    """
    wide = budgets.pivot_table(index="fund", columns="year", values="budget_idr", aggfunc="sum", sort=False)
    wide = wide[sorted(wide.columns)].fillna(0)
    known = {fund.name: fund for fund in settings.funds}
    if len(known) < len(settings.funds):
        twice = sorted({f.name for f in settings.funds if sum(g.name == f.name for g in settings.funds) > 1})
        raise SettingsError(
            f"region.toml: fund '{twice[0]}' stands there twice: join the two, or name one otherwise"
        )
    names = [str(name) for name in wide.index]
    of = [known.get(name, FundSettings(name=name)) for name in names]
    return Funds(
        names,
        [int(year) for year in wide.columns],
        wide.to_numpy(dtype=np.int64),
        np.array([fund.carry_years for fund in of], dtype=np.int64),
        [_terms(fund, villages) for fund in of],
    )


def _terms(fund: FundSettings, villages: pd.DataFrame | None) -> Terms:
    named = {_plain(kind): kind for kind in fund.kinds}
    lists = [{_plain(key): key for key in keys} for keys in (OPTIONS, PLACES, WORKS)]
    for word, kind in named.items():
        if not any(word in known for known in lists):
            raise SettingsError(
                _unknown(fund, "kinds", kind, sorted({key for known in lists for key in known.values()}))
            )
    options, places, works = (
        frozenset(known[word] for word in named if word in known) if named else None for known in lists
    )
    return Terms(
        fund.name, frozenset(fund.pays), _villages(fund, villages),
        options or None, places or None, works, fund.ceiling,
    )  # fmt: skip


def _plain(word: str) -> str:
    return " ".join(word.replace("_", " ").casefold().split())


def _villages(fund: FundSettings, villages: pd.DataFrame | None) -> frozenset[str] | None:
    """Codes of the villages in which a fund may pay; None: everywhere."""
    if not fund.villages:
        return None
    if villages is None:
        return frozenset(fund.villages)
    codes = [str(code) for code in villages["code"]]
    districts = [_plain(str(name)) for name in villages["district"]]
    found: set[str] = set()
    for named in fund.villages:
        word = _plain(named)
        mine = [
            code
            for code, district in zip(codes, districts, strict=True)
            if word in (code, district) or code.startswith(f"{word}.")
        ]
        if not mine:
            known = [*codes, *dict.fromkeys(str(name) for name in villages["district"])]
            raise SettingsError(_unknown(fund, "villages", named, known))
        found.update(mine)
    return frozenset(found)


def _unknown(fund: FundSettings, setting: str, word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 3, 0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known[:40])}"
    hint += " …" if not near and len(known) > 40 else ""
    return f"region.toml: fund '{fund.name}': {setting}: there is no '{word}' here; {hint}"


def classes_of(funds: Funds, signatures: pd.DataFrame) -> Classes:
    """The payment class of each signature: of what is paid, a thing's capital or its running cost.

    Parameters
    ----------
    funds : `funds_of`.
    signatures : columns SIGNATURE: `cost` 'capital' or 'running'; `village_code` and, for what joins two villages,
        `other_village_code`; of an offer `option` and `place_kind`, of shared works `work`; '' where there is none.

    A thing of no village can only be paid by a fund that pays everywhere; one that joins two villages, by a fund that
    pays in both. Classes are in the order of their first signature.

    """
    if not len(signatures):
        return Classes(np.zeros(0, dtype=np.int64), np.zeros((0, len(funds.names))))
    kinds, of = _distinct(signatures, ["cost", "option", "place_kind", "work"])
    may_kind = np.array([[_may_pay(terms, *kind) for terms in funds.terms] for kind in kinds])[of]
    may = may_kind & _may_there(funds, signatures["village_code"], empty=False)
    may &= _may_there(funds, signatures["other_village_code"], empty=True)
    shares = may * np.array([terms.ceiling for terms in funds.terms])
    ceiling, first, inverse = np.unique(shares, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return Classes(rank[inverse.ravel()].astype(np.int64), ceiling[order])


def _distinct(table: pd.DataFrame, columns: list[str]) -> tuple[list[tuple[str, ...]], np.ndarray]:
    """Rows that differ, and which of them each row is."""
    of, keys = pd.MultiIndex.from_frame(table[columns].fillna("").astype(str)).factorize()
    return [tuple(str(part) for part in key) for key in list(keys)], of


def _may_pay(terms: Terms, cost: str, option: str, place_kind: str, work: str) -> bool:
    """Whether a fund may pay for such a thing, wherever it is."""
    if cost not in terms.pays or terms.ceiling <= 0:
        return False
    if work:
        return terms.works is None or work in terms.works
    if terms.offers_barred:
        return False
    return (terms.options is None or option in terms.options) and (
        terms.places is None or place_kind in terms.places
    )


def _may_there(funds: Funds, codes: pd.Series, *, empty: bool) -> Flags:
    """Whether each fund may pay in each village, (n, F); `empty`: what holds for ''."""
    number, known = pd.factorize(codes.fillna("").astype(str))
    may = np.ones((len(known), len(funds.names)), dtype=bool)
    for f, terms in enumerate(funds.terms):
        if terms.villages is not None:
            may[:, f] = [empty if code == "" else code in terms.villages for code in known]
    result: Flags = may[number]
    return result


@dataclass(frozen=True)
class SupplyClasses:
    """Payment classes of all nodes, links and offers."""

    node_capital: Integers
    node_running: Integers
    link_capital: Integers
    link_running: Integers
    offer_capital: Integers
    offer_running: Integers
    ceiling: npt.NDArray[np.float64]
    """Largest share that each fund may pay of each class, (C, F)."""


def supply_classes(
    funds: Funds, nodes: pd.DataFrame, links: pd.DataFrame, offers: pd.DataFrame, places: pd.DataFrame
) -> SupplyClasses:
    """Payment classes of a supply.

    Parameters
    ----------
    funds : `funds_of`.
    nodes : `node`, `kind`, `village_code`.
    links : `a`, `b` (nodes), `kind`.
    offers : `place_no` (row of `places`), `option`.
    places : `village_code`, `kind`.

    """
    village = pd.Series(
        nodes["village_code"].fillna("").astype(str).to_numpy(), index=nodes["node"].astype(str)
    )
    first, second = (links[end].astype(str).map(village).fillna("").to_numpy(dtype=object) for end in "ab")
    place_no = offers["place_no"].to_numpy(dtype=np.int64)
    works = pd.DataFrame(
        {
            "village_code": np.concatenate([village.to_numpy(dtype=object), first]),
            "other_village_code": np.concatenate([np.full(len(nodes), "", dtype=object), second]),
            "work": np.concatenate([table["kind"].to_numpy(dtype=object) for table in (nodes, links)]),
            "option": "",
            "place_kind": "",
        }
    )
    # A link into the open belongs to the village at its other end.
    alone = works["village_code"] == ""
    works["village_code"] = works["village_code"].where(~alone, works["other_village_code"])
    mine = pd.DataFrame(
        {
            "village_code": places["village_code"].astype(str).to_numpy(dtype=object)[place_no],
            "other_village_code": "",
            "work": "",
            "option": offers["option"].to_numpy(dtype=object),
            "place_kind": places["kind"].astype(str).to_numpy(dtype=object)[place_no],
        }
    )
    things = pd.concat([works, mine], ignore_index=True)
    both = pd.concat([things.assign(cost=cost) for cost in ("capital", "running")], ignore_index=True)
    classes = classes_of(funds, both)
    parts = np.split(classes.of, np.cumsum([len(nodes), len(links), len(offers)] * 2)[:-1])
    capital, running = parts[:3], parts[3:]
    return SupplyClasses(
        capital[0], running[0], capital[1], running[1], capital[2], running[2], classes.ceiling
    )


def said_of(funds: Funds, classes: Classes, signatures: pd.DataFrame) -> list[str]:
    """What is to be known of the funds before a plan is made: plain English sentences, none where nothing is amiss.

    Which funds may pay for nothing of all that could be built, and what nobody may pay for.
    """
    said = []
    for f, terms in enumerate(funds.terms):
        if not (classes.ceiling[:, f] > 0).any():
            said.append(f"Fund {terms.name}: it may pay for nothing that can be built here ({_why(terms)}).")
        elif not funds.money[f].any():
            said.append(f"Fund {terms.name}: it has no money in any planned year.")
    lost = signatures[classes.unpayable]
    what = lost["work"].where(lost["work"] != "", lost["option"]).astype(str).str.replace("_", " ")
    for (cost, kind), rows in lost.groupby([lost["cost"], what], sort=True):
        said.append(
            f"No fund may pay the {_COSTS[str(cost)]} of {len(rows)} × {kind}: the plan can't use them."
        )
    return said


_COSTS = {"capital": "capital", "running": "running cost"}


def _why(terms: Terms) -> str:
    limited = terms.options is not None or terms.places is not None or terms.works is not None
    reasons = {
        "`pays` is empty": not terms.pays,
        "`ceiling` is 0": terms.ceiling <= 0,
        "see its `villages`": terms.villages is not None,
        "see its `kinds`": limited,
    }
    return ", ".join(reason for reason, holds in reasons.items() if holds) or "nothing can"
