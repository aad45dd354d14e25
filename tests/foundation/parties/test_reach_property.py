"""Reach over random trees, appointments and subjects: a list and a decision never disagree.

What a list shows is exactly what an object decision allows, sealed ones included; and nobody's timeline
shows an entry whose audience excludes them. The rows are put in as they are, for their making is not what
is tested; who reaches them is worked out a second time here, plainly, from the words of the design.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db

STAFF_ROLES = ["clerk", "grid_worker", "handler", "coordinator", "director", "auditor", "area_coordinator"]
PATHS = ["/cn/", "/cn/a/", "/cn/b/", "/cn/a/a1/", "/cn/a/a2/", "/cn/b/b1/", "/cn/a/a1/a11/", "/cn/ab/"]
VERBS = ["matter.read", "matter.note", "matter.answer", "matter.dispatch", "matter.close"]


@dataclass(frozen=True)
class Post:
    """An appointment to be: role, organisation, regions and grids of its extent, or the whole area."""

    role: str
    organisation: int
    regions: tuple[int, ...] = ()
    grids: tuple[int, ...] = ()
    in_area: bool = False
    ended: bool = False


@dataclass(frozen=True)
class Subject:
    """A matter to be: where, whose part it is or was, whether sealed, whom it accuses, and who brought it in."""

    region: int
    grid: int | None
    parts: tuple[int, ...]
    released: tuple[int, ...]
    accused: tuple[int, ...]
    sealed: bool
    by_actor: bool
    secret_shown: bool


@dataclass(frozen=True)
class Case:
    """A little country with one actor in it."""

    posts: tuple[Post, ...]
    subjects: tuple[Subject, ...]
    members: tuple[int, ...]
    is_signed_in: bool


ORGANISATIONS, GRIDS = 3, 3
region_numbers = st.integers(0, len(PATHS) - 1)
posts = st.builds(
    Post,
    role=st.sampled_from(STAFF_ROLES),
    organisation=st.integers(0, ORGANISATIONS - 1),
    regions=st.lists(region_numbers, max_size=2, unique=True).map(tuple),
    grids=st.lists(st.integers(0, GRIDS - 1), max_size=2, unique=True).map(tuple),
    in_area=st.booleans(),
    ended=st.booleans(),
)
subjects = st.builds(
    Subject,
    region=region_numbers,
    grid=st.none() | st.integers(0, GRIDS - 1),
    parts=st.lists(st.integers(0, ORGANISATIONS - 1), max_size=2, unique=True).map(tuple),
    released=st.lists(st.integers(0, ORGANISATIONS - 1), max_size=1).map(tuple),
    accused=st.lists(st.integers(0, ORGANISATIONS - 1), max_size=1).map(tuple),
    sealed=st.booleans(),
    by_actor=st.booleans(),
    secret_shown=st.booleans(),
)
cases = st.builds(
    Case,
    posts=st.lists(posts, max_size=3).map(tuple),
    subjects=st.lists(subjects, min_size=1, max_size=5).map(tuple),
    members=st.lists(region_numbers, min_size=1, max_size=3, unique=True).map(tuple),
    is_signed_in=st.booleans(),
)


@dataclass
class Country:
    """What was put in for a case, and the actor."""

    case: Case
    actor: Any
    matters: list[Any] = field(default_factory=list)
    organisations: list[Any] = field(default_factory=list)


def put_in(case: Case) -> Country:
    """Write the rows of a case as they are."""
    from datetime import timedelta

    from gongzhi.foundation.ledger import guard
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.parties.actors import anyone, forget_roles, person_actor, shipped_roles
    from gongzhi.foundation.parties.models import Appointment, Organisation, Person, Role
    from gongzhi.foundation.parties.models import Post as PostRow
    from gongzhi.foundation.regions.models import CooperationArea, Grid, Membership, Region
    from gongzhi.governance.matters.models import Accusal, Category, Matter, Part, Submission

    at = now()
    forget_roles()
    with guard.permitted():
        regions = [
            Region(code=path.strip("/").split("/")[-1], name={}, level="county", path=path) for path in PATHS
        ]
        Region.objects.bulk_create(regions)
        grids = [Grid(code=f"g{n}", name={}, region=regions[n]) for n in range(GRIDS)]
        Grid.objects.bulk_create(grids)
        area = CooperationArea.objects.create(code="area", name={})
        Membership.objects.bulk_create(
            Membership(area=area, region=regions[n], since=at - timedelta(days=9)) for n in case.members
        )
        roles = {
            code: Role(code=code, name={}, grants=told["grants"]) for code, told in shipped_roles().items()
        }
        Role.objects.bulk_create(roles.values())
        organisations = [
            Organisation(code=f"o{n}", name={}, kind="government", region=regions[n])
            for n in range(ORGANISATIONS)
        ]
        Organisation.objects.bulk_create(organisations)
        person = Person.objects.create(name="p", home=regions[0])
        for post in case.posts:
            row = PostRow.objects.create(
                organisation=organisations[post.organisation], role=roles[post.role], title={}
            )
            Appointment.objects.create(
                person=person,
                post=row,
                regions=[str(regions[n].pk) for n in post.regions],
                grids=[str(grids[n].pk) for n in post.grids],
                area=area if post.in_area else None,
                since=at - timedelta(days=5),
                until=at - timedelta(days=1) if post.ended else None,
            )
        category = Category.objects.create(code="c", name={}, region=regions[0])
        country = Country(case, None, organisations=organisations)
        holds: list[UUID] = []
        for n, subject in enumerate(case.subjects):
            matter = Matter.objects.create(
                number=f"m{n}", kind="help", category=category, title="t", region=regions[subject.region],
                grid=None if subject.grid is None else grids[subject.grid], opened_at=at,
                sealed=subject.sealed,
            )  # fmt: skip
            for body in subject.parts:
                Part.objects.create(matter=matter, organisation=organisations[body], role="lead", since=at)
            for body in subject.released:
                Part.objects.create(
                    matter=matter, organisation=organisations[body], role="asked", since=at, released_at=at
                )
            for body in subject.accused:
                Accusal.objects.create(matter=matter, organisation=organisations[body])
            submission = Submission.objects.create(
                number=f"s{n}", kind="help", category=category, channel="portal", text="x",
                region=matter.region, grid=matter.grid, matter=matter, filed_at=at, sealed=subject.sealed,
                person=person if subject.by_actor else None,
            )  # fmt: skip
            holds += [submission.pk] if subject.secret_shown else []
            country.matters.append(matter)
        signed_in = person_actor(person.pk).with_secrets_of(holds)
        country.actor = signed_in if case.is_signed_in else anyone(holds)
    return country


def is_below(path: str, top: str) -> bool:
    return path.split("/")[: top.count("/")] == top.split("/")[:-1]


def expected(case: Case, subject: Subject, verb: str) -> bool:
    """Whether the actor gets to a subject, said again in plain words."""
    from gongzhi.foundation.parties.actors import shipped_roles

    grants = {code: told["grants"] for code, told in shipped_roles().items()}
    owns = subject.secret_shown or (case.is_signed_in and subject.by_actor)
    held = [post for post in case.posts if not post.ended] if case.is_signed_in else []
    if owns and "own" in grants["public"].get(verb, ()):
        return True
    if subject.sealed and any(post.organisation in subject.accused for post in held):
        return False
    if owns and "participant" in grants["public"].get(verb, ()):
        return True
    return any(
        reaches(case, post, subject, kind) for post in held for kind in grants[post.role].get(verb, ())
    )


def reaches(case: Case, post: Post, subject: Subject, kind: str) -> bool:
    if kind == "own":
        return subject.by_actor
    if kind == "participant":
        is_home = is_below(PATHS[subject.region], PATHS[post.organisation])
        reached = not is_home or reaches_region(case, post, subject)
        return (post.organisation in subject.parts and reached) or subject.by_actor
    if subject.sealed:
        return False
    if kind == "organisation":
        return post.organisation in subject.parts
    if kind == "grid":
        return subject.grid is not None and subject.grid in post.grids
    return reaches_region(case, post, subject)


def reaches_region(case: Case, post: Post, subject: Subject) -> bool:
    return any(is_below(PATHS[subject.region], PATHS[top]) for top in extent(case, post))


def extent(case: Case, post: Post) -> tuple[int, ...]:
    if post.in_area:
        return case.members
    return post.regions or (post.organisation,)


class Undone(Exception):
    """Ends a transaction so that nothing of a case stays."""


def tried(case: Case, check: Any) -> None:
    """Put a case in, check it, and take it out again."""
    from django.db import transaction

    with pytest.raises(Undone), transaction.atomic():
        check(put_in(case))
        raise Undone


few = settings(
    max_examples=settings().max_examples * 3 // 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@few
@given(case=cases)
def test_a_list_shows_exactly_what_a_decision_allows(case: Case):
    tried(case, compare_lists_with_decisions)


def compare_lists_with_decisions(country: Country) -> None:
    from gongzhi.foundation.ledger.acts import _authoriser
    from gongzhi.foundation.parties.reach import reach
    from gongzhi.foundation.parties.reach import reaches as column
    from gongzhi.governance.matters.models import Matter

    for verb in VERBS:
        told = [expected(country.case, subject, verb) for subject in country.case.subjects]
        listed = set(Matter.objects.filter(reach(country.actor, verb, Matter)).values_list("pk", flat=True))
        assert [m.pk in listed for m in country.matters] == told, verb
        beside = dict(Matter.objects.annotate(it=column(country.actor, verb, Matter)).values_list("pk", "it"))
        assert [beside[m.pk] for m in country.matters] == told, verb
        decided = _authoriser.reach(country.actor, verb, Matter)
        single = [
            decided is not None and Matter.objects.filter(decided, pk=m.pk).exists() for m in country.matters
        ]
        assert single == told, verb


@few
@given(case=cases)
def test_an_act_is_done_exactly_where_reach_allows_it(case: Case):
    tried(case, compare_acts_with_reach)


def compare_acts_with_reach(country: Country) -> None:
    from gongzhi.foundation.ledger.refusals import NotAllowed
    from gongzhi.governance.matters.acts import note

    for matter, subject in zip(country.matters, country.case.subjects, strict=True):
        try:
            note(country.actor, matter, text="seen")
            done = True
        except NotAllowed:
            done = False
        assert done == expected(country.case, subject, "matter.note")


@few
@given(case=cases, kinds=st.lists(st.sampled_from(["public", "participants", "staff", "sealed"]), max_size=6))
def test_a_timeline_shows_only_what_its_reader_s_audience_includes(case: Case, kinds: list[str]):
    tried(case, lambda country: compare_timelines(country, kinds))


def compare_timelines(country: Country, kinds: list[str]) -> None:
    from gongzhi.governance.matters.queries import at_desk, brought_in, story, timeline

    for matter in country.matters:
        write_entries(matter, kinds)
    for matter, subject in zip(country.matters, country.case.subjects, strict=True):
        told = [entry.audience for entry in timeline(country.actor, matter)]
        allowed = audiences(country.case, subject)
        assert told == [kind for kind in kinds if kind in allowed]
        desk = at_desk(country.actor, matter.pk)
        assert (desk is not None) == bool(allowed)
        if desk is not None:
            assert [e.audience for e in story(desk, brought_in(country.actor, matter))] == told


def audiences(case: Case, subject: Subject) -> set[str]:
    """Those to whose entries the actor may listen: staff by a post that reaches it, others as participants."""
    if not expected(case, subject, "matter.read"):
        return set()
    found = {"public", "participants"}
    posts_only = Case(case.posts, case.subjects, case.members, case.is_signed_in)
    held = [post for post in posts_only.posts if not post.ended] if case.is_signed_in else []
    from gongzhi.foundation.parties.actors import shipped_roles

    roles = shipped_roles()
    for post in held:
        kinds = roles[post.role]["grants"].get("matter.read", ())
        if any(reaches(case, post, subject, kind) for kind in kinds):
            found.add("staff")
            if "entry.read_sealed" in roles[post.role]["grants"]:
                found.add("sealed")
    return found


def write_entries(matter: Any, kinds: list[str]) -> None:
    from gongzhi.foundation.ledger import guard
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.ledger.models import Entry

    at = now()
    with guard.permitted():
        for kind in kinds:
            Entry.objects.create(
                verb="matter.note", actor=matter.pk, subject_kind="matters.matter", subject=matter.pk,
                occurred=at, recorded=at, audience=kind,
            )  # fmt: skip
