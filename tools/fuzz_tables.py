"""Random mutations of real decision tables and of facts: each refusal is one of ours, no answer is empty.

    python tools/fuzz_tables.py                     ten minutes, from all tables there are
    python tools/fuzz_tables.py --seconds 60 FILE…  shorter, from these files

What goes wrong is written into a folder, the input as it was, and named with the seed that made it.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from gongzhi.methods import decision_tables as dt

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("GONGZHI_TEST_DATA") or ROOT.parent / "shared" / "data") / "dmn-tck"
PIECES = [
    *(
        "-",
        "not(",
        ")",
        "[",
        "]",
        "..",
        "<=",
        ">",
        ",",
        '"',
        "'",
        "\\",
        "null",
        "true",
        "@",
        "?",
        "=",
        "(1..2)",
    ),
    *(
        'date("2026-02-30")',
        'time("25:00:00")',
        'duration("P1Y")',
        'duration("PT9999999999999H")',
        "1e9",
        "0x1",
    ),
    *(
        "9" * 40,
        "-0",
        ".5",
        "5.",
        "\u0000",
        "\ufeff",
        "\ud800",
        "，",
        "“",
        "\U0001f600",
        "\r",
        "\t",
        "\n",
        "\n- ",
        ": ",
    ),
    *(
        "&a",
        "*a",
        "!!python/object:os.system",
        "<<: ",
        "---",
        "...",
        "{",
        "}",
        "&lt;",
        "&x;",
        "<![CDATA[",
        "]]>",
        "<!--",
    ),
    *(
        "<!DOCTYPE a [<!ENTITY b 'c'>]>",
        "<rule/>",
        "<input/>",
        "</decisionTable>",
        'hitPolicy="FIRST"',
        "hit: P",
        "C+",
    ),
]
ODD: list[Any] = [
    *(None, True, 0, -1, 10**100, 2**63, 1.5, float("nan"), "", "a", b"a", "\ud800", [], {}, (1,), object()),
    *(Decimal("NaN"), Decimal("1E+400"), Decimal("0.1"), date.min, date.max, clock(0), clock.max),
    *(datetime.max.replace(tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), timedelta.max, timedelta.min),
]
EVERY_TYPE = """
table: every.type
hit: F
inputs:
  - {name: kind, type: string, values: {road: {zh: 道路, en: Road}, noise: Noise}, nullable: true}
  - {name: place, type: string}
  - {name: count, type: integer, low: 0, below: 100}
  - {name: share, type: number, above: 0, high: 1.5, nullable: true}
  - {name: day, type: date, low: 2026-01-01}
  - {name: at, type: time}
  - {name: moment, type: datetime}
  - {name: wait, type: duration}
  - {name: open, type: boolean}
outputs:
  - {name: days, type: integer, values: [3, 1, 2]}
  - {name: why, type: string, nullable: true}
rules:
  - when: {kind: '"road", null', place: 'not("a", "b")', count: '[1..5), 7', share: '> 0.1, null'}
    then: {days: 3, why: null}
    basis: {law: {zh: 条例, en: Regulation}, article: "4", link: "https://example.org/?a=1&b=2"}
  - when: {day: 'date("2026-02-01")', at: '< time("09:00:00")', wait: '> duration("P1D")', open: 'not(true)'}
    then: {days: 1, why: x}
  - when: {moment: '>= date and time("2026-01-01T00:00:00+08:00")'}
    then: {days: 2, why: " y "}
default: {then: {days: 1, why: none}, basis: law, note: nothing else}
"""
ALLOWED = dt.DecisionError


def seeds(files: list[Path]) -> list[str]:
    """The texts that mutations begin with."""
    found = files or [
        *DATA.glob("*/*.dmn"),
        *(ROOT / "src").rglob("*.yaml"),
        *(ROOT / "tests").rglob("*.yaml"),
    ]
    texts = [*(path.read_text("utf-8") for path in found), EVERY_TYPE]
    for text in list(texts):
        try:
            tables = dt.load(text)
        except ALLOWED:
            continue
        texts += [dt.dump(table, form) for table in tables for form in ("yaml", "dmn")]  # type: ignore[arg-type]
    return [t for t in texts if len(t) < 60_000]


def mutated(chance: random.Random, texts: list[str]) -> str:
    text = chance.choice(texts)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(text) + 1)
        length = min(chance.choice((0, 1, 1, 2, 5, 40)), len(text) - at)
        match chance.randrange(6):
            case 0:
                text = text[:at] + text[at + length :]
            case 1:
                text = text[:at] + chance.choice(PIECES) + text[at + length :]
            case 2:
                text = text[:at] + text[at : at + length] * chance.choice((2, 2, 50)) + text[at + length :]
            case 3:
                text = (
                    text[:at]
                    + chr(chance.choice((chance.randrange(128), chance.randrange(0x11000))))
                    + text[at + 1 :]
                )
            case 4:
                other = chance.choice(texts)
                start = chance.randrange(len(other) + 1)
                text = text[:at] + other[start : start + 200] + text[at:]
            case _:
                lines = text.split("\n")
                i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
                lines[i], lines[j] = lines[j], lines[i]
                text = "\n".join(lines)
    return text


def a_fact(chance: random.Random, column: dt.Input) -> Any:
    if column.values and chance.random() < 0.8:
        return chance.choice(column.values)
    usual = {
        "integer": 5, "number": Decimal("5.5"), "string": "a", "boolean": True, "date": date(2026, 1, 1),
        "time": clock(9), "datetime": datetime(2026, 1, 1, tzinfo=UTC), "duration": timedelta(1),
    }  # fmt: skip
    return usual.get(column.type) if chance.random() < 0.6 else chance.choice(ODD)


def used(chance: random.Random, table: dt.Table) -> Iterator[str]:
    """Everything that can be done with a table; yields what was reached."""
    for form in ("yaml", "dmn"):
        assert dt.load(dt.dump(table, form)) == [table], f"{form} lost something"  # type: ignore[arg-type]
    for _ in range(4):
        facts = {c.name: a_fact(chance, c) for c in table.inputs if chance.random() < 0.95}
        try:
            outcome = table.decide(facts)
        except (dt.InvalidFacts, dt.Undecidable) as error:
            assert table.name in str(error)
            yield type(error).__name__
        else:
            assert outcome.rows or outcome.is_default or table.may_be_empty, "an empty outcome"
            outcome.content()
            yield "decided"
    yield from decided_together(chance, table)
    for ask in (dt.gaps, dt.overlaps, dt.unreachable, dt.mergeable):
        for finding in ask(table, limit=50):
            assert finding.answers[0] is not None
            yield finding.kind
    assert not dt.difference(table, table)


def decided_together(chance: random.Random, table: dt.Table) -> Iterator[str]:
    """Many facts answered together are answered as one by one; yields which way they went."""
    few = [{c.name: a_fact(chance, c) for c in table.inputs} for _ in range(chance.choice((0, 1, 4, 12)))]
    if few and chance.random() < 0.5:  # so that whole columns hold but one type
        few = [{c.name: few[0][c.name] for c in table.inputs}, *few[:1]]
    facts = few * chance.choice((1, 1, 100, 300))
    columns: dict[str, Any] = {c.name: [f[c.name] for f in facts] for c in table.inputs}
    for name, values in columns.items():
        if chance.random() < 0.5 and set(map(type, values)) == {int} and max(map(abs, values)) < 1 << 62:
            columns[name] = np.array(values)
        elif chance.random() < 0.1:
            columns[name] = tuple(values)
    many = table.decide_many(columns, keep_errors=True)
    assert len(many) == len(many.values) == len(many.rows) == len(facts)
    for place, one in [*enumerate(few), *list(enumerate(facts))[-2:]]:
        try:
            alone = table.decide(one)
        except (dt.InvalidFacts, dt.Undecidable) as error:
            assert str(many.errors[place]) == str(error), "another error together"
            assert (many.values[place], many.rows[place]) == (None, ()), "an answer beside an error"
            yield f"together {type(error).__name__}"
        else:
            assert place not in many.errors, "an error only together"
            assert many[place] == alone, "another outcome together"
            assert (many.values[place], many.rows[place]) == (alone.value, alone.rows)
            yield "together decided"
    if many.errors:
        try:
            table.decide_many(columns)
        except (dt.InvalidFacts, dt.Undecidable) as error:
            assert str(error) == str(many.errors[min(many.errors)])
        else:
            raise AssertionError("no error although a row has one")


def tried(chance: random.Random, texts: list[str], reached: Counter[str]) -> tuple[str, str] | None:
    """One mutation: None if all is well, else the text and what went wrong."""
    text = mutated(chance, texts)
    given: str | bytes = text
    if chance.random() < 0.2:
        given = text.encode("utf-8", "surrogatepass")
    try:
        tables = dt.load(given)
        reached["read"] += 1
        if not tables:
            return text, "no table and no error"
        for table in tables:
            reached.update(used(chance, table))
    except ALLOWED as error:
        reached[type(error).__name__] += 1
        if not str(error).strip():
            return text, "an error without a message"
    except Exception:
        return text, traceback.format_exc()
    return None


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0, help="of the first mutation")
    parser.add_argument("--keep", type=Path, default=Path("fuzzed"), help="folder for what goes wrong")
    wanted = parser.parse_args()
    texts = seeds(wanted.files)
    end = time.monotonic() + wanted.seconds
    seed, bad = wanted.seed, 0
    reached: Counter[str] = Counter()
    while time.monotonic() < end:
        started = time.monotonic()
        wrong = tried(random.Random(seed), texts, reached)
        if wrong is None and time.monotonic() - started > 10:
            wrong = "", "took more than ten seconds"
        if wrong is not None:
            bad += 1
            wanted.keep.mkdir(exist_ok=True)
            text, why = wrong
            (wanted.keep / f"{seed}.txt").write_text(text, "utf-8", "surrogatepass")
            print(f"seed {seed}: {why}", flush=True)
        seed += 1
    print(f"{seed - wanted.seed} mutations, {bad} went wrong; {dict(reached.most_common())}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
