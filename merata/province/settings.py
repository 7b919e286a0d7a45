"""province.toml: the regions of a province, where each one's site is, and what counts as alike."""

# ruff: noqa: E501 — declared data: a setting a line.
from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator

from merata.errors import MissingError, SettingsError
from merata.region._section import Section

TOML = "province.toml"
_HERE = ("127.0.0.1", "localhost", "::1")


class AboutProvince(Section):
    """What the province is."""

    name: str = Field(description="Name of the province, as its pages show it")
    code: str = Field("", description="Official code, like 64; every region's code begins with it")
    site: str = Field(
        "",
        description="Address that people type, https://…; the regions' sites get names below it. Empty: on this machine only",
    )
    languages: list[Literal["id", "en"]] = Field(
        ["id", "en"], min_length=1, description="Languages of the province's pages, the first one first"
    )
    made_up: bool = Field(False, description="True for a trial: every page says that it is made up")
    every_min: int = Field(60, ge=1, description="So often the regions' open data is taken anew, minutes")

    @field_validator("site")
    @classmethod
    def _address(cls, site: str) -> str:
        parts = urlsplit(site)
        if site and not (parts.scheme == "https" and parts.hostname and parts.path in ("", "/")):
            raise ValueError(f"'{site}' is not an address like https://internet.example.go.id")
        return site.rstrip("/")


class OneRegion(Section):
    """A region: exactly one of `folder`, `site` and `copy_of` says where its open data is."""

    code: str = Field(
        pattern=r"^\d{2}(\.\d{2})?$",
        description="Official code of the regency, like 64.02; its villages' codes begin so",
    )
    name: str = Field(description="Name, as pages show it")
    owner: str = Field(
        description="Office that runs the region's site and answers for its data (never a person)"
    )
    folder: str = Field(
        "", description="The region's folder, from province.toml: its site is served beside the province's"
    )
    site: str = Field("", description="Address of its site elsewhere, https://…")
    copy_of: str = Field(
        "", description="Folder of a static copy of its site (`merata export`), from province.toml"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [word for word in ("folder", "site", "copy_of") if getattr(self, word)]
        if len(given) != 1:
            raise ValueError(
                f"region {self.code}: expected one of folder, site, copy_of; there is {given or 'none'}"
            )
        parts = urlsplit(self.site)
        if self.site and parts.scheme != "https" and parts.hostname not in _HERE:
            raise ValueError(
                f"region {self.code}: the site's address must begin with https://, for nothing else says whose it is"
            )
        return self

    @property
    def label(self) -> str:
        """The region in host names and files: 64-02."""
        return self.code.replace(".", "-")


class AlikeSettings(Section):
    """From where on places count as another kind (docs: explanation/province)."""

    hilly_m: float = Field(
        90, gt=0, description="Ground that rises and falls by more than this within 3 km is hilly, m"
    )
    mountainous_m: float = Field(300, gt=0, description="By more than this it is mountainous, m")
    middle_people: float = Field(
        20_000, gt=0, description="With fewer people within 10 km a village is not near others"
    )
    far_people: float = Field(5_000, gt=0, description="With fewer than this it is far from others")
    least: int = Field(3, ge=2, description="Villages that a group needs to be shown by itself")
    least_cover: float = Field(
        0.5,
        gt=0,
        le=1,
        description="Share of the province's people whose kinds of place a region needs to be compared",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.hilly_m >= self.mountainous_m or self.far_people >= self.middle_people:
            raise ValueError("hilly_m must be below mountainous_m, and far_people below middle_people")
        return self


class Province(Section):
    """All of province.toml."""

    province: AboutProvince = Field(description="What the province is")
    regions: list[OneRegion] = Field(default_factory=list, description="The regions, each with its owner")
    alike: AlikeSettings = Field(
        default_factory=AlikeSettings, description="From where on places count as another kind"
    )

    @model_validator(mode="after")
    def _codes(self) -> Self:
        twice = [code for code, n in Counter(r.code for r in self.regions).items() if n > 1]
        if twice:
            raise ValueError(f"the codes {', '.join(twice)} stand there twice; each region has its own")
        folders = Counter(r.folder for r in self.regions if r.folder)
        if shared := [folder for folder, n in folders.items() if n > 1]:
            raise ValueError(f"the folder {shared[0]} stands there twice; each region has its own")
        for region in self.regions:
            if not region.code.startswith(self.province.code):
                raise ValueError(
                    f"region {region.code} does not begin with the province's code {self.province.code}"
                )
        return self


def read(folder: Path) -> Province:
    """The settings of a province's folder.

    Raises
    ------
    MissingError
        The folder is no province.
    SettingsError
        province.toml says something that can't be.
    """
    path = folder / TOML
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise MissingError(f"{folder}: no province. `merata province new {folder}` starts one.") from None
    try:
        return Province.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}.") from None
    except ValidationError as error:
        lines = [
            f"  {'.'.join(map(str, one['loc'])) or 'province.toml'}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        ]
        raise SettingsError("\n".join([f"{path}:", *lines])) from None


def start(folder: Path, name: str, code: str = "", *, made_up: bool = False) -> Path:
    """Start a province's folder and return its province.toml.

    Raises
    ------
    SettingsError
        It is one already, or the code is none.
    """
    path = folder / TOML
    if path.exists():
        raise SettingsError(f"{path}: is there already. Change it with an editor.")
    if code and not re.fullmatch(r"\d{2}", code):
        raise SettingsError(f"'{code}' is no code of a province: expected two digits, like 64.")
    _write(path, [("province", {"name": name, "code": code, **({"made_up": True} if made_up else {})})])
    return path


def add(folder: Path, region: OneRegion) -> None:
    """Add a region to province.toml; what stands there stays as it is, with its comments.

    Raises
    ------
    SettingsError
        Together they can't be: a code twice, or one that does not begin as the province's.
    """
    known = read(folder)
    try:
        Province(**{**dict(known), "regions": [*known.regions, region]})
    except ValidationError as error:
        raise SettingsError(
            "; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors())
        ) from None
    _write(folder / TOML, [("regions", {k: v for k, v in region.model_dump().items() if v})])


def _write(path: Path, sections: list[tuple[str, dict[str, object]]]) -> None:
    import tomlkit

    made = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    for name, values in sections:
        if name == "regions":
            made.setdefault(name, tomlkit.aot()).append(tomlkit.item(values))
        else:
            made[name] = values
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(tomlkit.dumps(made), encoding="utf-8")
    beside.replace(path)
