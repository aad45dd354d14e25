"""The keys of a mapping. docs/reference/mapping.md explains each of them."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import yaml
from django.utils.translation import gettext as _

from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.calendars import WorkingCalendar
from gongzhi.foundation.regions.coordinates import Datum
from gongzhi.foundation.regions.queries import Level
from gongzhi.service.commands.importing.fields import Field, field, field_within
from gongzhi.service.commands.importing.files import Format
from gongzhi.service.commands.importing.mapping import FILE, LINE, Done, Fixed, Listed, Mapping, Named
from gongzhi.service.commands.importing.reading import Section, top
from gongzhi.service.commands.importing.times import When

DATUMS = get_args(Datum)

_SHIPPED = "gongzhi.service.commands.importing.mappings"
_DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|"}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NOTHING = Field(1, "", constant="")


def shipped() -> list[str]:
    """The names of the mappings that come with the platform."""
    folder = resources.files(_SHIPPED)
    return sorted(each.name.removesuffix(".yaml") for each in folder.iterdir() if each.name.endswith(".yaml"))


def text_of(name: str) -> str | None:
    """The text of a mapping: a file, or the name of a shipped one; None where there is neither."""
    path = Path(name)
    if path.is_file():
        return path.read_text("utf-8-sig")
    return (resources.files(_SHIPPED) / f"{name}.yaml").read_text("utf-8") if name in shipped() else None


def read(text: str, name: str) -> Mapping:
    """Read a mapping; `Invalid` names every mistake with its line."""
    section = top(text, name)
    language = section.text("language", "en", longest=7)
    section.optional("source")
    submission, history = section.section("submission"), section.section("history")
    zone = _zone(section, required=True) or "UTC"
    mapping = Mapping(
        name=_code(section, "mapping", required=True, longest=60),
        title=_names(section, "title", language),
        language=language,
        file=_format(section.section("file")),
        key=_key(section),
        **_catalogue(section, language, zone),
        **_submission(submission),
        **_history(history, zone),
    )
    if mapping.organisation is None and (mapping.dispatched or mapping.answered or mapping.closed):
        history.wrong(
            history.line,
            _("only what somebody handles is answered or closed: “organisation” says who handles it"),
        )
    for each in (submission, history, section):
        each.finish()
    section.problems.refuse()
    return mapping


def _key(section: Section) -> tuple[str, ...]:
    line, parts = section.line_of("key"), section.texts("key")
    for part in parts:
        if part.startswith("$") and part not in (LINE, FILE):
            section.wrong(
                line, _("“key” lists columns, $file and $line, and not “%(part)s”") % {"part": part}
            )
    return tuple(parts) or (LINE,)


def _format(block: Section) -> Format:
    line = block.line_of("encoding")
    encoding = block.text("encoding", "utf-8")
    try:
        codecs.lookup(encoding)
    except LookupError:
        block.wrong(line, _("there is no encoding called “%(name)s”") % {"name": encoding})
    line = block.line_of("delimiter")
    delimiter = block.text("delimiter", "comma")
    delimiter = _DELIMITERS.get(delimiter, delimiter)
    quote = block.text("quote", '"')
    if len(delimiter) != 1 or len(quote) > 1:
        block.wrong(
            line,
            _("a delimiter is %(words)s or one character, and so is the quotation mark")
            % {"words": ", ".join(_DELIMITERS)},
        )
    form = Format(
        encoding="utf-8-sig" if _codec(encoding) == "utf-8" else encoding,
        delimiter=delimiter[:1] or ",",
        quote=quote[:1],
        member=block.text("member", "*"),
        columns=tuple(block.texts("columns")),
    )
    block.finish()
    return form


def _codec(encoding: str) -> str:
    """The name by which Python knows an encoding; empty where it knows none."""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return ""


def _catalogue(section: Section, language: str, zone: str) -> dict[str, Any]:
    fixed, regions = _regions(section, language)
    return {
        "fixed": tuple(each if n or each.zone else replace(each, zone=zone) for n, each in enumerate(fixed)),
        "regions": regions,
        "grid": _listed(section, "grid", language),
        "organisation": _listed(section, "organisation", language),
        "category": _listed(section, "category", language, required=True) or Listed(_NOTHING, {}, {}),
    }


def _regions(section: Section, language: str) -> tuple[tuple[Fixed, ...], tuple[Listed, ...]]:
    fixed: list[Fixed] = []
    listed: list[Listed] = []
    line = section.line_of("regions")
    for block in section.sections("regions"):
        if not block.has("code"):
            listed.append(_listed_within(block, language, level=True))
        else:
            if listed:
                block.wrong(block.line, _("regions with a code come before those of a column"))
            fixed.append(_fixed(block, language))
        block.finish()
    if not fixed:
        section.wrong(line, _("“regions” begins with at least one region that has a code"))
    return tuple(fixed), tuple(listed)


def _fixed(block: Section, language: str) -> Fixed:
    return Fixed(
        code=_code(block, "code", required=True, longest=30),
        name=_names(block, "name", language, required=True),
        level=block.text("level", required=True, choices=Level.values),
        zone=_zone(block),
        calendar=_calendar(block),
    )


def _listed(section: Section, key: str, language: str, *, required: bool = False) -> Listed | None:
    if not section.has(key):
        section.text(key, required=required)
        return None
    inner = section.section(key)
    found = _listed_within(inner, language, required=required, kind=key == "organisation")
    inner.finish()
    return found


def _listed_within(
    block: Section, language: str, *, required: bool = False, level: bool = False, kind: bool = False
) -> Listed:
    return Listed(
        level=block.text("level", required=True, choices=Level.values) if level else "",
        kind=block.text("kind", "government", choices=Organisation.Kind.values) if kind else "",
        functions=tuple(block.texts("functions")) if kind else (),
        prefix=_code(block, "prefix", longest=20),
        names=_named(block.section("names"), language, functions=kind),
        called=_names(block, "called", language),
        field=field_within(block, required=required),
    )


def _named(block: Section, language: str, *, functions: bool) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for value in list(block.held):
        if isinstance(block.held[value], yaml.ScalarNode):
            found[value] = Named({name_key(language): block.text(value)})
            continue
        each = block.section(value)
        name = {key: each.text(key) for key in ("zh", "en") if each.has(key)}
        each.known += ["zh", "en"]
        found[value] = Named(
            name,
            _code(each, "code", longest=30),
            tuple(each.texts("functions")) if functions else (),
        )
        each.finish()
    return found


def name_key(language: str) -> str:
    """Under which of the two languages of names in data a city's own words stand."""
    return "zh" if language.startswith("zh") else "en"


def _submission(block: Section) -> dict[str, Any]:
    lon, lat = field(block, "lon"), field(block, "lat")
    if (lon is None) != (lat is None):
        block.wrong(block.line, _("a point needs both “lon” and “lat”"))
    return {
        "kind": field(block, "kind", required=True) or _NOTHING,
        "channel": field(block, "channel") or Field(1, "submission.channel", constant="file"),
        "text": field(block, "text") or Field(1, "submission.text", constant=""),
        "matter_title": field(block, "title"),
        "place": field(block, "place"),
        "lon": lon,
        "lat": lat,
        "coordinates": block.text("coordinates", "wgs84", choices=DATUMS),
        "nowhere": _points(block),
    }


def _points(block: Section) -> frozenset[tuple[float, float]]:
    line, found = block.line_of("nowhere"), set()
    for text in block.texts("nowhere"):
        try:
            lon, lat = (float(part) for part in text.split())
        except ValueError:
            block.wrong(line, _("“%(text)s” is no point: longitude, space, latitude") % {"text": text})
        else:
            found.add((lon, lat))
    return frozenset(found)


def _history(block: Section, zone: str) -> dict[str, Any]:
    opened, _none = _done(block, "opened", zone, at_is_needed=True)
    promised, _none = _done(block, "promised", zone, at="due", at_is_needed=True)
    dispatched, _none = _done(block, "dispatched", zone)
    answered, answer = _done(block, "answered", zone, extra="text")
    closed, outcome = _done(block, "closed", zone, extra="outcome", at_is_needed=True)
    if opened is None:
        block.wrong(block.line, _("“%(key)s” is missing") % {"key": "opened"})
    return {
        "opened": opened or Done(None, None),
        "promised": promised,
        "dispatched": dispatched,
        "answered": answered,
        "answer": answer,
        "closed": closed,
        "outcome": outcome,
    }


def _done(
    history: Section, key: str, zone: str, *, at: str = "at", at_is_needed: bool = False, extra: str = ""
) -> tuple[Done | None, Field | None]:
    """One thing that was done, and the field that belongs to it alone."""
    if not history.has(key):
        history.node(key)
        return None, None
    block = history.section(key)
    when = _when(block, at, zone)
    if when is None and at_is_needed:
        block.wrong(block.line, _("“%(key)s” is missing") % {"key": at})
    told = field(block, extra) if extra else None
    by = field(block, "by")
    only = block.section("when")
    conditions = tuple((column, frozenset(only.texts(column))) for column in list(only.held))
    block.finish()
    return Done(when, by, conditions), told


def _when(block: Section, key: str, zone: str) -> When | None:
    if not block.has(key):
        block.node(key)
        return None
    if isinstance(block.held[key], yaml.ScalarNode):
        found = field(block, key)
        return When(found or _NOTHING, ("iso",), zone)
    inner = block.section(key)
    when = When(
        formats=tuple(inner.texts("format")) or ("iso",),
        zone=_zone(inner) or zone,
        day_only=inner.text("precision", "exact", choices=("exact", "day")) == "day",
        field=field_within(inner),
    )
    inner.finish()
    return when


def _zone(block: Section, *, required: bool = False) -> str | None:
    line = block.line_of("zone")
    name = block.text("zone", required=required)
    if not name:
        return None
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        block.wrong(line, _("there is no time zone called “%(name)s”") % {"name": name})
        return None
    return name


def _calendar(block: Section) -> str | None:
    line, code = block.line_of("calendar"), block.text("calendar", longest=12)
    if not code:
        return None
    try:
        WorkingCalendar(code, "UTC")
    except ValueError as error:
        block.wrong(line, str(error))
    return code


def _code(block: Section, key: str, *, longest: int, required: bool = False) -> str:
    line, code = block.line_of(key), block.text(key, required=required, longest=longest)
    if code and not _CODE.fullmatch(code):
        block.wrong(line, _("“%(code)s” is no code: letters, digits, dots and hyphens") % {"code": code})
    return code


def _names(block: Section, key: str, language: str, *, required: bool = False) -> dict[str, str]:
    if not block.has(key):
        block.text(key, required=required)
        return {}
    if isinstance(block.held[key], yaml.ScalarNode):
        return {name_key(language): block.text(key)}
    inner = block.section(key)
    found = {each: inner.text(each) for each in ("zh", "en") if inner.has(each)}
    inner.known += ["zh", "en"]
    inner.finish()
    return found
