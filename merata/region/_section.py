"""What every section of region.toml has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of region.toml; a word that is no setting is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
