"""Catalogues of translations: collected from the sources, compiled, and checked, by Babel alone.

    python tools/translations.py update     new texts in, old ones out, then compile
    python tools/translations.py compile    .po → .mo
    python tools/translations.py check      every text translated, every text on a page translatable

Texts are English in the sources; the catalogue says them in Chinese.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

SOURCES = Path(__file__).resolve().parent.parent / "src" / "gongzhi"
LOCALES = ["zh_Hans"]
KEYWORDS: dict[str, tuple[Any, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
#: Without dates and names, so that two people who add texts at the same time do not collide in it.
HEADER = """\
msgid ""
msgstr ""
"Language: {locale}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
#: %(name)s and its like, {name}, and a lone %s.
PLACES = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%[sd]")
SHOWN_ATTRIBUTES = {"alt", "aria-description", "aria-label", "placeholder", "title"}
UNREAD_TAGS = {"code", "kbd", "pre", "samp", "script", "style"}
VOID_TAGS = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "use",
    "wbr",
}
#: {% block body_class %}: a name for style sheets, not for readers.
NAMING_BLOCK = re.compile(r"block \w*(?:class|id)")
#: {% include "part.html" with title="…" %}: words on their way to a reader.
HANDED_ON = re.compile(r'\b(?:caption|empty|heading|hint|label|message|text|title)="([^"]+)"')
LETTERS = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")


def catalogue_path(locale: str, sources: Path = SOURCES) -> Path:
    return sources / "locale" / locale / "LC_MESSAGES" / "django.po"


def collect(sources: Path = SOURCES) -> Catalog:
    """Every translatable text in Python files and templates, with where it stands."""
    found = Catalog(project="gongzhi", charset="utf-8")
    for path in sorted([*sources.rglob("*.py"), *sources.rglob("*.html"), *sources.rglob("*.txt")]):
        place = path.relative_to(sources).as_posix()
        if "/migrations/" in place or "/built/" in place:
            continue
        for name, said, comments in _messages(path):
            singular, context = _parts(said, KEYWORDS.get(name))
            if singular:
                # Only the file is noted: line numbers would change the catalogue with every edit.
                found.add(singular, locations=[(place, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return found


def _messages(path: Path) -> Iterator[tuple[str, Any, list[str]]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # templatize keeps the shape of the page; without its indentation it reads as Python
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    source = io.BytesIO(text.encode())
    for _, name, said, comments in extract_python(source, KEYWORDS, ["Translators:"], {"encoding": "utf-8"}):
        yield name, said, comments


def _parts(said: Any, positions: tuple[Any, ...] | None) -> tuple[Any, str | None]:
    if positions is None:
        return (said[0] if isinstance(said, tuple) else said), None
    context, texts = None, []
    for position in positions:
        if isinstance(position, tuple):
            context = said[position[0] - 1]
        else:
            texts.append(said[position - 1])
    if any(text is None for text in texts):
        return None, None
    return (tuple(texts) if len(texts) > 1 else texts[0]), context


def read(locale: str, sources: Path = SOURCES) -> Catalog:
    path = catalogue_path(locale, sources)
    if not path.exists():
        return Catalog(locale=locale, project="gongzhi", charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def update(sources: Path = SOURCES) -> list[str]:
    """Bring the catalogues up to date with the sources; returns what waits for a translation."""
    template = collect(sources)
    waiting = []
    for locale in LOCALES:
        catalogue, path = read(locale, sources), catalogue_path(locale, sources)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            out.write(HEADER.format(locale=locale, plural=catalogue.plural_forms).encode())
            write_po(out, catalogue, width=100, sort_output=True, ignore_obsolete=True, omit_header=True)
        waiting += [
            f"{locale}: {_shown(message)}" for message in catalogue if message.id and not _said(message)
        ]
    compile_all(sources)
    return waiting


def compile_all(sources: Path = SOURCES) -> None:
    for locale in LOCALES:
        with catalogue_path(locale, sources).with_suffix(".mo").open("wb") as out:
            write_mo(out, read(locale, sources))


def check(sources: Path = SOURCES) -> list[str]:
    """What is missing, unfinished, wrongly filled in, or not translatable at all."""
    problems = []
    wanted = {(message.id, message.context): message for message in collect(sources) if message.id}
    for locale in LOCALES:
        have = {(message.id, message.context): message for message in read(locale, sources) if message.id}
        for key, message in wanted.items():
            where = ", ".join(sorted({place for place, _ in message.locations}))
            if key not in have or not _said(have[key]):
                problems.append(f"{where}: no translation into {locale}: {_shown(message)}")
            elif have[key].fuzzy:
                problems.append(f"{where}: unsure translation into {locale}: {_shown(message)}")
            elif not _places_agree(have[key]):
                problems.append(f"{where}: other placeholders in {locale}: {_shown(message)}")
        problems += [
            f"no longer in the sources: {_shown(have[key])} (make translations)"
            for key in have.keys() - wanted
        ]
    for path in sorted(sources.rglob("*.html")):
        place = path.relative_to(sources).as_posix()
        if "/built/" not in place:
            problems += [f"{place}: not translatable: {text}" for text in bare_texts(path.read_text("utf-8"))]
    return problems


def _said(message: Message) -> bool:
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    return bool(strings) and all(strings)


def _shown(message: Message) -> str:
    text = message.id[0] if isinstance(message.id, list | tuple) else message.id
    return repr(text if len(text) <= 70 else text[:67] + "…")


def _places_agree(message: Message) -> bool:
    texts = message.id if isinstance(message.id, list | tuple) else [message.id]
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    allowed = {place.group(0) for text in texts for place in PLACES.finditer(text)}
    needed = {place.group(0) for place in PLACES.finditer(texts[-1])}
    return all(needed <= {p.group(0) for p in PLACES.finditer(said)} <= allowed for said in strings)


class _Page(HTMLParser):
    """Collects what a reader of the page would see or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        # What says its own language (the switch between them) stays in it.
        own_language = tag != "html" and "lang" in named
        if not self._unread and not own_language:
            shown = [named.get(name) for name in SHOWN_ATTRIBUTES]
            if tag == "input" and named.get("type") in ("submit", "button", "reset"):
                shown.append(named.get("value"))
            self.texts += [value for value in shown if value]
        if tag in VOID_TAGS:
            return
        if self._unread or tag in UNREAD_TAGS or own_language:
            self._unread.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unread and self._unread[-1] == tag:
            self._unread.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.texts.append(data)


def bare_texts(template: str) -> list[str]:
    """The words of a template that no `translate` and no `blocktranslate` covers."""
    kept, handed_on, until = [], [], ""
    for token in Lexer(template).tokenize():
        word = token.contents.split()[0] if token.contents.split() else ""
        if until:
            until = "" if token.token_type == TokenType.BLOCK and word == until else until
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
        elif token.token_type == TokenType.BLOCK and (
            word in ("blocktranslate", "blocktrans", "comment") or NAMING_BLOCK.fullmatch(token.contents)
        ):
            until = f"end{word}"
        elif token.token_type == TokenType.BLOCK:
            handed_on += [match[1] for match in HANDED_ON.finditer(token.contents)]
    page = _Page()
    page.feed("\N{ZERO WIDTH SPACE}".join(kept))
    return [" ".join(text.split()) for text in [*page.texts, *handed_on] if LETTERS.search(text)]


def main(words: list[str]) -> int:
    if not settings.configured:
        settings.configure()
    if words == ["update"]:
        for line in update():
            print(f"to translate: {line}")
        return 0
    if words == ["compile"]:
        compile_all()
        return 0
    if words == ["check"]:
        problems = check()
        for problem in problems:
            print(problem)
        return 1 if problems else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
