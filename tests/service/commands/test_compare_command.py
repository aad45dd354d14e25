"""Regions' deadlines compared: a sentence for each difference, and how many matters fall in it, counted twice."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import translation

from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.parties.actors import forget_roles
from gongzhi.governance.matters.models import Submission
from gongzhi.service.commands.comparing import categories
from gongzhi.service.commands.comparing.command import compared
from gongzhi.service.commands.demonstration import load
from tests.service.commands.cities import BOSTON, needs_real_data
from tests.service.commands.nodes import Node
from tests.service.commands.test_importing_command import first_rows

COUNTIES = ("310118", "320509", "330421")
RULES = Path(load.__file__).parent / "rules"
ROWS = 3_000
Facts = tuple[str, str]


@pytest.fixture
def shown(db: None, settings: Any) -> Iterable[None]:
    """The demonstration region, small."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    forget_roles()
    with translation.override("en"):
        load.load(lambda _said: None, count=300)
        yield
    forget_roles()


def answer(county: str, facts: Facts) -> Any:
    """What a county's table says, read as plain YAML: the first row whose conditions hold."""
    told = yaml.safe_load((RULES / f"{county}-deadline.yaml").read_text("utf-8"))
    for row in told["rules"]:
        wanted = (row["when"].get("kind", "-"), row["when"].get("category", "-"))
        if all(test == "-" or f'"{fact}"' in test for test, fact in zip(wanted, facts, strict=True)):
            return row["then"]
    return None


def apart(cases: Counter[Facts]) -> dict[tuple[str, str], int]:
    """How many cases each two counties decide otherwise, counted one by one."""
    said = {(county, facts): answer(county, facts) for county in COUNTIES for facts in cases}
    return {
        (a, b): sum(n for facts, n in cases.items() if said[a, facts] != said[b, facts])
        for a, b in combinations(COUNTIES, 2)
    }


def check(found: dict[str, Any], cases: Counter[Facts]) -> None:
    """Every number that was told is the one that counting gives."""
    assert found["cases"]["counted"] == sum(cases.values())
    told = {(pair["a"], pair["b"]): pair["cases"] for pair in found["pairs"]}
    assert told == apart(cases)
    for pair in found["pairs"]:
        assert pair["cases"] == sum(each["cases"] for each in pair["differences"])
        for each in pair["differences"]:
            inside = sum(n for facts, n in cases.items() if holds(each["region"], facts))
            assert each["cases"] == inside, each["sentence"]
            witness = each["witness"]["kind"], each["witness"]["category"]
            assert holds(each["region"], witness)
            assert answer(pair["a"], witness) != answer(pair["b"], witness)


def holds(region: dict[str, Any], facts: Facts) -> bool:
    named = [re.findall(r'"([^"]*)"', " ".join(region[name])) for name in ("kind", "category")]
    return all(not values or fact in values for values, fact in zip(named, facts, strict=True))


@pytest.mark.usefixtures("shown")
def test_the_demonstrations_matters_are_counted_in_each_difference() -> None:
    found = compared("demo-area", "matters.deadline", since=datetime(2000, 1, 1, tzinfo=UTC))
    cases = Counter(Submission.objects.values_list("kind", "category__code"))
    assert sum(cases.values()) >= 300  # and what its stories bring in
    check(found, cases)
    assert [len(pair["differences"]) for pair in found["pairs"]] == [3, 6, 9]
    assert all(pair["cases"] for pair in found["pairs"])
    sentences = [each["sentence"] for pair in found["pairs"] for each in pair["differences"]]
    assert (
        "If kind is ask a question: Qingpu District: contact: 4 working hours; finish: 1 working day"
        " (Qingpu rules on deadlines (demo) 1); Wujiang District: contact: 1 working day; finish: 2 working days"
        " (Wujiang rules on deadlines (demo) 1)." in sentences
    ), sentences
    with translation.override("zh-hans"):
        told = compared("demo-area", "matters.deadline")["pairs"][0]["differences"]
    assert not any(re.search(r"[A-Za-z]{3,}", each["sentence"]) for each in told), told


@needs_real_data
@pytest.mark.usefixtures("shown")
def test_bostons_requests_fall_in_the_same_differences_under_other_names(tmp_path: Path) -> None:
    from gongzhi.service.commands.importing import schema
    from gongzhi.service.commands.importing.engine import Import
    from tests.service.commands.cities import Bad

    path = first_rows(BOSTON, ROWS, tmp_path)
    text = schema.text_of("boston-2011")
    assert text is not None
    landed = Import(schema.read(text, "boston-2011.yaml"), path, Bad()).run().told()["landed"]
    assert landed == ROWS
    found = compared("demo-area", "matters.deadline", categories="boston-2011")

    file = Path(categories.__file__).parent / "boston-2011.yaml"
    listed = yaml.safe_load(file.read_text("utf-8"))["categories"]
    of = {word.casefold(): code for code, words in listed.items() for word in words}
    with path.open(encoding="utf-8", newline="") as text_file:
        types = Counter(" ".join(row["type"].split()).casefold() for row in csv.DictReader(text_file))
    cases: Counter[Facts] = Counter()
    for what, count in types.items():
        if what in of:
            cases["help", of[what]] += count  # what they suggest has no category in common
    check(found, cases)
    assert found["cases"]["of"] == ["boston"]
    assert sum(found["cases"]["left_out"].values()) == ROWS - sum(cases.values())
    assert all(pair["cases"] > 100 for pair in found["pairs"]), found["pairs"]


@pytest.mark.usefixtures("shown")
def test_a_mapping_that_leads_nowhere_is_refused() -> None:
    for text, why in (
        ("categories: [a]", "lists under"),
        ("categories: {c01: [Smell]}\nkinds: {}", "no key kinds"),
        ("categories: {c01: [Smell], c02: [smell]}", "two categories"),
        ("categories: {c01: [", "cannot be read"),
    ):
        with pytest.raises(Invalid, match=why):
            categories.read(text)
    with pytest.raises(Invalid, match="c99"):
        categories.read("categories: {c99: [Smell]}").by_code([], {"c01"})


def test_by_command(node: Node) -> None:
    node.python(
        "from tests.builders import SOUND\n"
        "from gongzhi.foundation.parties.actors import OPERATOR\n"
        "from gongzhi.foundation.regions.acts import found_area\n"
        "from gongzhi.foundation.regions.queries import region, root\n"
        "from gongzhi.foundation.rulebooks.acts import enact\n"
        "county, neighbour = region('310118'), region('320509')\n"
        "found_area(OPERATOR, root(), code='x1', name={'zh': '协作区'}, members=[county, neighbour])\n"
        "enact(OPERATOR, county, table=SOUND)\n"
        "enact(OPERATOR, neighbour, table=SOUND.replace('water', 'ecology'))\n"
    )
    node.run("rules", "compare", "x1", "matters.routing", said="0 matters fall here")
    told = node.told("rules", "compare", "x1", "matters.routing", "--since", "2020-01-01")
    assert [len(pair["differences"]) for pair in told["pairs"]] == [1]
    node.run("rules", "compare", "x1", "matters.weather", code=1, said="matters.weather")
    node.run("rules", "compare", "x9", "matters.routing", code=2, said="no cooperation area x9")
    node.run("rules", "compare", "x1", "matters.routing", "--cases", "99", code=2, said="no region 99")
    node.run("rules", "compare", "x1", "matters.routing", "--categories", "x", code=2, said="boston-2011")
