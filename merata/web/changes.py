"""The one way by which rows of the programme change: kept with who, when, why, before and after; undone later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from merata.errors import InputError
from merata.web.models import Change, User
from merata.web.page import changed

#: Fields that no change tells: what opens an account or a door, whose it is, where one is reached, and what changes at
#: every use.
_UNTOLD = (
    "password",
    "email",
    "secret_hash",
    "last_login",
    "used_at",
    "duty_phone",
    "phone_id",
    "key",
    "code_hash",
)
#: A row and its facts before it was changed.
Changed = tuple[models.Model, Mapping[str, Any]]


class NotValidError(InputError):
    """A field of a row holds what it may not; `row` is the row."""

    def __init__(self, row: models.Model, error: ValidationError) -> None:
        self.row, self.messages = row, error.messages
        super().__init__(f"{row._meta.model_name} {row}: {' '.join(error.messages)}")


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
def keep_many(
    rows: Iterable[Changed], by: User | None, *, why: str = "", way: str = "bulk", batch: str = ""
) -> int:
    """Save rows of one kind that are there and held already, and note what changed: answers in how many.

    A handful of queries, however many rows; only fields that changed are checked.

    Raises
    ------
    NotValidError
        A field holds what it may not: no row is saved.
    """
    changing = _saved(rows)
    note_many(changing, by, why=why, way=way, batch=batch)
    return len(changing)


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
        It was undone already, the row has been changed since, or others hang on it: then the later change is to be
        undone first.
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
            return _taken_away(row, by, why, change) if row else None
        row = row or model(pk=change.key)
        _set(row, change.before)
        return keep(row, by, why=why, way="undo", undoes=change)


def _taken_away(row: models.Model, by: User, why: str, change: Change) -> Change:
    try:
        return remove(row, by, why=why, way="undo", undoes=change)
    except models.ProtectedError:
        raise InputError("Other rows hang on this one by now: undo those first.") from None


@transaction.atomic
def undo_many(changes: Sequence[Change], by: User, why: str) -> None:
    """Undo changes, the newest first, all of them or none; a handful of queries where no row came or went by them.

    Raises
    ------
    InputError
        As `undo`.
    """
    newest_first = sorted(changes, key=lambda change: -change.pk)
    if not all(change.before and change.after for change in newest_first):
        for change in newest_first:
            undo(change, by, why)
        return
    keys = [change.pk for change in Change.objects.select_for_update().filter(pk__in=[c.pk for c in changes])]
    if Change.objects.filter(undoes__in=keys).exists():
        raise InputError("One of these changes was undone already.")
    for name in {change.model for change in newest_first}:
        _undo_rows(name, [change for change in newest_first if change.model == name], by, why)


def _undo_rows(name: str, changes: Sequence[Change], by: User, why: str) -> None:
    """Undo changes of rows of one kind that are all still there."""
    model = apps.get_model("web", name)
    rows = model._default_manager.select_for_update().order_by("pk").in_bulk([c.key for c in changes])
    by_key = {str(key): row for key, row in rows.items()}
    if any(change.key not in by_key for change in changes):
        raise InputError("A row is gone: undo the later change first.")
    first = {key: facts(row) for key, row in by_key.items()}
    now, notes = dict(first), []
    for change in changes:
        row, before = by_key[change.key], now[change.key]
        if any(before.get(field) != value for field, value in change.after.items()):
            raise InputError("A row has been changed since: undo the later change first.")
        _set(row, change.before)
        now[change.key] = facts(row)
        notes.append(_of_row(row, before, now[change.key], by, why=why, way="undo", batch="", undoes=change))
    _saved((row, first[key]) for key, row in by_key.items())
    Change.objects.bulk_create(notes, batch_size=200)
    changed()


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
    if notes:
        Change.objects.bulk_create(notes, batch_size=200)
        changed()


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


def _saved(rows: Iterable[Changed]) -> list[Changed]:
    """Check and save those rows of one kind that changed."""
    looked_at = [(row, before, _differing(row, before)) for row, before in rows]
    for row, _, names in looked_at:
        _check(row, names)
    changing = [(row, before, names) for row, before, _ in looked_at if (names := _differing(row, before))]
    if not changing:
        return []
    own = type(changing[0][0])._meta.concrete_fields
    for field in own:
        _check_related(field, [row for row, _, names in changing if field.attname in names])
    for rows_alike in _alike(changing):
        first, names = rows_alike[0]
        values = {field.attname: getattr(first, field.attname) for field in own if field.attname in names}
        type(first)._default_manager.filter(pk__in=[row.pk for row, _ in rows_alike]).update(**values)
    return [(row, before) for row, before, _ in changing]


def _alike(
    changing: Iterable[tuple[models.Model, Mapping[str, Any], set[str]]],
) -> Iterable[list[tuple[models.Model, set[str]]]]:
    """Rows whose fields change to the same: one statement does for all of them."""
    groups: dict[str, list[tuple[models.Model, set[str]]]] = {}
    for row, _, names in changing:
        now = facts(row)
        groups.setdefault(json.dumps({name: now[name] for name in sorted(names)}), []).append((row, names))
    return groups.values()


def _differing(row: models.Model, before: Mapping[str, Any]) -> set[str]:
    return {name for name, value in facts(row).items() if before.get(name) != value}


def _check(row: models.Model, names: set[str]) -> None:
    """Check fields that changed, but for rows that they point to."""
    own = row._meta.concrete_fields
    try:
        row.clean_fields([field.name for field in own if field.remote_field or field.attname not in names])
        row.clean()
        row.validate_unique([field.name for field in own if field.attname not in names])
        row.validate_constraints([field.name for field in own if field.attname not in names])
    except ValidationError as error:
        raise NotValidError(row, error) from error


def _check_related(field: models.Field[Any, Any], rows: Sequence[models.Model]) -> None:
    """Whether the rows that a field points to are there: one query for all."""
    if not isinstance(field, models.ForeignKey):
        return
    pointing: dict[Any, models.Model] = {
        getattr(row, field.attname): row for row in rows if getattr(row, field.attname) is not None
    }
    there = field.related_model._default_manager.filter(pk__in=pointing).values_list("pk", flat=True)
    for key in sorted(pointing.keys() - set(there)):
        raise NotValidError(pointing[key], ValidationError(f"{field.name} {key} is not there."))


def _locked(row: models.Model) -> dict[str, Any]:
    if row.pk is None:
        return {}
    there = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    return facts(there) if there else {}


def _set(row: models.Model, values: Mapping[str, Any]) -> None:
    for field in row._meta.concrete_fields:
        if field.attname in values:
            setattr(row, field.attname, field.to_python(values[field.attname]))
