"""Invented examples for the gallery: every component in each of its states."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.service.design.parts import (
    Area,
    Chart,
    Choice,
    Deadline,
    Empty,
    Figure,
    Filter,
    Flow,
    Option,
    Pager,
    Party,
    Place,
    Point,
    Progress,
    Receipt,
    Refusal,
    Rule,
    Series,
    State,
    Status,
    Step,
    Witness,
)

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
QINGPU = {"zh": "青浦区", "en": "Qingpu"}
WUJIANG = {"zh": "吴江区", "en": "Wujiang"}
WATER_BUREAU = {"zh": "吴江区水务局", "en": "Wujiang Water Bureau"}
TOWN = {"zh": "朱家角镇人民政府", "en": "Zhujiajiao Town Government"}


class ExampleForm(forms.Form):
    """A form with each kind of field."""

    what = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("Say it in your own words."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=[("water", gettext_lazy("Water")), ("streets", gettext_lazy("Streets"))],
        required=False,
    )
    seen = forms.ChoiceField(
        label=gettext_lazy("Who may see your name?"),
        widget=forms.RadioSelect,
        choices=[
            ("anonymous", gettext_lazy("Nobody: I stay anonymous")),
            ("confidential", gettext_lazy("Only those who handle it")),
            ("open", gettext_lazy("Everybody")),
        ],
    )
    photo = forms.FileField(label=gettext_lazy("Photo"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("I have read how my data is used"))


def _statuses() -> list[Status]:
    sentences = {
        State.NEW: _("New: nobody has looked at it yet"),
        State.IN_HAND: _("In hand at Zhujiajiao Town Government"),
        State.WAITING: _("Waiting for Wujiang Water Bureau until Thu 26 Nov 17:30, by rule 4.2"),
        State.ATTENTION: _("The answer is due in two hours"),
        State.OVERDUE: _("The answer has been due for three days; it has gone one level up"),
        State.SUSPENDED: _("The clock stands while the sample is in the laboratory, by rule 5.1"),
        State.REFUSED: _("Not accepted: the court is already dealing with it"),
        State.DONE: _("Answered in time; verified by somebody else"),
        State.INFORMATION: _("This spot lies on the border of Qingpu and Wujiang. Both see it."),
    }
    return [Status(sentence, state) for state, sentence in sentences.items()]


def _deadlines() -> list[Deadline]:
    rule = Rule(_("rule %(number)s") % {"number": "4.2"}, "#", _("Working rules of the hotline, article 12"))
    early = NOW - timedelta(hours=53)
    due = {
        "far": NOW + timedelta(days=3, hours=4),
        "near": NOW + timedelta(hours=2),
        "over": NOW - timedelta(hours=50),
    }
    return [
        Deadline(due["far"], ZONE, _("Answer"), rule=rule, now=NOW),
        Deadline(due["near"], ZONE, _("Answer"), rule=rule, now=NOW),
        Deadline(due["over"], ZONE, _("Report in"), rule=rule, now=NOW),
        Deadline(due["far"], ZONE, _("Finish"), rule=rule, now=NOW, stopped=True),
        Deadline(due["over"], ZONE, _("First contact"), rule=rule, now=NOW, met=early),
        Deadline(date(2026, 11, 27), ZONE, _("Finish"), rule=rule, now=NOW),
    ]


def _parties() -> list[Party]:
    return [
        Party(TOWN, _("lead"), QINGPU, 1),
        Party(WATER_BUREAU, _("support"), WUJIANG, 2, "#", _("has its own, earlier deadline")),
    ]


def _steps() -> list[Step]:
    return [
        Step(_("Brought in through the portal"), NOW - timedelta(days=2), _("a resident"), ZONE, proof="#"),
        Step(
            _("Sent to Zhujiajiao Town Government, by rule 4.2"),
            NOW - timedelta(days=2) + timedelta(minutes=1),
            _("by rule, without anybody's doing"),
            ZONE,
            proof="#",
        ),
        Step(
            _("Interim answer"),
            NOW - timedelta(hours=5),
            TOWN,
            ZONE,
            text=_("We have taken a sample at the bridge and know the result on Thursday."),
            proof="#",
        ),
        Step(_("Assigned within the office"), NOW - timedelta(hours=4), TOWN, ZONE, private=True),
        Step(_("Waiting for Wujiang Water Bureau"), NOW, None, ZONE, state=State.WAITING),
        Step(_("Visited on the spot"), date(2026, 11, 21), WATER_BUREAU, ZONE),
    ]


def _choices() -> list[Choice]:
    return [
        Choice(_("Answer"), "#answer", style="primary"),
        Choice(_("Remind"), "#remind"),
        Choice(_("Return"), "#return", style="danger"),
        Choice(
            _("Extend"),
            why_not=_("It has been extended once, which is as often as rule 4.7 allows."),
            decides=_("the coordinator of the county"),
        ),
        Choice(_("Close"), why_not=_("The person has not been called back yet.")),
    ]


def _figures() -> list[Figure]:
    return [
        Figure(
            _("Answered in time"),
            96.6,
            "%",
            _("198 of 205 due"),
            _("Mon 23 Nov, 08:00 to 24:00"),
            (93.1, 98.4),
            _("1.2 points more than a week ago"),
            1,
            definition_url="#",
            matters_url="#",
        ),
        Figure(_("Taken in"), 212, "", _("since yesterday 08:00"), matters_url="#"),
        Figure(_("Said to be resolved"), None, "%", needs=_("3 call-backs; at least 10 are needed")),
        Figure(_("Overdue"), 7, "", _("of 1,204 open"), state=State.OVERDUE, matters_url="#"),
    ]


def _square(lon: float, lat: float, width: float, height: float) -> dict[str, object]:
    ring = [[lon, lat], [lon + width, lat], [lon + width, lat + height], [lon, lat + height], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def _place() -> Place:
    return Place(
        words=_("At the bridge over the Taipu river, on the Qingpu side"),
        border=_("This spot lies on the border of Qingpu and Wujiang. Both will see it."),
        title=_("Where it is"),
        points=[
            Point(120.92, 31.02, _("Sewage smells at the bridge"), "#", State.OVERDUE),
            Point(120.86, 31.05, _("Lamp out at the landing stage"), "#", State.IN_HAND),
        ],
        areas=[
            Area(_square(120.90, 30.98, 0.14, 0.12), _("Qingpu"), "#", 1),
            Area(_square(120.76, 30.98, 0.14, 0.12), _("Wujiang"), "#", 2),
        ],
        flows=[Flow((120.97, 31.04), (120.83, 31.04), 12, _("12 handed over from Qingpu to Wujiang"))],
    )


def _shaded_place() -> Place:
    counts = [
        (_("Jinze Town"), 4),
        (_("Zhujiajiao Town"), 33),
        (_("Liantang Town"), 12),
        (_("Baihe Town"), 0),
    ]
    return Place(
        title=_("What was brought in, by town"),
        scale=_("Brought in, the last 30 days:"),
        areas=[
            Area(
                _square(120.86 + 0.12 * n, 31.0, 0.12, 0.1),
                f"{town} {count}",
                "#",
                mark=town,
                value=count,
                told=str(count),
            )
            for n, (town, count) in enumerate(counts)
        ],
        around=[Area(_square(120.74, 31.0, 0.12, 0.1), _("Wujiang"))],
        frame=_square(120.86, 31.0, 0.48, 0.1),
        short=True,
    )


def _charts() -> list[Chart]:
    days = ["11-17", "11-18", "11-19", "11-20", "11-21", "11-22", "11-23"]
    return [
        Chart(
            _("Taken in each day"),
            days,
            [
                Series(_("Qingpu"), [41, 38, 52, 47, 60, 33, 29], 1),
                Series(_("Wujiang"), [22, 30, 28, 19, 35, 18, 20], 2),
            ],
            description=_("Between 29 and 60 a day in Qingpu, between 18 and 35 in Wujiang."),
        ),
        Chart(
            _("Answered in time"),
            days,
            [
                Series(_("Qingpu"), [92, 94, None, 95, 97, 96, 97], 1),
                Series(_("Wujiang"), [88, 90, 91, 90, 93, 92, 94], 2),
            ],
            "line",
            "%",
            short=True,
        ),
        Chart(
            _("Through which door"),
            [_("Portal"), _("Hotline"), _("Grid patrol")],
            [Series(_("Matters"), [120, 212, 64])],
            "pie",
            short=True,
        ),
    ]


def _filters() -> list[Filter]:
    return [
        Filter(
            "region",
            _("Region"),
            [Option("310118", _("Qingpu"), 41), Option("320509", _("Wujiang"), 20)],
            "310118",
        ),
        Filter("state", _("State"), [Option("open", _("Not closed"), 61), Option("closed", _("Closed"))]),
        Filter("since", _("Since"), value="", kind="date"),
        Filter("words", _("Words"), value="", kind="text"),
    ]


def _receipts() -> list[Receipt]:
    return [
        Receipt("310118-2026-004217-7", "K7QM-2XPA-9DTR", NOW, ZONE, "#", "#"),
        Receipt("310118-2026-004217-7", at=NOW, zone=ZONE, url="#", position=12345, is_ready=True),
    ]


def _tiles() -> list[tuple[str, str]]:
    return [
        (_("Report something"), _("What is broken, dirty, dangerous or wrong")),
        (_("Follow up"), _("With the number and the secret you were given")),
        (_("Take part"), _("Decisions that are open near you")),
    ]


def _messages() -> list[dict[str, str]]:
    return [
        {"level_tag": "success", "text": _("Sent to Wujiang Water Bureau. It is told at once.")},
        {"level_tag": "warning", "text": _("Two of three files were kept; the third is larger than 10 MB.")},
    ]


def everything(request: HttpRequest) -> dict[str, object]:
    """What the gallery page shows."""
    wrong = ExampleForm({"category": "water"})
    wrong.is_valid()
    return {
        "now": NOW,
        "zone": ZONE,
        "states": list(State),
        "statuses": _statuses(),
        "deadlines": _deadlines(),
        "parties": _parties(),
        "steps": _steps(),
        "choices": _choices(),
        "figures": _figures(),
        "place": _place(),
        "shaded_place": _shaded_place(),
        "charts": _charts(),
        "tiles": _tiles(),
        "told": _messages(),
        "witness": Witness(
            _("Gap: a dispute over 50,000 yuan without a contract has no rule."),
            url="#",
            url_label=_("Open the table"),
        ),
        "empty": Empty(
            _("Nothing binds you today"),
            _("Eleven things bind this week; the first of them tomorrow at 09:00."),
            "#",
            _("Show this week"),
        ),
        "refusal": Refusal(
            _("This matter is closed, so it can no longer be sent on."),
            _("Ask for it to be opened again; the person who brought it in can do so until Mon 30 Nov."),
            _("the coordinator of the county"),
            Rule(_("rule %(number)s") % {"number": "6.3"}),
        ),
        "receipts": _receipts(),
        "pager": Pager("#", "#", 51, 100, 1204),
        "filters": _filters(),
        "progresses": [
            Progress(_("Bringing in Boston 2011"), 31200, 58251, _("About two minutes more.")),
            Progress(_("Writing the archive")),
        ],
        "form": ExampleForm(auto_id="empty_%s"),
        "wrong": wrong,
    }
