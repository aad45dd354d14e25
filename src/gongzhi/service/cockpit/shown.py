"""A picture as a page shows it: a line in words, figures, a map, bars, tables; every figure opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.queries import Figure, Picture, Scene, Tally
from gongzhi.service.cockpit.periods import Chosen, opening
from gongzhi.service.design import parts
from gongzhi.service.design.parts import name_of

#: Of fewer than so many a share says nothing; the two numbers are shown instead.
ENOUGH_FOR_A_SHARE = 20
_MOST_BARS = 12

TITLES = {
    Figure.TAKEN_IN: gettext_lazy("Taken in"),
    Figure.DUE: gettext_lazy("Due"),
    Figure.IN_TIME: gettext_lazy("Answered in time"),
    Figure.LATE: gettext_lazy("Due, and not answered in time"),
    Figure.OPEN: gettext_lazy("Not answered yet"),
    Figure.OVERDUE: gettext_lazy("Overdue"),
    Figure.TO_DISPATCH: gettext_lazy("To be sent to a body"),
    Figure.IN_HAND: gettext_lazy("In hand"),
    Figure.TO_CLOSE: gettext_lazy("Answered, to be closed"),
    Figure.WAITING: gettext_lazy("Waits to be sent"),
    Figure.SENT: gettext_lazy("Sent, not taken over yet"),
    Figure.OFFERED: gettext_lazy("Offered to another body"),
    Figure.RETURNED: gettext_lazy("Returned by a body"),
    Figure.DISPUTED: gettext_lazy("Others decide who leads"),
    Figure.DESIGNATED: gettext_lazy("Designated, bound"),
    Figure.TAKEN_OVER: gettext_lazy("Taken over"),
    Figure.DUE_SOON: gettext_lazy("Due within a day"),
    Figure.ON_TIME: gettext_lazy("Due later"),
    Figure.NO_DEADLINE: gettext_lazy("Without a deadline"),
    Figure.STOPPED: gettext_lazy("Clock stopped"),
    Figure.JOINT: gettext_lazy("Handled by several bodies"),
    Figure.JOINT_LATE: gettext_lazy("A supporting body is late"),
}


@dataclass(frozen=True)
class Cell:
    """A number that opens the matters behind it; a plain zero where there are none."""

    value: int
    url: str


@dataclass(frozen=True)
class Row:
    """One part, body or category with its numbers."""

    name: str
    url: str
    cells: list[Cell]
    share: str = ""


def place_of(scene: Scene) -> str:
    """The scene as addresses name it."""
    if scene.region is not None:
        return scene.region.code
    return f"area-{scene.area.code}" if scene.area is not None else "mine"


def address(scene: Scene, figure: Figure, chosen: Chosen, **cut: str) -> str:
    """The address of the matters behind a figure."""
    said = {"period": chosen.name, **{key: value for key, value in cut.items() if value}}
    return f"{reverse('cockpit:behind', args=[place_of(scene), figure.value])}?{urlencode(said)}"


def title_of(scene: Scene) -> str:
    """What the picture is of."""
    if scene.region is not None:
        return name_of(scene.region.name)
    return name_of(scene.area.name) if scene.area is not None else _("Your regions side by side")


def share(part: int, whole: int) -> float | None:
    """A share in per cent; None where the whole is too small to say anything."""
    return 100 * part / whole if whole >= ENOUGH_FOR_A_SHARE else None


# -- the line in words -------------------------------------------------------------------------------


def top_line(picture: Picture, chosen: Chosen) -> str:
    """What the morning has to know, in two sentences that can be read aloud."""
    total = picture.total
    told = {
        "since": opening(chosen.name),
        "taken_in": _number(total.taken_in),
        "kept": _kept(total),
        "open": _number(total.open),
        "overdue": _number(total.overdue),
    }
    said = _(
        "%(since)s: %(taken_in)s taken in, %(kept)s. %(open)s not answered yet, %(overdue)s of them overdue."
    )
    return said % told


def _kept(total: Tally) -> str:
    if not total.due:
        return _("none due")
    told = {"in_time": _number(total.in_time), "due": _number(total.due)}
    percent = share(total.in_time, total.due)
    if percent is None:
        return _("%(in_time)s answered in time of %(due)s due") % told
    told["share"] = number_format(percent, 1)
    return _("%(in_time)s answered in time of %(due)s due (%(share)s %%)") % told


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


# -- figures -----------------------------------------------------------------------------------------


def figures(scene: Scene, picture: Picture, chosen: Chosen) -> list[parts.Figure]:
    """The figures of a picture, each with its denominator and the matters behind it."""
    total = picture.total
    of_open = _("of %(n)s not answered yet") % {"n": _number(total.open)}
    in_time = parts.Figure(
        str(TITLES[Figure.IN_TIME]),
        share(total.in_time, total.due),
        "%",
        _("%(in_time)s of %(due)s due") % {"in_time": _number(total.in_time), "due": _number(total.due)},
        chosen.title,
        decimals=1,
        needs=_("A share is shown from %(n)d due.") % {"n": ENOUGH_FOR_A_SHARE},
        matters_url=address(scene, Figure.LATE if total.late else Figure.DUE, chosen) if total.due else "",
        matters_label=_not_in_time(total.late) if total.late else "",
    )
    return [
        _count(scene, Figure.TAKEN_IN, total.taken_in, chosen, "", chosen.title),
        in_time,
        _count(scene, Figure.OVERDUE, total.overdue, chosen, of_open, _("now")),
        _count(scene, Figure.TO_DISPATCH, total.to_dispatch, chosen, of_open, _("now")),
        _count(scene, Figure.IN_HAND, total.in_hand, chosen, of_open, _("now")),
        _count(scene, Figure.TO_CLOSE, total.to_close, chosen, "", _("now")),
    ]


def _not_in_time(late: int) -> str:
    return ngettext("The %(n)d not in time", "The %(n)d not in time", late) % {"n": late}


def _count(scene: Scene, figure: Figure, value: int, chosen: Chosen, of: str, period: str) -> parts.Figure:
    bad = figure is Figure.OVERDUE and value > 0
    return parts.Figure(
        str(TITLES[figure]),
        value,
        "",
        of,
        period,
        matters_url=address(scene, figure, chosen) if value else "",
        state=parts.State.OVERDUE if bad else "",
    )


# -- tables ------------------------------------------------------------------------------------------

COLUMNS = (Figure.TAKEN_IN, Figure.OPEN, Figure.OVERDUE, Figure.DUE, Figure.IN_TIME)
_HEADS = {Figure.DUE: pgettext_lazy("count", "Due"), Figure.IN_TIME: pgettext_lazy("count", "In time")}
#: What came in is nobody's yet, so bodies have no such column.
COLUMNS_OF_BODIES = COLUMNS[1:]


def heads(columns: Iterable[Figure]) -> list[str]:
    """What stands above the columns of a table."""
    return [str(_HEADS.get(figure, TITLES[figure])) for figure in columns]


def rows_of_parts(scene: Scene, picture: Picture, chosen: Chosen) -> list[Row]:
    """Each part of the scene with its numbers, in the order of the tree."""
    found = [
        _row(
            scene,
            name_of(part.name),
            part_url(part, chosen),
            picture.parts[part.code],
            chosen,
            part=part.code,
        )
        for part in scene.parts
    ]
    if scene.parts and picture.elsewhere != Tally():
        found.append(_row(scene, _("in none of them"), "", picture.elsewhere, chosen, opens=False))
    return found


def rows_of_bodies(scene: Scene, picture: Picture, chosen: Chosen) -> tuple[list[Row], list[Row]]:
    """Each body that leads something, most overdue first; those with nothing waiting or late apart."""
    order = sorted(picture.bodies.items(), key=lambda pair: (-pair[1].overdue, -pair[1].in_hand, pair[0]))
    busy: list[Row] = []
    quiet: list[Row] = []
    for code, tally in order:
        name = name_of(picture.body_names[code])
        row = _row(scene, name, "", tally, chosen, columns=COLUMNS_OF_BODIES, lead=code)
        (busy if tally.open or tally.late else quiet).append(row)
    return busy, quiet


def _row(
    scene: Scene,
    name: str,
    url: str,
    tally: Tally,
    chosen: Chosen,
    *,
    columns: Iterable[Figure] = COLUMNS,
    opens: bool = True,
    **cut: str,
) -> Row:
    values = {
        Figure.TAKEN_IN: tally.taken_in,
        Figure.OPEN: tally.open,
        Figure.OVERDUE: tally.overdue,
        Figure.DUE: tally.due,
        Figure.IN_TIME: tally.in_time,
    }
    cells = [
        Cell(values[figure], address(scene, figure, chosen, **cut) if values[figure] and opens else "")
        for figure in columns
    ]
    percent = share(tally.in_time, tally.due)
    few = _("insufficient") if tally.due else ""
    return Row(name, url, cells, f"{number_format(percent, 1)} %" if percent is not None else few)


def part_url(part: Any, chosen: Chosen) -> str:
    """The picture of a part; grids have none of their own."""
    if not isinstance(part, Region):
        return ""
    return f"{reverse('cockpit:region', args=[part.code])}?{urlencode({'period': chosen.name})}"


# -- map and bars ------------------------------------------------------------------------------------


def place(scene: Scene, picture: Picture, chosen: Chosen) -> parts.Place:
    """The parts on a map, each with how much is open there and overdue; as a list where there is no map."""
    areas = []
    for part in scene.parts:
        tally = picture.parts[part.code]
        if part.outline:
            areas.append(
                parts.Area(
                    part.outline,
                    _on_map(part, tally),
                    part_url(part, chosen),
                    mark=name_of(part.name),
                    value=tally.open,
                    told=_told(tally),
                )
            )
    return parts.Place(
        areas=areas,
        frame=scene.region.outline if scene.region is not None else None,
        scale=_("Not answered yet:"),
        title=_("Map of %(place)s") % {"place": title_of(scene)},
    )


def _told(tally: Tally) -> str:
    """What stands under a name on the map; what is overdue says so in words."""
    if not tally.overdue:
        return _number(tally.open) if tally.open else ""
    return _("%(open)s (%(overdue)s overdue)") % {
        "open": _number(tally.open),
        "overdue": _number(tally.overdue),
    }


def _on_map(part: Any, tally: Tally) -> str:
    said = ngettext("%(n)d open", "%(n)d open", tally.open) % {"n": tally.open}
    if tally.overdue:
        said = _("%(open)s, %(n)d overdue") % {"open": said, "n": tally.overdue}
    return f"{name_of(part.name)}: {said}"


def bars(picture: Picture, chosen: Chosen) -> parts.Chart | None:
    """What came in, by category, the most frequent first."""
    order = sorted(picture.categories.items(), key=lambda pair: (-pair[1], pair[0]))
    if not order:
        return None
    shown, rest = order[:_MOST_BARS], sum(n for _code, n in order[_MOST_BARS:])
    labels = [name_of(picture.category_names[code]) for code, _n in shown]
    values: list[float | None] = [n for _code, n in shown]
    if rest:
        labels.append(_("all others"))
        values.append(rest)
    title = _("Taken in by category, %(period)s") % {"period": chosen.title}
    return parts.Chart(title, labels, [parts.Series(_("Taken in"), values)], horizontal=True)
