"""Changes region.toml as a careful person would: only what was changed, comments kept, a wrong setting never kept."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from django.conf import settings
from django.db import transaction
from pydantic import ValidationError

from merata.errors import InputError
from merata.region.change import change, lock
from merata.region.settings import Settings, parse_settings
from merata.web.changes import note
from merata.web.models import User
from merata.web.staff.plans_fields import Field

TOML = "region.toml"


@dataclass(frozen=True)
class Said:
    """What region.toml says, and a mark by which one sees that it changed."""

    text: str
    settings: Settings

    @property
    def mark(self) -> str:
        """The same as long as no letter of the file changes."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


class WrongError(Exception):
    """Settings that can't be: what is wrong, by the place in region.toml."""

    def __init__(self, errors: Mapping[str, Wrong]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one setting: the kind of mistake, its limits, and the engine's own words."""

    kind: str
    limits: Mapping[str, Any]
    words: str


def read() -> Said:
    """What region.toml says now."""
    folder = Path(settings.REGION)
    with lock(folder, exclusive=False):
        text = (folder / TOML).read_text(encoding="utf-8")
    return Said(text, parse_settings(text))


def write(edit: Callable[[Any], None], mark: str, by: User, why: str, section: str) -> bool:
    """Edit region.toml and note who did and why; False where nothing changed.

    Raises
    ------
    InputError
        Somebody has changed it since the form with this mark was shown.
    WrongError
        It would say something that can't be; it stays as it was.
    BusyError
        A command is changing the folder.
    """
    folder = Path(settings.REGION)
    with transaction.atomic(), change(folder) as staged:
        before = Said(text := (folder / TOML).read_text(encoding="utf-8"), parse_settings(text))
        if before.mark != mark:
            raise InputError("region.toml has changed since.")
        document = tomlkit.parse(text)
        edit(document)
        after = tomlkit.dumps(document)
        told = _told(section, before.settings, checked(after))
        if not told:
            return False
        staged.file(TOML).write_text(after, encoding="utf-8")
        note("settings", section, *told, by, why=why)
    return True


def checked(text: str) -> Settings:
    """The settings of a text; raises WrongError with all that is wrong."""
    try:
        return Settings.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise WrongError({_place(one["loc"]): _wrong(one) for one in error.errors()}) from None


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))


def _wrong(error: Any) -> Wrong:
    limits = {name: value for name, value in error.get("ctx", {}).items() if isinstance(value, int | float)}
    return Wrong(error["type"], limits, error["msg"].removeprefix("Value error, "))


def _told(section: str, before: Settings, after: Settings) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What of a section changed: before, after; None where nothing did."""
    old, new = (_flat(section, json.loads(one.model_dump_json())[section]) for one in (before, after))
    names = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
    if not names:
        return None
    return {name: old[name] for name in names if name in old}, {
        name: new[name] for name in names if name in new
    }


def _flat(name: str, value: Any) -> dict[str, Any]:
    """Every setting below a name; rows of a list by their own names."""
    rows: Any = None
    if isinstance(value, dict) and value:
        rows = value.items()
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        rows = zip(_called(value), value, strict=True)
    if rows is None:
        return {name: value}
    return {key: one for own, part in rows for key, one in _flat(f"{name}.{own}", part).items()}


#: What tells decisions apart.
_SUBJECT = ("decision", "village", "place", "site", "option")


def _called(rows: list[dict[str, Any]]) -> list[str]:
    """What the history calls the rows of a list: their names, else what they are about; with their number if alike."""
    said = [row.get("name") or " ".join(row[key] for key in _SUBJECT if row.get(key)) for row in rows]
    return [
        name if name and said.count(name) == 1 else f"{name} {n}".strip() for n, name in enumerate(said, 1)
    ]


def set_fields(document: Any, values: Mapping[Field, Any], now: Settings) -> None:
    """Set those fields whose value is another than now; what is back at its default is taken out where it stood."""
    for field, value in values.items():
        if value != current(now, field):
            _set(document, field.path, value)


def current(now: Any, field: Field) -> Any:
    """The value that a field has."""
    for name in field.path:
        now = getattr(now, name)
    return now


def _set(document: Any, path: tuple[str, ...], value: Any) -> None:
    place = document
    for name in path[:-1]:
        if name not in place:
            place[name] = tomlkit.table()
        place = place[name]
    put(place, path[-1], value)


def put(table: Any, name: str, value: Any) -> None:
    """Set one key of a table, keeping the comment that stands behind it; None takes the key out."""
    if value is None:
        table.pop(name, None)
    elif isinstance(value, dict):
        inline = tomlkit.inline_table()
        inline.update(value)
        table[name] = inline
    else:
        table[name] = value
