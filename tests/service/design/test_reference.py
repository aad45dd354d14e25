"""The reference page names what there is, with its arguments."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from gongzhi.service.design import parts
from gongzhi.service.design.templatetags.design import register

PAGE = (Path(__file__).parents[3] / "docs/reference/design.md").read_text(encoding="utf-8")


def test_every_tag_is_told():
    assert [name for name in register.tags if f"{{% {name} " not in PAGE] == []


def test_every_filter_is_told():
    assert [name for name in register.filters if f"|{name}" not in PAGE.replace("\\", "")] == []


def test_every_part_is_told_with_its_arguments_in_order():
    told = dict(re.findall(r"`(\w+)\(([\w, ]+)\)`", PAGE))
    kinds = [
        kind
        for kind in vars(parts).values()
        if dataclasses.is_dataclass(kind) and kind.__module__ == parts.__name__
    ]
    for kind in kinds:
        names = ", ".join(field.name for field in dataclasses.fields(kind))
        assert told.get(kind.__name__) == names


def test_every_state_is_told():
    assert [state for state in parts.State if f"`{state}`" not in PAGE] == []
