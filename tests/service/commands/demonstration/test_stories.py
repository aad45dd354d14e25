"""Each story runs to its end through the acts, and what the facts sheet asks of it holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.parties.actors import forget_roles
from gongzhi.governance.matters.models import (
    OVER,
    CallBack,
    Conference,
    Handover,
    Judgement,
    Matter,
    Outcome,
    Part,
    Rating,
    State,
    Submission,
)
from gongzhi.service.commands.demonstration.load import Loading, load
from gongzhi.service.commands.demonstration.stories.playing import Stage, Story, stories

pytestmark = pytest.mark.django_db
KEYS = [story.key for story in stories()]


def stage_of(monkeypatch: pytest.MonkeyPatch, settings: Any, tongue: str = "zh") -> Stage:
    """The region with hardly anything in it but the stories, as far as a reader finds them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setenv("GONGZHI_LANGUAGE", tongue)
    forget_roles()
    kept: list[Loading] = []
    real = Loading.stories

    def keep(self: Loading) -> None:
        kept.append(self)
        real(self)

    monkeypatch.setattr(Loading, "stories", keep)
    load(lambda said: None, count=20)
    return kept[0].stage


@pytest.fixture
def stage(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return stage_of(monkeypatch, settings)


def facts(verb: str, matter: Matter) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(verb=verb, subject=matter.pk).order_by("id")
    return [json.loads(row.facts) for row in rows]


def yuandang(stage: Stage, matter: Matter) -> None:
    (decided,) = facts("matter.designate", matter)
    assert decided["rule"] and decided["across"]
    assert matter.reopenings == 1
    rounds = CallBack.objects.filter(matter=matter.pk)
    assert rounds.filter(round=1).count() == rounds.filter(round=2).count() == 3
    assert set(rounds.values_list("caller__code", flat=True)) == {"q1", "w1"}
    assert {part.organisation.code for part in Part.objects.filter(matter=matter.pk)} >= {"q3", "w3", "a1"}


def lorries(stage: Stage, matter: Matter) -> None:
    assert not facts("matter.designate", matter)  # refused: no rule on garbage binds both
    assert Handover.objects.get(matter=matter.pk).rule == ""
    (stopped,) = facts("matter.stop", matter)
    assert stopped["rule"]
    (report,) = Submission.objects.filter(matter=matter.pk)
    assert report.confidential


def bridge(stage: Stage, matter: Matter) -> None:
    assert matter.lead is not None and matter.lead.code == "j4"
    (contact,) = facts("matter.contact", matter)
    assert contact["in_time"]
    assert matter.returns == 1


def wages(stage: Stage, matter: Matter) -> None:
    (submission,) = Submission.objects.filter(matter=matter.pk)
    assert submission.people == 18 and submission.represents
    (extended,) = facts("matter.sign_extension", matter)
    assert extended["granted"] and extended["rule"]


def ambulance(stage: Stage, matter: Matter) -> None:
    (arrived,) = facts("matter.arrive", matter)
    assert arrived["in_time"]
    assert Judgement.objects.filter(muster__matter=matter.pk).count() == 2
    (done,) = facts("matter.carry_out", matter)
    assert done["in_time"]


def gym(stage: Stage, matter: Matter) -> None:
    voices = Submission.objects.filter(matter=matter.pk)
    assert voices.count() == 4 and voices.filter(represents=True).count() == 2
    calls = dict(CallBack.objects.filter(matter=matter.pk).values_list("submission__place", "tries"))
    assert max(calls.values()) == 3
    assert Rating.objects.filter(matter=matter.pk, resolved=False).count() == 1


def kunshan(stage: Stage, matter: Matter) -> None:
    assert not facts("matter.designate", matter)
    assert matter.lead is not None and matter.lead.code == "q5"
    (asked,) = facts("matter.ask_superiors", matter)
    assert set(asked["superiors"]) == {"q0", "k1"}
    assert facts("matter.answer_interim", matter)


def directly(stage: Stage, matter: Matter) -> None:
    assert matter.outcome == Outcome.DIRECT


def withdrawn(stage: Stage, matter: Matter) -> None:
    assert matter.outcome == Outcome.WITHDRAWN


def chased(stage: Stage, matter: Matter) -> None:
    assert Submission.objects.get(matter=matter.pk).chases == 2


def refused(stage: Stage, matter: Matter) -> None:
    assert matter.returns == 1 and matter.lead is not None and matter.lead.code == "q18"


def antimony(stage: Stage, matter: Matter) -> None:
    """The warning reached each body that shares the water, within its clocks, and nobody else."""
    told = Part.objects.filter(matter=matter.pk, role="support").values_list("organisation__code", flat=True)
    assert set(told) == {"q3", "j2", "s6"}
    (done,) = facts("matter.carry_out", matter)
    assert done["in_time"]


def bus(stage: Stage, matter: Matter) -> None:
    """What was agreed became duties of three bodies, the dissent stands in the minutes, and persons rated."""
    (minuted,) = Conference.objects.filter(matter=matter.pk)
    assert "保留意见" in minuted.minutes or "dissents" in minuted.minutes
    assert Rating.objects.filter(matter=matter.pk, by_call=False).count() == 2


def wall(stage: Stage, matter: Matter) -> None:
    (report,) = Submission.objects.filter(matter=matter.pk)
    assert report.confidential and matter.lead is not None and matter.lead.code == "q10"


def hyacinth(stage: Stage, matter: Matter) -> None:
    """Called back when the typhoon came, lawfully, and both sides of the muster judged."""
    (stopped,) = facts("matter.stop", matter)
    assert stopped["rule"]
    assert len(facts("matter.arrive", matter)) == 2
    assert Judgement.objects.filter(muster__matter=matter.pk).count() == 2


def pumps(stage: Stage, matter: Matter) -> None:
    (decided,) = facts("matter.designate", matter)
    assert decided["rule"] and decided["across"] and matter.bound
    assert {"u4", "w3"} <= {part.organisation.code for part in Part.objects.filter(matter=matter.pk)}


HOLDS: dict[str, Callable[[Stage, Matter], None]] = {
    "yuandang": yuandang, "lorries": lorries, "bridge": bridge, "wages": wages, "ambulance": ambulance,
    "gym": gym, "kunshan": kunshan, "forty seconds": directly, "withdrawn": withdrawn,
    "antimony": antimony, "the last bus": bus, "the wall": wall, "hyacinth": hyacinth, "pumps": pumps,
    "chased twice": chased, "never admitted": refused,
}  # fmt: skip


def test_every_story_runs_to_its_end_and_what_it_must_show_holds(stage: Stage) -> None:
    for story in stories():
        stage.play(story, to_the_end=True)
        matter = stage.matter(story.key, "a")
        assert matter.state == State.CLOSED, story.key
        assert not Part.objects.filter(
            matter=matter.pk, role="support", reported_at=None, released_at=None
        ).exists(), story.key
        assert matter.answering_id is not None
        if story.key in HOLDS:
            HOLDS[story.key](stage, matter)
    assert set(HOLDS) <= set(KEYS)


def test_a_reader_finds_each_story_at_a_moment_of_its_own(stage: Stage) -> None:
    found = {story.key: _standing(stage, story) for story in stories()}
    unfinished = [key for key, (state, _step) in found.items() if state not in OVER]
    assert len(unfinished) >= 9
    steps = {step for _state, step in found.values() if step}
    assert {"arbitration", "superiors", "conference", "returned"} <= steps
    for story in stories():
        matter = stage.matter(story.key, "a")
        assert matter.origin == "generated"
    played = Entry.objects.filter(origin="generated", verb="matter.arbitrate")
    assert played.exists() and not Entry.objects.filter(origin="here").exclude(verb="node.found").exists()
    assert all(entry.appointment is not None for entry in played)


def _standing(stage: Stage, story: Story) -> tuple[str, str]:
    matter = stage.matter(story.key, "a")
    live = [each for each in Handover.objects.filter(matter=matter.pk) if each.is_live]
    return matter.state, live[0].step if live else ""


def test_stories_are_told_in_english_too(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = stage_of(monkeypatch, settings, "en")
    assert stage.matter("yuandang", "a").title == "Smell on the shore of Yuandang"
