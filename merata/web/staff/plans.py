"""The plan: forms that explain each setting, a run in the background, drafts, and two plans side by side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from merata.errors import BusyError, InputError
from merata.region.settings import PlanSettings, Settings
from merata.region.settings_rules import FairSettings
from merata.web.models import Publication
from merata.web.page import address, language_of
from merata.web.public.compare import HOW, moves
from merata.web.rights import may, needs
from merata.web.staff import plans_decide as decisions
from merata.web.staff import plans_money as money
from merata.web.staff import plans_toml as toml
from merata.web.staff.frame import page
from merata.web.staff.jobs import ask_once, recent, who
from merata.web.staff.plans_fields import Field, UnreadError, fields_of, read_all
from merata.web.words import Tongue, tongue

#: What the form of rules asks; decisions on single places have a form of their own.
RULES: tuple[tuple[str, list[Field]], ...] = (
    ("plan", fields_of(PlanSettings, "plan", leave=("fair", "decide"))),
    ("fair", fields_of(FairSettings, "plan.fair")),
)
#: Figures of two plans that are set side by side.
FIGURES = ("people_served", "spent", "capex", "opex", "budget")
#: Villages that the comparison names.
_NAMED = 200

Edit = Callable[[Any, Settings], None]
Errors = dict[str, str]


@needs("see plans")
def planning(request: HttpRequest) -> HttpResponse:
    """Where a plan is made: its settings, runs, drafts."""
    light = Publication.objects.defer("totals").select_related("proposed_by", "decided_by")
    return page(
        request,
        "staff/plans.html.j2",
        publications=list(light.order_by("-pk")[:50]),
        jobs=recent(("run",)),
        can_change=may(request.user, "change plans"),
    )


@needs("change plans")
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Run the region in the background."""
    job = ask_once("run", who(request))
    return HttpResponseRedirect(address(language_of(request), "job", job.pk))


@needs("change plans")
def rules(request: HttpRequest) -> HttpResponse:
    """Years, weights, prices' place, and the rules of fairness."""
    fields = [field for _, group in RULES for field in group]

    def edit_of(typed: Mapping[str, list[str]]) -> tuple[Edit, dict[str, UnreadError]]:
        values, unread = read_all(fields, typed)
        return lambda document, now: toml.set_fields(document, values, now), unread

    def shown(said: toml.Said, typed: Mapping[str, list[str]] | None) -> dict[str, Any]:
        return {
            "groups": RULES,
            "texts": {field.name: _text(field, said.settings, typed) for field in fields},
        }

    return _form(request, "rules", "plan", edit_of, shown)


def _text(field: Field, now: Settings, typed: Mapping[str, list[str]] | None) -> Any:
    if typed is None:
        return field.text(toml.current(now, field))
    given = typed.get(field.name, [])
    return given if field.kind == "several" else "".join(given[:1])


@needs("change plans")
def funds(request: HttpRequest) -> HttpResponse:
    """The funds, and what each has in each year."""
    known = money.known_funds(Publication.objects.order_by("-pk").values_list("totals", flat=True).first())

    def shown(said: toml.Said, typed: Mapping[str, list[str]] | None) -> dict[str, Any]:
        rows = money.fund_rows(said.settings, known, typed)
        return {"rows": rows, "years": money.years(said.settings), "fields": money.FUND_FIELDS}

    return _form(request, "funds", "funds", money.funds_edit, shown)


@needs("change plans")
def decide(request: HttpRequest) -> HttpResponse:
    """What is decided already: villages, places, sites and options that every plan has to heed."""
    places = decisions.Places.of_newest(toml.read().settings)

    def shown(said: toml.Said, typed: Mapping[str, list[str]] | None) -> dict[str, Any]:
        return {
            "rows": decisions.rows_of(said.settings, places, typed),
            "first": decisions.FIRST,
            "more": decisions.MORE,
            "choices": {field.path[-1]: decisions.choices_of(field, places) for field in decisions.FIELDS},
            "known": places.names is not None,
        }

    return _form(request, "decide", "plan", lambda typed: decisions.decide_edit(typed, places), shown)


@needs("change plans")
def prices(request: HttpRequest) -> HttpResponse:
    """The price of each component: the region's own, else what it is without one."""

    def shown(said: toml.Said, typed: Mapping[str, list[str]] | None) -> dict[str, Any]:
        return {"rows": money.price_rows(said.settings, typed)}

    return _form(request, "prices", "prices", money.prices_edit, shown)


def _form(
    request: HttpRequest,
    name: str,
    section: str,
    edit_of: Callable[[Mapping[str, list[str]]], tuple[Edit, dict[str, UnreadError]]],
    shown: Callable[[toml.Said, Mapping[str, list[str]] | None], dict[str, Any]],
) -> HttpResponse:
    """A form over a section of region.toml: shown, or read, tried, and kept where nothing is wrong with it."""
    t = tongue(language_of(request))
    said, typed, errors = toml.read(), None, {}
    if request.method == "POST":
        typed = {key: [str(one) for one in request.POST.getlist(key)] for key in request.POST}
        edit, unread = edit_of(typed)
        errors = {key: _unread(error, t) for key, error in unread.items()}
        why = request.POST.get("why", "").strip()
        if not why:
            errors["why"] = t("set_no_why")
        if not errors:
            errors = _kept(request, edit, section, why, t, typed)
        if not errors:
            return HttpResponseRedirect(address(t.language, "planning"))
    values = {"mark": said.mark, "why": "".join((typed or {}).get("why", [])), "name": name}
    template = f"staff/plans_{name}.html.j2"
    return page(
        request, template, 400 if errors else 200, errors=errors, **values, **shown(said, typed)
    )  # fmt: skip


def _kept(
    request: HttpRequest, edit: Edit, section: str, why: str, t: Tongue, typed: Mapping[str, list[str]]
) -> Errors:
    """Keep a change of the settings; what is wrong, by field, where it can't be kept."""
    now = toml.read().settings
    try:
        changed = toml.write(
            lambda document: edit(document, now), request.POST.get("mark", ""), who(request), why, section
        )
    except toml.WrongError as wrong:
        return {_field(place, typed): told_wrong(one, t) for place, one in wrong.errors.items()}
    except InputError:
        return {"": t("set_changed_since")}
    except BusyError:
        return {"": t("set_busy")}
    messages.success(request, t("set_kept" if changed else "set_same"))
    return {}


def _unread(error: UnreadError, t: Tongue) -> str:
    """Why what was typed can't be read, in the page's language; `words` are the engine's own."""
    said = {name: t.phrase(value)[0] if name == "words" else value for name, value in error.values.items()}
    return t(error.key, **said)


def _field(place: str, typed: Mapping[str, list[str]]) -> str:
    """The field of a form for a place in region.toml: rows of decisions have the numbers that the form gave them."""
    match = re.match(r"plan\.decide\.(\d+)", place)
    return f"decide.{decisions.kept(typed)[int(match[1])]}{place[match.end() :]}" if match else place


def told_wrong(wrong: toml.Wrong, t: Tongue) -> str:
    """What is wrong with a setting, in the page's language."""
    key = f"wrong_{wrong.kind}"
    limits = {
        name: t.number(value, 0 if float(value).is_integer() else 2) for name, value in wrong.limits.items()
    }
    try:
        return t(key, **limits)
    except KeyError:
        return t("wrong_other", words=t.phrase(wrong.words)[0])


@needs("see plans")
def compare(request: HttpRequest) -> HttpResponse:
    """Two plans side by side, drafts too: people, money, and which villages move."""
    one, two = (_chosen(request, name) for name in ("a", "b"))
    moved = moves(one, two)
    counted = Counter(move.how for move in moved)
    return page(
        request,
        "staff/plans_compare.html.j2",
        a=one,
        b=two,
        figures=[(name, *(_figure(plan, name) for plan in (one, two))) for name in FIGURES],
        years=_by_year(one, two),
        how=[(how, counted[how]) for how in HOW if counted[how]],
        moved=moved[:_NAMED],
        count=len(moved),
    )


def _chosen(request: HttpRequest, name: str) -> Publication:
    number = request.GET.get(name, "")
    return get_object_or_404(Publication, pk=int(number) if number.isdigit() else 0)


def _figure(plan: Publication, name: str) -> Any:
    return plan.totals["summary"].get(name)


def _by_year(*plans: Publication) -> Iterable[tuple[int, list[dict[str, Any]]]]:
    """The rows of each year, one of each plan; {} where a plan has no such year."""
    rows = [{row["year"]: row for row in plan.totals["years"]} for plan in plans]
    return [(year, [one.get(year, {}) for one in rows]) for year in sorted(set().union(*rows))]
