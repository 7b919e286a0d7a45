"""The report: one file, well formed, both languages whole, every link arrives, nothing that was given runs."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest
from made_results import made_anew, results

from merata.plan.frames import frame
from merata.plan.result import PROMISES
from merata.publish.report import MOST_FINDINGS, report_files
from merata.publish.tables import villages
from merata.publish.words import Tongue
from merata.region.findings import Finding

EN = Tongue("en")
VOID = {"meta", "br", "link", "img", "input", "hr", "path", "use", "circle"}
NASTY = "=cmd|'/C calc'!A1 <script>alert(1)</script> \"&'</title>"


class Page(HTMLParser):
    """What a reader of the page needs to know: tags in balance, ids, links, headings, text by language."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.headings, self.problems = [], [], [], [], []
        self.text = {"id": [], "en": []}
        self.captions, self.tables, self.unscoped, self.tags, self.data = 0, 0, 0, set(), {"id": [], "en": []}
        self.feed(text)
        self.close()
        self.problems += [f"<{tag}> is not closed" for tag, _ in self.open]

    def language(self):
        return next((dict(a)["lang"] for tag, a in reversed(self.open) if tag == "article"), None)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.add(tag)
        if "id" in given:
            self.ids.append(given["id"])
        self.links += [given[name] for name in ("href", "src", "xlink:href", "action") if name in given]
        if re.fullmatch("h[1-6]", tag) and self.language():
            self.headings.append((self.language(), int(tag[1])))
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self.unscoped += tag == "th" and "scope" not in given
        if tag == "data":
            self.data[self.language()].append(given["value"])
        if any(name.startswith("on") for name in given):
            self.problems.append(f"<{tag}> has a handler")
        if tag not in VOID:
            self.open.append((tag, attrs))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open[-1][0] != tag:
            self.problems.append(f"</{tag}> at {self.getpos()} closes {self.open[-1:]}")
            return
        self.open.pop()

    def handle_data(self, data):
        if self.language():
            self.text[self.language()].append(data)


@pytest.fixture(scope="module")
def made():
    return results(25)


@pytest.fixture(scope="module")
def found(made):
    return report_files(made, villages(made))


@pytest.fixture(scope="module")
def page(found):
    return Page(found["index.html"])


def rendered(made):
    return report_files(made, villages(made))


def test_it_is_well_formed(page):
    assert page.problems == []
    assert len(page.ids) == len(set(page.ids))


def test_it_needs_no_script_and_nothing_from_elsewhere(found, page):
    assert not page.tags & {"script", "link", "img", "iframe", "form", "object", "embed"}
    assert all(link.startswith("#") for link in page.links)
    for name, text in found.items():
        addresses = set(re.findall(r"https?://[^\s\"'<>)]+", text)) - {"http://www.w3.org/2000/svg"}
        assert addresses == set(), name
        assert not re.search(r"@import|url\((?!#)", text), name


def test_every_link_arrives(page):
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_headings_come_in_order_in_each_language(page):
    for language in ("id", "en"):
        levels = [level for lang, level in page.headings if lang == language]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [x for lang, x in page.headings if lang == "id"] == [
        x for lang, x in page.headings if lang == "en"
    ]


def test_every_table_has_a_caption_and_every_head_a_scope(page):
    assert page.tables == page.captions > 10
    assert page.unscoped == 0


def test_indonesian_comes_first(found):
    text = found["index.html"]
    assert '<html lang="id">' in text
    assert text.index('<article id="id" lang="id"') < text.index('<article id="en" lang="en"')


def test_every_village_is_in_both_languages_with_its_reason(made, page):
    text = {language: " ".join(parts) for language, parts in page.text.items()}
    for row in villages(made).to_dict("records"):
        assert f"id-v{row['code']}" in page.ids
        assert f"en-v{row['code']}" in page.ids
        assert row["reason"] in text["id"]
        assert row["reason_en"] in text["en"]
        assert row["reason_en"] not in text["id"]


def test_money_on_the_page_adds_up_to_the_plan_in_both_languages(made, page):
    years = made.plan.years
    for language in ("id", "en"):
        shown = page.data[language]
        for column in ("budget_idr", "capex_idr", "opex_idr"):
            assert str(int(years[column].sum())) in shown
            assert all(str(int(amount)) in shown for amount in years[column])
    assert page.data["id"] == page.data["en"]


def test_numbers_are_written_as_each_language_writes_them(made, page):
    people = int(made.access.villages["people"].sum())
    assert f"{people:,}".replace(",", ".") in " ".join(page.text["id"])
    assert f"{people:,}" in " ".join(page.text["en"])


def test_every_assumption_is_listed(made, page):
    text = " ".join(page.text["en"])
    for line in [*made.access.assumptions, *made.plan.assumptions]:
        assert line in text


def section(page_text, language, name):
    return page_text.split(f'id="{language}-h-{name}"')[1].split("</section>")[0]


def test_the_councils_page_says_each_year_with_its_range_and_chance(made, found):
    for language, dot in (("id", "."), ("en", ",")):
        text = section(found["index.html"], language, "council")
        for year in made.plan.years.to_dict("records"):
            low, high = (f"{round(year[name]):,}".replace(",", dot) for name in ("people_low", "people_high"))
            assert f"{low}–{high}" in text
            assert f"{round(year['budget_chance'] * 100)}%" in text
            assert f'value="{year["capex_idr"] + year["opex_idr"]}"' in text
        for even in made.plan.fairness.dropna(subset="year").to_dict("records"):
            assert even["lowest_district"] in text


def test_the_councils_page_names_the_tightest_year_and_the_district_worst_off(made, found):
    text = section(found["index.html"], "en", "council")
    assert "the tightest: 2030, it holds with a chance of 80%" in text
    last = made.plan.fairness.iloc[-1]
    assert f"worst off by then: {last['lowest_district']}, {round(last['lowest'] * 100)}%" in text
    assert "falls from 0.30 to 0.18" in text
    assert f"{made.plan.objective:,.1f}" in text
    assert f"{made.plan.bound:,.1f}" in text
    assert "at most 0.07% can have been missed" in text


def test_what_each_fund_buys_is_every_rupiah_once(made, found):
    text = section(found["index.html"], "id", "plan")
    paid = made.plan.payments
    for fund, amount in paid.groupby("fund")["amount_idr"].sum().items():
        assert f"Jumlah: {fund}" in text
        assert f'value="{amount}"' in text
    for amount in paid.groupby(["fund", "what", "option", "cost"])["amount_idr"].sum():
        assert f'value="{amount}"' in text


def test_works_are_named_in_each_language_and_what_is_free_is_counted(made, found):
    for language, words in (("id", "menara baru"), ("en", "new tower")):
        text = section(found["index.html"], language, "plan")
        assert words in text
        assert ("rekaan" if language == "id" else "made up") in text
    works = made.plan.works
    free = int((works["capex_idr"] + works["opex_idr_per_year"] == 0).sum())
    assert f"{free} more cost nothing of their own" in section(found["index.html"], "en", "plan")


def test_notes_of_the_rules_are_told_in_both_languages(found):
    assert "row 3 of plan.decide: no option can serve it" in section(found["index.html"], "en", "plan")
    assert "baris 3 plan.decide: tidak ada pilihan" in section(found["index.html"], "id", "plan")


def test_a_stop_gap_and_a_chance_stand_in_the_village_list(made, found):
    text = section(found["index.html"], "en", "villages")
    gap = made.plan.points.dropna(subset="until").iloc[0]
    row = text.split(f'id="en-v{gap["village_code"]}"')[1].split("</tr>")[0]
    assert f"(until {gap['until']})" in row
    assert "really served: 87%" in row


@pytest.mark.slow
def test_money_kept_from_earlier_years_is_shown_and_left_is_never_less_than_nothing(made):
    plan = made.plan
    kept = plan.fund_years.assign(
        kept_idr=plan.fund_years["spent_idr"].where(plan.fund_years["year"] == 2030, 0)
    )
    late = plan.payments.assign(money_of=plan.payments["year"].clip(upper=2029))
    page = Page(rendered(replace(made, plan=replace(plan, fund_years=kept, payments=late)))["index.html"])
    assert page.problems == []
    assert str(int(kept["kept_idr"].max())) in page.data["id"]
    assert all(int(value) >= 0 for value in page.data["id"])


@pytest.mark.slow
def test_that_it_is_made_up_is_said_only_when_it_is(made, found):
    assert "MADE-UP EXAMPLE" in found["index.html"]
    assert all("CONTOH REKAAN" in text for text in found.values())
    real = rendered(replace(made, made_up=False, name="Wilayah"))
    assert "MADE-UP" not in real["index.html"]
    assert all("REKAAN" not in text for text in real.values())


@pytest.mark.slow
def test_what_was_given_is_shown_and_not_run(made):
    access = made.access
    shaped = access.villages.assign(name=NASTY, district=NASTY, evidence=NASTY)
    nasty = replace(
        made,
        name=NASTY,
        access=replace(access, villages=shaped, assumptions=[NASTY]),
        plan=replace(
            made.plan,
            points=made.plan.points.assign(fund=NASTY),
            villages=made.plan.villages.assign(reason_id=NASTY, reason_en=NASTY, fund=NASTY),
            fund_years=made.plan.fund_years.assign(fund=NASTY),
            works=made.plan.works.assign(kind=NASTY, fund=NASTY, detail_en=NASTY, detail_id=NASTY),
            payments=made.plan.payments.assign(fund=NASTY, option=NASTY),
            fairness=made.plan.fairness.assign(lowest_district=NASTY),
            notes=[NASTY],
        ),
        gap={by: table.assign(name=NASTY, key=NASTY) for by, table in made.gap.items()},
        findings=[Finding("question", NASTY, NASTY, NASTY, NASTY, NASTY, 1, NASTY, NASTY)],
        sources=[{"file": NASTY, "date": NASTY, "given_by": NASTY, "kind": NASTY}],
        run_id=NASTY,
    )
    found = rendered(nasty)
    page = Page(found["index.html"])
    assert page.problems == []
    assert "script" not in page.tags
    assert NASTY in " ".join(page.text["id"])
    assert not any("<script" in text for text in found.values())


@pytest.mark.slow
def test_the_same_results_give_the_same_bytes(made, found):
    assert rendered(made) == found
    assert rendered(made_anew(25)) == found


@pytest.mark.slow
def test_a_proof_is_rounded_against_the_plan(made):
    plan = replace(made.plan, objective=1000.0, bound=1000.701)
    assert "0,08%" in rendered(replace(made, plan=plan))["index.html"]
    best = rendered(replace(made, plan=replace(made.plan, bound=made.plan.objective)))["index.html"]
    assert "tidak ada rencana yang lebih baik" in best
    unknown = rendered(replace(made, plan=replace(made.plan, bound=float("inf"))))["index.html"]
    assert "Belum terbukti" in unknown
    assert "was not proven" in unknown


@pytest.mark.slow
def test_a_plan_that_builds_nothing_is_a_report_too(made):
    plan = made.plan
    nothing = plan.villages.assign(year=pd.NA, option=pd.NA, fund=pd.NA, capex_idr=0, opex_idr_per_year=0)
    years = plan.years.assign(capex_idr=0, opex_idr=0, people_served=0.0, villages_served=0, points_built=0)
    empty = replace(
        made,
        access_then=None,
        inequality={**made.inequality, "then": None},
        plan=replace(
            plan,
            points=plan.points.iloc[:0],
            villages=nothing,
            years=years,
            objective=0.0,
            bound=0.0,
            works=plan.works.iloc[:0],
            payments=plan.payments.iloc[:0],
            districts=plan.districts.iloc[:0],
            fairness=plan.fairness.iloc[:0],
            notes=[],
        ),
        findings=(),
        sources=(),
    )
    page = Page(rendered(empty)["index.html"])
    assert page.problems == []
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_villages_without_an_outline_give_a_report_without_maps(made):
    bare = made.access.villages.set_geometry([None] * len(made.access.villages), crs=4326)
    found = rendered(replace(made, access=replace(made.access, villages=bare)))
    assert list(found) == ["index.html"]
    assert Page(found["index.html"]).problems == []


@pytest.mark.slow
def test_only_so_many_findings_are_on_the_page_and_questions_come_first(made):
    many = [Finding("note", "f.csv", f"oddity {n}", "kept", row=n) for n in range(1, 400)]
    asked = Finding("question", "z.csv", "which of two", "left out")
    text = rendered(replace(made, findings=[*many, asked]))["index.html"]
    assert "which of two" in text
    assert text.count("oddity ") == 2 * (MOST_FINDINGS - 1)
    assert "250 temuan lain" in text


@pytest.mark.slow
def test_one_language_can_do(made):
    settings = made.settings.model_copy(
        update={"region": made.settings.region.model_copy(update={"languages": ["en"]})}
    )
    text = rendered(replace(made, settings=settings))["index.html"]
    assert '<html lang="en">' in text
    assert '<article id="id"' not in text
    assert Page(text).problems == []


@pytest.mark.slow
def test_a_region_of_240_villages_stays_light():
    found = rendered(results(270))
    assert len(found["index.html"].encode()) < 1_500_000


def test_the_council_sees_money_by_fund_and_the_biggest_works(made, found):
    text = section(found["index.html"], "en", "council")
    for amount in made.plan.fund_years.groupby("fund")["spent_idr"].sum():
        assert f'value="{amount}"' in text
    dearest = made.plan.works.sort_values("capex_idr").iloc[-1]
    assert EN.money(dearest["capex_idr"]) in text


@pytest.mark.slow
def test_a_replan_says_which_promises_it_keeps_and_which_not(made, found):
    codes = list(made.access.villages["code"])
    promises = frame(PROMISES, [
        {"place": "a", "village_code": codes[0], "kind": "school", "promised_option": "leo",
         "promised_year": 2026, "year": 2028, "option": "fibre", "kept": "later", "why": "money",
         "keep_idr": 12_000_000,
         "lacking_idr": 5_000_000, "reason_en": "No money <b>.", "reason_id": "Tidak ada uang."},
        {"place": "b", "village_code": codes[1], "kind": "school", "promised_option": "leo",
         "promised_year": 2026, "year": 2026, "option": "leo", "kept": "in full"},
    ])  # fmt: skip
    plan = replace(made.plan, replan_of="abc123", promises=promises)
    page = rendered(replace(made, plan=plan))["index.html"]
    assert Page(page).problems == []
    for language, reason in (("en", "No money &lt;b&gt;."), ("id", "Tidak ada uang.")):
        text = section(page, language, "promises")
        assert reason in text
        assert "abc123" in text
        assert text.count("<tr>") == 2
    assert "h-promises" not in found["index.html"]
