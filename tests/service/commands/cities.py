"""A small city for tests of the import: its mapping, rows, and what has become of them."""

from __future__ import annotations

import csv
import io
import json
import os
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.commands.nodes import ROOT

DATA = Path(os.environ.get("GONGZHI_TEST_DATA") or ROOT.parent / "shared" / "data") / "complaints"
BOSTON = DATA / "boston_2011.zip"
CHICAGO = DATA / "chicago_sanitation_2011_2014.csv.gz"

needs_real_data = pytest.mark.skipif(
    not BOSTON.exists(), reason=f"GONGZHI_TEST_DATA has no complaints folder ({DATA})"
)

MAPPING = """
mapping: riverton
title: Riverton requests
zone: America/Chicago
language: en
key: id
regions:
  - {code: riverton, level: county, name: {zh: 河镇, en: Riverton}, zone: America/Chicago, calendar: US-IL}
  - {column: area, level: township, names: {North: {zh: 北区}}}
grid: {column: ward, called: {zh: "第{}选区", en: "Ward {}"}}
organisation:
  column: dept
  names: {PW: {zh: 工程局, en: Public Works, functions: [roads]}}
category: {column: what}
submission:
  kind: {constant: help}
  channel: {column: via, values: {phone: hotline, web: portal}}
  text: words
  place: where
  lon: lon
  lat: lat
history:
  opened: {at: opened}
  promised: {due: target}
  answered: {at: closed, text: said, by: dept}
  closed: {at: closed, by: dept}
"""

ROW = {
    "id": "1",
    "opened": "2011-07-01 08:30:00",
    "target": "2011-07-08 08:30:00",
    "closed": "2011-07-05 16:00:00",
    "what": "Pothole",
    "dept": "PW",
    "area": "North",
    "ward": "3",
    "via": "phone",
    "words": "A deep hole",
    "where": "12 Main St",
    "lon": "-87.63",
    "lat": "41.88",
    "said": "Filled",
}


def table(rows: Iterable[dict[str, str]]) -> str:
    """Rows as the city would publish them, each ROW with what differs."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROW), lineterminator="\n")
    writer.writeheader()
    for number, row in enumerate(rows, 1):
        writer.writerow(ROW | {"id": str(number)} | row)
    return out.getvalue()


def many(count: int, seed: int = 1) -> str:
    """A file of invented requests, some of them bad."""
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        opened = datetime(2011, 1, 1) + timedelta(seconds=draw.randrange(300 * 86_400))  # noqa: DTZ001
        closed = opened + timedelta(hours=draw.randrange(400))
        rows.append(
            {
                "opened": str(opened),
                "target": str(opened + timedelta(days=5)) if draw.random() < 0.8 else "",
                "closed": str(closed) if draw.random() < 0.9 else "",
                "what": draw.choice(["Pothole", "Street light", "Noise", "Rats", "Graffiti"]),
                "dept": draw.choice(["PW", "Parks", "Police"]),
                "area": draw.choice(["North", "South", "", "West Side"]),
                "ward": str(draw.randrange(1, 9)),
                "via": draw.choice(["phone", "web"]) if draw.random() < 0.99 else "fax",
                "words": draw.choice(["Please look", "Again!\nSince Monday", 'It is loud, "very"']),
            }
        )
    return table(rows)


@dataclass
class Bad:
    """Takes down what was rejected."""

    problems: list[Any] = field(default_factory=list)

    def add(self, problems: list[Any]) -> None:
        self.problems += problems


def brought_in(folder: Path, text: str, mapping: str = MAPPING, **named: Any) -> tuple[dict[str, Any], Bad]:
    """Import a text as a file; the outcome, and what was rejected."""
    from gongzhi.service.commands.importing.engine import Import
    from gongzhi.service.commands.importing.schema import read

    path = folder / named.pop("file", "riverton.csv")
    path.write_text(text, encoding="utf-8")
    bad = Bad()
    return Import(read(mapping, "riverton.yaml"), path, bad, **named).run().told(), bad


def state() -> dict[str, Any]:
    """Everything imported, by file and line: without keys, numbers, salts and times of recording."""
    from gongzhi.foundation.ledger.models import Entry, Private
    from gongzhi.foundation.parties.models import Organisation
    from gongzhi.foundation.regions.models import Grid, Region
    from gongzhi.governance.matters.models import Category, Deadline, Matter, Part, Submission

    regions = {r.pk: r.path for r in Region.objects.all()}
    bodies = {o.pk: o.code for o in Organisation.objects.all()}
    grids = {g.pk: g.code for g in Grid.objects.all()}
    kinds = {c.pk: c.code for c in Category.objects.all()}
    named = {**regions, **bodies, **grids, **kinds}
    hidden = {"id", "number", "matter", "recorded"}

    def plain(row: Any, *also: str) -> dict[str, str]:
        values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
        kept = {k: v for k, v in values.items() if k.removesuffix("_id") not in hidden | set(also)}
        return {k: str(named.get(v, v)) for k, v in kept.items()}

    matters = {m.pk: plain(m) for m in Matter.objects.all()}
    submissions: dict[str, Any] = {}
    for row in Submission.objects.all():
        found = {"submission": plain(row), "matter": matters[row.matter_id]}
        found["parts"] = sorted(map(str, map(plain, Part.objects.filter(matter=row.matter_id))))
        found["deadlines"] = sorted(map(str, map(plain, Deadline.objects.filter(matter=row.matter_id))))
        submissions[str(row.source)] = found
    privates = dict(Private.objects.values_list("pk", "text"))
    entries: dict[str, list[str]] = {}
    for entry in Entry.objects.filter(origin="imported").order_by("id"):
        facts = {k: v for k, v in json.loads(entry.facts).items() if k not in ("number", "submission")}
        told = plain(entry, "subject", "made", "cause", "commitment", "facts")
        entries.setdefault(str(entry.source), []).append(str((told, facts, privates.get(entry.pk))))
    return {
        "submissions": submissions,
        "entries": entries,
        "regions": sorted(regions.values()),
        "bodies": sorted(bodies.values()),
        "grids": sorted(grids.values()),
        "categories": sorted(kinds.values()),
    }
