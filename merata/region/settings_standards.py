"""The section [standards] of region.toml: who publishes contracts, projects and networks, and under which identifiers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from merata.region._section import Section

#: A scheme of org-id.guide (a country or XI, and a register), and the identifier in it.
_Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9_]+-\S+$")]


class StandardsSettings(Section):
    """What packages of OCDS, OC4IDS and OFDS say of their publisher."""

    ocid_prefix: str = Field(
        "",
        pattern=r"^(ocds-[a-z0-9]{6})?$",
        description="Prefix of contracts' identifiers, ocds- and six characters, as the Open Contracting Partnership gave it; empty: a local one, which begins with `local-`",
    )
    project_prefix: str = Field(
        "",
        pattern=r"^(oc4ids-[a-z0-9]{6})?$",
        description="Prefix of projects' identifiers, oc4ids- and six characters, given by the same; empty: a local one, which begins with `local-`",
    )
    buyer: str = Field(
        "", description="Office that signs the contracts and pays, as it is called; empty: the region's name"
    )
    organisations: dict[str, _Identifier] = Field(
        default_factory=dict,
        description='Identifier by name of an organisation, SCHEME-ID with the scheme of org-id.guide: "PT Contoh" = "ID-REG-12345"; without one it has a local identifier made of its name',
    )
    licence: str = Field(
        "", description="Address of the licence that the packages are published under; empty: none is named"
    )
