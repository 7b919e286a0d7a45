"""The small chart of the board: what came into service as bars, the target as a dashed line with squares on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from merata.web.programme.pace import Week

WIDTH, HEIGHT = 320, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 6, 10, 18
_MOST_MARKS = 12
_TENTHS = (12, 16, 20, 30, 40, 60, 80, 100)


def chart(weeks: Sequence[Week]) -> dict[str, Any]:
    """The drawing's parts, in its own units."""
    most = _round_up(max([1, *(week.in_all or 0 for week in weeks), *(week.target or 0 for week in weeks)]))
    wide = (WIDTH - _LEFT - _RIGHT) / max(1, len(weeks))
    deep = HEIGHT - _TOP - _BOTTOM
    bars, line = [], []
    for at, week in enumerate(weeks):
        x = _LEFT + at * wide
        if week.in_all:
            high = week.in_all / most * deep
            bars.append(f"M{x + wide * 0.15:.1f} {_TOP + deep:.1f}v{-high:.1f}h{wide * 0.7:.1f}v{high:.1f}z")
        if week.target is not None:
            line.append((x + wide / 2, _TOP + deep * (1 - week.target / most)))
    every = max(1, len(line) // _MOST_MARKS)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "bars": "".join(bars),
        "line": "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line) if line else "",
        "marks": "".join(f"M{x - 2:.1f} {y - 2:.1f}h4v4h-4z" for x, y in line[::every]),
        "rules": [(_TOP + deep * (1 - share), round(most * share)) for share in (0, 0.5, 1)],
        "left": _LEFT,
        "right": WIDTH - _RIGHT,
        "base": HEIGHT - 4,
    }


def _round_up(number: int) -> int:
    """The next number that halves well: 2, 4, 6, 8, 10, 12, 16, 20, 30 and so on."""
    if number <= 10:
        return max(2, number + number % 2)
    scale: int = 10 ** (len(str(number)) - 1)
    tenths = next(tenths for tenths in _TENTHS if number * 10 <= tenths * scale)
    return tenths * scale // 10
