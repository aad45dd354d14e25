"""The stories of the demonstration again, told by way of the pages: each step is a form that somebody sends.

The acts of a story are played in tests/service/commands/demonstration. Here a clerk takes a call at the desk,
a person fills in the form of the portal and says more on the page of their number, and everybody else sends
the forms of the matter's page, at the moments at which the story says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongzhi.foundation.ledger import clock
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.governance.matters.followup import secret_of
from gongzhi.governance.matters.models import Matter, State, Submission
from gongzhi.service.accounts.acts import open_account
from gongzhi.service.accounts.models import Account
from gongzhi.service.commands.demonstration import data
from gongzhi.service.commands.demonstration.load import Loading
from gongzhi.service.commands.demonstration.stories.playing import NotAsTold, Stage, Story, stories
from tests.service.commands.demonstration.test_stories import HOLDS, stage_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: Who takes the calls of a county.
CENTRES = {"310118": "q1", "320509": "w1", "330421": "j1"}
#: What the page of a number lets a person say.
SAID_BY_PERSONS = {"chase", "supplement", "withdraw", "rate", "reopen"}
NAMES = {"return_": "return", "send": "dispatch", "note_money": "money"}
YES_OR_NO = {True: "yes", False: "no"}
ZONE = ZoneInfo("Asia/Shanghai")


class AtThePages(Stage):
    """A stage on which every step is a request."""

    put: Callable[[datetime], None]

    def _step(self, story: Story, step: Mapping[str, Any]) -> None:
        at = self.until + timedelta(hours=step["after"])
        self.put(at)
        if step["do"] == "file":
            self._bring_in(story.key, step)
        elif "." not in step["by"]:
            self._say_more(story.key, step)
        else:
            self._send(story.key, step, at)

    # -- the public ------------------------------------------------------------------------------------

    def _bring_in(self, story: str, step: Mapping[str, Any]) -> None:
        known = set(Submission.objects.values_list("pk", flat=True))
        if step.get("channel") in ("portal", "wechat"):
            self._fill_in(step)
        else:
            self._take_in(step)
        landed = list(Submission.objects.exclude(pk__in=known))
        if bool(landed) == ("refused" in step):
            raise NotAsTold(f"{len(landed)} landed")
        for filed in landed:
            self.filed[story, step["as"]] = filed

    def _fill_in(self, step: Mapping[str, Any]) -> None:
        visitor = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
        path = reverse("portal:report")
        lon, lat = step.get("point", ("", ""))
        for told in (
            {"text": self.say(step["text"]), "kind": step["kind"], "region": step["region"][:6]},
            {"category": step["category"]},
            {"words": self.say(step["place"]), "lon": lon, "lat": lat, "datum": "wgs84"},
            {
                "identity": "contact",
                "name": self.say(step["person"]),
                "phone": "1390000000",
                "answer_by": "page",
            },
        ):
            answer = visitor.post(path, told)
            if answer.status_code != 302:
                raise NotAsTold(f"{path}: {answer.status_code} {_words(answer)}")
            path = answer["Location"]
            if path.endswith("/who/") and lon:
                told_of_the_border = "吴江" in visitor.get(path).content.decode()
                assert told_of_the_border
        assert visitor.get(path).status_code == 200

    def _take_in(self, step: Mapping[str, Any]) -> None:
        who = step.get("by", f"{CENTRES[step['region'][:6]]}.clerk")
        told = {
            "channel": step.get("channel", "hotline"), "kind": step["kind"], "text": self.say(step["text"]),
            "category": step["category"], "region": step["region"][:9], "place": self.say(step["place"]),
            "name": self.say(step["person"]) if "person" in step else "",
            "urgency": step.get("urgency", "ordinary"), "people": step.get("people", 1), "answer_by": "page",
        }  # fmt: skip
        told |= {name: "on" for name in ("confidential", "vulnerable") if step.get(name)}
        answer = self._client(*who.split(".")).post(reverse("desk:take_in"), told)
        if wrong := _words(answer) if "refused" not in step else "":
            raise NotAsTold(f"taking in: {wrong}")

    def _say_more(self, story: str, step: Mapping[str, Any]) -> None:
        filed = self.submission(story, step["by"])
        person = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
        secret = {"number": filed.number, "secret": secret_of(filed)}
        assert person.post(reverse("portal:follow_up"), secret).status_code == 302
        told = {
            "text": self.say(step.get("text", step.get("reason", ""))),
            "resolved": YES_OR_NO.get(step.get("resolved", ""), ""), "satisfied": step.get("satisfied", ""),
        }  # fmt: skip
        answer = person.post(reverse("portal:say", args=[filed.number, step["do"]]), told)
        _expect(step, answer)
        assert person.get(reverse("portal:followed", args=[filed.number])).status_code == 200

    # -- the desk --------------------------------------------------------------------------------------

    def _send(self, story: str, step: Mapping[str, Any], at: datetime) -> None:
        matter = self.matter(story, step.get("of", "a"))
        if step["do"] == "send" and matter.lead is not None and matter.lead.code == step["to"]:
            return
        client = self._client(*step["by"].split("."))
        told: dict[str, Any] = {}
        for key, value in step.items():
            if key not in ("after", "do", "of", "by", "as", "live", "refused"):
                told |= self._field(story, matter, key, value, at)
        if step["do"] == "represent":
            told = {"submission": self.filed[story, step.get("of", "a")].pk}
        if step["do"] == "judge_muster":
            told["whom"] = f"{told.pop('muster')} {self._body(step['judged']).pk}"
        before = {kind: set(rows().values_list("pk", flat=True)) for kind, rows in _papers().items()}
        name = NAMES.get(step["do"], step["do"])
        answer = client.post(reverse("desk:do", args=[matter.pk, name]), told)
        _expect(step, answer)
        if "as" in step:
            kind = {"confer": "conference", "instruct": "instruction", "ask_extension": "extension"}.get(
                step["do"], step["do"]
            )
            (self.made[story, step["as"]],) = _papers()[kind]().exclude(pk__in=before[kind])

    def _field(self, story: str, matter: Matter, key: str, value: Any, at: datetime) -> dict[str, Any]:
        """What stands in the form for an argument of the act."""
        if key in ("bodies", "invited"):
            return {f"body_{n}": code for n, code in enumerate(value, 1)}
        if key in ("duties", "supports"):
            rows = list(enumerate(value, 1))
            return {f"who_{n}": each["body"] for n, each in rows} | {
                f"what_{n}": self.say(each["task"]) for n, each in rows
            }
        if key in ("passed", "granted", "resolved"):
            return {key: YES_OR_NO[value]}
        if key in ("due", "meets_at", "until"):
            return {key: (at + timedelta(hours=value)).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")}
        if key == "amount":
            return {"amount": value.lstrip("-"), "is_in": YES_OR_NO[not value.startswith("-")]}
        if key == "into":
            return {"number": self.matter(story, value).number}
        if key in ("part", "call", "conference", "instruction", "extension", "muster"):
            return {key: self._value(story, matter, key, value, at).pk}
        return {key: self.say(value) if isinstance(value, list) else value}

    def _client(self, code: str, called: str) -> Client:
        person = self._cast(code, called)
        account = Account.objects.filter(person_id=person.pk).first()
        client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
        client.force_login(account or open_account(OPERATOR, person, username=f"u{person.pk.hex[-12:]}"))
        return client


def _papers() -> dict[str, Callable[[], Any]]:
    from gongzhi.governance.matters.models import Conference, Extension, Instruction, Muster

    kinds = {"conference": Conference, "instruction": Instruction, "extension": Extension, "muster": Muster}
    return {name: kind.objects.all for name, kind in kinds.items()}


def _expect(step: Mapping[str, Any], answer: Any) -> None:
    """Done, or refused, as the story says; what is refused is told in words."""
    done = answer.status_code == 302
    if done == ("refused" in step):
        raise NotAsTold(f"answered {answer.status_code}: {_words(answer)}")


def _words(answer: Any) -> str:
    _head, _tag, page = answer.content.decode().partition("<main")
    wrong = re.findall(r'data-state="refused"[^>]*>(.*?)<\/(?:p|div)>', page, flags=re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", " | ".join(wrong))[:600]


def test_every_story_is_told_by_the_pages_alone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Loading, "stories", lambda self: self.agree(data.joint_rule()))
    stage = stage_of(monkeypatch, settings)
    began = clock.now() + timedelta(minutes=1)
    at_pages = AtThePages(stage.loading, began)

    class Standing(datetime):
        """The clock at the moment of a step."""

        at = began

        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            cls.at += timedelta(microseconds=1)
            return cls.at.astimezone(tz)

    def put(at: datetime) -> None:
        Standing.at = at

    monkeypatch.setattr(clock, "datetime", Standing)
    monkeypatch.setattr(timezone, "now", lambda: Standing.now(UTC))  # sessions end by Django's clock
    at_pages.put = put
    wrong = []
    for story in stories():
        try:
            at_pages.play(story, to_the_end=True)
            matter = at_pages.matter(story.key, "a")
            assert matter.state == State.CLOSED
            if story.key in HOLDS:
                HOLDS[story.key](at_pages, matter)
        except (AssertionError, LookupError) as error:
            number = at_pages.played.get(story.key, 0)
            wrong.append(
                f"{story.key}, after step {number} ({story.steps[min(number, len(story.steps) - 1)]['do']}): {error}"
            )
    assert not wrong, "\n".join(wrong)
