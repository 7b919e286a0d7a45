"""Fields of forms made from the declared settings: how a value is shown, how what was typed is read, what is wrong."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

Kind = Literal["whole", "real", "choice", "several", "words", "pairs", "text"]
_GROUPED = re.compile(r"-?\d{1,3}([.,]\d{3})+")


class UnreadError(ValueError):
    """What was typed can't be read; says the sentence that tells so, and its values."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True)
class Field:
    """One setting as a form has it. Its words are the sentences set_<name> and why_<name>."""

    name: str
    """`plan.fair.spread`: where it stands in region.toml."""
    kind: Kind
    default: Any = field(compare=False)
    optional: bool
    choices: tuple[str, ...] = ()
    real_values: bool = False
    """Of pairs: the values are shares, not whole numbers."""

    @property
    def path(self) -> tuple[str, ...]:
        """Its place in region.toml, key by key."""
        return tuple(self.name.split("."))

    @property
    def key(self) -> str:
        """What its sentences are called by."""
        return self.name.replace(".", "_")

    def text(self, value: Any) -> str | list[str]:
        """A value as its field shows it."""
        if self.kind == "several":
            return list(value)
        if value is None:
            return ""
        if self.kind == "words":
            return ", ".join(value)
        if self.kind == "pairs":
            return "\n".join(
                f"{key} = {part:g}" if self.real_values else f"{key} = {part}" for key, part in value.items()
            )
        return f"{value:g}" if isinstance(value, float) else str(value)

    def read(self, typed: list[str]) -> Any:
        """The value of what was typed.

        Raises
        ------
        UnreadError
            It can't be one.
        """
        if self.kind == "several":
            return [word for word in self.choices if word in typed]
        text = typed[0].strip() if typed else ""
        if self.kind == "words":
            return [word.strip() for word in re.split(r"[,\n]", text) if word.strip()]
        if self.kind == "pairs":
            return dict(_pair(line, self.real_values) for line in text.splitlines() if line.strip())
        if not text and self.optional:
            return None
        if self.kind == "whole":
            return whole(text)
        return real(text) if self.kind == "real" else text


def _pair(line: str, real_value: bool) -> tuple[str, Any]:
    key, equals, value = line.rpartition("=")
    if not equals or not key.strip():
        raise UnreadError("set_no_pair", text=line.strip())
    return key.strip().strip('"'), real(value) if real_value else whole(value)


def whole(text: str) -> int:
    """A whole number, written with or without points between its thousands; raises UnreadError."""
    plain = re.sub(r"^(Rp|IDR)\.?", "", text.strip(), flags=re.I).replace("\u00a0", "").replace(" ", "")
    if _GROUPED.fullmatch(plain):
        plain = re.sub(r"[.,]", "", plain)
    if not re.fullmatch(r"-?\d{1,18}", plain):
        raise UnreadError("set_no_whole", text=text.strip())
    return int(plain)


def real(text: str) -> float:
    """A number with a decimal comma or point; raises UnreadError."""
    plain = text.strip().replace(",", ".")
    if not re.fullmatch(r"-?\d{0,12}(\.\d{1,12})?", plain) or not re.search(r"\d", plain):
        raise UnreadError("set_no_number", text=text.strip())
    return float(plain)


def fields_of(model: type[BaseModel], section: str, leave: Iterable[str] = ()) -> list[Field]:
    """The fields of a section of the settings, in the order in which they are declared."""
    left = set(leave)
    return [
        _field(f"{section}.{name}", info) for name, info in model.model_fields.items() if name not in left
    ]


def _field(name: str, info: FieldInfo) -> Field:
    kind, optional, choices, real_values = _kind(info.annotation)
    default = info.get_default(call_default_factory=True)
    return Field(
        name, kind, None if default is PydanticUndefined else default, optional, choices, real_values
    )


def _kind(annotation: Any) -> tuple[Kind, bool, tuple[str, ...], bool]:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        kind, _, choices, real_values = _kind(next(part for part in parts if part is not type(None)))
        return kind, True, choices, real_values
    if origin is Literal:
        return "choice", False, tuple(map(str, parts)), False
    if origin is list:
        choices = tuple(map(str, get_args(parts[0]))) if get_origin(parts[0]) is Literal else ()
        return ("several" if choices else "words"), False, choices, False
    if origin is dict:
        return "pairs", False, (), parts[1] is float
    simple: dict[Any, Kind] = {int: "whole", float: "real", str: "text"}
    return simple[annotation], False, (), False


def read_all(
    fields: Iterable[Field], typed: Mapping[str, list[str]]
) -> tuple[dict[Field, Any], dict[str, UnreadError]]:
    """What was typed into fields, by field; and what can't be read, by the field's name."""
    values: dict[Field, Any] = {}
    unread: dict[str, UnreadError] = {}
    for one in fields:
        try:
            values[one] = one.read(typed.get(one.name, []))
        except UnreadError as error:
            unread[one.name] = error
    return values, unread
