"""The rules of the house that no general linter knows, checked on the syntax tree.

    python tools/house.py            check src/gongzhi
    python tools/house.py --list     say what is checked

A line may be excepted where it stands, with the reason: `# house: RULE: why`.
docs/reference/house-rules.md explains each rule.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "src" / "gongzhi"

LONG, TOO_LONG = 500, 1000
CLOCK = "foundation/ledger/clock.py"
GUARD = "foundation/ledger/guard.py"
#: Writing files: the verbs of a room, and the machinery that carries them out.
WRITERS = ("acts", "migrations")
MACHINERY = ("foundation/ledger/",)
#: What any file may import of the methods.
OPEN_METHODS = {"merkle", "decision_tables"}
#: Libraries that cost much to import: only inside the function that needs them.
HEAVY = {
    "duckdb",
    "highspy",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "scipy",
    "shapely",
    "splink",
    "statsforecast",
    "z3",
}
#: Methods are functions of their arguments: no files, clocks, chance or network.
IMPURE = {"io", "os", "pathlib", "random", "secrets", "socket", "subprocess", "tempfile", "time", "urllib"}
SIGNALS = {"django.core.signals", "django.db.backends.signals", "django.db.models.signals", "django.dispatch"}
CLOCKS = {"now", "today", "utcnow", "localdate", "localtime"}
MANAGER_WRITES = {
    *("abulk_create", "acreate", "adelete", "aget_or_create", "aupdate", "aupdate_or_create"),
    *("bulk_create", "bulk_update", "create", "delete", "get_or_create", "update", "update_or_create"),
}
QUERYSET_STEPS = {"all", "annotate", "exclude", "filter", "order_by", "select_for_update", "using"}
REFUSALS = {"Conflict", "Invalid", "NotAllowed", "NotPossible", "Refusal", "Undecidable"}
HANZI = re.compile(r"[\u4e00-\u9fff]")
EXCEPTION = re.compile(r"#\s*house:\s*([\w-]+):\s*\S+")


@dataclass(frozen=True, order=True)
class Finding:
    """One breach of a rule."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


class Module:
    """A source file, and where in the house it stands."""

    def __init__(self, path: Path, root: Path) -> None:
        self.place = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text, filename=str(path))
        parts = Path(self.place).with_suffix("").parts
        self.floor = parts[0] if len(parts) > 1 else ""
        self.room = parts[1] if len(parts) > 2 else ""
        self.furniture = parts[2] if len(parts) > 2 else parts[-1]

    def imported(self) -> Iterator[tuple[ast.stmt, str, list[ast.alias]]]:
        """Every import: the statement, the module named, the names taken from it."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node, node.module, node.names
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    yield node, alias.name, []

    @cached_property
    def foreign_models(self) -> dict[str, str]:
        """Local name → room, for what is imported from the models of another room."""
        found = {}
        for _, module, names in self.imported():
            match = re.match(r"gongzhi\.(\w+)\.(\w+)\.models\b", module)
            if match and (match[1], match[2]) != (self.floor, self.room):
                found |= {alias.asname or alias.name: match[2] for alias in names}
        return found

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def excepted(self, line: int, rule: str) -> bool:
        lines = self.text.splitlines()
        match = EXCEPTION.search(lines[line - 1]) if line <= len(lines) else None
        return bool(match) and match[1] == rule  # type: ignore[index]


Rule = Callable[[Module], Iterator[tuple[ast.AST | int, str]]]
RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    def add(check: Rule) -> Rule:
        RULES[name] = check
        return check

    return add


@rule("write-outside-acts")
def writes_outside_acts(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """State is written in acts.py, or by the ledger's own machinery, and nowhere else."""
    if module.furniture in WRITERS or module.place.startswith(MACHINERY):
        return
    for call in module.calls():
        if (name := _row_written(call)) is not None:
            yield call, f"`{name}` writes rows; only an act in acts.py does that"


@rule("foreign-write")
def writes_of_foreign_rooms(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """An act writes the models of its own room; for another room's it calls that room's act."""
    if module.furniture == "migrations":
        return
    for call in module.calls():
        first = call.args[0] if call.args else None
        if isinstance(call.func, ast.Name) and call.func.id in ("keep", "drop") and first is not None:
            made = first.func if isinstance(first, ast.Call) else None
            if isinstance(made, ast.Name) and made.id in module.foreign_models:
                yield call, f"{made.id} belongs to {module.foreign_models[made.id]}: call one of its acts"
        elif (name := _row_written(call)) is not None:
            root = _root_name(call.func)
            if root in module.foreign_models:
                yield call, f"`{name}` writes {root} of {module.foreign_models[root]}: call one of its acts"
    yield from _foreign_rows_kept(module)


def _foreign_rows_kept(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    for function in ast.walk(module.tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        kinds = {each.arg: _annotation(each.annotation) for each in arguments}
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if not (isinstance(call.func, ast.Name) and call.func.id in ("keep", "drop") and call.args):
                continue
            first = call.args[0]
            kind = kinds.get(first.id) if isinstance(first, ast.Name) else None
            if kind in module.foreign_models:
                yield call, f"{kind} belongs to {module.foreign_models[kind]}: call one of its acts"


@rule("models-in-service")
def models_in_service(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """Service asks queries and calls acts; it does not know the tables of the floors below."""
    if module.floor != "service":
        return
    for node, name, aliases in module.imported():
        below = re.match(r"gongzhi\.(foundation|governance)\.\w+(\.models\b)?", name)
        taken = {alias.name for alias in aliases}
        if below and (below[2] or "models" in taken):
            yield node, f"imports {name}: take rows and their types from its queries.py"


@rule("queryset-in-service")
def querysets_in_service(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """A queryset on the service floor begins in a queries.py, where reach narrows it."""
    if module.floor != "service" or module.furniture in ("queries", "acts", "models", "migrations"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            yield node, f"`.{node.attr}` goes round reach: ask a queries.py"


@rule("clock")
def clocks(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """One place asks what time it is; everything else is told."""
    if module.place == CLOCK:
        return
    for call in module.calls():
        if not isinstance(call.func, ast.Attribute):
            continue
        owner, name = _last_name(call.func.value), call.func.attr
        if (owner in ("datetime", "date", "timezone", "dt") and name in CLOCKS) or (owner, name) == (
            "time",
            "time",
        ):
            yield call, f"`{owner}.{name}()`: use gongzhi.foundation.ledger.clock.now()"


@rule("signals")
def signals(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """What follows from an act is a consumer of the ledger, never a Django signal."""
    if module.place == GUARD:
        return
    for node, name, _ in module.imported():
        if name in SIGNALS:
            yield node, f"imports {name}: write a consumer"


@rule("admin")
def admin_site(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """Django's admin site knows neither acts nor reach."""
    for node, name, aliases in module.imported():
        taken = {f"{name}.{alias.name}" for alias in aliases} | {name}
        if any(each.startswith("django.contrib.admin") for each in taken):
            yield node, "Django's admin site is not used"


@rule("unsafe-policy")
def unsafe_policies(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """No content security policy has anything `unsafe-…`."""
    for node in ast.walk(module.tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and re.search(r"'unsafe-[a-z-]+'", text):
            yield node, f"{text} in a content security policy"


@rule("foreign-key")
def foreign_keys(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """Keys point by label (or at a class above), protect what they point to, and have no reverse name."""
    if module.furniture == "migrations":
        return
    own = {node.name for node in module.tree.body if isinstance(node, ast.ClassDef)}
    for call in module.calls():
        if _last_name(call.func) not in ("ForeignKey", "OneToOneField"):
            continue
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        target = call.args[0] if call.args else named.get("to")
        by_label = isinstance(target, ast.Constant) and isinstance(target.value, str)
        if not (by_label or (isinstance(target, ast.Name) and target.id in own)):
            yield call, "name the target by its label, as a string"
        if _last_name(named.get("on_delete")) not in ("PROTECT", "DO_NOTHING"):
            yield call, "on_delete is PROTECT or DO_NOTHING: nothing cascades"
        reverse = named.get("related_name")
        if not (isinstance(reverse, ast.Constant) and reverse.value == "+"):
            yield call, 'related_name is "+": reverse names go round queries'


@rule("methods-door")
def door_of_methods(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """A method is reached through a registered algorithm; merkle and decision_tables are open."""
    if module.floor not in ("foundation", "governance", "service") or module.furniture == "algorithms":
        return
    for node, name, aliases in module.imported():
        parts = name.split(".")
        if parts[:2] != ["gongzhi", "methods"]:
            continue
        families = {parts[2]} if len(parts) > 2 else {alias.name for alias in aliases}
        if closed := families - OPEN_METHODS:
            yield node, f"imports {', '.join(sorted(closed))}: only algorithms.py does"


@rule("pure-methods")
def pure_methods(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """Methods are functions of their arguments."""
    if module.floor != "methods":
        return
    for node, name, _ in module.imported():
        if name.split(".")[0] in IMPURE:
            yield node, f"imports {name}: pass in what is read, timed or drawn"
    for call in module.calls():
        if isinstance(call.func, ast.Name) and call.func.id in ("open", "print", "input"):
            yield call, f"`{call.func.id}()` reaches outside"


@rule("heavy-import")
def heavy_imports(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """What takes long to import is imported where it is used."""
    for node in module.tree.body:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        for name in names:
            if name.split(".")[0] in HEAVY:
                yield node, f"imports {name} at the top: move it into the function that needs it"


@rule("plain-act")
def plain_acts(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """A public function of acts.py is an act."""
    if module.furniture != "acts" or module.place.startswith(MACHINERY):
        return
    for node in module.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        if not any(_last_name(each) == "act" for each in node.decorator_list):
            yield node, f"{node.name} is public in acts.py and no act: decorate it, or begin it with _"


@rule("untranslated")
def untranslated(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """What a person reads goes through gettext, with an English source text."""
    if module.furniture == "migrations":
        return
    shown = {"error_messages", "help_text", "label", "empty_label", "placeholder", "verbose_name", "instead"}
    for call in module.calls():
        name = _last_name(call.func)
        said = []
        if name in REFUSALS:
            said += call.args[:1]
        if isinstance(call.func, ast.Attribute) and _last_name(call.func.value) == "messages":
            said += call.args[1:2]
        said += [keyword.value for keyword in call.keywords if keyword.arg in shown]
        for value in said:
            if _is_sentence(value):
                yield value, "put the text through gettext"
    yield from _hanzi(module)


def _hanzi(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    exempt = {id(node) for node in _docstrings(module.tree)} | {
        id(node) for node in _named_in_data(module.tree)
    }
    for node in ast.walk(module.tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in exempt else None
        if isinstance(text, str) and HANZI.search(text):
            yield node, "Chinese in code: put an English text through gettext, and translate it"


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _named_in_data(tree: ast.AST) -> Iterator[ast.AST]:
    """The parts of {"zh": …, "en": …}: names in data carry their own languages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "zh":
                    yield from ast.walk(value)
        if isinstance(node, ast.keyword) and node.arg == "zh":
            yield from ast.walk(node.value)


@rule("long-file")
def long_files(module: Module) -> Iterator[tuple[ast.AST | int, str]]:
    """A file that nobody can hold in mind becomes a folder."""
    lines = module.text.count("\n")
    if lines > TOO_LONG:
        yield 1, f"{lines} lines: make it a folder of the same name"


def _row_written(call: ast.Call) -> str | None:
    """The call as text, if it looks like a write of rows."""
    if not isinstance(call.func, ast.Attribute):
        return None
    name, owner = call.func.attr, call.func.value
    keywords = {keyword.arg for keyword in call.keywords}
    if name in ("save", "asave"):
        row = not call.args and keywords <= {"force_insert", "force_update", "update_fields", "using"}
        return f"{_last_name(owner) or '…'}.{name}()" if row else None
    if name in MANAGER_WRITES and _is_queryset(owner):
        return f"….{name}()"
    if name in ("bulk_create", "bulk_update", "update_or_create", "get_or_create"):
        return f"….{name}()"
    if name in ("delete", "adelete") and not call.args and not keywords:
        return f"{_last_name(owner) or '…'}.{name}()"
    return None


def _is_queryset(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in ("objects", "_base_manager", "_default_manager")
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in QUERYSET_STEPS
    )


def _root_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last_name(node: ast.expr | None) -> str:
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _annotation(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return _last_name(node)


def _is_sentence(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_sentence(node.left)
    if isinstance(node, ast.JoinedStr):
        return True
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(re.search(r"[^\W\d_]{2}", node.value))
    )


def check(root: Path = ROOT) -> list[Finding]:
    """Every finding below a folder laid out as src/gongzhi is."""
    findings = set()
    for path in sorted(root.rglob("*.py")):
        module = Module(path, root)
        for name, look in RULES.items():
            for where, message in look(module):
                line = where if isinstance(where, int) else getattr(where, "lineno", 1)
                if not module.excepted(line, name):
                    findings.add(Finding(module.place, line, name, message))
    return sorted(findings)


def long_ones(root: Path = ROOT) -> list[str]:
    """Files worth splitting soon."""
    counts = {path: path.read_text(encoding="utf-8").count("\n") for path in root.rglob("*.py")}
    return [f"{path.relative_to(root)}: {lines} lines" for path, lines in counts.items() if lines > LONG]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("root", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--list", action="store_true", help="say what is checked")
    wanted = parser.parse_args()
    if wanted.list:
        for name, look in RULES.items():
            print(f"{name}: {look.__doc__}")
        return 0
    findings = check(wanted.root)
    for finding in findings:
        print(finding)
    for line in long_ones(wanted.root):
        print(f"note: {line}, more than {LONG}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
