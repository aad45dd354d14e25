"""A scene's rows in front of what an authority has in force, so that adopting one does not lose the other."""

from __future__ import annotations

from dataclasses import replace

from gongzhi.methods import decision_tables as dt

#: Policies under which rows can be put in front of others: the first that applies decides.
_JOINS = (dt.Hit("U"), dt.Hit("F"), dt.Hit("A"))


def joined(scene: dt.Table, held: dt.Table | None) -> dt.Table:
    """The rows of a scene's table, and after them those in force; the scene's alone where none can follow.

    What reads and answers the same is joined; rows that are in force already are not written twice.
    """
    if held is None or held.hit not in _JOINS or scene.hit not in _JOINS or not _same_answers(scene, held):
        return scene
    inputs = _inputs(scene, held)
    if inputs is None:
        return scene
    first = [_row(each, scene, inputs) for each in scene.rules]
    last = [_row(each, held, inputs) for each in held.rules]
    new = [each for each in first if not any(_says(each) == _says(other) for other in last)]
    if not new:
        return held
    outputs = tuple(map(_output, held.outputs, scene.outputs))
    return replace(held, hit=dt.Hit("F"), inputs=inputs, outputs=outputs, rules=(*new, *last))


def _output(column: dt.Output, other: dt.Output) -> dt.Output:
    values = _together(column.values, other.values)
    titles = {**other.value_titles, **column.value_titles} if values else {}
    return replace(column, values=values, value_titles=titles)


def _same_answers(a: dt.Table, b: dt.Table) -> bool:
    return [(each.name, each.type) for each in a.outputs] == [(each.name, each.type) for each in b.outputs]


def _inputs(scene: dt.Table, held: dt.Table) -> tuple[dt.Input, ...] | None:
    """The columns of both; a list of values stays one only where both have one."""
    other = {column.name: column for column in scene.inputs}
    found = []
    for column in held.inputs:
        own = other.pop(column.name, None)
        if own is None:
            found.append(column)
            continue
        if own.type != column.type:
            return None
        values = _together(column.values, own.values)
        titles = {**own.value_titles, **column.value_titles} if values else {}
        found.append(replace(column, values=values, value_titles=titles))
    return (*found, *(replace(each, values=(), value_titles={}) for each in other.values()))


def _together(a: tuple[dt.Value, ...], b: tuple[dt.Value, ...]) -> tuple[dt.Value, ...]:
    return (*a, *(each for each in b if each not in a)) if a and b else ()


def _row(row: dt.Rule, of: dt.Table, inputs: tuple[dt.Input, ...]) -> dt.Rule:
    cells = dict(zip((column.name for column in of.inputs), row.when, strict=True))
    when = tuple(
        dt.cell(column, cells[column.name].text if column.name in cells else "-") for column in inputs
    )
    return replace(row, when=when)


def _says(row: dt.Rule) -> tuple[object, ...]:
    return tuple(cell.text for cell in row.when), row.then, row.basis
