"""The demonstration in a database, small: everything through acts, all of it marked as invented."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db.models import Q

from gongzhi.foundation.ledger.acts import PLATFORM, recounting, together
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.work import History
from gongzhi.foundation.parties.actors import IMPORTER, forget_roles, person_actor
from gongzhi.foundation.parties.models import Organisation, Person
from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.regions.models import Grid, Membership, Region
from gongzhi.foundation.rulebooks.models import Version
from gongzhi.governance.matters.models import Deadline, Matter, Notice, Part, Submission
from gongzhi.governance.matters.queries import categories
from gongzhi.governance.matters.rules import default_tables
from gongzhi.service.accounts.models import Account
from gongzhi.service.commands.demonstration import data
from gongzhi.service.commands.demonstration.load import PASSWORD, load
from gongzhi.service.commands.importing import schema
from gongzhi.service.commands.importing.catalogue import Catalogue

COUNT = 200


@pytest.fixture
def shown(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The accounts that are told of when the region has been loaded."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setenv("GONGZHI_LANGUAGE", "zh")
    forget_roles()
    said: list[str] = []
    accounts = load(said.append, count=COUNT, play=False)
    assert said
    return accounts


def test_the_whole_region_is_loaded_through_acts(shown: list[dict[str, Any]]) -> None:
    assert Region.objects.count() == len(data.tree()) + 1  # the top of all countries
    assert Grid.objects.count() == len(data.grids())
    assert Membership.objects.count() == 3
    assert Organisation.objects.count() == len(data.bodies())
    assert Version.objects.count() == len(data.rule_texts()) + len(default_tables())
    assert Submission.objects.count() == Matter.objects.count() == COUNT
    made = Counter(Entry.objects.filter(origin="generated").values_list("verb", flat=True))
    assert made["submission.file"] == made["matter.open"] == COUNT
    assert made["rule.enact"] == len(data.rule_texts()) + len(default_tables())
    assert set(Entry.objects.values_list("origin", flat=True)) <= {"generated", "here"}
    assert [e.verb for e in Entry.objects.filter(origin="here")] == ["node.found"]


def test_everything_is_marked_as_invented(shown: list[dict[str, Any]]) -> None:
    assert [region.code for region in Region.objects.filter(invented=False)] == ["all"]
    assert not Person.objects.filter(invented=False).exists()
    assert not Matter.objects.exclude(origin="generated").exists()
    invented = Organisation.objects.filter(invented=True)
    assert invented.exists()
    assert all("(示)" in body.name["zh"] for body in invented)


def test_a_city_of_another_country_stands_beside_it_and_is_not_invented(
    shown: list[dict[str, Any]],
) -> None:
    text = schema.text_of("boston-2011")
    assert text is not None
    catalogue = Catalogue(schema.read(text, "boston-2011.yaml"))
    with together(), recounting(IMPORTER, History(now(), source="boston.csv")):
        catalogue.found()
        boston = catalogue.city()
    boston = Region.objects.get(pk=boston.pk)
    assert boston.path == "/all/us/us-ma/boston/" and not boston.invented
    assert (boston.zone, boston.calendar) == ("America/New_York", "US-MA")
    assert not categories(boston).exists()
    assert Region.objects.get(code="310118").path == "/all/CN/31/310118/"
    assert set(Region.objects.filter(path__startswith="/all/CN/").values_list("zone", "calendar")) == {
        ("Asia/Shanghai", "CN")
    }
    admin = Account.objects.get(username="admin")
    reached = reach(person_actor(admin.person_id), "post.create", Organisation)
    assert Organisation.objects.filter(reached).count() == Organisation.objects.count()


def test_matters_stand_where_the_invented_year_left_them(shown: list[dict[str, Any]]) -> None:
    states = Counter(Matter.objects.values_list("state", flat=True))
    assert states["closed"] > COUNT / 2
    assert states["dispatched"] > 0
    for clock in ("contact", "finish"):
        assert Deadline.objects.filter(clock=clock).count() == COUNT
    assert not Matter.objects.filter(state__in=("open", "dispatched"), due_at=None).exists()
    assert not Matter.objects.filter(state="closed", closed_at=None).exists()
    assert Notice.objects.count() == 0


def test_every_deadline_cites_its_rule_and_every_dispatch_by_rule_is_the_platforms(
    shown: list[dict[str, Any]],
) -> None:
    enacted = set(Version.objects.values_list("digest", flat=True))
    for clock in Deadline.objects.all():
        assert clock.rule in enacted
        assert clock.row
        assert "(示)" in clock.basis
    sent = Entry.objects.filter(verb="matter.dispatch")
    by_rule = sent.filter(actor=PLATFORM.id).count()
    undecided = Q(category__code__in=("c14", "c21")) & ~Q(kind="consult")
    to_persons = Matter.objects.filter(undecided | Q(kind="report")).count()  # no rule sends a report on
    assert by_rule == COUNT - to_persons
    assert sent.exclude(actor=PLATFORM.id).exists()
    assert not Matter.objects.filter(first_receiver=None).exists()
    assert not Matter.objects.filter(closed_at__isnull=False, keep_until=None).exists()


def test_it_is_told_in_the_language_of_the_node_with_a_few_guests(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.delenv("GONGZHI_LANGUAGE", raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    forget_roles()
    load(lambda said: None, count=100, play=False)
    languages = Counter(Submission.objects.values_list("language", flat=True))
    assert 0 < languages["en"] < 10
    assert languages["zh-hans"] + languages["en"] == 100
    assert all(is_chinese(title) for title in Matter.objects.values_list("title", flat=True))
    for submission in Submission.objects.select_related("matter"):
        spoken = submission.language == "zh-hans"
        assert is_chinese(submission.text) == is_chinese(submission.place) == spoken
        if submission.matter and submission.matter.answer:
            assert is_chinese(submission.matter.answer) == spoken


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_there_is_an_account_for_each_kind_of_user(shown: list[dict[str, Any]]) -> None:
    assert Account.objects.count() == len(data.accounts())
    assert len(shown) == 20
    assert {each["password"] for each in shown} == {PASSWORD}
    for each in shown:
        assert Account.objects.get(username=each["username"]).check_password(PASSWORD)
        assert {"zh", "en"} <= each["role"].keys()


def test_each_sees_their_own_part_of_it(shown: list[dict[str, Any]]) -> None:
    def seen(username: str) -> set[Any]:
        actor = person_actor(Account.objects.get(username=username).person_id)
        wanted = reach(actor, "matter.read", Matter)
        return set(
            Matter.objects.filter(wanted if wanted is not None else Q(pk=None)).values_list("pk", flat=True)
        )

    def shared(code: str) -> set[Any]:
        """What a body takes part in, wherever it lies."""
        parts = Part.objects.filter(organisation__code=code, released_at=None)
        return set(parts.values_list("matter", flat=True))

    unsealed = Matter.objects.filter(sealed=False)
    assert unsealed.count() < Matter.objects.count()
    of_qingpu = set(unsealed.filter(region__path__contains="/310118/").values_list("pk", flat=True))
    assert seen("qingpu.director") == of_qingpu | shared("q1")
    assert seen("area") == set(unsealed.values_list("pk", flat=True))
    assert seen("qingpu.handler") < of_qingpu | shared("q3")
    assert seen("qingpu.town") <= of_qingpu | shared("q10")
    assert seen("wujiang.director") & of_qingpu == of_qingpu & shared("w1")
