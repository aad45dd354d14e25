"""The catalogues are complete, and a text that nobody could translate is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import translations


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A small house with one translated text."""
    write(tmp_path, "service/desk/views.py", "title = _('My work')\n")
    translations.update(tmp_path)
    path = translations.catalogue_path("zh_Hans", tmp_path)
    path.write_text(
        path.read_text().replace('msgid "My work"\nmsgstr ""', 'msgid "My work"\nmsgstr "我的工作"')
    )
    return tmp_path


def write(sources: Path, place: str, text: str) -> None:
    path = sources / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def translate(sources: Path, text: str, said: str) -> None:
    translations.update(sources)
    path = translations.catalogue_path("zh_Hans", sources)
    path.write_text(
        path.read_text().replace(f'msgid "{text}"\nmsgstr ""', f'msgid "{text}"\nmsgstr "{said}"')
    )


def test_every_text_of_the_platform_is_translated() -> None:
    assert translations.check() == []


def test_a_complete_house_passes(sources: Path) -> None:
    assert translations.check(sources) == []


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("service/desk/views.py", "title = _('My work')\nother = gettext_lazy('Everything')\n"),
        ("service/desk/templates/desk/mine.html", "<h1>{% translate 'Everything' %}</h1>"),
        (
            "service/desk/templates/desk/mine.html",
            "<p>\n  {% blocktranslate trimmed %}\n Everything\n{% endblocktranslate %}",
        ),
    ],
)
def test_a_new_text_without_a_translation_is_found(sources: Path, place: str, text: str) -> None:
    write(sources, place, text)
    assert [
        line for line in translations.check(sources) if "'Everything'" in line and "no translation" in line
    ]


@pytest.mark.parametrize(
    "template",
    [
        "<h1>Everything</h1>",
        "<h1>所有工单</h1>",
        '<img src="x" alt="Everything">',
        '<input type="submit" value="Send">',
        "<p>{{ count }} matters</p>",
        '{% include "design/empty.html" with text="Nothing here" %}',
        "<p>{% translate 'My work' %} and more</p>",
    ],
)
def test_a_text_bare_on_a_page_is_found(sources: Path, template: str) -> None:
    write(sources, "service/desk/templates/desk/mine.html", template)
    assert [line for line in translations.check(sources) if "not translatable" in line]


@pytest.mark.parametrize(
    "template",
    [
        "{# Everything #}{% comment %}Everything{% endcomment %}<!-- Everything -->",
        '<p class="lead" id="all">{{ matter.title }} · {{ count }}</p>',
        '<a href="/en" lang="en">English</a>',
        "<code>gongzhi verify</code><script src='a.js'></script>",
        "{% block body_class %}desk wide{% endblock %}",
        '<input type="hidden" name="next" value="here">',
    ],
)
def test_what_no_reader_reads_needs_no_translation(sources: Path, template: str) -> None:
    write(sources, "service/desk/templates/desk/mine.html", template)
    assert translations.check(sources) == []


def test_a_translation_with_other_placeholders_is_found(sources: Path) -> None:
    write(sources, "service/desk/more.py", "_('%(count)s left')\n")
    translate(sources, "%(count)s left", "剩下")
    assert [line for line in translations.check(sources) if "other placeholders" in line]
    write(sources, "service/desk/more.py", "_('%(count)d gone')\n")
    translate(sources, "%(count)d gone", "%(count)d 件")
    assert translations.check(sources) == []


def test_what_left_the_sources_leaves_the_catalogue(sources: Path) -> None:
    write(sources, "service/desk/views.py", "title = _('My day')\n")
    assert [line for line in translations.check(sources) if "no longer in the sources" in line]
    assert translations.update(sources) == ["zh_Hans: 'My day'"]
    assert "My work" not in translations.catalogue_path("zh_Hans", sources).read_text()


def test_plurals_and_contexts_are_collected(sources: Path) -> None:
    write(
        sources,
        "service/desk/more.py",
        "ngettext('%(n)d day', '%(n)d days', n)\npgettext('verb', 'Report')\n",
    )
    found = {(message.id, message.context) for message in translations.collect(sources)}
    assert (("%(n)d day", "%(n)d days"), None) in found
    assert ("Report", "verb") in found


def test_compiled_catalogues_are_read_by_python(sources: Path) -> None:
    import gettext

    translations.compile_all(sources)
    with translations.catalogue_path("zh_Hans", sources).with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("My work") == "我的工作"
