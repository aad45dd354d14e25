"""Reference pages that are generated from the platform itself, in both languages.

python tools/reference.py write    write them
python tools/reference.py check    fail where a page is not what would be written
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tools import translations  # noqa: E402

PAGES = ROOT / "docs" / "reference"
LANGUAGES = {"en": ".md", "zh-hans": ".zh.md"}
#: What every act has, and nobody needs to be told of each.
UNTOLD = {"by"}

WORDS: dict[str, Any] = {
    "en": {
        "title": "# Acts",
        "intro": [
            "Everything that can be done on the platform, and the only ways in which its state changes.",
            "Each act leaves one entry in the ledger; its audience says who may ever read that entry.",
            "This page is generated from the registry of acts (`make reference`).",
        ],
        "other": "[中文](acts.zh.md)",
        "head": "| verb | what is done | subject | arguments | audience |",
        "makes": "made in: ",
    },
    "zh-hans": {
        "title": "# 操作",
        "intro": [
            "平台上能做的全部操作，也是改变平台状态的唯一途径。",
            "每次操作在存证账本中留下一条记录；“可见范围”说明谁能查看该记录。",
            "本页由操作登记表自动生成（`make reference`）。",
        ],
        "other": "[English](acts.md)",
        "head": "| 操作代码 | 操作 | 对象 | 参数 | 可见范围 |",
        "makes": "创建于：",
    },
}

HEAD = "| argument | meaning |"
COMMAND_WORDS: dict[str, Any] = {
    "en": {
        "title": "# Commands",
        "intro": [
            "`gongzhi COMMAND`. Exit codes: 0 done, 1 refused or failed, 2 misused.",
            "This page is generated from the commands' own help (`make reference`).",
        ],
        "other": "[中文](commands.zh.md)",
        "head": "| argument or option | meaning |",
    },
    "zh-hans": {
        "title": "# 命令",
        "intro": [
            "`gongzhi COMMAND`。退出码：0 完成，1 被拒绝或失败，2 用法有误。",
            "本页由命令自身的帮助生成（`make reference`）。",
        ],
        "other": "[English](commands.md)",
        "head": "| 参数或选项 | 含义 |",
    },
}


def acts_page(language: str) -> str:
    """All acts by room, in the words of one language."""
    from django.utils import translation

    from gongzhi.foundation.ledger.acts import ACTS

    words = WORDS[language]
    lines = [words["title"], "", words["other"], "", *words["intro"]]
    with translation.override(language):
        for room in _rooms():
            acts = sorted(
                (act for act in ACTS.values() if act.__module__.startswith(room.name)), key=lambda a: a.verb
            )
            if not acts:
                continue
            lines += ["", f"## {room.verbose_name}", "", words["head"], "| --- | --- | --- | --- | --- |"]
            lines += [_row(act, words["makes"]) for act in acts]
    return "\n".join(lines) + "\n"


def _rooms() -> Iterator[Any]:
    from django.apps import apps

    for config in apps.get_app_configs():
        if config.name.startswith("gongzhi."):
            importlib.import_module(config.name)
            if importlib.util.find_spec(f"{config.name}.acts"):
                importlib.import_module(f"{config.name}.acts")
                yield config


def _row(act: Any, makes: str) -> str:
    subject, *others = [
        each for each in inspect.signature(act.body).parameters.values() if each.name not in UNTOLD
    ]
    kind = subject.annotation if isinstance(subject.annotation, str) else subject.annotation.__name__
    arguments = ", ".join(f"`{each.name}{'' if each.default is each.empty else '?'}`" for each in others)
    subject_said = f"{makes if act.creates else ''}{kind}"
    return f"| `{act.verb}` | {act.title} | {subject_said} | {arguments} | {act.audience.label} |"


def commands_page(language: str) -> str:
    """The command line, from the commands' own help."""
    words = COMMAND_WORDS[language]
    # The command line takes its language when it starts: ask one that started in this one.
    told = subprocess.run(
        [sys.executable, __file__, "help"],
        env=os.environ | {"GONGZHI_LANGUAGE": language[:2]},
        check=True,
        capture_output=True,
        text=True,
    )
    sections = told.stdout.replace(HEAD, words["head"])
    return "\n".join([words["title"], "", words["other"], "", *words["intro"]]) + "\n" + sections


def tell_help() -> None:
    """Print the help of every command, in this process's language."""
    import typer

    from gongzhi.service.commands.main import app

    for path, command in _commands("gongzhi", typer.main.get_command(app)):
        lines = ["", f"## `{path}`", "", *_help_of(command)]
        if told := [row for each in command.params if (row := _parameter(each))]:
            lines += ["", HEAD, "| --- | --- |", *told]
        print("\n".join(lines))


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, each in sorted(getattr(command, "commands", {}).items()):
        if not each.hidden:
            yield from _commands(f"{path} {name}", each)
    if not getattr(command, "commands", {}):
        yield path, command


def _help_of(command: Any) -> list[str]:
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(str(command.help or "")))
    return "\n\n".join(" ".join(each.split()) for each in paragraphs).splitlines()


def _parameter(parameter: Any) -> str | None:
    if parameter.name == "help" or getattr(parameter, "hidden", False):
        return None
    is_option = parameter.param_type_name == "option"
    named = ", ".join(f"`{each}`" for each in parameter.opts) if is_option else f"`{parameter.name.upper()}`"
    return f"| {named} | {' '.join(str(getattr(parameter, 'help', None) or '').split())} |"


def house_page() -> str:
    """The rules of tools/house.py and the contracts of import-linter."""
    from tools import house

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    lines = [
        "# House rules",
        "",
        "What `make check` holds beside lint, format and types. This page is generated (`make reference`).",
        "",
        "A line may be excepted from a rule of the syntax tree where it stands: `# house: RULE: why`.",
        "",
        "## On the syntax tree (`tools/house.py`)",
        "",
        *(f"* `{name}`: {look.__doc__}" for name, look in house.RULES.items()),
        "",
        "## On imports (import-linter)",
        "",
    ]
    for contract in contracts:
        order = " → ".join(each.strip("()") for each in contract.get("layers", ()))
        lines.append(f"* {contract['name']}" + (f": {order}" if order else ""))
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    written = {PAGES / f"acts{suffix}": acts_page(language) for language, suffix in LANGUAGES.items()}
    written |= {
        PAGES / f"commands{suffix}": commands_page(language) for language, suffix in LANGUAGES.items()
    }
    return written | {PAGES / "house-rules.md": house_page()}


def main(words: list[str]) -> int:
    if words == ["help"]:
        tell_help()
        return 0
    if words not in (["write"], ["check"]):
        print(__doc__, file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.settings")
    import django

    django.setup()
    translations.compile_all()
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    if words == ["check"]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what the platform says now: make reference")
        return 1 if stale else 0
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
