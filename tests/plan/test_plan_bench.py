"""What the planner is measured against is sound: cases by seed, plans without faults, an exact compact model."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
from brute import best
from tiny import seeded

from merata.plan.audit import faults
from merata.plan.instance import NONE, Instance, objective

sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))

from plan_cases import SIZES, Size, case, made, without_network
from plan_compact import compact, useful_links
from plan_thumb import economies, greedy, priority

SMALL = Size(300, 25, 2, 4, 60.0, (2.0, 5.0))


def _small(seed: int, **changes: bool) -> Instance:
    return made("small", dataclasses.replace(SMALL, **changes), np.random.default_rng(seed)).instance


def _plain(tiny: Instance) -> Instance:
    """Only what the compact model knows: one fund that pays all, offers for good, no rules."""
    return dataclasses.replace(
        tiny,
        funds=tiny.funds[:1],
        money=tiny.money[:1],
        carry=tiny.carry[:1],
        ceiling=np.ones((len(tiny.ceiling), 1)),
        lasting=np.ones(len(tiny.lasting), dtype=bool),
        gate=np.full(len(tiny.gate), NONE),
        rules=[],
        tier=np.zeros(0, dtype=np.int64),
        villages_per_year=np.full(len(tiny.years), NONE),
    )


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.slow
def test_the_compact_model_is_exact(seed):
    plain = _plain(seeded(seed))
    truth = best(plain)
    solution, bound = compact(plain, gap=0.0, seconds=20)
    if truth is None:
        assert faults(plain, solution) != []
    else:
        assert faults(plain, solution) == []
        assert objective(plain, solution) == pytest.approx(truth.objective, abs=1e-6)
        assert bound == pytest.approx(truth.objective, abs=1e-6)


@pytest.mark.parametrize("rule", [greedy, economies, priority])
@pytest.mark.parametrize("changes", [{}, {"stop_gaps": True}, {"terminals": False}])
@pytest.mark.slow
def test_rules_of_thumb_keep_to_the_money_and_serve_somebody(rule, changes):
    for seed in range(2):
        instance = _small(seed, **changes)
        solution = rule(instance)
        assert faults(instance, solution) == []
        assert objective(instance, solution) > 0


def test_rules_of_thumb_refuse_what_they_do_not_know():
    with pytest.raises(ValueError, match="one fund"):
        greedy(dataclasses.replace(_small(1), ceiling=np.full((1, 1), 0.5)))


def test_a_case_is_the_same_for_the_same_seed_and_another_for_another():
    one, two, other = _small(3), _small(3), _small(4)
    assert all(
        (getattr(one, name) == getattr(two, name)).all() for name in ("worth", "ends", "place", "money")
    )
    assert one.money[0, 0] != other.money[0, 0]


@pytest.mark.parametrize("name", ["compact", "sites"])
@pytest.mark.slow
def test_everything_in_a_case_can_be_reached_and_money_is_for_a_part(name):
    instance = case(name).instance
    assert (instance.shape[0], int(instance.root.sum())) == (SIZES[name].places, SIZES[name].roots)
    rich = dataclasses.replace(instance, money=instance.money * 100)
    everything = greedy(rich)
    assert len(np.unique(instance.place[everything.offer_start == 0])) == SIZES[name].places
    assert objective(instance, greedy(instance)) < 0.9 * objective(rich, everything)


def test_the_case_without_a_network_has_money_for_so_many_sites():
    one, many = without_network(sites=30, places=200, part=0.2)
    plan = greedy(one.instance)
    assert faults(one.instance, plan) == []
    assert (plan.node_start[1:31] == 0).sum() == many == 6


def test_only_links_that_are_dearer_and_carry_no_more_are_left_out():
    instance = case("compact", capacity=True).instance
    kept = useful_links(instance)
    assert len(kept) < len(instance.links)
    assert set(map(tuple, np.sort(instance.ends[kept], axis=1))) == set(
        map(tuple, np.sort(instance.ends, axis=1))
    )
