"""Writes docs/reference from the code, so that it can't say anything else than the code does.

`python tools/make_reference.py` writes the pages; with `--check` it only names those that differ, and fails.
"""

from __future__ import annotations

import enum
import inspect
import os
import sys
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

import merata
from merata import errors
from merata.access import result as access_result
from merata.assure import others_tables, programme_tables
from merata.assure import tables as measured_tables
from merata.exchange import bundle, bundle_tables, leaves
from merata.plan import result as plan_result
from merata.province.settings import Province
from merata.publish.indicators import INDICATORS, NOT_GIVEN, Indicator, languages
from merata.radio import links
from merata.region import findings, prices, tables
from merata.region.settings import Section, Settings
from merata.run import sky as run_sky

PROJECT = Path(__file__).resolve().parents[1]
REFERENCE = PROJECT / "docs" / "reference"
MADE = "<!-- Made from the code by tools/make_reference.py: change the code, then `make reference`. -->\n"

#: Rooms that are no library: the commands and the probe have pages of their own, and the worked example is no tool.
NOT_LIBRARY = ("cli", "example", "probe", "web")


def pages() -> dict[str, str]:
    """Every page of the reference that is made from the code: path below docs/reference -> text."""
    made = {
        "commands.md": commands_page(),
        "settings.md": settings_page(),
        "province.md": province_page(),
        "tables.md": tables_page(),
        "results.md": results_page(),
        "measurements.md": measurements_page(),
        "agreed.md": agreed_page(),
        "prices.md": prices_page(),
        "findings.md": findings_page(),
        "leaves.md": leaves_page(),
        "bundles.md": bundles_page(),
        "indicators.md": indicators_page(),
        "exit-codes.md": exit_codes_page(),
        "rights.md": rights_page(),
    }
    return {name: MADE + "\n" + text.rstrip() + "\n" for name, text in made.items()}


def python_pages() -> dict[str, str]:
    """The pages of the library, a room each. They hold no text of their own, so they are made at every build."""
    return {f"python/{room}.md": python_page(room, modules) for room, modules in rooms().items()}


# Markdown


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [" | ".join(headers), " | ".join("---" for _ in headers)]
    lines += [" | ".join(_cell(value) for value in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def code(text: object) -> str:
    """`text` as code; nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


# Commands


def commands_page() -> str:
    """Every command, with its arguments and options, from the command line's own declaration."""
    from merata.cli.main import app

    group = typer.main.get_command(app)
    out = ["# Commands\n", _help(group), "\n", "Options that stand before the command:\n", _parameters(group)]
    for name, command in _commands(group):
        out += [f"\n({_anchor(name)})=\n## merata {name}\n", _help(command)]
        out += [f"\n```text\n{_usage(name, command)}\n```\n", _parameters(command)]
    return "\n".join(out)


def _commands(group: typing.Any, before: str = "") -> Iterable[tuple[str, typing.Any]]:
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def _anchor(name: str) -> str:
    return "command-" + name.replace(" ", "-")


def _help(command: typing.Any) -> str:
    return inspect.cleandoc(command.help or "").replace("\b\n", "").replace("\f", "")


def _usage(name: str, command: typing.Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    words = [_argument_name(p) if p.required else f"[{_argument_name(p)}]" for p in arguments]
    return " ".join([f"merata {name}", *words, "[OPTIONS]"])


def _parameters(command: typing.Any) -> str:
    rows = [
        (_parameter_name(p), _parameter_help(p), _parameter_default(p))
        for p in command.params
        if not p.hidden and p.name not in ("install_completion", "show_completion")
    ]
    return table(("argument or option", "what it does", "default"), rows) if rows else ""


def _parameter_name(parameter: typing.Any) -> str:
    if parameter.param_type_name == "argument":
        return code(_argument_name(parameter))
    names = ", ".join(code(name) for name in (*parameter.opts, *parameter.secondary_opts))
    return names if parameter.is_flag or parameter.count else f"{names} {_value_name(parameter)}"


def _argument_name(parameter: typing.Any) -> str:
    name = (parameter.metavar or parameter.name).upper()
    return name + ("…" if parameter.nargs != 1 and not name.endswith("…") else "")


def _value_name(parameter: typing.Any) -> str:
    annotation = parameter.type_descriptor.annotation
    if inspect.isclass(annotation) and issubclass(annotation, enum.Enum):
        return "or ".join(code(choice.value) + " " for choice in annotation).strip()
    plain = {str: "TEXT", int: "NUMBER", float: "NUMBER"}
    return str(parameter.metavar or plain.get(annotation, "PATH"))


def _parameter_help(parameter: typing.Any) -> str:
    limits = [
        f"{word} {limit}" for word in ("min", "max") if (limit := getattr(parameter, word, None)) is not None
    ]
    return (parameter.help or "") + (f" ({', '.join(limits)})" if limits else "")


def _parameter_default(parameter: typing.Any) -> str:
    if parameter.required:
        return "required"
    default = parameter.default
    if default is None or callable(default) or default in ("", (), [], False):
        return ""
    return code(getattr(default, "value", default))


# Settings


def settings_page() -> str:
    """Every setting of region.toml, from the models that read it."""
    out = [
        "# Settings of region.toml\n",
        "The file `region.toml` in a region folder says what the region is and what its plan is for. A setting that "
        "it leaves out has the default below; a setting that it misspells is an error that names the place.\n",
    ]
    for name, info in Settings.model_fields.items():
        out.append(_section(name, info))
        out += [_section(f"{name}.{inner}", i) for inner, i in _inside(info) if _is_section(i.annotation)]
    return "\n".join(out)


def province_page() -> str:
    """Every setting of province.toml, from the models that read it."""
    out = [
        "# Settings of province.toml\n",
        "The file `province.toml` in [a province's folder](../how-to/province.md) says which regions it has. A setting "
        "that it leaves out has the default below; a setting that it misspells is an error that names the place.\n",
    ]
    return "\n".join([*out, *(_section(name, info) for name, info in Province.model_fields.items())])


def _inside(info: FieldInfo) -> list[tuple[str, FieldInfo]]:
    return list(_model_of(info.annotation)[0].model_fields.items())


def _is_section(annotation: typing.Any) -> bool:
    if typing.get_origin(annotation) is list:
        annotation = typing.get_args(annotation)[0]
    return inspect.isclass(annotation) and issubclass(annotation, Section)


def _section(name: str, info: FieldInfo) -> str:
    model, shape = _model_of(info.annotation)
    heading = {"one": f"[{name}]", "many": f"[[{name}]]", "named": f"[{name}.NAME]"}[shape]
    out = [f"\n(settings-{name.replace('.', '-')})=\n## `{heading}`\n", f"{info.description}.\n"]
    if shape == "many":
        out.append("May stand several times, once for each.\n")
    default = info.get_default(call_default_factory=True)
    if shape == "named" and default:
        out.append(_named_defaults(model, default))
    else:
        out.append(_setting_rows(model))
    return "\n".join(out)


def _model_of(annotation: typing.Any) -> tuple[type[Section], str]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is list:
        return arguments[0], "many"
    if origin is dict:
        return arguments[1], "named"
    return annotation, "one"


def _setting_rows(model: type[BaseModel]) -> str:
    rows = [
        (code(name), info.description, _type_words(info), _default_words(info))
        for name, info in model.model_fields.items()
        if not _is_section(info.annotation)
    ]
    return table(("setting", "what it is", "values", "default"), rows)


def _named_defaults(model: type[BaseModel], default: dict[str, BaseModel]) -> str:
    rows = [
        (
            code(name),
            info.description,
            _type_words(info),
            *(code(_toml(getattr(d, name))) for d in default.values()),
        )
        for name, info in model.model_fields.items()
    ]
    heads = [f"default of {code(name)}" for name in default]
    return f"NAME is one of {_listed(default)}.\n\n" + table(
        ("setting", "what it is", "values", *heads), rows
    )


def _listed(words: Iterable[object]) -> str:
    return ", ".join(code(word) for word in words)


def _type_words(info: FieldInfo) -> str:
    return _annotation_words(info.annotation) + _range_words(info)


def _annotation_words(annotation: typing.Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return "one of " + _listed(arguments)
    if origin is typing.Annotated:
        return _annotation_words(arguments[0])
    if origin is list:
        return f"list, each {_annotation_words(arguments[0])}"
    if origin is dict:
        return f"table, each value a {_annotation_words(arguments[1])}"
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_annotation_words(a) for a in arguments)
    plain = {
        str: "text",
        int: "whole number",
        float: "number",
        bool: "`true` or `false`",
        type(None): "nothing",
    }
    return plain[annotation]


def _range_words(info: FieldInfo) -> str:
    signs = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))
    limits = [
        f"{sign} {_number(getattr(limit, key))}"
        for limit in info.metadata
        for key, sign in signs
        if getattr(limit, key, None) is not None
    ]
    return ", " + ", ".join(limits) if limits else ""


def _default_words(info: FieldInfo) -> str:
    default = info.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return "must be given"
    return "empty" if default in ("", [], {}, None) else code(_toml(default))


def _toml(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


# Tables


def tables_page() -> str:
    """Every table of a region, from the declaration that readers and checks use."""
    out = [
        "# Tables of a region\n",
        "What Merata understood from the files is in `region.gpkg`, one layer for each table. Every row also says "
        "where it came from and how it is known:\n",
        _column_rows(tables.PROVENANCE),
        f"How a row is known, from the surest to the least sure: {_listed(tables.KNOWN_BY)}. "
        "`made up` stands only in the worked example.\n",
        "A column is found in a spreadsheet by the header words that are listed with it, in any case and order. "
        "Choices may also be written with the words behind the arrow.\n",
    ]
    out += [_table_section(t) for t in tables.TABLES.values()]
    out += ["\n## Facilities and sectors\n", "The gap of a sector counts these kinds of facility.\n"]
    out.append(table(("kind of facility", "sector"), tables.SECTOR_OF_FACILITY.items()))
    return "\n".join(out)


def leaves_page() -> str:
    """What may go into the log, from the declaration that checks it."""
    out = [
        "# Leaves of the log\n",
        "What `merata exchange append` takes, and nothing else: see [the log](../explanation/log.md). A leaf is "
        f"canonical JSON (RFC 8785) with `form` ({leaves.FORM}), `kind`, `date`, `region` (an official code) and "
        "`content`, whose fields depend on the kind:\n",
    ]
    for kind, fields in leaves.KINDS.items():
        rows = [
            (code(f.name), f.says, leaves.TYPES[f.type][1], "needed" if f.needed else "may be left out")
            for f in fields
        ]
        out.append(f"\n## {kind}\n\n{table(('field', 'what it is', 'expected', ''), rows)}")
    return "\n".join(out)


def bundles_page() -> str:
    """The tables of a bundle, from the declaration that packs and checks it."""
    out = [
        "# Tables of a bundle\n",
        "What a region [hands on](../how-to/exchange.md): CSV files in `data/` of one ZIP file, UTF-8, the columns in "
        f"this order, no empty line. `{bundle.PACKAGE}` describes them as a data package; `{bundle.NOTE}` is a signed "
        f"note (C2SP signed-note) of the line `{bundle.FIRST_LINE}` and a line of canonical JSON with the region's "
        "`code` and `name`, `serial`, `date`, `made_up`, `licence` and the SHA-256 of every other file. Nothing else "
        f"may be in it. Groups are of {bundle_tables.FEWEST} service points or more and do not overlap.\n",
    ]
    sections = (_table_section(declared) for declared in bundle_tables.TABLES.values())
    return "\n".join([*out, *(section.replace("(table-", "(bundle-", 1) for section in sections)])


def results_page() -> str:
    """The tables that a run makes, from the rooms' declarations."""
    out = [
        "# Tables that a run makes\n",
        "What the access room and the plan room hand on. The files of a run are made from them: see "
        "[files](files.md).\n",
    ]
    for module in (access_result, plan_result):
        out += [_table_section(t) for t in vars(module).values() if isinstance(t, tables.Table)]
    about = "All microwave hops that two sites could make: what `merata radio links` writes, with the sites' names"
    out.append(_table_section(tables.Table("hops", about, links.COLUMNS, key=("a", "b"))))
    about = "The sky over every facility and settlement: what `merata radio sky` writes"
    out.append(_table_section(tables.Table("sky", about, run_sky.COLUMNS, key=("what", "id"))))
    out += ["\n## Options\n", "The ways in which a plan can serve a place.\n"]
    rows = [(code(key), english, indonesian) for key, (english, indonesian) in plan_result.OPTIONS.items()]
    out.append(table(("option", "English", "Indonesian"), rows))
    return "\n".join(out)


def measurements_page() -> str:
    """The tables of measurements, from the declaration that compaction writes by."""
    out = [
        "# Measurements\n",
        "What probes and the centre measured lies in `measurements/` of a region's folder: a folder for each table, in "
        "it one for each month of UTC (`heartbeats/month=2026-11/`), in it Parquet files, sorted by probe and time. "
        "The files that `measurements/index.json` names are there, no others: [how that is "
        "kept](../explanation/measurements.md). Every row begins with these columns, and is named by `probe` and "
        "`number`:\n",
        _measured_rows(measured_tables.IDENTITY),
    ]
    for name, declared in measured_tables.TABLES.items():
        out += [f"\n(measurements-{name})=\n## {name}\n", f"{declared.about}.\n"]
        out.append(_measured_rows(measured_tables.columns(name)[len(measured_tables.IDENTITY) :]))
    others, names = others_tables.OTHERS, others_tables.NAMES
    out += [f"\n(measurements-{others.name})=\n## {others.name}\n", f"{others.about}.\n"]
    out.append(
        f"It lies in `{others.name}/month=2026-11/{others.name}.parquet`, by the month of UTC in which a row begins, "
        f"without the columns above and index.json. A row is named by {_listed(others.key)}: [how it comes "
        "in](../how-to/others.md).\n"
    )
    out.append(_measured_rows(others_tables.COLUMNS))
    out += [
        f"\n(measurements-{names.name})=\n## {names.name}.csv\n",
        f"{names.about}.\n",
        _column_rows(names.columns),
    ]
    return "\n".join(out)


def agreed_page() -> str:
    """The CSV files beside the measurements, from the declaration that the scorer reads them by."""
    out = [
        "# What was agreed\n",
        "CSV files in `measurements/`, beside the tables of [measurements](measurements.md): what [scores]"
        "(../explanation/scores.md) and [statements](../explanation/owed.md) go by. UTF-8, columns in any order; "
        "`points.csv` and `probes.csv` are needed. Where a region has a site with probes, it keeps those of its "
        "programme: rows of `prices.csv`, `maintenance.csv`, `majeure.csv`, `suspended.csv` and `decided.csv` "
        "without an `entry` stay as they were written by hand, and so do terms and rules that a contract's page does "
        "not have.\n",
    ]
    sections = (_table_section(declared) for declared in programme_tables.FILES.values())
    out += [section.replace("(table-", "(agreed-", 1) for section in sections]
    return "\n".join(out)


def _measured_rows(columns: Sequence[measured_tables.Measured]) -> str:
    rows = [(code(c.name), _about(c), _kind_words(c), code(c.stored.strip("_")), c.known_by) for c in columns]
    return table(("column", "what it is", "values", "stored as", "known by"), rows)


def _table_section(declared: tables.Table) -> str:
    notes = []
    if declared.geometry:
        notes.append(f"Each row has a place: {declared.geometry}, longitude and latitude (EPSG:4326).")
    if declared.key:
        notes.append(f"A row is named by {_listed(declared.key)}.")
    if declared.by_village:
        notes.append("Rows find their village by code, or by the names of village and district.")
    out = [f"\n(table-{declared.name.replace('.', '-')})=\n## {declared.name}\n", f"{declared.about}.\n"]
    out += [" ".join(notes) + "\n", _column_rows(declared.columns)]
    return "\n".join(out)


def _column_rows(columns: Sequence[tables.Column]) -> str:
    rows = [(code(c.name), _about(c), _kind_words(c), code_list(c.headers)) for c in columns]
    if any(c.headers for c in columns):
        return table(("column", "what it is", "values", "header words"), rows)
    return table(("column", "what it is", "values"), [row[:3] for row in rows])


def code_list(words: Iterable[str]) -> str:
    """Words as code, with commas."""
    return _listed(words)


def _about(column: tables.Column) -> str:
    return column.about + (" (required)" if column.required else "")


def _kind_words(column: tables.Column) -> str:
    kinds = {
        "idr": "whole rupiah",
        "int": "whole number",
        "float": "number",
        "bool": "yes or no",
        "code": "code",
        "time": "time",
    }
    kind = "one of " + _choices(column) if column.choices else kinds.get(column.kind, column.kind)
    unit = f", {column.unit}" if column.unit and column.kind != "idr" else ""
    limits = [f"{s} {_number(v)}" for s, v in (("≥", column.minimum), ("≤", column.maximum)) if v is not None]
    return kind + unit + (", " + ", ".join(limits) if limits else "")


def _choices(column: tables.Column) -> str:
    spoken = {c: [w for w, meant in column.words.items() if meant == c and w != c] for c in column.choices}
    return "; ".join(code(c) + (f" ← {', '.join(words)}" if words else "") for c, words in spoken.items())


# The rest


def prices_page() -> str:
    """The catalogue of prices."""
    out = [
        "# Prices\n",
        "What the plan reckons with where neither `region.toml` nor a price list says otherwise. A price that is "
        "`assumed` is a guess that waits for a real one; every figure that rests on it says so. "
        "[Where the prices come from](../explanation/prices.md).\n",
    ]
    rows = [
        (
            code(c.key),
            c.about,
            f"{c.low_idr:,}",
            f"{c.high_idr:,}",
            c.unit,
            c.known_by,
            c.basis,
            ", ".join(c.words),
        )
        for c in prices.COMPONENTS.values()
    ]
    heads = (
        "component",
        "what it is",
        "low, IDR",
        "high, IDR",
        "paid",
        "known by",
        "basis",
        "words in price lists",
    )
    return "\n".join([*out, table(heads, rows)])


def findings_page() -> str:
    """The columns of findings.csv."""
    meaning = {
        "error": "the row or the file could not be used",
        "question": "a person must decide; `merata settle` asks",
        "repaired": "it was mended; the finding says how",
        "note": "worth knowing",
    }
    columns = [code(name) for name in ("id", *findings.Finding.__dataclass_fields__)]
    about = {"id": "six characters that name the finding", **FINDING_COLUMNS}
    rows = zip(columns, about.values(), strict=True)
    return "\n".join(
        [
            "# Findings\n",
            "`findings.csv` in a region folder lists what was wrong, doubtful or guessed in the files. No row of a "
            "source is left out without one.\n",
            table(("column", "what it is"), rows),
            "\n## Severities\n",
            table(("severity", "meaning"), [(code(s), meaning[s]) for s in findings.SEVERITIES]),
        ]
    )


FINDING_COLUMNS = {
    "severity": "how bad it is: see below",
    "file": "the file in sources/",
    "what": "what is wrong, doubtful or guessed",
    "done": "what was done about it",
    "settle": "how to settle it",
    "sheet": "the sheet or layer",
    "row": "the row as the file's own program counts it, from 1; 0 is the whole file",
    "column": "the column",
    "candidates": "for a name that may be several villages: which, likeliest first",
    "subject": "for a question: what its answer is kept under in answers.csv",
}


def indicators_page() -> str:
    """The register of indicators, and what is not given."""
    parts = [
        "# Indicators\n",
        "Statistics of a region: [how to publish them](../how-to/statistics.md). Codes are for ever.\n",
    ]
    parts += [_indicator(one) for one in INDICATORS.values()]
    parts.append("## What is not given\n")
    parts += [f"- {key}: {english}" for key, (_, english) in NOT_GIVEN.items()]
    return "\n".join(parts)


def _indicator(one: Indicator) -> str:
    said = languages(one, 1)
    rows = [f"| {name} | {text} |" for name, text in said.items() if text and name != "name"]
    rows += [
        f"| unit | {one.unit} |",
        f"| classes | {', '.join(one.classes) or '–'} |",
        f"| areas | {', '.join(one.areas)} |",
        f"| frequency | {one.frequency} |",
        f"| version | {one.version} |",
        *([f"| reference | {one.reference} |"] if one.reference else []),
    ]
    table = "\n".join(["| field | |", "|---|---|", *rows])
    return f"## `{one.code}`\n\n{said['name']} ({one.name[0]})\n\n{table}\n"


def rights_page() -> str:
    """Which role may do what, and who may ask for which address of the site and which call of its API."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "merata.web.settings")
    import django

    django.setup()
    from merata.web import rights
    from merata.web.entrances import calls, entrances
    from merata.web.models.people import ROLES

    def by_role(allowed: Sequence[str]) -> list[str]:
        return ["yes" if role in allowed else "" for role in ROLES]

    rows = [
        [code(one), *by_role(r), "yes" if one in rights.CHANGING else ""] for one, r in rights.RIGHTS.items()
    ]
    pages = [
        (code("/" + one.route), one.right, "everybody" if one.open else _roles(one.roles))
        for one in entrances()
    ]
    api = [
        (code(f"{one.method} {one.route}"), ", ".join(one.scopes), " or ".join(one.rights),
         "everybody" if one.open else _roles(one.roles))
        for one in sorted(calls(), key=lambda one: (not one.open, one.route))
    ]  # fmt: skip
    return "\n".join(
        [
            "# Rights\n",
            "Who may do what on the [site](../how-to/serve.md). Each page asks for one right; which rows a role then "
            "reaches (a provider its own points, a village officer the own village) is declared beside the rights: "
            "[accounts and sessions](../explanation/asvs.md). The tests ask each address with an account of every "
            "role and with none, for rows of their own and of others.\n",
            table(("right", *ROLES, "second factor"), rows),
            "\n## Addresses\n",
            "English pages are the same under `/en/`. What is `oneself` is for any account, of its own things.\n",
            table(("address", "right", "who"), pages),
            "\n## Calls of the API\n",
            "A token acts for one account: it needs one of the scopes, and the account one of the rights.\n",
            table(("call", "scope of the token", "right", "who"), api),
        ]
    )


def _roles(roles: Sequence[str]) -> str:
    return ", ".join(roles)


def exit_codes_page() -> str:
    """What the command line ends with."""
    rows: list[tuple[object, str]] = [(0, "All went well")]
    found = [c for c in vars(errors).values() if inspect.isclass(c) and issubclass(c, errors.MerataError)]
    rows += [(c.exit_code, f"{_first_line(c)} ({code(c.__name__)})") for c in found]
    rows.append((2, "The command line itself is wrong: an unknown option, a missing argument"))
    rows.append((70, "A fault in Merata itself: please report it"))
    rows.sort(key=lambda row: int(str(row[0])))
    text = "Every command ends with one of these, so that a script can tell what happened.\n"
    return "\n".join(["# Exit codes\n", text, table(("code", "meaning"), rows)])


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").split("\n")[0].split(". `")[0].rstrip(".")


def rooms() -> dict[str, list[str]]:
    """Room -> its public modules, in order, from the files."""
    package = Path(merata.__file__).parent
    found: dict[str, list[str]] = {}
    for path in sorted(package.rglob("*.py")):
        parts = [part for part in path.relative_to(package).with_suffix("").parts if part != "__init__"]
        if parts and parts[0] not in NOT_LIBRARY and not any(part.startswith("_") for part in parts):
            found.setdefault(parts[0], []).append(".".join(("merata", *parts)))
    return found


def python_page(room: str, modules: Sequence[str]) -> str:
    """The public functions and classes of a room, from their docstrings when the documentation is built."""
    out = [f"# merata.{room}\n"]
    for module in modules:
        if module != f"merata.{room}":
            out.append(f"\n## {module}\n")
        out.append(f"```{{eval-rst}}\n.. automodule:: {module}\n```\n")
    return "\n".join(out)


# Writing


def differing(made: dict[str, str]) -> list[str]:
    """Names of the pages that are not on disk as `made` says."""
    return [
        n for n, text in made.items() if not (p := REFERENCE / n).exists() or p.read_text("utf-8") != text
    ]


def write(made: dict[str, str]) -> None:
    """Write the pages that differ; the others keep their time, so that Sphinx need not read them again."""
    for name in differing(made):
        path = REFERENCE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[name], encoding="utf-8")


def write_python() -> None:
    """Write the pages of the library and take away those of rooms that are no more."""
    made = python_pages()
    for path in (REFERENCE / "python").glob("*.md"):
        if path.relative_to(REFERENCE).as_posix() not in made:
            path.unlink()
    write(made)


def main(arguments: Sequence[str], out: Callable[[str], object] = print) -> int:
    """Write, or with `--check` compare; 1 when something differs."""
    made = pages()
    changed = differing(made)
    check = "--check" in arguments
    for name in changed:
        out(f"docs/reference/{name}: {'differs from the code: make reference' if check else 'made'}")
    if check:
        return 1 if changed else 0
    write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
