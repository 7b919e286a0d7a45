"""The one way by which rows of the programme change: kept with who, when, why, before and after; undone later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from merata.errors import InputError
from merata.web.models import Change, User
from merata.web.page import changed

#: Fields that no change tells: what opens an account or a door, whose it is, and what changes at every use.
_UNTOLD = ("password", "email", "secret_hash", "last_login", "used_at")


@transaction.atomic
def keep(
    row: models.Model,
    by: User | None,
    *,
    why: str = "",
    way: str = "form",
    batch: str = "",
    undoes: Change | None = None,
) -> Change | None:
    """Save a row, new or changed, and note what changed; None where nothing did.

    The row is read again under a lock, so that `before` is what is really replaced.

    Raises
    ------
    ValidationError
        A field holds what it may not.
    """
    before = _locked(row)
    row.full_clean()
    row.save()
    after = facts(row)
    if before == after:
        return None
    changed()
    made = _of_row(row, before, after, by, why=why, way=way, batch=batch, undoes=undoes)
    made.save()
    return made


@transaction.atomic
def remove(
    row: models.Model, by: User | None, *, why: str = "", way: str = "form", undoes: Change | None = None
) -> Change:
    """Take a row away; what it was stays in the change."""
    made = _of_row(row, facts(row), {}, by, why=why, way=way, undoes=undoes)
    made.save()
    row.delete()
    changed()
    return made


def undo(change: Change, by: User, why: str) -> Change | None:
    """Put a row back to what it was before a change, by a later change.

    Raises
    ------
    InputError
        It was undone already, or the row has been changed since: then the later change is to be undone first.
    """
    with transaction.atomic():
        change = Change.objects.select_for_update().get(pk=change.pk)
        if Change.objects.filter(undoes=change).exists():
            raise InputError("This change was undone already.")
        if change.model not in apps.get_app_config("web").models:
            raise InputError("What changed is in the region's folder: change it there again.")
        model = apps.get_model("web", change.model)
        row = model._default_manager.filter(pk=change.key).first()
        now = facts(row) if row else {}
        if any(now.get(name) != value for name, value in change.after.items()):
            raise InputError("The row has been changed since: undo the later change first.")
        if not change.before:
            return remove(row, by, why=why, way="undo", undoes=change) if row else None
        row = row or model(pk=change.key)
        _set(row, change.before)
        return keep(row, by, why=why, way="undo", undoes=change)


def facts(row: models.Model) -> dict[str, Any]:
    """The fields of a row as JSON holds them, without secrets; files by name."""
    values = {
        field.attname: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.attname not in _UNTOLD
    }
    plain = {name: getattr(value, "name", value) for name, value in values.items()}
    decoded: dict[str, Any] = json.loads(json.dumps(plain, cls=DjangoJSONEncoder))
    return decoded


def differences(change: Change) -> Iterable[tuple[str, Any, Any]]:
    """(field, before, after) of what a change changed."""
    for name in sorted(change.before.keys() | change.after.keys()):
        before, after = change.before.get(name), change.after.get(name)
        if before != after:
            yield name, before, after


def note(
    model: str,
    key: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    by: User | None,
    *,
    why: str = "",
    way: str = "form",
) -> Change:
    """Note a change of what is no row of the database: the region's files and settings."""
    made = _unsaved(model, key, before, after, by, why=why, way=way)
    made.save()
    return made


def note_many(
    rows: Iterable[tuple[models.Model, Mapping[str, Any]]],
    by: User | None,
    *,
    why: str = "",
    way: str = "bulk",
    batch: str = "",
) -> None:
    """Note what was changed in one go: rows as they are now, each with its facts before ({}: it is new)."""
    notes = [_of_row(row, before, facts(row), by, why=why, way=way, batch=batch) for row, before in rows]
    Change.objects.bulk_create(notes, batch_size=200)


def _of_row(
    row: models.Model, before: Mapping[str, Any], after: Mapping[str, Any], by: User | None, **fields: Any
) -> Change:
    """A note of what differs in a row, not kept yet."""
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return _unsaved(
        row._meta.model_name or "",
        str(row.pk),
        {name: before[name] for name in differing & before.keys()},
        {name: after[name] for name in differing & after.keys()},
        by,
        **fields,
    )


def _unsaved(
    model: str,
    key: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    by: User | None,
    *,
    why: str,
    **fields: Any,
) -> Change:
    """A note, not kept yet; `fields`: way, and batch or undoes."""
    organisation = by.organisation if by else None
    told = {"before": dict(before), "after": dict(after), "why": why[:300]}
    return Change(model=model, key=key[:40], by=by, organisation=organisation, **told, **fields)


def _locked(row: models.Model) -> dict[str, Any]:
    if row.pk is None:
        return {}
    there = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    return facts(there) if there else {}


def _set(row: models.Model, values: Mapping[str, Any]) -> None:
    for field in row._meta.concrete_fields:
        if field.attname in values:
            setattr(row, field.attname, field.to_python(values[field.attname]))
