"""The section [challenge] of region.toml: how long what was published may be challenged, and how long answers take."""

from __future__ import annotations

from pydantic import Field

from merata.region._section import Section


class ChallengeSettings(Section):
    """The clocks of "this is wrong"."""

    days_open: int = Field(
        365, ge=1, le=3650, description="A published version may be challenged for so many days"
    )
    days_to_answer: int = Field(
        30, ge=1, le=365, description="Whose data it is answers within so many days; silence concedes"
    )
    days_to_decide: int = Field(
        30,
        ge=1,
        le=365,
        description="Somebody else decides within so many days; later the page says that it is late",
    )
    confirm_days: int = Field(
        365,
        ge=1,
        le=3650,
        description="A village office's word that its sheet is right holds for so many days",
    )
