"""A report of wrongdoing never reaches whom it accuses: not by list, search, figure, notice, export or guess.

Against a body, its superior and its deputy, in every combination; whoever is accused looks for it with
every role that there is, alone, with a second post in the very body that received it, or acting as that
second post alone.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import run_once
from gongzhi.foundation.ledger.models import Undone
from gongzhi.foundation.ledger.refusals import NotAllowed, NotPossible
from gongzhi.foundation.parties.actors import OPERATOR, Actor, anyone, person_actor
from gongzhi.foundation.parties.acts import add_organisation, appoint, create_post, dissolve, put_under
from gongzhi.foundation.parties.queries import Organisation, Person, role
from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.regions.acts import found_area
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.acts import Accused, Contact
from gongzhi.governance.matters.models import Attachment, Notice, Part, Submission
from gongzhi.governance.matters.queries import Period, Tab, days_from, public
from gongzhi.governance.matters.rules import default_tables
from gongzhi.service.accounts.acts import open_account
from tests.builders import World, world

pytestmark = pytest.mark.django_db

ROLES = [
    "clerk", "grid_worker", "handler", "leader", "verifier", "caller", "coordinator", "area_coordinator",
    "director", "auditor", "rule_author", "administrator",
]  # fmt: skip
_counter = itertools.count()


@dataclass
class Country:
    """A county whose water bureau stands under its government, and a centre above that they do not command."""

    house: World
    government: Organisation
    upper: Organisation
    area: Any


@pytest.fixture
def country(db: None) -> Country:
    house = world()
    for table in default_tables():
        enact(OPERATOR, house.top, table=table)
    government = add_organisation(
        OPERATOR, house.county, code="q0", name={"zh": "区政府", "en": "Government"}, kind="government"
    )
    upper = add_organisation(
        OPERATOR, house.top, code="u1", name={"zh": "上级中心", "en": "Upper centre"}, kind="government",
        functions=["centre"],
    )  # fmt: skip
    for body in (house.water, house.centre):
        put_under(OPERATOR, body, superior=government)
    area = found_area(
        OPERATOR, house.top, code="x1", name={"zh": "协作区"}, members=[house.county, house.neighbour]
    )
    return Country(house, government, upper, area)


@dataclass(frozen=True)
class Case:
    """Whom a report accuses, and who looks for it how."""

    water: bool
    government: bool
    deputy: bool
    looks: str
    role: str
    second_post: bool
    acts_as_second: bool


@st.composite
def cases(draw: Any) -> Case:
    accused = draw(st.sets(st.sampled_from(["water", "government", "deputy"]), min_size=1))
    return Case(
        "water" in accused, "government" in accused, "deputy" in accused,
        draw(st.sampled_from(sorted(accused))), draw(st.sampled_from(ROLES)), draw(st.booleans()),
        draw(st.booleans()),
    )  # fmt: skip


def post_for(country: Country, person: Person, body: Organisation, code: str) -> Any:
    post = create_post(OPERATOR, body, role=role(code), title={"zh": code, "en": code})
    area = country.area if code == "area_coordinator" else None
    return appoint(OPERATOR, post, person=person, area=area)


def accuse(country: Country, case: Case, deputy: Person, word: str = "envelopes") -> Submission:
    bodies = [country.house.water] * case.water + [country.government] * case.government
    return acts.file(
        anyone(),
        country.house.town,
        kind="report",
        category=country.house.smell,
        text=f"They take {word} at the sluice",
        contact=Contact(name=f"Blower of {word}", phone="13987654321"),
        accused=Accused(bodies, [deputy] if case.deputy else []),
    )


def figures(by: Actor, country: Country) -> Any:
    period = Period(now() - timedelta(days=30), now() + timedelta(days=30))
    since = now() - timedelta(days=30)
    scene = queries.scene_of_posts(by)
    told = [
        [(tally.code, tally.count) for tally in public.by_category(country.house.top, since)],
        [(tally.code, tally.count) for tally in public.by_place(country.house.top, since)],
        (public.in_time(country.house.top, since, now())),
        {tab.value: n for tab, n in queries.counted(by, days_from(now(), "Asia/Shanghai")).lists.items()},
    ]
    if scene is not None:
        picture = queries.picture(by, scene, period)
        told.append((picture.total, picture.parts, picture.bodies, picture.categories))
    return told


@settings(
    max_examples=14, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
@given(case=cases())
def test_whoever_is_accused_never_finds_it(country: Country, case: Case) -> None:
    house = country.house
    person = house.person(f"Snooper {next(_counter)}")
    body = {"water": house.water, "government": country.government, "deputy": house.centre}[case.looks]
    first = post_for(country, person, body, case.role)
    second = post_for(country, person, country.upper, case.role) if case.second_post else None
    deputy = person if case.looks == "deputy" else house.person("Deputy")
    chosen = second.pk if second is not None and case.acts_as_second else None
    by = person_actor(person.pk, chosen)
    before = figures(by, country)
    word = f"envelopes{next(_counter)}x"
    filed = accuse(country, case, deputy, word)
    matter = filed.matter
    assert matter is not None
    run_once()
    assert not Undone.objects.exists()
    assert Notice.objects.filter(submission=filed.pk).exists() == (matter.lead is not None)
    by = person_actor(person.pk, chosen)

    for actor in (by, by.at_work):
        _is_nowhere(actor, filed, word)
    assert figures(by, country) == before
    _is_on_no_page(person, filed, first.pk if chosen is None else chosen, word)
    _cannot_be_sent(house, filed, case)
    others = Part.objects.filter(matter=matter.pk).values_list("organisation", flat=True)
    assert not {house.water.pk} & set(others) if case.water or case.government else others


def _is_nowhere(by: Actor, filed: Submission, word: str) -> None:
    matter = filed.matter
    assert matter is not None
    assert not queries.matters(by).filter(pk=matter.pk).exists()
    assert not queries.submissions(by).filter(pk=filed.pk).exists()
    assert queries.submission_numbered(by, filed.number) is None
    assert queries.at_desk(by, matter.pk) is None
    span = days_from(now(), "Asia/Shanghai")
    for tab, words in itertools.product(Tab, ("", word, filed.number, matter.number)):
        narrowing = queries.Narrowing(words=words)
        assert matter.pk not in {row.pk for row in queries.work(by, tab, narrowing, span)}
    for kind, path in ((Notice, "submission"), (Attachment, "submission"), (Part, "matter__submission")):
        if kind is Part:
            assert not Part.objects.filter(reach(by, "matter.read", Part), matter=matter.pk).exists()
        else:
            assert not kind.objects.filter(reach(by, "file.read", kind), **{path: filed.pk}).exists()
    with pytest.raises((NotAllowed, NotPossible)):
        acts.note(by, matter, text="found it")


def _is_on_no_page(person: Person, filed: Submission, post: Any, word: str) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(open_account(OPERATOR, person, username=f"snooper{next(_counter)}"))
    if post is not None:
        client.post(reverse("accounts:switch"), {"appointment": str(post), "next": "/"})
    matter = filed.matter
    assert matter is not None
    wanted = [
        reverse("desk:mine"),
        reverse("desk:list", args=["all"]) + f"?words={word}",
        reverse("desk:list", args=["all"]) + f"?words={filed.number}",
        reverse("desk:export", args=["all"]),
        reverse("desk:matter", args=[matter.pk]),
        reverse("portal:followed", args=[filed.number]),
        reverse("portal:receipt", args=[filed.number]),
        reverse("portal:near"),
        reverse("accounts:mine"),
        f"/api/v1/matters?words={word}",
        f"/api/v1/matters/{matter.number}",
        f"/api/v1/submissions/{filed.number}",
        f"/api/v1/submissions/{filed.number}/receipt",
    ]
    for address in wanted:
        answered = client.get(address, follow=True)
        told = b"".join(answered) if answered.streaming else answered.content
        text = told.decode()
        for told_of in (f"take {word}", f"Blower of {word}", str(matter.pk), matter.number):
            assert told_of in address or told_of not in text, f"{address} tells {told_of}"


def _cannot_be_sent(house: World, filed: Submission, case: Case) -> None:
    """Whoever has it cannot pass it to whom it accuses, nor to those under their orders."""
    matter = filed.matter
    assert matter is not None and matter.first_receiver is not None
    clerk = house.staff("clerk", matter.first_receiver)
    barred = [house.water] if case.water or case.government else []
    for body in barred:
        with pytest.raises(NotPossible):
            acts.dispatch(clerk, matter, to=body)


def test_whoever_receives_it_reads_it_and_nobody_sees_who_it_was_without_asking(country: Country) -> None:
    case = Case(True, False, False, "water", "clerk", False, False)
    filed = accuse(country, case, country.house.person("Deputy"))
    clerk = country.house.staff("clerk")
    assert queries.submissions(clerk).filter(pk=filed.pk).exists()
    assert filed.confidential and filed.sealed
    other = country.house.staff("clerk", country.upper)
    assert not queries.submissions(other).filter(pk=filed.pk).exists()


def test_where_the_accused_commands_everybody_it_is_refused_with_another_door(country: Country) -> None:
    put_under(OPERATOR, country.upper, superior=country.government)
    case = Case(False, True, False, "government", "clerk", False, False)
    with pytest.raises(NotPossible) as refused:
        accuse(country, case, country.house.person("Deputy"))
    assert "12388" in str(refused.value.instead)


def reported(country: Country, *bodies: Organisation, text: str = "They take envelopes") -> Any:
    house = country.house
    filed = acts.file(
        anyone(), house.town, kind="report", category=house.smell, text=text, accused=Accused(bodies),
        contact=Contact(name="Blower", phone="13987654321"),
    )  # fmt: skip
    return filed.matter


def standing(matter: Any) -> set[str]:
    parts = Part.objects.filter(matter=matter.pk, released_at=None)
    return set(parts.values_list("organisation__code", flat=True))


def test_what_names_nobody_is_read_by_whoever_takes_it_in_alone(country: Country) -> None:
    house = country.house
    matter = reported(country)
    assert matter.sealed and matter.lead is None and standing(matter) == {"q1"}
    everybody = [
        house.staff(code, body)
        for body in (house.water, country.government, country.upper)
        for code in ROLES
        if code != "area_coordinator"
    ]
    for by in everybody:
        assert not queries.matters(by).filter(pk=matter.pk).exists()
        assert not queries.submissions(by).filter(matter=matter.pk).exists()
    clerk = house.staff("clerk")
    assert queries.matters(clerk).filter(pk=matter.pk).exists()
    acts.dispatch(clerk, matter, to=house.water)
    assert queries.matters(house.staff("handler", house.water)).filter(pk=matter.pk).exists()


def test_a_report_that_nobody_here_takes_in_is_refused_with_another_door(country: Country) -> None:
    for centre in (country.house.centre, country.upper):
        dissolve(OPERATOR, centre, reason="reform")
    with pytest.raises(NotPossible, match="takes reports") as refused:
        reported(country)
    assert "12388" in str(refused.value.instead)


def test_who_reported_wrongdoing_is_shown_to_nobody(country: Country) -> None:
    filed = Submission.objects.get(matter=reported(country, country.house.water).pk)
    for code in ("clerk", "coordinator", "caller"):
        with pytest.raises(NotPossible, match="Nobody is shown"):
            acts.reveal(country.house.staff(code), filed, purpose="to ask them back")


def test_the_successor_of_the_accused_is_accused_and_loses_what_it_had(country: Country) -> None:
    house = country.house
    matter = reported(country, house.water)
    clerk = house.staff("clerk")
    assert standing(matter) == {"q1"} and queries.matters(clerk).filter(pk=matter.pk).exists()
    dissolve(OPERATOR, house.water, successor=house.centre, reason="reform")
    run_once()
    assert not Undone.objects.exists()
    assert not queries.matters(clerk).filter(pk=matter.pk).exists()
    matter.refresh_from_db()
    assert standing(matter) == {"q0"}  # its superior, which nobody accuses
    assert (matter.first_receiver, matter.answering) == (country.government, country.government)
    with pytest.raises(NotPossible):
        acts.dispatch(house.staff("clerk", country.government), matter, to=house.centre)


def test_an_accused_heir_does_not_go_on_with_the_report_of_its_own_wrongdoing(country: Country) -> None:
    house = country.house
    matter = reported(country, house.water)
    dissolve(OPERATOR, house.centre, successor=house.water, reason="reform")
    run_once()
    assert not Undone.objects.exists()
    matter.refresh_from_db()
    assert standing(matter) == {"q0"} and matter.answering == country.government


def test_where_every_superior_is_accused_the_nearest_that_is_not_goes_on(country: Country) -> None:
    house = country.house
    matter = reported(country, country.government)
    assert standing(matter) == {"u1"}  # the centre stands under the accused government
    heir = add_organisation(
        OPERATOR, house.top, code="u2", name={"zh": "新中心"}, kind="government", functions=["centre"],
        superior=country.government,
    )  # fmt: skip
    third = add_organisation(
        OPERATOR, house.top, code="u3", name={"zh": "第三"}, kind="government", functions=["centre"]
    )
    dissolve(OPERATOR, country.upper, successor=heir, reason="reform")
    run_once()
    assert not Undone.objects.exists()
    assert standing(matter) == {third.code}


def test_staff_of_the_accused_who_reported_it_follow_it_up_themselves(country: Country) -> None:
    house = country.house
    insider = house.person("Insider")
    post_for(country, insider, house.water, "handler")
    filed = acts.file(
        person_actor(insider.pk), house.town, kind="report", category=house.smell,
        text="My own bureau", person=insider, accused=Accused([house.water]),
    )  # fmt: skip
    by = person_actor(insider.pk)
    assert queries.submission_numbered(by, filed.number) is not None
    assert queries.submission_numbered(by.at_work, filed.number) is None
