"""Reading a mapping's YAML strictly: every mistake with its line, and all of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.refusals import Invalid


class Problems:
    """The mistakes found in one mapping."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[tuple[int, str]] = []

    def add(self, line: int, message: str) -> None:
        """Note a mistake."""
        self.found.append((line, message))

    def refuse(self) -> None:
        """Refuse the mapping if there are any."""
        if self.found:
            lines = [f"{self.name}:{line}: {message}" for line, message in sorted(set(self.found))]
            raise Invalid("\n".join(lines), field="mapping")


class Section:
    """One block of keys; each is taken once, and what nobody has taken is a mistake."""

    def __init__(self, node: yaml.Node | None, where: str, problems: Problems, line: int = 1) -> None:
        self.where, self.problems = where, problems
        self.line = line if node is None else node.start_mark.line + 1
        self.held: dict[str, yaml.Node] = {}
        self.known: list[str] = []
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            self.wrong(self.line, _("expects keys and values here"))
            return
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not name:
                self.wrong(key.start_mark.line + 1, _("a key is a word"))
            elif name in self.held:
                self.wrong(key.start_mark.line + 1, _("“%(key)s” stands here twice") % {"key": name})
            else:
                self.held[name] = value

    def wrong(self, line: int, message: str) -> None:
        """Note a mistake in this block."""
        self.problems.add(line, f"{self.where}: {message}" if self.where else message)

    def has(self, key: str) -> bool:
        """Whether the key is there; it still has to be taken."""
        return key in self.held

    def line_of(self, key: str) -> int:
        """The line on which a key's value begins."""
        return self.held[key].start_mark.line + 1 if key in self.held else self.line

    def node(self, key: str) -> yaml.Node | None:
        """Take a key's value as it stands."""
        self.known.append(key)
        return self.held.pop(key, None)

    def text(
        self,
        key: str,
        default: str = "",
        *,
        required: bool = False,
        choices: Iterable[str] = (),
        longest: int = 0,
    ) -> str:
        """Take a text, perhaps one of a few."""
        line, node = self.line_of(key), self.node(key)
        if node is None:
            if required:
                self.wrong(line, _("“%(key)s” is missing") % {"key": key})
            return default
        value = self._scalar(key, node)
        allowed = list(choices)
        if allowed and value not in allowed:
            self.wrong(
                line,
                _("“%(key)s” is “%(value)s”; it can be %(choices)s")
                % {"key": key, "value": value, "choices": ", ".join(allowed)},
            )
            return default or allowed[0]
        if longest and len(value) > longest:
            self.wrong(
                line,
                _("“%(key)s” has %(length)d characters; at most %(longest)d fit")
                % {"key": key, "length": len(value), "longest": longest},
            )
        return value

    def optional(self, key: str) -> str | None:
        """Take a text that may be missing."""
        if self.has(key):
            return self.text(key)
        self.known.append(key)
        return None

    def flag(self, key: str) -> bool:
        """Take true or false; false where it is missing."""
        if not self.has(key):
            self.known.append(key)
            return False
        return self.text(key, choices=("true", "false")) == "true"

    def texts(self, key: str) -> list[str]:
        """Take a list of texts, or a single one."""
        node = self.node(key)
        if node is None:
            return []
        if isinstance(node, yaml.SequenceNode):
            return [self._scalar(key, each) for each in node.value]
        return [self._scalar(key, node)]

    def table(self, key: str) -> dict[str, str] | None:
        """Take words and what each stands for; None where the key is missing."""
        node = self.node(key)
        if node is None:
            return None
        inner = Section(node, self.below(key), self.problems)
        return {name: inner.text(name) for name in list(inner.held)}

    def pattern(self, key: str) -> re.Pattern[str] | None:
        """Take a regular expression."""
        line = self.line_of(key)
        text = self.optional(key)
        if text is None:
            return None
        try:
            return re.compile(text)
        except re.error as error:
            self.wrong(line, _("“%(key)s” is no regular expression: %(why)s") % {"key": key, "why": error})
            return None

    def section(self, key: str) -> Section:
        """Take a block of keys; an empty one where it is missing."""
        line = self.line_of(key)
        return Section(self.node(key), self.below(key), self.problems, line)

    def sections(self, key: str) -> list[Section]:
        """Take a list of blocks."""
        line, node = self.line_of(key), self.node(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(line, _("“%(key)s” is a list: begin each item with a dash") % {"key": key})
            return []
        return [
            Section(each, f"{self.below(key)}[{number}]", self.problems)
            for number, each in enumerate(node.value, 1)
        ]

    def finish(self) -> None:
        """Refuse what nobody has taken."""
        for name in list(self.held):
            known = ", ".join(sorted(set(self.known)))
            self.wrong(
                self.held[name].start_mark.line + 1,
                _("there is no key “%(key)s” here; known are %(known)s") % {"key": name, "known": known},
            )

    def below(self, key: str) -> str:
        """The way to a key, for messages."""
        return f"{self.where}.{key}" if self.where else key

    def _scalar(self, key: str, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(node.start_mark.line + 1, _("“%(key)s” is a text or a number") % {"key": key})
            return ""
        return str(node.value)


def top(text: str, name: str) -> Section:
    """The outermost block of a mapping."""
    problems = Problems(name)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problems.add(mark.line + 1 if mark else 1, str(getattr(error, "problem", error)))
        problems.refuse()
    if node is None:
        problems.add(1, _("the mapping is empty"))
        problems.refuse()
    return Section(node, "", problems)
