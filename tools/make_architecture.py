"""Draws the rooms and who imports whom, from the code itself, and tells it in ARCHITECTURE.md.

The drawing is docs/images/architecture.svg.
`python tools/make_architecture.py` writes both; with `--check` it only names what differs, and fails.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "ARCHITECTURE.md"
DRAWING = PROJECT / "docs" / "images" / "architecture.svg"
#: Between these lines of the page stands what is made from the code.
BEGIN, END = "<!-- rooms: made by `make reference` -->\n", "<!-- end of what is made -->\n"

_ROW, _BOX, _WIDE, _ROOM = 46, 34, 640, 800

#: `from merata.ROOM…`, `from merata import ROOM, …`, `import merata.ROOM…`: reading them so takes a tenth of parsing.
_IMPORT = re.compile(
    r"^[ ]*(?:from merata(?:\.(\w+)[\w.]*| )[ ]*import (\([^)]*\)|[^\n]*)|import merata\.(\w+))", re.MULTILINE
)

Arrows = Mapping[str, Sequence[str]]


def rooms() -> list[str]:
    """The rooms from the roof down, as the contract of import-linter orders them."""
    contract = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return [layer.strip("()").removeprefix("merata.") for layer in contract["contracts"][0]["layers"]]


def says(room: str) -> str:
    """What a room does: the first line of its package or module."""
    folder = PROJECT / "merata" / room
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]


@cache
def arrows() -> Arrows:
    """room -> the rooms that its modules import, in the order of `rooms`, as the code has them now."""
    order = rooms()
    found: dict[str, set[str]] = {room: set() for room in order}
    for path in (PROJECT / "merata").rglob("*.py"):
        room = path.relative_to(PROJECT / "merata").parts[0].removesuffix(".py")
        if room in found:
            found[room].update(set(_imported(path)) & (found.keys() - {room}))
    return {room: [other for other in order if other in found[room]] for room in order}


def _imported(path: Path) -> Iterator[str]:
    """Rooms that a module names in its imports, those within functions too."""
    for module, names, plain in _IMPORT.findall(path.read_text(encoding="utf-8")):
        yield from [module or plain] if module or plain else re.findall(r"\w+", names)


def fewest(all_of_them: Arrows) -> list[tuple[str, str]]:
    """The arrows without those that a way over other rooms says already."""

    def below(room: str) -> set[str]:
        return set(all_of_them[room]).union(*(below(other) for other in all_of_them[room]))

    return [
        (room, other)
        for room, others in all_of_them.items()
        for other in others
        if not any(other in below(between) for between in others if between != other)
    ]


def drawing() -> str:
    """The rooms as a stack, an arrow from each to those that it imports."""
    order, parts = rooms(), []
    for row, room in enumerate(order):
        y = 10 + row * _ROW
        parts.append(f'<rect x="10" y="{y}" width="{_WIDE}" height="{_BOX}" rx="5"/>')
        parts.append(f'<text x="22" y="{y + 22}" class="name">{room}</text>')
        parts.append(f'<text x="112" y="{y + 22}">{escape(_short(says(room)))}</text>')
    parts += [_arrow(order.index(room), order.index(other)) for room, other in fewest(arrows())]
    height = 10 + len(order) * _ROW
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_ROOM} {height}" role="img">
<title>The rooms of Merata, each with arrows to rooms below it that it imports</title>
<style>text{{font:12px sans-serif;fill:#1d2733}}.name{{font-weight:bold;font-size:14px}}
rect{{fill:#eef3f7;stroke:#566475}}path{{fill:none;stroke:#2f77b3}}path.tip{{fill:#2f77b3;stroke:none}}</style>
<rect x="0" y="0" width="{_ROOM}" height="{height}" style="fill:#fff;stroke:none"/>
{chr(10).join(parts)}
</svg>
"""


def _short(text: str, most: int = 84) -> str:
    return text if len(text) <= most else text[: text.rfind(" ", 0, most)].rstrip(",;:") + " …"


def _arrow(row: int, other: int) -> str:
    """An arc at the right, the wider the farther it goes; it leaves below the middle and comes in above it."""
    x, y, end = 10 + _WIDE, 10 + row * _ROW + _BOX * 0.65, 10 + other * _ROW + _BOX * 0.35
    bulge = x + min(20 + 11 * (other - row), _ROOM - x - 12)
    curve = f'<path d="M{x} {y:.0f}C{bulge} {y:.0f} {bulge} {end:.0f} {x + 7} {end:.0f}"/>'
    return curve + f'<path class="tip" d="M{x} {end:.0f}l9 -4v8z"/>'


def table() -> str:
    """What each room does, and which rooms it imports."""
    lines = ["| room | what it does | imports |", "| --- | --- | --- |"]
    for room, others in arrows().items():
        lines.append(f"| `{room}` | {says(room)} | {', '.join(f'`{o}`' for o in others) or 'nothing'} |")
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """ARCHITECTURE.md with what is made from the code made anew."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n" + table() + "\n" + END + rest.split(END)[1]


def main(arguments: Sequence[str], say: Callable[[str], object] = print) -> int:
    """Write the page and the drawing, or name those that differ from the code."""
    made = {PAGE: page(PAGE.read_text(encoding="utf-8")), DRAWING: drawing()}
    wrong = [
        path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in wrong:
        if "--check" in arguments:
            say(f"{path.relative_to(PROJECT)}: differs from the code: make reference")
        else:
            path.write_text(made[path], encoding="utf-8")
    return int("--check" in arguments and bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
