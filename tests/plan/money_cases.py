"""Small problems of money for the tests: things with random prices, a random plan, funds of every sort."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from merata.plan.instance import NONE, Instance, Solution, Things


def things(rng: np.random.Generator, count: int, years: int, classes: int, dear: int) -> Things:
    return Things(
        capital=rng.integers(0, dear, (count, years)),
        running=rng.integers(0, dear // 3 + 1, (count, years)),
        lead=rng.integers(0, min(2, years), count),
        first=np.zeros(count, dtype=np.int64),
        last=np.full(count, years - 1),
        must=np.zeros(count, dtype=bool),
        capital_class=rng.integers(0, classes, count),
        running_class=rng.integers(0, classes, count),
    )


def problem(
    seed: int,
    *,
    years: int = 3,
    funds: int = 2,
    classes: int = 2,
    count: int = 4,
    dear: int = 30,
    rich: float = 1.0,
) -> tuple[Instance, Solution]:
    """A problem whose plan costs about as much as there is; `rich`: how much more there is."""
    rng = np.random.default_rng(seed)
    nodes, links, offers = (things(rng, count, years, classes, dear) for _ in range(3))
    ceiling = rng.choice([0.0, 0.3, 1 / 3, 0.5, 1.0, 1.0], (classes, funds))
    # Offers of one pool give back the same.
    pool = rng.integers(NONE, 2, count)
    instance = Instance(
        years=list(range(2025, 2025 + years)),
        worth=np.ones((count, years)), village=np.arange(count), gate=np.full(count, NONE),
        nodes=nodes, root=rng.random(count) < 0.2, node_mbps=np.full(count, np.inf),
        links=links, ends=np.zeros((count, 2), dtype=np.int64), link_mbps=np.full(count, np.inf),
        offers=offers, place=np.arange(count), node=np.full(count, NONE), share=np.ones(count),
        lasting=np.zeros(count, dtype=bool), mbps=np.zeros(count),
        reuse=rng.integers(1, dear, 3)[pool], pool=pool,
        funds=[f"fund {n}" for n in range(funds)],
        money=np.zeros((funds, years), dtype=np.int64), carry=rng.integers(0, 3, funds), ceiling=ceiling,
        villages_per_year=np.full(years, NONE),
    )  # fmt: skip
    solution = Solution(*(_starts(rng, t) for t in (nodes, links, offers)), np.full(count, years))
    solution.offer_end = np.where(
        solution.offer_start < years,
        np.minimum(years, solution.offer_start + rng.integers(1, years + 2, count)),
        years,
    )
    dear_year = (nodes.capital.sum() + nodes.running.sum()) / years
    instance.money[:] = rng.integers(0, max(2, int(2 * rich * dear_year / funds)), (funds, years))
    return instance, solution


def _starts(rng: np.random.Generator, of: Things) -> np.ndarray:
    return np.maximum(rng.integers(0, of.capital.shape[1] + 1, len(of)), of.lead)


seeds = st.integers(0, 2**32 - 1)


def plain_things(years: int, offers: list[tuple[int, int, int]]) -> tuple[Instance, Solution]:
    """Offers with (capital, running, start), one class, one fund without money, and nothing else."""
    capital, running, start = (np.array(x) for x in zip(*offers, strict=True))
    count = len(offers)
    instance, _ = problem(1, years=years, funds=1, classes=1, count=count)
    of = replace(
        instance.offers,
        capital=np.repeat(capital[:, None], years, 1), running=np.repeat(running[:, None], years, 1),
        lead=np.zeros(count, dtype=np.int64),
    )  # fmt: skip
    never = np.full(count, years)
    instance = replace(
        instance,
        offers=of,
        pool=np.full(count, NONE),
        ceiling=np.ones((1, 1)),
        money=np.zeros((1, years), dtype=np.int64),
    )
    return instance, Solution(never.copy(), never.copy(), start, never.copy())
