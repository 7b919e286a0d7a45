"""What the money rests on is said where it is so, in English, and in Indonesian too."""

from dataclasses import replace

import numpy as np
import pandas as pd
from money_cases import problem

from merata.plan import catalogue
from merata.plan.costs import Items
from merata.plan.funds import SIGNATURE, classes_of, funds_of, said_of
from merata.plan.instance import Solution
from merata.plan.money_words import chances_said, money_said, promised_said, safety_said
from merata.plan.sure import Outlook, chances, made_sure
from merata.publish.phrases import in_indonesian
from merata.region.settings import Settings, parse_settings

REGION = """
[plan]
price_growth = 0.03
[[funds]]
name = "Province"
carry_years = 2
ceiling = 0.5
pays = ["capital"]
years = { 2025 = 0 }
[[funds]]
name = "Village"
pays = []
"""


def told(text: str) -> list[str]:
    settings = parse_settings(text)
    return money_said(funds_of(catalogue.budgets(None, settings), settings), settings.plan)


def test_what_region_toml_says_of_money():
    assert told(REGION) == [
        "Fund Province: what it has left in a year can still be spent in the 2 years after it.",
        "Fund Province: it pays at most 50% of what things that the same funds may pay for cost in a year.",
        "Fund Village: what it has left in a year is lost.",
        "All prices change by 3.0% a year after 2025.",
    ]
    assert told("") == ["What a fund has left in a year is not carried over to the next."]


def test_promises_beyond_the_plan():
    assert promised_said([0, 0], 3) == []
    assert promised_said([1_000, 500], 3) == [
        "Subscriptions are contracted for 3 years: the last contracts bind another Rp 1,500 after the plan's last year."
    ]


def test_all_of_it_is_said_in_indonesian():
    settings = parse_settings(REGION)
    funds = funds_of(catalogue.budgets(None, settings), settings)
    rows = pd.DataFrame(
        [("running", "", "", "leo", "school", ""), ("capital", "", "", "leo", "school", "")],
        columns=list(SIGNATURE),
    )
    classes = classes_of(funds, rows)
    instance, _ = problem(1)
    nothing = Solution.nothing(instance)
    prices = catalogue.prices(None, Settings())
    outlook = Outlook(
        Items.of([{}] * sum(instance.shape[1:]), prices), prices, np.ones(instance.shape[3]), draws=10
    )
    safe = made_sure(instance, nothing, outlook, 0.9, lambda _: None)
    said = [
        *told(REGION), *told(""), *said_of(funds, classes, rows), *promised_said([5], 2),
        *said_of(funds, classes_of(funds, rows[1:]), rows[1:]),
        *said_of(replace(funds, terms=funds.terms[1:] * 2), replace(classes, ceiling=classes.ceiling * 0), rows),
        *chances_said(outlook, chances(instance, nothing, outlook)), *safety_said(safe, 0.9),
        *safety_said(replace(safe, aside=instance.money + 1), 0.9),
        *safety_said(replace(safe, aside=instance.money, reached=False), 0.9),
    ]  # fmt: skip
    assert len(set(said)) >= 14
    assert [line for line in said if in_indonesian(line) is None] == []
    assert in_indonesian(told(REGION)[1]) == (
        "Dana Province: membayar paling banyak 50% dari biaya setahun untuk hal-hal yang boleh dibayar dana yang sama."
    )
