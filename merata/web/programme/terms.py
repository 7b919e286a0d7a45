"""The pages of what contracts deduct for, and of what the same would cost elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from merata.web.changes import keep, remove
from merata.web.measured import rules_by_hand
from merata.web.models import Contract, Price
from merata.web.programme.frame import go, reached, shown, user_of, words
from merata.web.programme.history import history_of, told
from merata.web.programme.terms_forms import PriceForm, Rules, TermsForm
from merata.web.rights import may, needs
from merata.web.words import Tongue


@needs("change programme")
def contract_terms(request: HttpRequest, number: int) -> HttpResponse:
    """Change the terms of a contract: caps, grace, its table of deductions, suspended time, silence."""
    t, row = words(request), reached(request, Contract.objects.select_related("provider"), number)
    by_hand = row.rules is None
    form = TermsForm(request.POST or None, instance=row, t=t)
    rows = rules_by_hand(row.number) if by_hand else row.rules or []
    rules = Rules(request.POST or None, rows, t)
    if request.method == "POST" and form.is_valid() & rules.is_valid():
        form.instance.rules = rules.rows()
        keep(form.instance, user_of(request), why=form.cleaned_data["why"])
        return go(request, "programme_contract", number, say=t("terms_kept"))
    return shown(request, "terms", form=form, rules=rules.forms, contract=row, by_hand=by_hand and rows)


@needs("change programme")
def prices(request: HttpRequest) -> HttpResponse:
    """What others would charge; and what changed there."""
    t, user = words(request), user_of(request)
    changes = told(history_of(Price)[:50], t) if may(user, "see changes") else []
    return shown(request, "prices", rows=list(Price.objects.all()), told=changes)


@needs("change programme")
def price_new(request: HttpRequest) -> HttpResponse:
    """Enter a price."""
    return _price_form(request, Price(), words(request)("price_new_title"))


@needs("change programme")
def price_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change a price."""
    found = reached(request, Price.objects.all(), number)
    return _price_form(request, found, words(request)("price_edit_title"))


def _price_form(request: HttpRequest, row: Price, title: str) -> HttpResponse:
    t = words(request)
    form = PriceForm(request.POST or None, instance=row, t=t)
    if form.is_valid():
        keep(form.instance, user_of(request), why=form.cleaned_data["why"])
        return go(request, "programme_prices", say=t("programme_kept"))
    return shown(request, "form", form=form, title=title, back=("programme_prices", None))


@needs("change programme")
@require_POST
def price_remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a price away; what it was stays in the history."""
    t, row = words(request), reached(request, Price.objects.all(), number)
    why = request.POST.get("why", "").strip()
    if not why:
        return go(request, "programme_prices", say=t("programme_why_lacks"), wrong=True)
    remove(row, user_of(request), why=why)
    return go(request, "programme_prices", say=t("programme_kept"))


def terms_said(row: Contract, t: Tongue) -> list[list[str]]:
    """The rules of a contract as its statements say them: what, when, how much, at most how much.

    Where the site has none yet, those of the region's folder.
    """
    rules = rules_by_hand(row.number) if row.rules is None else row.rules
    if not rules:
        return []
    import pandas as pd  # here: pages need no tables

    from merata.assure import terms
    from merata.publish.statement_sentences import STATEMENT_CHOICES, STATEMENT_SENTENCES
    from merata.publish.statement_terms import rule_said
    from merata.publish.words import Tongue as Spoken

    spoken = Spoken(t.language, STATEMENT_SENTENCES, STATEMENT_CHOICES)
    table = pd.DataFrame(rules).assign(contract=row.number)
    for name in ("limit", "share", "cap"):
        table[name] = pd.to_numeric(table[name], errors="coerce").astype(float)
    if not all(per in terms.PER.get(what, ()) for what, per in zip(table["what"], table["per"], strict=True)):
        return []  # a file that the scorer refuses, and says why
    ladders = sorted(terms.ladders(table), key=lambda ladder: list(terms.PER).index(ladder.what))
    return [rule_said(ladder, step, spoken) for ladder in ladders for step in ladder.steps]
