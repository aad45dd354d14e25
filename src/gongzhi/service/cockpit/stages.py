"""The loop as a page shows it: three stages, each with groups of lines, each line with its matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongzhi.governance.matters.queries import HANDLED, JOINT, ROUTED, Channel, Figure, Loop, Scene
from gongzhi.service.cockpit.periods import Chosen
from gongzhi.service.cockpit.shown import TITLES, address, place_of
from gongzhi.service.design.parts import State, name_of

#: So many lines of a cut are shown, the largest; the rest is one line.
_MOST = 4
#: What asks for somebody's attention, and how much.
_STATES = {
    Figure.OVERDUE: State.OVERDUE,
    Figure.JOINT_LATE: State.OVERDUE,
    Figure.DUE_SOON: State.ATTENTION,
    Figure.WAITING: State.ATTENTION,
    Figure.RETURNED: State.ATTENTION,
    Figure.DISPUTED: State.ATTENTION,
}


@dataclass(frozen=True)
class Line:
    """A number with its name, and where its matters are."""

    name: str
    value: int
    url: str = ""
    state: str = ""


@dataclass(frozen=True)
class Group:
    """Lines that are one count cut in one way."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Stage:
    """One stage of the loop: what it is, how many stand in it, and how they are spread."""

    title: str
    told: str
    total: Line
    groups: list[Group]


def loop_url(scene: Scene, chosen: Chosen) -> str:
    """Where the loop of a scene is."""
    return f"{reverse('cockpit:loop_of', args=[place_of(scene)])}?{urlencode({'period': chosen.name})}"


def picture_url(scene: Scene, chosen: Chosen) -> str:
    """Where the picture of a scene is."""
    said = urlencode({"period": chosen.name})
    if scene.region is not None:
        return f"{reverse('cockpit:region', args=[scene.region.code])}?{said}"
    if scene.area is not None:
        return f"{reverse('cockpit:area', args=[scene.area.code])}?{said}"
    return f"{reverse('cockpit:today')}?{said}"


def stages(scene: Scene, loop: Loop, chosen: Chosen) -> list[Stage]:
    """The three stages."""

    def figure(each: Figure) -> Line:
        value = loop.counts[each]
        url = address(scene, each, chosen) if value else ""
        state = _STATES.get(each, "") if value else ""
        return Line(str(TITLES[each]), value, url, str(state))

    taken_in = address(scene, Figure.TAKEN_IN, chosen) if loop.taken_in else ""
    is_open = figure(Figure.OPEN)
    return [
        Stage(
            pgettext("loop", "Perceived"), chosen.title,
            Line(str(TITLES[Figure.TAKEN_IN]), loop.taken_in, taken_in),
            _cuts(scene, loop, chosen),
        ),
        Stage(
            pgettext("loop", "Routed"), _("now"), is_open,
            [Group(_("Who has it"), [figure(each) for each in ROUTED])],
        ),
        Stage(
            pgettext("loop", "Handled"), _("now"), is_open,
            [
                Group(_("By its clock"), [figure(each) for each in HANDLED]),
                Group(_("Together with others"), [figure(each) for each in JOINT]),
            ],
        ),
    ]  # fmt: skip


def _cuts(scene: Scene, loop: Loop, chosen: Chosen) -> list[Group]:
    channels = {code: Channel(code).label for code in loop.channels if code}
    places = {part.code: part.name for part in scene.parts}
    found = [
        Group(_("By channel"), _lines(scene, loop.channels, channels, chosen, "channel")),
        Group(_("By place"), _lines(scene, loop.parts, places, chosen, "part")),
        Group(_("By category"), _lines(scene, loop.categories, loop.category_names, chosen, "category")),
    ]
    return [each for each in found if each.lines]


def _lines(
    scene: Scene, counted: Counter[str], names: Mapping[str, Any], chosen: Chosen, cut: str
) -> list[Line]:
    """The largest, each with its matters, and the rest together."""
    order = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    known = [(code, n) for code, n in order if code in names]
    shown, more = known[:_MOST], known[_MOST:]
    found = [
        Line(name_of(_named(names[code])), n, address(scene, Figure.TAKEN_IN, chosen, **{cut: code}))
        for code, n in shown
    ]
    rest = sum(n for _code, n in more) + sum(n for code, n in order if code not in names)
    return [*found, Line(_("all others"), rest)] if rest else found


def _named(value: Any) -> Any:
    """What data holds, or a label that is translated when it is read."""
    return value if isinstance(value, Mapping) else str(value)
