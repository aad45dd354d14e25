"""A decision table as a DMN 1.3 model, with elements of our own for what DMN has no place for.

Other programs read the table and, as annotations, basis and note; `load` gives an equal table back.
"""

from collections.abc import Mapping
from itertools import chain

from ._columns import Column, Label, Output
from ._dmn import AGGREGATIONS, HIT_WORDS, OWN, WRITTEN
from ._table import Basis, Default, Rule, Table
from ._values import Value
from ._xml import Writer

_TYPES = {
    "integer": "number",
    "datetime": "date and time",
    "local_datetime": "date and time",
    "duration": "days and time duration",
}
_WORDS = {letter: word for word, letter in HIT_WORDS.items()}
_AGGREGATIONS = {sign: word for word, sign in AGGREGATIONS.items()}


def dump_dmn(table: Table) -> str:
    """The canonical DMN model of a table."""
    w = Writer()
    w.begin(
        "definitions",
        {"xmlns": WRITTEN, "xmlns:gongzhi": OWN, "name": table.name, "namespace": f"{OWN}:{table.name}"},
    )
    plain = [(n, i) for n, i in enumerate(table.inputs, 1) if "." not in i.name]
    for n, column in plain:
        w.begin("inputData", {"id": f"input_{n}", "name": column.name})
        w.element("variable", name=column.name, typeRef=_reference(column))
        w.end("inputData")
    w.begin("decision", {"id": "decision", "name": table.name})
    w.element("variable", name=table.name)
    for n, _ in plain:
        w.begin("informationRequirement")
        w.element("requiredInput", href=f"#input_{n}")
        w.end("informationRequirement")
    _table(w, table)
    w.end("decision")
    w.end("definitions")
    return w.text()


def _table(w: Writer, table: Table) -> None:
    w.begin(
        "decisionTable",
        {
            "hitPolicy": _WORDS[table.hit[0]],
            "aggregation": _AGGREGATIONS.get(table.hit[1:]),
            "gongzhi:mayBeEmpty": "true" if table.may_be_empty else None,
        },
    )
    default = table.default
    has_more = default is not None and (default.basis is not None or default.note is not None)
    if table.title is not None or table.note is not None or has_more:
        w.begin("extensionElements")
        _label(w, "title", table.title)
        _label(w, "note", table.note)
        if default is not None and has_more:
            w.begin("gongzhi:default")
            _said(w, default)
            w.end("gongzhi:default")
        w.end("extensionElements")
    for column in table.inputs:
        w.begin("input", _own_attributes(column))
        _column_extensions(w, column)
        w.begin("inputExpression", {"typeRef": _reference(column)})
        w.element("text", column.name)
        w.end("inputExpression")
        _domain(w, "inputValues", column)
        w.end("input")
    for place, output in enumerate(table.outputs):
        _output(w, output, None if default is None else (default.then[place],))
    names = [n for n in ("basis", "note") if any(getattr(r, n) is not None for r in table.rules)]
    for name in names:
        w.element("annotation", name=name)
    for rule in table.rules:
        _rule(w, rule, table, names)
    w.end("decisionTable")


def _output(w: Writer, output: Output, default: tuple[Value] | None) -> None:
    w.begin("output", {"name": output.name, "typeRef": _reference(output), **_own_attributes(output)})
    _column_extensions(w, output)
    _domain(w, "outputValues", output)
    if default is not None:
        _texted(w, "defaultOutputEntry", _literal(output, default[0]))
    w.end("output")


def _rule(w: Writer, rule: Rule, table: Table, annotations: list[str]) -> None:
    w.begin("rule")
    if rule.basis is not None or rule.note is not None:
        w.begin("extensionElements")
        _said(w, rule)
        w.end("extensionElements")
    for cell in rule.when:
        _texted(w, "inputEntry", cell.text)
    for output, value in zip(table.outputs, rule.then, strict=True):
        _texted(w, "outputEntry", _literal(output, value))
    told = {"basis": str(rule.basis) if rule.basis else "", "note": _plain(rule.note)}
    for name in annotations:
        _texted(w, "annotationEntry", told[name])
    w.end("rule")


def _texted(w: Writer, name: str, text: str) -> None:
    w.begin(name)
    w.element("text", text)
    w.end(name)


def _reference(column: Column) -> str:
    return _TYPES.get(column.type, column.type)


def _own_attributes(column: Column) -> dict[str, str | None]:
    return {
        "gongzhi:type": column.type if column.type in ("integer", "datetime", "local_datetime") else None,
        "gongzhi:nullable": "true" if column.nullable else None,
    }


def _literal(column: Column, value: Value) -> str:
    return "null" if value is None else column.kind.literal(value)


def _domain(w: Writer, name: str, column: Column) -> None:
    literals = [column.kind.literal(v) for v in column.values]
    low = column.low if column.above is None else column.above
    high = column.high if column.below is None else column.below
    if low is not None and high is not None:
        start, end = "[" if column.above is None else "(", "]" if column.below is None else ")"
        literals.append(f"{start}{column.kind.literal(low)}..{column.kind.literal(high)}{end}")
    elif low is not None:
        literals.append(f"{'>=' if column.above is None else '>'} {column.kind.literal(low)}")
    elif high is not None:
        literals.append(f"{'<=' if column.below is None else '<'} {column.kind.literal(high)}")
    if literals:
        _texted(w, name, ", ".join(chain(literals, ["null"] * column.nullable)))


def _column_extensions(w: Writer, column: Column) -> None:
    if column.title is None and not column.value_titles:
        return
    w.begin("extensionElements")
    _label(w, "title", column.title)
    for value in column.values:
        if value in column.value_titles:
            w.begin("gongzhi:value", {"of": column.kind.literal(value)})
            _label(w, "title", column.value_titles[value])
            w.end("gongzhi:value")
    w.end("extensionElements")


def _said(w: Writer, said: Rule | Default) -> None:
    if said.basis is not None:
        _basis(w, said.basis)
    _label(w, "note", said.note)


def _basis(w: Writer, basis: Basis) -> None:
    w.begin("gongzhi:basis", {"article": basis.article, "link": basis.link})
    _label(w, "law", basis.law)
    _label(w, "note", basis.note)
    w.end("gongzhi:basis")


def _label(w: Writer, name: str, label: Label | None) -> None:
    if isinstance(label, Mapping):
        for tongue in ("zh", "en"):
            if tongue in label:
                w.element(f"gongzhi:{name}", label[tongue], xml__lang=tongue)
    elif label is not None:
        w.element(f"gongzhi:{name}", label)


def _plain(label: Label | None) -> str:
    if label is None:
        return ""
    return label if isinstance(label, str) else next(iter(label.values()))
