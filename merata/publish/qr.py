"""An address as a QR code, for what is printed."""

from __future__ import annotations

import segno


def qr(text: str) -> str:
    """A text, such as an address, as a QR code: SVG that scales."""
    drawn: str = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=2)
    return drawn
