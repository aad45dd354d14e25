"""The built front end: what is in it, what is not, and that it can be read by eye and by old browsers."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from gongzhi.service.design import built
from gongzhi.service.design.serving import add_headers

WEB = Path(__file__).parents[3] / "web"
STYLES = ["gongzhi.css", "map.css"]


def text(name: str) -> str:
    return (built.BUILT / name).read_text(encoding="utf-8")


def manifest() -> dict:
    return json.loads(text("manifest.json"))


def test_the_manifest_names_every_file_by_its_hash():
    for file in manifest()["files"]:
        assert hashlib.sha256((built.BUILT / file["name"]).read_bytes()).hexdigest() == file["sha256"]


def test_an_address_changes_with_its_content():
    mark = built.marks()["gongzhi.js"]
    assert built.address("gongzhi.js") == f"/static/design/built/gongzhi.js?v={mark}"


def test_what_others_made_is_told_with_version_licence_and_hash():
    packages = {package["name"]: package for package in manifest()["packages"]}
    assert {"htmx.org", "@alpinejs/csp", "@tabler/core", "maplibre-gl", "echarts"} <= packages.keys()
    for package in packages.values():
        assert re.fullmatch(r"[0-9a-f]{64}", package["sha256"])
        assert package["licence"] != "unknown"
        assert not re.search(r"GPL", package["licence"])
    assert all(f"{name} {package['version']}" in text("licences.txt") for name, package in packages.items())


@pytest.mark.parametrize("name", STYLES)
def test_styles_use_nothing_that_chromium_90_cannot_read(name):
    assert not re.search(
        r"color-mix\(|light-dark\(|okl(ab|ch)\(|:has\(|@layer|@container|float:inline", text(name)
    )


def test_styles_name_no_property_that_nobody_sets():
    css = text("gongzhi.css")
    used = set(re.findall(r"var\((--[\w-]+)\)", css))
    set_somewhere = set(re.findall(r"(--[\w-]+)\s*:", css))
    assert used <= set_somewhere, sorted(used - set_somewhere)


@pytest.mark.parametrize("name", [*STYLES, "gongzhi.js"])
def test_nothing_outside_is_named_as_a_source(name):
    assert not re.search(r"""url\(["']?https?:|@import|src=["']https?:""", text(name))


def test_the_lock_names_no_registry():
    assert '"resolved"' not in (WEB / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("url", "is_kept"),
    [
        ("/static/design/built/gongzhi.js", True),
        ("/static/design/built/manifest.json", False),
        ("/static/design/mark.svg", False),
    ],
)
def test_only_what_has_its_hash_in_its_address_is_kept_for_good(url, is_kept):
    headers: dict[str, str] = {}
    add_headers(headers, None, url)  # type: ignore[arg-type]
    assert ("immutable" in headers.get("Cache-Control", "")) is is_kept


# -- tokens: contrast by the formula of WCAG 2.2, not by eye ------------------------------------------


def tokens(*selectors: str) -> dict[str, str]:
    """The colours in force under these selectors, later over earlier."""
    css = (WEB / "src/css/tokens.css").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for selector, body in re.findall(r"(:root[^{]*?)\s*\{(.*?)\}", css, re.DOTALL):
        if selector in selectors:
            found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", body))
    return found


LIGHT = (":root",)
LARGE = (":root", ':root[data-type="large"]')
DARK = (":root", ':root[data-theme="dark"]')
DARK_LARGE = (*LARGE, ':root[data-theme="dark"]', ':root[data-theme="dark"][data-type="large"]')
ON_ALL = ["ink", "ink-soft", "jade", "cinnabar", "sky"]
PAIRS = [
    *((word, ground) for word in ON_ALL for ground in ("card", "paper", "paper-deep")),
    ("jade", "jade-tint"),
    ("cinnabar", "cinnabar-tint"),
    ("amber-word", "amber-tint"),
    ("amber-word", "card"),
    ("sky", "sky-tint"),
    ("moss-word", "moss-tint"),
    ("moss-word", "card"),
    *(("ink", f"{name}-tint") for name in ("jade", "cinnabar", "amber", "sky", "moss")),
    ("on-colour", "jade"),
    ("on-colour", "jade-deep"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_counted_as_the_standard_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("selectors", "least"),
    [(LIGHT, 4.5), (LARGE, 7), (DARK, 4.5), (DARK_LARGE, 7)],
    ids=["light", "large", "dark", "both"],
)
def test_words_stand_out_from_their_ground(selectors, least):
    colours = tokens(*selectors)
    weak = {
        f"{word} on {ground}": round(contrast(colours[word], colours[ground]), 2)
        for word, ground in PAIRS
        if contrast(colours[word], colours[ground]) < least
    }
    assert not weak


@pytest.mark.parametrize("selectors", [LIGHT, LARGE, DARK], ids=["light", "large", "dark"])
def test_borders_of_fields_and_marks_stand_out(selectors):
    colours = tokens(*selectors)
    marks = [
        "line-strong",
        "focus",
        "amber",
        "moss",
        "jade",
        "cinnabar",
        "sky",
        "series-1",
        "series-3",
        "series-4",
    ]
    assert {mark for mark in marks if contrast(colours[mark], colours["card"]) < 3} == set()
