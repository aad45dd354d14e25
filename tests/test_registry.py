"""The walk over everything that can be done: DESIGN §2 holds for each act, none left out.

`CASES` says for each verb who may do it, to what and with which arguments. An act without a case
fails `test_every_act_is_walked`, so a new act cannot be forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.utils import translation

from gongzhi.foundation.files import blobs
from gongzhi.foundation.files.acts import store
from gongzhi.foundation.files.queries import examine
from gongzhi.foundation.ledger import work
from gongzhi.foundation.ledger.acts import ACTS, PLATFORM
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Audience, Claim, Entry
from gongzhi.foundation.ledger.refusals import Conflict, NotAllowed
from gongzhi.foundation.parties.actors import (
    IMPORTER,
    OPERATOR,
    PUBLIC_ID,
    Actor,
    anyone,
    forget_roles,
    person_actor,
)
from gongzhi.foundation.parties.acts import appoint, create_post
from gongzhi.foundation.parties.queries import Person, role
from gongzhi.foundation.regions.acts import found_area
from gongzhi.foundation.regions.queries import CooperationArea, Region
from gongzhi.foundation.rulebooks.acts import propose_jointly
from gongzhi.governance.matters.acts import answer, close, write_notice
from gongzhi.governance.matters.models import Matter, Submission
from gongzhi.service.accounts import recovery, totp
from gongzhi.service.accounts.acts import Hidden, open_account, set_recovery_codes, set_totp
from gongzhi.service.accounts.models import Account
from tests.builders import ROUTING, World, world

#: Somebody who exists and holds nothing at all.
NOBODY = Actor(PUBLIC_ID)
PASSWORD = "lotus-pond-7431"


@dataclass
class Case:
    """One act as it may be done."""

    by: Any
    subject: models.Model
    told: dict[str, Any] = field(default_factory=dict)
    #: The entries that the act causes, besides its own.
    causes: list[str] = field(default_factory=list)
    #: How long after now it is done.
    later: timedelta = timedelta()


def _matter(place: World, **more: Any) -> Matter:
    matter = place.submission(**more).matter
    assert matter is not None
    return matter


def _answered(place: World, **more: Any) -> Matter:
    return answer(place.staff("handler", place.water), _matter(place, **more), text="done")


def _account(place: World) -> Account:
    return open_account(OPERATOR, place.person(), username="li.hua", password=Hidden(PASSWORD))


def _code(secret: str, steps: int = 0) -> Hidden:
    return Hidden(totp.code_at(secret, int(time.time()) // 30 + steps))


def _own(account: Account) -> Actor:
    return person_actor(account.person_id)


def _appointment(place: World) -> Any:
    post = create_post(OPERATOR, place.water, role=role("clerk"), title={"zh": "话务员"})  # type: ignore[arg-type]
    return appoint(OPERATOR, post, person=place.person())


def _file(place: World) -> Any:
    return store(anyone(), place.town, content=examine(b"a photo", "a.txt"))


def _archived(place: World) -> Case:
    matter = close(place.staff("clerk"), _answered(place))
    return Case(PLATFORM, matter, later=timedelta(days=800))


def _clear(place: World) -> Case:
    account, secret = _account(place), totp.new_secret()
    set_totp(_own(account), account, secret=Hidden(secret), code=_code(secret))
    return Case(_own(account), account)


def _set_totp(place: World) -> Case:
    account, secret = _account(place), totp.new_secret()
    return Case(_own(account), account, {"secret": Hidden(secret), "code": _code(secret)})


def _spare() -> Hidden:
    return Hidden(" ".join(recovery.new_codes()))


def _set_codes(place: World) -> Case:
    case = _clear(place)
    return Case(case.by, case.subject, {"codes": _spare()})


def _use_code(place: World) -> Case:
    case, codes = _clear(place), _spare()
    account = set_recovery_codes(case.by, case.subject, codes=codes)  # type: ignore[arg-type]
    return Case(case.by, account, {"code": Hidden(codes.value.split()[0])})


def _organisation(place: World) -> Case:
    told = {"code": "n1", "name": {"zh": "新单位"}, "kind": "government", "functions": ["city_order"]}
    return Case(place.staff("administrator"), place.town, told)


def _filing(place: World) -> Case:
    told = {"kind": "complain", "category": place.smell, "text": "It smells"}
    return Case(anyone(), place.town, told, ["matter.open", "matter.dispatch"])


def _opening(place: World) -> Case:
    submission = place.submission("second look")
    return Case(PLATFORM, place.town, {"submission": submission}, ["matter.dispatch"])


def _erasing(place: World) -> Case:
    person = place.person("Wang")
    place.submission("by Wang", person=person, attachments=[_file(place)])
    return Case(place.staff("administrator"), person, {"reason": "own request"}, ["file.erase"])


def _notice(place: World) -> Case:
    return Case(PLATFORM, place.submission(), {"code": "dispatched", "entry": 1})


def _area(place: World) -> CooperationArea:
    members = [place.county, place.neighbour]
    return found_area(OPERATOR, place.top, code="x1", name={"zh": "协作区"}, members=members)


def _founding(place: World) -> Case:
    raise LookupError("founding is walked by test_a_node_is_founded_once")


LEDGER_TOLD = {
    "former": "a", "published_size": 5, "published_root": "x", "kept_size": 3, "name": "n", "key": "k",
    "reason": "lost disk",
}  # fmt: skip

CASES: dict[str, Callable[[World], Case]] = {
    "account.clear_totp": _clear,
    "account.open": lambda w: Case(OPERATOR, w.person(), {"username": "li.hua"}),
    "account.set_password": lambda w: (
        lambda a: Case(_own(a), a, {"password": Hidden("reeds-by-the-lake-2")})
    )(_account(w)),
    "account.set_recovery_codes": _set_codes,
    "account.set_totp": _set_totp,
    "account.use_recovery_code": _use_code,
    "account.sign_in": lambda w: (lambda a: Case(_own(a), a))(_account(w)),
    "appointment.end": lambda w: Case(w.staff("administrator"), _appointment(w)),
    "appointment.make": lambda w: Case(
        w.staff("administrator"), _appointment(w).post, {"person": w.person("Zhao")}
    ),
    "area.found": lambda w: Case(
        OPERATOR, w.top, {"code": "x1", "name": {"zh": "协作区"}, "members": [w.county, w.neighbour]}
    ),
    "category.add": lambda w: Case(
        w.staff("administrator"), w.county, {"code": "light", "name": {"zh": "路灯"}}
    ),
    "file.erase": lambda w: Case(PLATFORM, _file(w)),
    "file.store": lambda w: Case(anyone(), w.town, {"content": examine(b"a photo", "a.txt")}),
    "grid.add": lambda w: Case(OPERATOR, w.town, {"code": "310118110001", "name": {"zh": "一"}}),
    "ledger.begin_anew": lambda w: Case(OPERATOR, w.top, LEDGER_TOLD),
    "ledger.rotate_keys": lambda w: Case(OPERATOR, w.top, {"former": "a", "key": "b"}),
    "matter.answer": lambda w: Case(w.staff("handler", w.water), _matter(w), {"text": "done"}),
    "matter.archive": _archived,
    "matter.close": lambda w: Case(w.staff("clerk"), _answered(w)),
    "matter.contact": lambda w: Case(w.staff("handler", w.water), _matter(w), {"text": "rang back"}),
    "matter.dispatch": lambda w: Case(w.staff("clerk"), _matter(w, category=w.noise), {"to": w.water}),
    "matter.note": lambda w: Case(w.staff("clerk"), _matter(w), {"text": "call back"}),
    "matter.open": _opening,
    "matter.promise": lambda w: Case(IMPORTER, _matter(w), {"due": datetime(2027, 1, 4, tzinfo=UTC)}),
    "node.found": _founding,
    "notice.deliver": lambda w: Case(
        PLATFORM, write_notice(PLATFORM, w.submission(), code="answered", entry=1), {"sent": True}
    ),
    "notice.write": _notice,
    "organisation.add": _organisation,
    "person.add": lambda w: Case(w.staff("administrator"), w.county, {"name": "Li"}),
    "person.erase": _erasing,
    "person.reveal": lambda w: Case(
        w.staff("clerk"), w.person("Li"), {"purpose": "to call back about the river"}
    ),
    "post.create": lambda w: Case(
        w.staff("administrator"), w.centre, {"role": role("clerk"), "title": {"zh": "话务员"}}
    ),
    "region.add": lambda w: Case(
        OPERATOR, w.county, {"code": "310118111", "name": {"zh": "朱家角镇"}, "level": "township"}
    ),
    "role.set": lambda w: Case(
        OPERATOR, w.top, {"code": "guest", "name": {"zh": "来宾"}, "grants": {"matter.read": ["region"]}}
    ),
    "rule.adopt": lambda w: Case(
        w.staff("rule_approver"),
        propose_jointly(OPERATOR, _area(w), table=ROUTING),
        {"region": w.county},
    ),
    "rule.enact": lambda w: Case(w.staff("rule_author"), w.county, {"table": ROUTING}),
    "rule.propose_jointly": lambda w: Case(OPERATOR, _area(w), {"table": ROUTING}),
    "submission.file": _filing,
}
WALKED = sorted(set(ACTS) - {"node.found"})


@pytest.fixture
def place(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(blobs, "folder", lambda: tmp_path / "files")
    return world()


@pytest.fixture
def case(place: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Case:
    made = CASES[request.param](place)
    if made.later:
        monkeypatch.setattr(work, "now", lambda: now() + made.later)
    return made


def _since(entry: int) -> list[Entry]:
    return list(Entry.objects.filter(id__gt=entry).order_by("id"))


def _last() -> int:
    return Entry.objects.order_by("-id").values_list("id", flat=True)[0]


def test_every_act_is_walked() -> None:
    assert sorted(CASES) == sorted(ACTS)


@pytest.mark.parametrize(("case", "verb"), [(verb, verb) for verb in WALKED], indirect=["case"])
def test_each_act_is_refused_without_a_grant(case: Case, verb: str) -> None:
    before = _last()
    with pytest.raises(NotAllowed) as refused, translation.override("en"):
        ACTS[verb](NOBODY, case.subject, **case.told)
    assert str(ACTS[verb].title) in str(refused.value) or str(refused.value)
    assert refused.value.instead
    assert _last() == before


@pytest.mark.parametrize(("case", "verb"), [(verb, verb) for verb in WALKED], indirect=["case"])
def test_each_act_leaves_one_entry_and_those_it_causes(case: Case, verb: str) -> None:
    before = _last()
    ACTS[verb](case.by, case.subject, **case.told)
    entry, *caused = _since(before)
    assert entry.verb == verb
    assert (entry.actor, entry.subject) == (case.by.id, case.subject.pk)
    assert entry.audience == ACTS[verb].audience.value
    assert [each.verb for each in caused] == case.causes
    assert {each.cause for each in caused} <= {entry.id}


@pytest.mark.parametrize(("case", "verb"), [(verb, verb) for verb in WALKED], indirect=["case"])
def test_each_act_is_done_once_under_a_key(case: Case, verb: str) -> None:
    before = _last()
    first = ACTS[verb].once("key-1")(case.by, case.subject, **case.told)
    count = len(_since(before))
    again = ACTS[verb].once("key-1")(case.by, case.subject, **case.told)
    assert len(_since(before)) == count
    assert Claim.objects.filter(key="key-1").count() == 1
    if isinstance(first, models.Model):
        assert (type(again), again.pk) == (type(first), first.pk)
    with pytest.raises(Conflict):
        ACTS[verb].once("key-1")(case.by, _other(case.subject), **case.told)


def _other(subject: models.Model) -> models.Model:
    """The same kind of thing, but another one."""
    other = type(subject)()
    for each in subject._meta.concrete_fields:
        setattr(other, each.attname, getattr(subject, each.attname))
    other.pk = type(subject)().pk
    return other


@pytest.mark.parametrize("verb", sorted(ACTS))
def test_each_act_is_documented_in_both_languages(verb: str) -> None:
    act = ACTS[verb]
    assert act.audience in Audience
    assert (act.__doc__ or "").strip().endswith("."), f"{verb} has no docstring"
    with translation.override("en"):
        english = str(act.title)
    with translation.override("zh-hans"):
        chinese = str(act.title)
    assert english.isascii()
    assert english != chinese, f"{verb} has no Chinese title"
    for page in ("acts.md", "acts.zh.md"):
        text = (Path(__file__).parents[1] / "docs/reference" / page).read_text(encoding="utf-8")
        assert f"`{verb}`" in text, f"{verb} is missing in {page}: make reference"


def test_a_node_is_founded_once(db: None) -> None:
    from gongzhi.foundation.ledger.refusals import NotPossible
    from gongzhi.foundation.parties.acts import found_node

    forget_roles()
    top = Region(code="cn", name={"zh": "中国"}, level="state", path="/cn/")
    with pytest.raises(NotAllowed):
        found_node(NOBODY, top)
    assert found_node.once("key-1")(OPERATOR, top).pk == top.pk
    assert found_node.once("key-1")(OPERATOR, top).pk == top.pk
    assert Entry.objects.get().verb == "node.found"
    with pytest.raises(NotPossible):
        found_node(OPERATOR, Region(code="fr", name={"zh": "法国"}, level="state", path="/fr/"))


def test_roles_grant_only_what_can_be_done_or_read() -> None:
    from gongzhi.foundation.parties.actors import shipped_roles

    reads = {"read", "read_sealed", "recount", "join"}
    for code, each in shipped_roles().items():
        for verb in each["grants"]:
            assert verb in ACTS or verb.partition(".")[2] in reads, f"{code} grants {verb}"


def test_the_persons_of_a_submission_are_found_by_the_entry(place: World) -> None:
    from gongzhi.foundation.ledger.models import Concern

    person: Person = place.person("Li")
    submission: Submission = place.submission("mine", person=person)
    filed = Entry.objects.get(made=submission.pk)
    assert Concern.objects.filter(entry=filed, person=person.pk).exists()
