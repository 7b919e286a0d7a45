"""The history of rows as pages show it, and how a change, or all that was changed in one go, is undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from merata.errors import InputError
from merata.web.changes import differences, undo, undo_many
from merata.web.models import Change, Contract, Organisation, ServicePoint, User
from merata.web.models.meetings import MEETING_STATES
from merata.web.models.programme import POINT_STATES
from merata.web.programme.frame import go, shown, user_of, words
from merata.web.rights import may, needs, reach
from merata.web.words import Tongue

#: Kinds of rows that are the programme's, and the page of one; '' where it has none of its own.
KINDS = {
    "servicepoint": "programme_point",
    "contract": "programme_contract",
    "price": "",
    "payment": "",
    "commitment": "programme_promise",
    "meeting": "programme_meeting",
    "photograph": "",
    "probe": "",
    "weeklytarget": "",
}
#: Kinds without a page of one -> the page that lists them.
_LISTS = {"payment": "programme_payments", "price": "programme_prices"}
#: Fields that hold a choice -> its group of words.
_WORDS = {"option": "option", "known_by": "known", "power_by": "power_by"}
_SHARES = ("availability", "cap", "year_cap", "suspended_share", "silent_share")
_LONGEST = 400


@dataclass(frozen=True)
class Told:
    """A change as a page tells it: (field, before, after) in words."""

    change: Change
    lines: list[tuple[str, str, str]]
    undone: bool


def history(row: Model) -> QuerySet[Change]:
    """All changes of a row, the newest first."""
    found = Change.objects.filter(model=row._meta.model_name, key=str(row.pk))
    return found.select_related("by", "organisation", "undone_by")


def history_of(model: type[Model]) -> QuerySet[Change]:
    """All changes of rows of a kind, the newest first: of those too that are gone."""
    found = Change.objects.filter(model=model._meta.model_name)
    return found.select_related("by", "organisation", "undone_by")


def told(changes: Iterable[Change], t: Tongue) -> list[Told]:
    """Changes in words; two queries for the names of what they point to."""
    organisations = dict(Organisation.objects.values_list("pk", "name"))
    names = {
        "provider_id": organisations,
        "owner_id": organisations,
        "host_id": organisations,
        "contract_id": dict(Contract.objects.values_list("pk", "number")),
    }
    return [Told(one, list(_lines(one, names, t)), hasattr(one, "undone_by")) for one in changes]


def _lines(change: Change, names: dict[str, dict[int, str]], t: Tongue) -> Iterator[tuple[str, str, str]]:
    """What differs; not what was empty and is."""
    for one in differences(change):
        field, before, after = _line(one, names, t)
        if before != after:
            yield field, before, after


def _line(one: tuple[str, Any, Any], names: dict[str, dict[int, str]], t: Tongue) -> tuple[str, str, str]:
    name, before, after = one
    return t(f"f_{_field(name)}"), _value(name, before, names, t), _value(name, after, names, t)


def _field(name: str) -> str:
    return name.removesuffix("_id")


def _value(name: str, value: Any, names: dict[str, dict[int, str]], t: Tongue) -> str:
    if value in (None, ""):
        return "–"
    if name in names:
        return names[name].get(value, str(value))
    if name == "state":
        return t.word(_STATE_GROUPS.get(value, "commitment_state"), value)
    if name == "rules":
        return "; ".join(rule_said(rule, t) for rule in value) or "–"
    if name in _SHARES:
        return t.share(value, 2)
    if isinstance(value, list):
        return (
            "; ".join(str(one.get("action", one) if isinstance(one, dict) else one) for one in value) or "–"
        )
    if name in _WORDS:
        return t.word(_WORDS[name], value)
    if isinstance(value, str) and len(value) == 10 and value[4:5] == value[7:8] == "-":
        return t.day(value)
    return (
        t.number(value, 0 if float(value).is_integer() else 1)
        if isinstance(value, (int, float))
        else _cut(str(value))
    )


def rule_said(rule: dict[str, Any], t: Tongue) -> str:
    """A rule of deduction on one line: `availability (share of time) 0.98: 5% once`."""
    limit, share = (t.number(rule[name], 3).rstrip("0").rstrip(".,") for name in ("limit", "share"))
    per = f"/ {t.word('rule_per', rule['per'])}" if rule["per"] else ""
    return t("rule_said", what=t.word("rule_what", rule["what"]), limit=limit, share=share, per=per).rstrip()


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


#: State -> its group of words, where it is not a promise's.
_STATE_GROUPS = {
    **dict.fromkeys(POINT_STATES, "point_state"),
    **dict.fromkeys(MEETING_STATES, "meeting_state"),
}


@needs("change programme")
@require_POST
def undo_one(request: HttpRequest, number: int) -> HttpResponse:
    """Undo one change, with a reason."""
    t, user = words(request), user_of(request)
    change = get_object_or_404(Change, pk=number, model__in=KINDS)
    page, args = _page_of(change)
    why = request.POST.get("why", "").strip()
    if not why:
        return go(request, page, *args, say=t("programme_why_lacks"), wrong=True)
    try:
        undo(change, user, why)
    except InputError:
        return go(request, page, *args, say=t("undo_refused"), wrong=True)
    page, args = _page_of(change)
    return go(request, page, *args, say=t("programme_undone"))


def _page_of(change: Change) -> tuple[str, list[Any]]:
    """The page that shows the row of a change; the list where the row is gone or has no page."""
    model = apps.get_model("web", change.model)
    if KINDS[change.model] and model._default_manager.filter(pk=change.key).exists():
        return KINDS[change.model], [int(change.key)]
    if change.batch:
        return "programme_batch", [change.batch]
    return _LISTS.get(change.model, "programme_points"), []


@needs("see changes")
def batch_page(request: HttpRequest, batch: str) -> HttpResponse:
    """What was changed in one go."""
    changes = _of_batch(user_of(request), batch)
    rows = ServicePoint.objects.in_bulk([int(c.key) for c in changes if c.model == "servicepoint"])
    t = words(request)
    pairs = [
        (one, rows.get(int(one.change.key)) if one.change.model == "servicepoint" else None)
        for one in told(changes, t)
    ]
    may_undo = may(request.user, "record points") and any(not one.undone for one, _ in pairs)
    return shown(request, "batch", batch=batch, pairs=pairs, may_undo=may_undo, first=changes[0])


@needs("record points")
@require_POST
def undo_batch_page(request: HttpRequest, batch: str) -> HttpResponse:
    """Undo all that was changed in one go; one click."""
    t, user = words(request), user_of(request)
    _of_batch(user, batch)
    try:
        count = undo_batch(batch, user, request.POST.get("why", "").strip() or t("undo_batch_why"))
    except InputError:
        return go(request, "programme_batch", batch, say=t("undo_batch_refused"), wrong=True)
    return go(request, "programme_batch", batch, say=t("undone_many", count=count))


@transaction.atomic
def undo_batch(batch: str, by: User, why: str) -> int:
    """Undo all changes of a batch that are not undone yet, the last one first; all of them or none.

    Raises
    ------
    InputError
        A row has been changed since.
    """
    open_ones = list(Change.objects.filter(batch=batch, undone_by=None, undoes=None).order_by("-pk"))
    undo_many(open_ones, by, why)
    return len(open_ones)


def _of_batch(user: User, batch: str) -> list[Change]:
    """The changes of a batch: offices see all, others those that their own organisation made of rows they reach."""
    found = Change.objects.filter(batch=batch, model__in=KINDS).select_related(
        "by", "organisation", "undone_by"
    )
    changes = list(found.order_by("pk")) if batch else []
    if not may(user, "change programme"):
        changes = changes if _is_own(user, changes) else []
    if not changes:
        raise Http404
    return changes


def _is_own(user: User, changes: list[Change]) -> bool:
    if user.role == "reader":
        return True
    if user.organisation_id is None or any(c.organisation_id != user.organisation_id for c in changes):
        return False
    return all(
        _reaches(user, model, {c.key for c in changes if c.model == model})
        for model in {c.model for c in changes}
    )


def _reaches(user: User, model: str, keys: set[str]) -> bool:
    rows: QuerySet[Any] = apps.get_model("web", model)._default_manager.filter(pk__in=keys)
    return reach(user, rows).distinct().count() == len(keys)
