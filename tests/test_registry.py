"""The walk over everything that can be done: DESIGN §2 holds for each act, none left out.

`CASES` says for each verb who may do it, to what and with which arguments. An act without a case
fails `test_every_act_is_walked`, so a new act cannot be forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
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
from gongzhi.foundation.parties.acts import add_organisation, appoint, create_post, dissolve, put_under
from gongzhi.foundation.parties.queries import Person, appointments_of, organisation, role
from gongzhi.foundation.regions.acts import add_grid, found_area
from gongzhi.foundation.regions.queries import CooperationArea, Region
from gongzhi.foundation.rulebooks import acts as rules
from gongzhi.foundation.rulebooks.acts import enact, propose_jointly
from gongzhi.foundation.rulebooks.queries import Version, open_faults
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.acts import Contact, answer, close, write_notice
from gongzhi.governance.matters.models import (
    CallBack,
    Deadline,
    Matter,
    Rating,
    Shift,
    Submission,
    Urgent,
)  # fmt: skip
from gongzhi.governance.matters.rules import default_tables
from gongzhi.service.accounts import recovery, totp
from gongzhi.service.accounts.acts import Hidden, open_account, set_recovery_codes, set_totp
from gongzhi.service.accounts.models import Account
from tests.builders import RETENTION, ROUTING, SOUND, World, world

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


def _ruled(place: World) -> World:
    """The same world under the shipped rules for how matters are handled."""
    for table in default_tables():
        enact(OPERATOR, place.top, table=table)
    return place


def _guided(place: World) -> Any:
    """A bureau that the centre commands."""
    return add_organisation(
        OPERATOR, place.county, code="q6", name={"zh": "城管局"}, kind="government", superior=place.centre
    )


def _offered(place: World) -> tuple[Any, Matter, Any]:
    """The body that was asked, the matter that it is asked to take over, and a handler of whoever asked."""
    body, matter = _ruled(place).beside(), _matter(place)
    giver = place.staff("handler", place.water)
    acts.hand_over(giver, matter, to=body, reason="the outlet lies there")
    return body, matter, giver


def _returned(place: World) -> tuple[Any, Matter, Any]:
    body, matter, giver = _offered(place)
    acts.return_(place.staff("handler", body), matter, reason="it does not")
    return body, matter, giver


def _arbitrated(place: World) -> tuple[Any, Matter]:
    """A body that the centre commands returned it; the centre is asked to decide."""
    guided, matter = _guided(_ruled(place)), _matter(place, category=place.noise)
    clerk = place.staff("clerk")
    acts.hand_over(clerk, matter, to=guided, reason="noise is yours")
    acts.return_(place.staff("handler", guided), matter, reason="it is not")
    other = add_organisation(
        OPERATOR, place.county, code="q0", name={"zh": "区政府"}, kind="government", functions=["government"]
    )
    put_under(OPERATOR, place.centre, superior=other)
    acts.arbitrate(clerk, matter, arbiter=other)
    return other, matter


def _before_superiors(place: World) -> tuple[Any, Matter]:
    body, matter, giver = _returned(place)
    acts.ask_superiors(giver, matter, reason="nobody commands both")
    return body, matter


def _in_conference(place: World) -> tuple[Any, Matter, Any]:
    body, matter, giver = _returned(place)
    told = {"invited": [body], "about": "who leads", "meets_at": now()}
    return giver, matter, acts.confer(giver, matter, **told)


def _supported(place: World) -> tuple[Any, Matter, Any]:
    body, matter = _ruled(place).beside(), _matter(place)
    handler = place.staff("handler", place.water)
    return body, matter, acts.add_support(handler, matter, body=body, task="take a sample")


def _mustered(place: World) -> tuple[Any, Matter, Any]:
    body, matter = _ruled(place).beside(), _matter(place)
    call = acts.muster(place.staff("handler", place.water), matter, bodies=[body], grounds="pipe burst")
    return body, matter, call


def _concluded(place: World) -> Case:
    body, matter, call = _mustered(place)
    acts.arrive(place.staff("handler", body), matter, muster=call)
    lead = place.staff("handler", place.water)
    acts.conclude_muster(lead, matter, muster=call, conclusion="pipe closed")
    return Case(lead, matter, {"muster": call, "judged": body, "mark": 4})


def _instructed(place: World) -> Case:
    matter = _matter(_ruled(place))
    told = {"to": place.water, "text": "today", "giver": place.centre}
    instruction = acts.instruct(place.staff("director"), matter, **told)
    return Case(
        place.staff("handler", place.water), matter, {"instruction": instruction, "text": "carried out"}
    )


def _extension(place: World) -> Case:
    matter = _matter(_ruled(place))
    asked = acts.ask_extension(
        place.staff("handler", place.water), matter, days=2, reason="the laboratory", told=True
    )
    return Case(place.staff("leader", place.water), matter, {"extension": asked, "granted": True})


def _stopped(place: World) -> Case:
    matter, handler = _matter(_ruled(place)), place.staff("handler", place.water)
    acts.stop(handler, matter, kind="suspended", reason="an expert looks at it")
    return Case(handler, matter)


def _verified(place: World) -> Matter:
    matter = _answered(_ruled(place), person=place.person("Li"))
    return acts.verify(place.staff("verifier"), matter, passed=True, text="clean")


def _called(place: World) -> Case:
    matter = _verified(place)
    call = CallBack.objects.get(matter=matter.pk)
    told = {"call": call, "reply": "reached", "resolved": True, "satisfied": 5}
    return Case(place.staff("caller"), matter, told)


def _rated(place: World) -> tuple[Matter, Any]:
    case = _called(place)
    ACTS["matter.call_back"](case.by, case.subject, **case.told)
    return case.subject, Rating.objects.get(matter=case.subject.pk)  # type: ignore[return-value]


def _pleaded(place: World) -> Case:
    matter, rating = _rated(place)
    acts.plead(place.staff("handler", place.water), matter, rating=rating, reason="not ours")
    return Case(place.staff("director"), matter, {"rating": rating, "granted": True, "reason": "true"})


def _closed(place: World) -> Matter:
    matter = _answered(_ruled(place))
    acts.verify(place.staff("verifier"), matter, passed=True, text="clean")
    return close(place.staff("clerk"), matter)


def _merged(place: World) -> Case:
    one, other = _matter(_ruled(place)), _matter(place, text="It smells here too")
    clerk = place.staff("clerk")
    acts.merge(clerk, other, into=one)
    return Case(clerk, other)


def _overdue(place: World) -> Case:
    matter = _matter(place)
    clock = Deadline.objects.filter(matter=matter.pk).order_by("due_at")[0]
    return Case(PLATFORM, matter, {"deadline": clock.pk}, later=timedelta(days=60))


def _article_told() -> dict[str, Any]:
    words = {"zh": "河道保洁", "en": "Clean rivers"}
    return {"title": words, "text": words, "review_on": date(2098, 1, 1)}


def _article(place: World) -> Any:
    return acts.write_article(place.staff("handler", place.water), place.water, **_article_told())


def _last_body(code: str) -> Any:
    return organisation(code)


def _silent(place: World) -> Case:
    guided, matter = _guided(_ruled(place)), _matter(place, category=place.noise)
    acts.hand_over(place.staff("clerk"), matter, to=guided, reason="noise is yours")
    return Case(PLATFORM, matter, later=timedelta(days=60))


def _dissolved(place: World) -> Case:
    matter = _matter(place)
    dissolve(OPERATOR, place.water, reason="reform")
    place.water.refresh_from_db()
    return Case(PLATFORM, matter, {"body": place.water})


def _own_submission(place: World, **more: Any) -> tuple[Actor, Submission]:
    submission = place.submission(**more)
    return anyone([submission.pk]), submission


def _escalated(place: World) -> Case:
    put_under(OPERATOR, place.water, superior=place.centre)
    return Case(place.staff("coordinator"), _matter(_ruled(place)), {"to": place.centre, "reason": "too big"})


def _notice(place: World) -> Case:
    return Case(PLATFORM, place.submission(), {"code": "dispatched", "entry": 1})


def _area(place: World) -> CooperationArea:
    members = [place.county, place.neighbour]
    return found_area(OPERATOR, place.top, code="x1", name={"zh": "协作区"}, members=members)


def _rule_drafted(place: World, table: str = SOUND) -> Version:
    return rules.draft(place.staff("rule_author"), place.county, table=table)


def _rule_verified(place: World, table: str = SOUND) -> Version:
    return rules.verify(place.staff("rule_author"), _rule_drafted(place, table))


def _rule_reviewed(place: World) -> Version:
    return rules.review(place.staff("rule_reviewer"), _rule_verified(place))


def _rule_in_force(place: World) -> Version:
    return rules.approve(place.staff("rule_approver"), _rule_reviewed(place))


def _rule_accepting(place: World) -> Case:
    version = _rule_verified(place, ROUTING)
    told = {"finding": open_faults(version)[0].key, "reason": "nothing else comes in here"}
    return Case(place.staff("rule_reviewer"), version, told)


def _rule_aligning(place: World) -> Case:
    post = create_post(OPERATOR, place.centre, role=role("area_coordinator"), title={"zh": "协调员"})  # type: ignore[arg-type]
    person, area = place.person("coordinator"), _area(place)
    appoint(OPERATOR, post, person=person, area=area)
    told = {"tables": {place.county.code: SOUND, place.neighbour.code: SOUND}, "reason": "one rule for all"}
    return Case(person_actor(person.pk), area, told)


def _founding(place: World) -> Case:
    raise LookupError("founding is walked by test_a_node_is_founded_once")


LEDGER_TOLD = {
    "former": "a", "published_size": 5, "published_root": "x", "kept_size": 3, "name": "n", "key": "k",
    "reason": "lost disk",
}  # fmt: skip


def _task(place: World) -> Any:
    grid = add_grid(OPERATOR, place.town, code="310118110001001", name={"zh": "网格"})
    told = {"grid": grid, "body": place.centre, "asker": place.water, "lines": ["water"], "text": "look"}
    return acts.set_task(place.staff("handler", place.water), place.town, **told)


def _setting(place: World) -> Case:
    grid = add_grid(OPERATOR, place.town, code="310118110001001", name={"zh": "网格"})
    told = {"grid": grid, "body": place.centre, "asker": place.water, "lines": ["water"], "text": "look"}
    return Case(place.staff("handler", place.water), place.town, told)


def _accounted(place: World) -> Case:
    village = add_organisation(OPERATOR, place.town, code="s1", name={"zh": "村委会"}, kind="committee")
    matter = _matter(place, category=place.noise)
    acts.dispatch(place.staff("clerk"), matter, to=village)
    told = {"amount": Decimal("120.50"), "what_for": "paint", "evidence": "list of donors"}
    return Case(place.staff("handler", village), matter, told)


def _on_duty(place: World, by: Actor, hours: int = 0, kind: str = "officer") -> Shift:
    """Somebody of the centre is on duty for eight hours, beginning an hour ago, or so many later."""
    (holder,) = appointments_of(by.id)
    since = now() + timedelta(hours=hours - 1)
    told = {"holder": holder, "kind": kind, "since": since, "until": since + timedelta(hours=8)}
    return acts.plan_shift(place.staff("coordinator"), place.centre, **told)


def _planning(place: World) -> Case:
    (holder,) = appointments_of(place.staff("clerk").id)
    told = {"holder": holder, "kind": "officer", "since": now(), "until": now() + timedelta(hours=8)}
    return Case(place.staff("coordinator"), place.centre, told)


def _handed_over(place: World) -> Case:
    first, second = place.staff("clerk"), place.staff("coordinator")
    shift = acts.hand_over_shift(first, _on_duty(place, first), note="a pump runs")
    _on_duty(place, second, hours=8)
    return Case(second, shift)


def _commanded(place: World) -> Any:
    """The government that commands the centre."""
    above = add_organisation(
        OPERATOR, place.county, code="q0", name={"zh": "区政府"}, kind="government", functions=["government"]
    )
    place.centre = put_under(OPERATOR, place.centre, superior=above)
    return above


_URGENT = {"title": "A dike leaks", "text": "At the bridge, since six; sandbags are on their way."}


def _urgent(place: World) -> tuple[Any, Urgent]:
    above = _commanded(place)
    return above, acts.report_urgent(place.staff("clerk"), place.centre, **_URGENT)


def _urgent_kept(place: World) -> Case:
    rule = RETENTION.replace("matters.retention", "matters.urgent_retention").replace("kind", "urgency")
    enact(OPERATOR, place.county, table=rule)
    _above, urgent = _urgent(place)
    ended = acts.report_finally(place.staff("clerk"), urgent, text="the dike holds")
    return Case(PLATFORM, ended, later=timedelta(days=800))


def _thing(place: World) -> Any:
    told = {"code": "P-1", "kind": "cover", "owner": place.water}
    return acts.add_thing(place.staff("coordinator"), place.town, **told)


CASES: dict[str, Callable[[World], Case]] = {
    "shift.plan": _planning,
    "shift.cancel": lambda w: Case(
        w.staff("director"), _on_duty(w, w.staff("clerk"), hours=4), {"reason": "ill"}
    ),
    "shift.hand_over": lambda w: (lambda by: Case(by, _on_duty(w, by), {"note": "a pump runs"}))(
        w.staff("clerk")
    ),
    "shift.take": _handed_over,
    "urgent.archive": _urgent_kept,
    "urgent.report": lambda w: (lambda a: Case(w.staff("clerk"), w.centre, dict(_URGENT)))(_commanded(w)),
    "urgent.report_further": lambda w: (
        lambda a, u: Case(w.staff("coordinator"), u, {"text": "the water falls"})
    )(*_urgent(w)),
    "urgent.report_finally": lambda w: (
        lambda a, u: Case(w.staff("clerk"), u, {"text": "the dike is mended"})
    )(*_urgent(w)),
    "urgent.acknowledge": lambda w: (lambda a, u: Case(w.staff("leader", a), u))(*_urgent(w)),
    "urgent.instruct": lambda w: (lambda a, u: Case(w.staff("director", a), u, {"text": "people first"}))(
        *_urgent(w)
    ),
    "thing.add": lambda w: Case(
        w.staff("data_steward"), w.town, {"code": "P-1", "kind": "cover", "owner": w.water}
    ),
    "thing.change_owner": lambda w: Case(
        w.staff("coordinator"), _thing(w), {"owner": w.centre, "reason": "minutes 3"}
    ),
    "thing.retire": lambda w: Case(w.staff("data_steward"), _thing(w), {"reason": "filled in"}),
    "account.note": _accounted,
    "task.do": lambda w: Case(w.staff("grid_worker"), _task(w), {"result": "seen"}),
    "task.join": lambda w: Case(w.staff("coordinator"), _task(w), {"lines": ["ecology"]}),
    "task.refuse": lambda w: Case(w.staff("coordinator"), _task(w), {"reason": "never admitted"}),
    "task.set": _setting,
    "matter.accept": lambda w: Case(w.staff("handler", w.water), _matter(w)),
    "matter.add_support": lambda w: Case(
        w.staff("handler", w.water), _matter(_ruled(w)), {"body": w.beside(), "task": "take a sample"}
    ),
    "matter.answer_directly": lambda w: Case(w.staff("clerk"), _matter(w), {"text": "until 17:30"}),
    "matter.answer_interim": lambda w: Case(w.staff("handler", w.water), _matter(w), {"text": "soon"}),
    "matter.arbitrate": lambda w: (lambda b, m, g: Case(g, m, {"arbiter": w.centre, "reason": "who leads?"}))(
        *_returned(w)
    ),
    "matter.arrive": lambda w: (lambda b, m, c: Case(w.staff("handler", b), m, {"muster": c}))(*_mustered(w)),
    "matter.ask_extension": lambda w: Case(
        w.staff("handler", w.water), _matter(_ruled(w)), {"days": 2, "reason": "laboratory", "told": True}
    ),
    "matter.ask_superiors": lambda w: (lambda b, m, g: Case(g, m, {"reason": "nobody commands both"}))(
        *_returned(w)
    ),
    "matter.call_back": _called,
    "matter.carry_out": _instructed,
    "matter.conclude_muster": lambda w: (
        lambda b, m, c: Case(w.staff("handler", w.water), m, {"muster": c, "conclusion": "closed"})
    )(*_mustered(w)),
    "matter.confer": lambda w: (
        lambda b, m, g: Case(g, m, {"invited": [b], "about": "who leads", "meets_at": now()})
    )(*_returned(w)),
    "matter.decide_plea": _pleaded,
    "matter.decline": lambda w: Case(
        w.staff("clerk"), _matter(w), {"reason": "a court has it", "right_door": "the court"}
    ),
    "matter.designate": lambda w: (
        lambda a, m: Case(w.staff("director", a), m, {"to": w.centre, "reason": "it is yours"})
    )(*_arbitrated(w)),
    "matter.escalate": _escalated,
    "matter.go_on": _stopped,
    "matter.hand_over": lambda w: Case(
        w.staff("handler", w.water), _matter(_ruled(w)), {"to": w.beside(), "reason": "it lies there"}
    ),
    "matter.instruct": lambda w: Case(
        w.staff("director"), _matter(w), {"to": w.water, "text": "today", "giver": w.centre}
    ),
    "matter.judge_muster": _concluded,
    "article.write": lambda w: Case(w.staff("handler", w.water), w.water, _article_told()),
    "article.review": lambda w: Case(
        w.staff("handler", w.water), _article(w), {"review_on": date(2099, 1, 1), "keywords": ["river"]}
    ),
    "article.retire": lambda w: Case(w.staff("handler", w.water), _article(w), {"reason": "no longer so"}),
    "article.remind": lambda w: Case(PLATFORM, _article(w)),
    "question.raise": lambda w: Case(w.staff("clerk"), w.water, {"text": "Who cleans the pond?"}),
    "question.settle": lambda w: Case(
        w.staff("handler", w.water),
        acts.raise_question(w.staff("clerk"), w.water, text="Who cleans the pond?"),
        {"reply": "The village does."},
    ),
    "submission.find": lambda w: Case(
        w.staff("clerk"), w.county, {"number": w.submission().number, "purpose": "the caller asks"}
    ),
    "matter.let_see": lambda w: Case(PLATFORM, _matter(w), {"neighbour": w.beside()}),
    "matter.merge": lambda w: Case(w.staff("clerk"), _matter(w), {"into": _matter(w, text="here too")}),
    "matter.minute": lambda w: (lambda g, m, c: Case(g, m, {"conference": c, "minutes": "each does half"}))(
        *_in_conference(w)
    ),
    "matter.muster": lambda w: Case(
        w.staff("handler", w.water), _matter(_ruled(w)), {"bodies": [w.beside()], "grounds": "pipe burst"}
    ),
    "matter.nearly_due": lambda w: (
        lambda m: Case(PLATFORM, m, {"deadline": Deadline.objects.filter(matter=m.pk)[0].pk})
    )(_matter(w)),
    "matter.opine": lambda w: (
        lambda b, m: Case(w.staff("handler", b), m, {"names": b, "reason": "it is ours"})
    )(*_before_superiors(w)),
    "matter.overdue": _overdue,
    "matter.plead": lambda w: (
        lambda m, r: Case(w.staff("handler", w.water), m, {"rating": r, "reason": "not ours"})
    )(*_rated(w)),
    "matter.release": lambda w: (
        lambda b, m, p: Case(w.staff("handler", w.water), m, {"part": p, "reason": "not wanted"})
    )(*_supported(w)),
    "matter.reopen": lambda w: Case(w.staff("clerk"), _closed(w), {"reason": "it smells again"}),
    "matter.report": lambda w: (
        lambda b, m, p: Case(w.staff("handler", b), m, {"part": p, "text": "sample taken"})
    )(*_supported(w)),
    "matter.return": lambda w: (
        lambda b, m, g: Case(w.staff("handler", b), m, {"reason": "it does not lie here"})
    )(*_offered(w)),
    "matter.sign_extension": _extension,
    "matter.stop": lambda w: Case(
        w.staff("handler", w.water), _matter(_ruled(w)), {"kind": "shelved", "reason": "no money this year"}
    ),
    "matter.succeed": _dissolved,
    "matter.supervise": lambda w: Case(
        w.staff("director", _guided(w)), _matter(w), {"watcher": _last_body("q6")}
    ),
    "matter.take_silently": _silent,
    "matter.unmerge": _merged,
    "matter.verify": lambda w: Case(
        w.staff("verifier"), _answered(_ruled(w)), {"passed": True, "text": "clean"}
    ),
    "matter.withdraw_offer": lambda w: (lambda b, m, g: Case(g, m))(*_returned(w)),
    "organisation.dissolve": lambda w: Case(w.staff("administrator"), w.water, {"reason": "reform"}),
    "organisation.put_under": lambda w: Case(w.staff("administrator"), w.water, {"superior": w.centre}),
    "region.move": lambda w: Case(OPERATOR, w.town, {"parent": w.neighbour, "reason": "decision of 1 May"}),
    "submission.chase": lambda w: Case(*_own_submission(w), {"text": "how far is it?"}),
    "submission.rate": lambda w: (
        lambda m: Case(
            anyone([Submission.objects.get(matter=m.pk).pk]),
            Submission.objects.get(matter=m.pk),
            {"resolved": True, "satisfied": 5},
        )
    )(_answered(w)),
    "submission.represent": lambda w: Case(w.staff("clerk"), w.submission()),
    "submission.supplement": lambda w: Case(*_own_submission(w), {"text": "and fish die"}),
    "submission.withdraw": lambda w: Case(*_own_submission(w)),
    "account.clear_totp": _clear,
    "account.keep_list": lambda w: (
        lambda a: Case(_own(a), a, {"name": "overdue", "address": "/desk/list/all/?state=overdue"})
    )(_account(w)),
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
        w.staff("clerk"),
        w.submission(contact=Contact(name="Li")),
        {"purpose": "to call back about the river"},
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
    "law.note": lambda w: Case(
        w.staff("rule_author"),
        w.county,
        {"title": "信访工作条例", "change": "amended", "on": date(2026, 1, 1)},
    ),
    "rule.accept_finding": _rule_accepting,
    "rule.adopt": lambda w: Case(
        w.staff("rule_approver"), propose_jointly(OPERATOR, _area(w), table=ROUTING), {"region": w.county}
    ),
    "rule.align": _rule_aligning,
    "rule.approve": lambda w: Case(w.staff("rule_approver"), _rule_reviewed(w)),
    "rule.arrange": lambda w: Case(
        w.staff("rule_author"),
        w.town,
        {"topic": "covenant", "title": {"zh": "村规民约"}, "text": "晚十点后不放鞭炮"},
    ),
    "rule.draft": lambda w: Case(w.staff("rule_author"), w.county, {"table": SOUND}),
    "rule.enact": lambda w: Case(OPERATOR, w.county, {"table": ROUTING}),
    "rule.file": lambda w: Case(
        w.staff("rule_approver"), _rule_in_force(w), {"number": "备〔2026〕1号", "on": date(2026, 1, 5)}
    ),
    "rule.lapse": lambda w: Case(
        PLATFORM,
        enact(OPERATOR, w.county, table=ROUTING, effective_until=now() + timedelta(days=2)),
        later=timedelta(days=3),
    ),
    "rule.propose_jointly": lambda w: Case(OPERATOR, _area(w), {"table": ROUTING}),
    "rule.repeal": lambda w: Case(
        w.staff("rule_approver"), _rule_in_force(w), {"reason": "no longer needed"}
    ),
    "rule.review": lambda w: Case(w.staff("rule_reviewer"), _rule_verified(w)),
    "rule.revise": lambda w: Case(w.staff("rule_author"), _rule_drafted(w), {"table": SOUND}),
    "rule.send_back": lambda w: Case(
        w.staff("rule_reviewer"), _rule_verified(w), {"reason": "row 2 is unlawful"}
    ),
    "rule.verify": lambda w: Case(w.staff("rule_author"), _rule_drafted(w)),
    "rule.withdraw": lambda w: Case(w.staff("rule_author"), _rule_drafted(w)),
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
