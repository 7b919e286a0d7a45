"""The pages of contracts and payments: lists, one contract, and their forms."""

from __future__ import annotations

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse

from merata.web.changes import keep
from merata.web.models import Contract, Payment, ServicePoint
from merata.web.programme import filters
from merata.web.programme.forms import ContractForm, PaymentForm
from merata.web.programme.frame import go, reached, shown, user_of, words
from merata.web.programme.history import history, told
from merata.web.programme.places import places
from merata.web.programme.terms import terms_said
from merata.web.rights import may, needs, reach


@needs("see programme")
def contracts(request: HttpRequest) -> HttpResponse:
    """The contracts that the account reaches."""
    rows = reach(user_of(request), Contract.objects.select_related("provider"))
    counted = rows.annotate(
        held=Count("points", distinct=True),
        working=Count("points", filter=Q(points__state="in service"), distinct=True),
    ).order_by("number")
    page = filters.paged(counted, request.GET.get("hal", ""))
    paid = Payment.objects.filter(contract__in=[row.pk for row in page]).values_list("contract")
    return shown(
        request, "contracts", page=page, paid=dict(paid.order_by("contract").annotate(Sum("amount_idr")))
    )


@needs("see programme")
def contract(request: HttpRequest, number: int) -> HttpResponse:
    """A contract: what it asks and pays, its points by state, what was paid, every change."""
    found = reached(request, Contract.objects.select_related("provider"), number)
    user, t = user_of(request), words(request)
    held = reach(user, ServicePoint.objects.filter(contract=found))
    states = dict(held.order_by("state").values_list("state").annotate(Count("pk")))
    paid = reach(user, Payment.objects.filter(contract=found))
    return shown(
        request,
        "contract",
        contract=found,
        states=states,
        terms=terms_said(found, t),
        paid=paid.aggregate(sum=Sum("amount_idr"))["sum"] or 0,
        by_month=list(paid.order_by("month").values_list("month").annotate(Sum("amount_idr"))),
        told=told(history(found)[:100], t) if may(user, "see changes") else [],
    )


@needs("change programme")
def contract_new(request: HttpRequest) -> HttpResponse:
    """Enter a contract."""
    return _contract_form(request, Contract(), words(request)("contract_new_title"))


@needs("change programme")
def contract_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change a contract."""
    found = reached(request, Contract.objects.all(), number)
    return _contract_form(request, found, words(request)("contract_edit_title", number=found.number))


def _contract_form(request: HttpRequest, row: Contract, title: str) -> HttpResponse:
    t = words(request)
    back = ("programme_contract", row.pk) if row.pk else ("programme_contracts", None)
    form = ContractForm(request.POST or None, instance=row, t=t)
    if form.is_valid():
        keep(form.instance, user_of(request), why=form.cleaned_data["why"])
        return go(request, "programme_contract", form.instance.pk, say=t("programme_kept"))
    return shown(request, "form", form=form, title=title, back=back)


@needs("see programme")
def payments(request: HttpRequest) -> HttpResponse:
    """The payments that the account reaches, those of a year or a provider."""
    wanted = {
        name: value for name in ("tahun", "penyedia") if (value := request.GET.get(name, "").strip()[:15])
    }
    rows = reach(user_of(request), Payment.objects.select_related("contract__provider", "point"))
    if (year := wanted.get("tahun", "")).isdecimal() and 1 <= int(year) <= 9999:
        rows = rows.filter(month__year=int(year))
    if (provider := wanted.get("penyedia", "")).isdecimal():
        rows = rows.filter(contract__provider_id=int(provider))
    page = filters.paged(rows.order_by("-month", "-pk"), request.GET.get("hal", ""))
    return shown(
        request,
        "payments",
        page=page,
        wanted=wanted,
        query=filters.query_of(wanted),
        sum=rows.aggregate(sum=Sum("amount_idr"))["sum"] or 0,
        names=places(row.point.village_code for row in page if row.point),
        choices=filters.choices(),
    )


@needs("change programme")
def payment_new(request: HttpRequest) -> HttpResponse:
    """Enter a payment."""
    t = words(request)
    form = PaymentForm(request.POST or None, t=t)
    if form.is_valid():
        form.instance.month = form.cleaned_data["month"]
        keep(form.instance, user_of(request))
        return go(request, "programme_payments", say=t("programme_kept"))
    return shown(request, "form", form=form, title=t("payment_new_title"), back=("programme_payments", None))
