"""Lists every message that a person can see, to be read from top to bottom: `python tools/make_messages.py FILE`.

Sentences in Indonesian and English, errors, findings, and what commands and options say of themselves. They are taken
from the source, so a sentence that no test comes by is there too. What is filled in when it is said stands in braces.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import typer

PROJECT = Path(__file__).resolve().parents[1]

#: Words that Indonesian sentences hold and English ones do not: by them a pair's two languages are told apart.
_INDONESIAN = re.compile(
    r"\b(yang|dan|di|dari|untuk|dengan|tidak|belum|ini|atau|pada|ke|oleh|sudah|desa|berkas)\b"
)
#: What a person reads of `FindingList.add`, by place: how bad, what, what was done, how to settle it.
_FINDING_PARTS = slice(1, 4)


class Message(NamedTuple):
    """One message: where it stands, what it is called there, and its words."""

    where: str
    kind: str
    name: str
    indonesian: str
    english: str


#: Line, name, and the two texts in the order in which they stand.
Pair = tuple[int, str, tuple[str, str]]


def messages() -> list[Message]:
    """All of them: of each module in order of its lines, then of the commands."""
    found = [m for path in sorted((PROJECT / "merata").rglob("*.py")) for m in of_module(path)]
    return [*found, *of_commands()]


def of_module(path: Path) -> list[Message]:
    """What one module says."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(PROJECT).as_posix()
    pairs = list(_phrases(tree) if path.stem.startswith("phrases") else _pairs(tree))
    english_first = _is_indonesian(two for _, _, (_, two) in pairs) > _is_indonesian(
        one for _, _, (one, _) in pairs
    )
    found = [
        (line, Message(f"{name}:{line}", "sentence", key, *(pair[::-1] if english_first else pair)))
        for line, key, pair in pairs
    ]
    found += [(line, Message(f"{name}:{line}", kind, "", "", text)) for line, kind, text in _said(tree)]
    return [message for _, message in sorted(found, key=lambda one: one[0])]


def _is_indonesian(texts: Iterable[str]) -> int:
    return sum(bool(_INDONESIAN.search(text.lower())) for text in texts)


def _pairs(tree: ast.AST) -> Iterator[Pair]:
    """Line, name and both texts of each pair: in a dictionary, by itself, in a column's head."""
    named: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                pair = _two(value)
                if key is not None and pair:
                    named.add(id(value))
                    yield value.lineno, _text(key) or ast.unparse(key), pair
        elif isinstance(node, ast.Tuple) and id(node) not in named and (pair := _two(node)):
            if _is_indonesian(pair) == 1:
                yield node.lineno, "", pair
        elif isinstance(node, ast.Call):
            yield from _of_column(node)


def _two(node: ast.AST) -> tuple[str, str] | None:
    """The two texts of a tuple of two; nothing for another thing."""
    if not isinstance(node, ast.Tuple) or len(node.elts) != 2:
        return None
    one, two = map(_text, node.elts)
    return (one, two) if one and two else None


def _of_column(node: ast.Call) -> Iterator[Pair]:
    """The heads of a sheet's column, and what it says of itself."""
    if ast.unparse(node.func) != "Column":
        return
    texts = [_text(part) for part in node.args]
    by_name = {word.arg: _text(word.value) for word in node.keywords}
    about = (*texts[5:7], "", "") if len(texts) > 5 else (by_name.get("about_id"), by_name.get("about_en"))
    for pair in (texts[1:3], about[:2]):
        if len(pair) == 2 and all(pair):
            yield node.lineno, texts[0], (pair[0] or "", pair[1] or "")


def _phrases(tree: ast.AST) -> Iterator[Pair]:
    """What `merata.publish.phrases` says in Indonesian for an English pattern, Indonesian first."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None and _text(key) and _text(value):
                    yield value.lineno, "", (_text(value), _text(key))


def _said(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Line, kind and text of each error that is raised and each finding that is added."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            text = " ".join(filter(None, map(_text, node.exc.args)))
            if text:
                yield node.lineno, ast.unparse(node.exc.func), text
        elif isinstance(node, ast.Call) and _is_finding(node):
            yield node.lineno, "finding", " | ".join(filter(None, map(_text, node.args[_FINDING_PARTS])))


def _is_finding(node: ast.Call) -> bool:
    how_bad = _text(node.args[0]) if len(node.args) >= 3 else ""
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "add"
        and how_bad in ("error", "question", "repaired", "note")
    )


def _text(node: ast.AST) -> str:
    """The words of an expression; what is filled in stands in braces. Nothing where it holds no words."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(p) if isinstance(p, ast.Constant) else "{" + _inner(p) + "}" for p in parts)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _text(left) + _text(right)
        case ast.IfExp(body=body, orelse=other):
            return " / ".join(filter(None, (_text(body), _text(other))))
    return ""


def _inner(part: ast.AST) -> str:
    return ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ""


def of_commands() -> Iterator[Message]:
    """What each command, argument and option says of itself."""
    from merata.cli.main import app

    yield from _of_command("merata", typer.main.get_command(app))


def _of_command(name: str, command: Any) -> Iterator[Message]:
    yield Message(name, "command", "", "", " ".join((command.help or "").split()))
    for parameter in command.params:
        if text := getattr(parameter, "help", None):
            yield Message(name, "option", "/".join(parameter.opts), "", text)
    for below, one in getattr(command, "commands", {}).items():
        yield from _of_command(f"{name} {below}", one)


def listing(rows: Iterable[Message]) -> str:
    """The messages as text, a heading where the module or command changes."""
    out: list[str] = []
    before = ""
    for row in rows:
        place, _, line = row.where.partition(":")
        if place != before:
            out.append(f"\n## {place}")
            before = place
        out.append(f"[{' '.join(filter(None, (line, row.kind, row.name)))}]")
        out += [f"   {text}" for text in (row.indonesian, row.english) if text]
    return "\n".join(out).lstrip() + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the listing to the file that is named."""
    if len(arguments) != 1:
        print("usage: python tools/make_messages.py FILE", file=sys.stderr)
        return 2
    rows = messages()
    Path(arguments[0]).write_text(listing(rows), encoding="utf-8")
    print(f"{len(rows)} messages in {arguments[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
