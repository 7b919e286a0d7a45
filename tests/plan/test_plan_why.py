"""Why each place gets what it gets: every fact found again independently, and the same in both languages."""

import dataclasses
import json
import re
import string
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from brute import best
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tiny import loaded, seeded, things
from told_cases import plan_of, posed, region, rule, village_code, why

from merata.errors import MissingError
from merata.plan import why_words
from merata.plan.audit import faults
from merata.plan.decisions import Change, Decision
from merata.plan.explain import explain
from merata.plan.hindrance import Trial, Trials
from merata.plan.instance import NONE, Instance, Solution, needs, objective
from merata.plan.ledger import Ledger, starts
from merata.plan.pay import LINK, NODE, OFFER, payments

#: So many seeds of each kind: a few at once, more are slow.
FEW, MANY = 16, 60
MILLION = 1_000_000


Planned = list[tuple[Instance, Solution]]


@cache
def planned(count: int) -> Planned:
    """Tiny problems with their best plans, found by trying everything."""
    made = [seeded(seed) for seed in range(count)] + [loaded(seed) for seed in range(count)]
    found = [(instance, best(instance)) for instance in made]
    return [(instance, plan.solution) for instance, plan in found if plan is not None]


@pytest.fixture(params=[FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def plans(request: pytest.FixtureRequest) -> Planned:
    """The best plans of few problems, and of many."""
    return planned(request.param)


def trials_of(instance: Instance, solution: Solution) -> Iterator[tuple[Trials, Trial, Solution]]:
    """Every trial of a plan that can be had at all, with the plan that it stands for."""
    trials = Trials(instance, solution)
    tried = []
    for place in range(len(instance.village)):
        serving = trials.serving(place)
        tried += [trials.least(place, o) for o in trials.offers_of(place) if not serving]
        tried += [trials.earlier(o) for o in serving]
        tried += [trials.instead(o, q) for o in serving for q in rivals(trials, o, serving)]
    for trial in tried:
        if trial is not None and trial.changes:
            yield trials, trial, starts(instance, solution, trial.changes)


def rivals(trials: Trials, offer: int, serving: list[int]) -> list[int]:
    """What could take an offer's years: a stop-gap's any stop-gap, the years after one any lasting offer."""
    lasting = trials.instance.lasting
    others = [o for o in trials.offers_of(int(trials.instance.place[offer])) if o not in serving]
    if len(serving) == 1:
        return others
    return [o for o in others if lasting[o] == (offer == serving[1])]


def granted(instance: Instance, money: np.ndarray) -> Instance:
    """With one more fund that may pay for anything but keeps nothing."""
    return dataclasses.replace(
        instance,
        funds=[*instance.funds, "gift"],
        money=np.concatenate([instance.money, money[None, :]]),
        carry=np.append(instance.carry, 0),
        ceiling=np.concatenate([instance.ceiling, np.ones((len(instance.ceiling), 1))], axis=1),
    )


def unpaid(instance: Instance, solution: Solution) -> bool:
    return any("cannot pay" in fault for fault in faults(instance, solution))


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_tiny_plans_are_many_and_stand(count: int) -> None:
    plans = planned(count)
    assert len(plans) > 4 * count / 3
    assert all(faults(instance, solution) == [] for instance, solution in plans[::5])


def test_the_money_that_lacks_is_exactly_what_would_do(plans: Planned) -> None:
    """Granted, it can be paid; with a rupiah less in any of its years it can't."""
    seen = 0
    for instance, solution in plans:
        for _, trial, changed in trials_of(instance, solution):
            if trial.kind == "money" and trial.lacking is not None:
                by_year = trial.lacking.sum(axis=0)
                assert not unpaid(granted(instance, by_year), changed)
                for t in np.flatnonzero(by_year).tolist():
                    less = by_year.copy()
                    less[t] -= 1
                    assert unpaid(granted(instance, less), changed)
                seen += 1
    assert seen > (50 if len(plans) > MANY else 0)


def test_what_nothing_hinders_keeps_every_condition_and_what_something_hinders_does_not(
    plans: Planned,
) -> None:
    """The words of the audit's faults; 'nothing by itself' in a best plan never brings more."""
    broken = {
        "office first": "before its gate", "villages a year": "get their first service", "rule": "is not kept",
        "capacity": "carries at most", "money": "cannot pay", "must": "has to be in service",
    }  # fmt: skip
    seen = dict.fromkeys([*broken, ""], 0)
    for instance, solution in plans:
        for _, trial, changed in trials_of(instance, solution):
            told = faults(instance, changed)
            if trial.kind == "":
                assert told == [], (trial, told)
                assert (
                    len(instance.tier) or objective(instance, changed) <= objective(instance, solution) + 1e-9
                )
            elif trial.kind in broken:
                assert any(broken[trial.kind] in fault for fault in told), (trial, told)
            seen[trial.kind] = seen.get(trial.kind, 0) + 1
    if len(plans) > MANY:
        assert all(seen[kind] for kind in broken if kind != "rule"), seen
    assert sum(seen.values()) > len(plans) / 2


def test_what_a_trial_adds_is_the_difference_of_two_plans(plans: Planned) -> None:
    for instance, solution in plans:
        trials = Trials(instance, solution)
        for _, trial, changed in trials_of(instance, solution):
            if not trials.serving(int(instance.place[trial.offer])):
                assert needs(instance, changed).sum() - needs(instance, solution).sum() == trial.cost_idr
        for offer in np.flatnonzero(solution.offer_start < len(instance.years)).tolist():
            without = starts(instance, solution, trials.without(offer))
            saved = needs(instance, solution).sum() - needs(instance, without).sum()
            assert saved == trials.own_cost(offer)
            told = [fault for fault in faults(instance, without) if "not lit" in fault or "link" in fault]
            assert told == []


@given(st.integers(0, 10**6), st.data())
@hypothesis_settings(max_examples=60)
def test_the_needs_of_a_changed_plan_are_those_reckoned_anew(seed: int, data: st.DataObject) -> None:
    instance = seeded(seed)
    never = len(instance.years)
    sizes = (len(instance.root), len(instance.links), len(instance.place))
    fields = (instance.nodes, instance.links, instance.offers)

    def drawn() -> dict[tuple[int, int], tuple[int, int]]:
        changes = {}
        for kind, size in zip((NODE, LINK, OFFER), sizes, strict=True):
            for row in range(size):
                if (kind == NODE and instance.root[row]) or not data.draw(st.booleans()):
                    continue
                lead = min(int(fields[kind].lead[row]), never)
                start = data.draw(st.integers(lead, never))
                end = data.draw(st.integers(min(start + 1, never), never)) if kind == OFFER else never
                changes[kind, row] = (start, end)
        return changes

    plan = starts(instance, Solution.nothing(instance), drawn())
    changes = drawn()
    ledger = Ledger(instance, plan)
    assert (ledger.needs == needs(instance, plan)).all()
    assert (ledger.needs_with(changes) == needs(instance, starts(instance, plan, changes))).all()


def test_the_way_to_a_dark_node_is_the_cheapest_of_all_ways() -> None:
    """Where nothing is planned yet: every simple path is tried."""
    seen = 0
    for instance in map(seeded, range(80)):
        nothing, never = Solution.nothing(instance), len(instance.years)
        trials = Trials(instance, nothing)
        for offer in np.flatnonzero(instance.node != NONE).tolist():
            for year in range(never):
                trial = trials.trial(offer, year, never)
                costs = list(_paths(instance, int(instance.node[offer]), year, ()))
                if trial.changes:
                    works = {key: span for key, span in trial.changes.items() if key[0] != OFFER}
                    assert trials.ledger.cost(works, {}) == min(costs)
                    seen += len(costs) > 1
                elif trial.kind == "no way":
                    assert not costs
    assert seen > 10


def _paths(instance: Instance, node: int, year: int, been: tuple[int, ...]) -> Iterator[int]:
    """Rupiah of each way from a root to a node that can be in service from a year on and be paid by somebody."""
    if instance.root[node]:
        yield 0
        return
    own = _whole_cost(instance, "nodes", node, year)
    for link, (a, b) in enumerate(instance.ends.tolist()):
        cost = _whole_cost(instance, "links", link, year)
        other = b if a == node else a
        if node in (a, b) and other not in (*been, node) and own is not None and cost is not None:
            for rest in _paths(instance, other, year, (*been, node)):
                yield own + cost + rest


def _whole_cost(instance: Instance, name: str, row: int, year: int) -> int | None:
    made = getattr(instance, name)
    if not max(made.first[row], made.lead[row]) <= year <= made.last[row]:
        return None
    for of_class, amounts in ((made.capital_class, made.capital), (made.running_class, made.running)):
        if amounts[row].any() and not instance.ceiling[of_class[row]].any():
            return None
    return int(made.capital[row, year - made.lead[row]] + made.running[row, year:].sum())


def told(instance: Instance, solution: Solution, gap: float) -> Iterator[tuple[str, str]]:
    """Every sentence in both languages."""
    reasons = why(instance, solution, gap)
    yield from zip(reasons.of_points("en"), reasons.of_points("id"), strict=True)
    for place in range(len(instance.village)):
        yield reasons.of_place(place, "en"), reasons.of_place(place, "id")
    for number in range(int(instance.village.max()) + 2):
        yield tuple(reasons.of_village(village_code(number), language) for language in ("en", "id"))  # type: ignore[misc]


def numbers_in(text: str) -> list[str]:
    return sorted(re.sub(r"\D", "", number) for number in re.findall(r"\d[\d.,]*", text.replace(" (id)", "")))


def test_each_sentence_is_whole_and_says_the_same_numbers_in_both_languages(plans: Planned) -> None:
    for n, (instance, solution) in enumerate(plans[::4]):
        for english, indonesian in told(instance, solution, 0.0 if n % 2 else 0.0123):
            assert english.endswith(".")
            assert indonesian.endswith(".")
            assert len(english) > 20
            assert len(indonesian) > 20
            assert not set("{}\n") & set(english + indonesian)
            assert not re.search(r"  |; ;|;\.|\(\)|: \.|\bNone\b|\bnan\b", english + indonesian), english
            assert numbers_in(english) == numbers_in(indonesian), (english, indonesian)
            assert "proven of any plan" not in english or n % 2


def test_points_are_told_by_place_and_start(plans: Planned) -> None:
    for instance, solution in plans[::3]:
        reasons = why(instance, solution)
        offers = np.flatnonzero(solution.offer_start < len(instance.years))
        order = sorted(offers.tolist(), key=lambda o: (instance.place[o], solution.offer_start[o]))
        assert reasons.facts.points() == order
        years = [str(instance.years[solution.offer_start[o]]) for o in order]
        for text, year in zip(reasons.of_points("en"), years, strict=True):
            assert f"in {year}" in text


@pytest.mark.slow
def test_the_same_plan_is_told_in_the_same_words(plans: Planned) -> None:
    for instance, solution in plans[:10]:
        assert list(told(instance, solution, 0.01)) == list(told(instance, solution, 0.01))


# By hand: two villages, Rp 100 million a year, two years.


def village(
    capital: list[list[int]],
    place: list[int],
    money: list[list[int]],
    *,
    running: int = 0,
    node: list[int] | None = None,
    share: list[float] | None = None,
    lasting: list[bool] | None = None,
    tower: int = 0,
    cable: int = 0,
    **more: object,
) -> Instance:
    """Places of a village each; a root, a tower behind it; millions of rupiah."""
    years, offers = len(money[0]), len(place)
    places = max(place) + 1
    made = Instance(
        years=list(range(2025, 2025 + years)),
        worth=np.ones((places, years)),
        village=np.arange(places),
        gate=np.full(places, NONE),
        nodes=things(MILLION * np.array([[0] * years, [tower] * years])),
        root=np.array([True, False]),
        node_mbps=np.full(2, np.inf),
        links=things(MILLION * np.array([[cable] * years])),
        ends=np.array([[0, 1]]),
        link_mbps=np.full(1, np.inf),
        offers=things(MILLION * np.array(capital), running=MILLION * running),
        place=np.array(place),
        node=np.array(node or [NONE] * offers),
        share=np.array(share or [1.0] * offers),
        lasting=np.array(lasting or [True] * offers),
        mbps=np.zeros(offers),
        reuse=np.zeros(offers, dtype=np.int64),
        pool=np.full(offers, NONE),
        funds=["Province", "Regency"][: len(money)],
        money=MILLION * np.array(money),
        carry=np.zeros(len(money), dtype=np.int64),
        ceiling=np.ones((1, len(money))),
        villages_per_year=np.full(years, NONE),
    )
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def serve(instance: Instance, *offers: tuple[int, int], tower: int | None = None, **ends: int) -> Solution:
    """Offers with their years; the tower and its cable from a year on; `o3=1`: offer 3 ends in year 1."""
    plan, never = Solution.nothing(instance), len(instance.years)
    for offer, start in offers:
        plan.offer_start[offer], plan.offer_end[offer] = start, ends.get(f"o{offer}", never)
    if tower is not None:
        plan.node_start[1] = plan.link_start[0] = tower
    return plan


def test_what_lacks_a_year_earlier_is_said_with_its_year() -> None:
    instance = village([[60, 60], [70, 70]], [0, 1], [[100, 100]])
    text = why(instance, serve(instance, (0, 0), (1, 1))).of_village(village_code(1), "en")
    assert text == (
        "Village office: fibre in 2026, Rp 70 million once and Rp 0 a year from Province; the only option there "
        "that reaches 'working'; not in 2025: the funds are short by Rp 30 million in 2025."
    )


def test_a_village_without_anything_is_told_the_least_that_lacks() -> None:
    instance = village([[60, 60], [70, 70], [90, 90]], [0, 1, 1], [[50, 60]])
    reasons = why(instance, serve(instance, (0, 1)), options=["leo", "fibre", "leo"])
    assert reasons.of_village(village_code(1), "en") == (
        "Nothing in these years: even what lacks least, fibre for the village office in 2025 (Rp 70 million in all), "
        "is not paid for: the funds are short by Rp 20 million in 2025."
    )
    assert "kurang Rp20 juta pada 2025" in reasons.of_village(village_code(1), "id")
    assert "nothing here is below its promise" in reasons.of_village(village_code(2), "en")


def test_only_funds_that_may_pay_are_named() -> None:
    instance = village([[60], [70]], [0, 1], [[100], [100]], ceiling=np.array([[1.0, 0.0]]))
    text = why(instance, serve(instance, (0, 0))).of_village(village_code(1), "en")
    assert "Province, of all funds those that may pay for it, are short by Rp 30 million in 2025" in text
    nobody = village([[60], [70]], [0, 1], [[100], [100]])
    classes = dataclasses.replace(nobody.offers, capital_class=np.array([0, 1]))
    nobody = dataclasses.replace(nobody, offers=classes, ceiling=np.array([[1.0, 1.0], [0.0, 0.0]]))
    assert "no fund may pay for it" in why(nobody, serve(nobody, (0, 0))).of_village(village_code(1), "en")


def test_the_cheaper_alternative_is_named_with_its_cost_and_why_it_was_not_taken() -> None:
    instance = village([[60], [40]], [0, 0], [[100]], share=[1.0, 0.6])
    text = why(instance, serve(instance, (0, 0)), options=["leo", "fixed_wireless"]).of_point(0, "en")
    assert (
        "4G fixed wireless would cost less in all (Rp 40 million against Rp 60 million), but serves with a chance of "
        "60%, not 100%" in text
    )
    alike = village([[60], [40]], [0, 0], [[100]])
    text = why(alike, serve(alike, (0, 0)), options=["leo", "fixed_wireless"]).of_point(0, "en")
    assert "4G fixed wireless would serve as well and cost less in all" in text
    poor = village([[60, 60], [40, 40]], [0, 0], [[60, 60], [0, 90]], share=[0.5, 1.0])
    late = dataclasses.replace(poor, offers=dataclasses.replace(poor.offers, capital_class=np.array([0, 1])))
    late = dataclasses.replace(late, ceiling=np.array([[1.0, 1.0], [0.0, 1.0]]))
    text = why(late, serve(late, (0, 0)), options=["leo", "fibre"]).of_point(0, "en")
    assert "but Regency, of all funds those that may pay for it, are short by Rp 40 million in 2025" in text


def test_shared_works_are_named_with_how_many_share_them_and_each_pays_its_part() -> None:
    instance = village(
        [[10], [10], [10], [50]], [0, 1, 2, 0], [[100]], node=[1, 1, 1, NONE], tower=30, cable=15
    )
    plan = serve(instance, (0, 0), (1, 0), (2, 0), tower=0)
    reasons = why(instance, plan, options=["fibre"] * 3 + ["leo"])
    text = reasons.of_point(0, "en")
    assert "the cheapest option there that reaches 'working' (Rp 25 million in all, its part" in text
    name = region(instance).villages["name"].iloc[0]
    assert f"it hangs on a new tower in {name} and 1.5 km of new cable, shared with 2 other places" in text
    assert "1,5 km kabel baru, bersama 2 tempat lain" in reasons.of_point(0, "id")
    assert reasons.facts.trials.own_cost(0) == 10 * MILLION
    dear = dataclasses.replace(
        instance,
        offers=dataclasses.replace(instance.offers, capital=MILLION * np.array([[10], [10], [10], [20]])),
    )
    assert (
        "no other option there adds less to what is built for others too (Rp 10 million in all, LEO satellite Rp 20 "
        "million)" in why(dear, plan, options=["fibre"] * 3 + ["leo"]).of_point(0, "en")
    )


def test_the_works_that_one_place_alone_needs_go_with_it() -> None:
    instance = village([[10], [50]], [0, 0], [[100]], node=[1, NONE], tower=30, cable=15)
    reasons = why(instance, serve(instance, (0, 0), tower=0), options=["fibre", "leo"])
    assert reasons.facts.trials.own_cost(0) == 55 * MILLION
    text = reasons.of_point(0, "en")
    assert (
        "LEO satellite would serve as well and cost less in all (Rp 50 million against Rp 55 million)" in text
    )
    assert "for it alone" in text


def test_a_stop_gap_says_until_when_and_what_follows() -> None:
    instance = village(
        [[10, 10, 10], [30, 30, 30]], [0, 0], [[20, 20, 30]], share=[0.5, 1.0], lasting=[False, True]
    )
    reasons = why(instance, serve(instance, (0, 0), (1, 2), o0=2), options=["leo", "fibre"])
    first, second = reasons.of_points("en")
    assert first.startswith(
        "Village office: LEO satellite in 2025 until 2026, then fibre, Rp 10 million once"
    )
    assert "the only stop-gap there" in first
    assert "it follows LEO satellite" in second
    assert "not in 2026: the funds are short by Rp 10 million in 2026" in second
    assert reasons.of_place(0, "en") == f"{first} {second}"


def test_a_rule_that_leans_on_a_place_is_said_and_one_that_does_not_is_not() -> None:
    floor = rule("at least one village by 2025", [0, 1], [0, 0], 1.0)
    instance = village([[60], [30]], [0, 1], [[100]], rules=[floor])
    both = why(instance, serve(instance, (0, 0), (1, 0)))
    assert "leans" not in "".join(both.of_points("en"))
    alone = why(instance, serve(instance, (0, 0)))
    assert "a rule leans on it (at least one village by 2025)" in alone.of_point(0, "en")
    assert "suatu aturan bertumpu padanya (at least one village by 2025 (id))" in alone.of_point(0, "id")


def test_a_rule_that_would_be_broken_is_said() -> None:
    first = dataclasses.replace(
        rule("village A goes before village B", [0, 1], [0, 0], 0.0), coefficient=np.array([1.0, -1.0])
    )
    instance = village([[60, 60], [30, 30]], [0, 1], [[50, 90]], rules=[first])
    reasons = why(instance, serve(instance, (0, 1), (1, 1)), gap=0.1)
    assert "not in 2025: a rule would be broken (village A goes before village B)" in reasons.of_point(
        1, "en"
    )
    changed = starts(instance, serve(instance, (0, 1), (1, 0)), {})
    assert any("is not kept" in fault for fault in faults(instance, changed))


def test_decisions_are_said_where_they_bear() -> None:
    about = ("village X is forbidden (swamp)", "desa X dilarang (rawa)")
    instance = village([[60], [30]], [0, 1], [[100]])
    barred = dataclasses.replace(
        instance, offers=dataclasses.replace(instance.offers, first=np.array([1, 0]))
    )
    decided = [Decision("plan.decide.1", "forbid", about, [Change("offers", np.array([0]), 1)])]
    text = why(barred, serve(barred, (1, 0)), decided=decided).of_village(village_code(0), "en")
    assert text.endswith("a decision forbids it (village X is forbidden (swamp)).")
    must = dataclasses.replace(instance.offers, must=np.array([True, False]))
    forced = [
        Decision(
            "plan.decide.1", "force", ("it is served (vow)", ""), [Change("offers", np.array([0]), 0, 0)]
        )
    ]
    held = dataclasses.replace(instance, offers=must)
    assert "decided so (it is served (vow))" in why(held, serve(held, (0, 0)), decided=forced).of_point(
        0, "en"
    )


def test_no_claim_of_the_best_without_proof() -> None:
    instance = village([[60, 60]], [0], [[100, 100]])
    plan = serve(instance, (0, 1))
    assert "the plan is within its proven gap of 1.23%" in why(instance, plan, 0.0123).of_point(0, "en")
    assert "selisih terbukti 1,23%" in why(instance, plan, 0.0123).of_point(0, "id")
    assert "gap" not in why(instance, plan, 0.0).of_point(0, "en")
    assert "0%" not in why(instance, plan, 0.000_000_4).of_point(0, "en").replace("0.00004%", "")


def test_why_nothing_reaches_a_place_is_said_from_what_is_there() -> None:
    instance = village([[60]], [0], [[100]])
    gone = dataclasses.replace(
        instance,
        village=np.array([0, 1]),
        worth=np.ones((2, 1)),
        gate=np.full(2, NONE),
        villages_per_year=np.full(1, NONE),
    )
    short = pd.DataFrame(
        {"place_no": [1], "option": ["geo"], "level": ["basic"], "reaches": [False], "share": [1.0]}
    )
    text = why(gone, serve(gone, (0, 0)), offers=short).of_village(village_code(1), "en")
    assert text == (
        "Nothing in these years: no option reaches 'working' at the village office (no way for cable is known, no new "
        "or present 4G is sure enough to reach it, geostationary satellite gives 'basic' only)."
    )
    silent = why(gone, serve(gone, (0, 0))).of_village(village_code(1), "id")
    assert silent == "Belum ada pada tahun-tahun ini: tidak ada pilihan yang mencapai 'layak' di kantor desa."


def test_no_money_at_all_is_said() -> None:
    instance = village([[60]], [0], [[0]])
    text = why(instance, serve(instance)).of_village(village_code(0), "en")
    assert "there is no budget in any year" in text
    assert "Rp 60 million in 2025" in text


def test_an_explanation_weighs_every_offer_and_proves_no_more_than_it_can() -> None:
    floor = rule("at least one village by 2025", [0, 1], [0, 0], 1.0)
    instance = village([[60], [40], [70]], [0, 0, 1], [[100]], share=[1.0, 0.6, 1.0], rules=[floor])
    plan, access = serve(instance, (0, 0)), region(instance)
    paid = payments(instance, plan)
    assert paid is not None
    for number in range(3):
        for gap in (0.0, 0.01):
            told_ = explain(
                plan_of(instance, plan, gap), posed(instance), plan, paid, access, village_code(number)
            )
            json.dumps(asdict(told_))
            assert told_.name in told_.text_en
            assert told_.name in told_.text_id
            assert not set("{}") & set(told_.text_en + told_.text_id)
            assert (
                "no plan under the same rules and budgets brings more than this one's" in told_.text_en
            ) == (gap == 0)
            assert len(told_.options) == (instance.place == number).sum()
            assert numbers_in(told_.text_en) == numbers_in(told_.text_id)
    first = explain(plan_of(instance, plan, 0.0), posed(instance), plan, paid, access, village_code(0))
    assert [row["chosen"] for row in first.options] == [True, False]
    assert [row["added_idr"] for row in first.options] == [60 * MILLION, 40 * MILLION]
    assert (
        "Rp 20 million less in all than what is taken, and serves with a chance of 60%, not 100%"
        in first.text_en
    )
    assert "at least one village by 2025 (just kept)" in first.text_en
    with pytest.raises(MissingError):
        explain(plan_of(instance, plan, 0.0), posed(instance), plan, paid, access, "11.11.11.1111")


def test_every_sentence_has_the_same_facts_in_both_languages_and_is_used() -> None:
    source = "".join(
        path.read_text()
        for path in Path(why_words.__file__).parent.glob("*.py")
        if path.name != "why_words.py"
    )
    source += Path(why_words.__file__).read_text().split("}  # fmt: skip")[1]
    for key, (english, indonesian) in why_words.SENTENCES.items():
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (english, indonesian)
        ]
        assert fields[0] == fields[1], key
        assert f'"{key}"' in source or f'"{key.removesuffix("s")}"' in source, key


def test_shares_are_told_apart_where_they_differ() -> None:
    assert why_words.percents([0.6, 1.0], "en") == ["60%", "100%"]
    assert why_words.percents([0.996, 1.0], "en") == ["99.6%", "100.0%"]
    assert why_words.percents([0.996, 1.0], "id") == ["99,6%", "100,0%"]
    assert why_words.percents([0.5, 0.5], "en") == ["50%", "50%"]
