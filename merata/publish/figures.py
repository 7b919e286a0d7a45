"""Small figures as inline SVG text: bars and columns that scale, print without colour and read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def bar(parts: Sequence[tuple[str, float]], total: float, about: str) -> str:
    """A horizontal bar: `parts` as (class, amount) one after the other, of `total`; `about` is read aloud."""
    pieces, at = [], 0.0
    for name, amount in parts:
        width = _percent(amount, total)
        width = min(width, 100 - at)
        if width > 0:
            pieces.append(f'<path class="{name}" d="M{_short(at)} 0h{_short(width)}v10h-{_short(width)}z"/>')
            at += width
    return (
        '<svg class="barfig" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(about)}"><path class="b-bg" d="M0 0h100v10h-100z"/>{"".join(pieces)}</svg>'
    )


def pair(now: float | None, then: float | None, about: str) -> str:
    """Two thin bars, one over the other: a share of 0 to 1 now and then."""
    rows = "".join(
        f'<path class="{name}" d="M0 {top}h{_short(_percent(share, 1))}v4h-{_short(_percent(share, 1))}z"/>'
        for name, share, top in (("b-now", now, 0), ("b-then", then, 6))
        if share
    )
    return (
        '<svg class="barfig" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(about)}"><path class="b-bg" d="M0 0h100v4h-100zM0 6h100v4h-100z"/>{rows}</svg>'
    )


def columns(
    labels: Sequence[str], values: Sequence[float], texts: Sequence[str], most: float, about: str
) -> str:
    """A column for each label, `most` high at most, with its text above it; 360 units wide, for a phone."""
    step = 348 / max(len(labels), 1)
    width = min(step * 0.66, 54)
    pieces = []
    for place, (label, value, text) in enumerate(zip(labels, values, texts, strict=True)):
        middle = 6 + step * (place + 0.5)
        high = 118 * (value / most if most > 0 else 0)
        pieces.append(
            f'<path class="c-bg" d="M{middle - width / 2:.1f} 22h{width:.1f}v118h-{width:.1f}z"/>'
            f'<path class="c-ink" d="M{middle - width / 2:.1f} {140 - high:.1f}h{width:.1f}v{high:.1f}h-{width:.1f}z"/>'
            f'<text class="c-value" x="{middle:.1f}" y="{134 - high if high < 96 else 156 - high:.1f}"'
            f"{'' if high < 96 else ' data-in'}>{escape(text)}</text>"
            f'<text class="c-label" x="{middle:.1f}" y="158">{escape(label)}</text>'
        )
    return f'<svg class="columns" viewBox="0 0 360 166" role="img" aria-label="{escape(about)}">{"".join(pieces)}</svg>'


def ranges(
    labels: Sequence[str],
    values: Sequence[tuple[float, float | None, float | None]],
    texts: Sequence[str],
    about: str,
) -> str:
    """A column for each label with a whisker over it: `values` as (planned, low, high); 360 units wide."""
    most = max((max(value, high or 0) for value, _, high in values), default=0)
    step = 348 / max(len(labels), 1)
    width = min(step * 0.66, 54)
    pieces = []
    for place, (label, (value, low, high), text) in enumerate(zip(labels, values, texts, strict=True)):
        middle = 6 + step * (place + 0.5)
        tall = _tall(value, most)
        top = min(140 - tall, 140 - _tall(high or 0, most))
        pieces.append(
            f'<path class="c-mid" d="M{middle - width / 2:.1f} {140 - tall:.1f}h{width:.1f}v{tall:.1f}h-{width:.1f}z"/>'
            f"{_whisker(middle, low, high, most)}"
            f'<text class="c-value" x="{middle:.1f}" y="{top - 6:.1f}">{escape(text)}</text>'
            f'<text class="c-label" x="{middle:.1f}" y="158">{escape(label)}</text>'
        )
    return f'<svg class="columns" viewBox="0 0 360 166" role="img" aria-label="{escape(about)}">{"".join(pieces)}</svg>'


def _tall(value: float, most: float) -> float:
    return 118 * value / most if most > 0 else 0.0


def _whisker(middle: float, low: float | None, high: float | None, most: float) -> str:
    if low is None or high is None:
        return ""
    top, foot = 140 - _tall(high, most), 140 - _tall(low, most)
    ends = f"M{middle - 7:.1f} {top:.1f}h14M{middle - 7:.1f} {foot:.1f}h14M{middle:.1f} {top:.1f}V{foot:.1f}"
    return f'<path class="c-case" d="{ends}"/><path class="c-whisker" d="{ends}"/>'


def _percent(amount: float, total: float) -> float:
    return max(0.0, min(100.0, 100.0 * amount / total)) if total > 0 else 0.0


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
