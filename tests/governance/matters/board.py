"""A little country for a machine to play on, and every act that can be tried on a matter there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.prepared import Prepared
from gongzhi.foundation.parties.actors import anyone, held_by
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import (
    CallBack,
    Conference,
    Deadline,
    Extension,
    Instruction,
    Matter,
    Muster,
    Part,
    Rating,
    Submission,
)
from tests.governance.matters.test_handover import Border
from tests.moments import Moments

REASON = "said at random"


class Board:
    """Five bodies of two authorities and an area above them, with somebody for each role."""

    def __init__(self, clock: Moments) -> None:
        self.clock = clock
        border = Border()
        border.agree()
        self.world = border.world
        self.body = {
            "q1": border.q1, "q3": border.q3, "q6": border.q6, "w1": border.w1, "w3": border.w3,
        }  # fmt: skip
        self.all = [*self.body.values(), border.q0, border.w0, border.a1]
        self.li = self.world.person("Li")
        self.actors: dict[str, Any] = {}
        for each in self.all:
            self._appoint("handler", each.code)
            self._appoint("leader", each.code)
        for code in ("q1", "w1"):
            self._appoint("clerk", code)
            self._appoint("coordinator", code)
            self._appoint("verifier", code)
        for role in ("caller", "director", "grid_worker", "auditor", "rule_author", "rule_approver"):
            self._appoint(role, "q1")
        for role in ("rule_reviewer", "administrator"):
            self._appoint(role, "q1")
        self._appoint("area_coordinator", "a1")
        self.actors["platform"] = PLATFORM
        self.names = list(self.actors)
        self._able = {name: self._names_with(name) for name in ATTEMPTS}
        self.place = {each.pk: number for number, each in enumerate(self.all)}
        #: Who works for a body.
        self.of = {each.pk: {n for n in self.names if n.endswith(f" {each.code}")} for each in self.all}

    def _appoint(self, role: str, code: str) -> None:
        body = next(each for each in self.all if each.code == code)
        self.actors[f"{role} {code}"] = self.world.staff(role, body)

    def staff(self, body: Any, role: str) -> Any:
        """Whoever has a role in a body."""
        return self.actors[f"{role} {body.code}"]

    def works_for(self, name: str) -> int:
        """The place of the body for which somebody works."""
        return [each.code for each in self.all].index(name.split(" ")[1])

    def able(self, act: str) -> frozenset[str]:
        """Those who have a grant of an act, however far it goes."""
        return self._able[act]

    def _names_with(self, act: str) -> frozenset[str]:
        verb = getattr(acts, act).verb
        return frozenset(
            name
            for name, actor in self.actors.items()
            if any(verb in held.grants for held in held_by(actor) if held.staff)
        )


class Absent(Exception):
    """There is nothing to which an act could be done."""


class Table(Protocol):
    """What attempts need to know of a machine."""

    board: Board
    matters: list[UUID]


def matter_of(key: UUID) -> Matter:
    """A matter as it stands."""
    found = _MATTER.first(key)
    if found is None:
        raise Absent("matter")
    return found


_MATTER: Prepared[Matter] = Prepared(
    lambda key: Matter.objects.select_related("category", "region").filter(pk=key), UUID
)


def _newest(kind: Any, matter: Any, **about: Any) -> Any:
    found = _newest_of(kind, tuple(about.items())).first(matter.pk)
    if found is None:
        raise Absent(kind.__name__)
    return found


@cache
def _newest_of(kind: Any, about: tuple[tuple[str, Any], ...]) -> Prepared[Any]:
    return Prepared(lambda key: kind.objects.filter(matter=key, **dict(about)).order_by("-pk")[:1], UUID)


def _submission(matter: Any) -> Any:
    found = _SUBMISSION.first(matter.pk)
    if found is None:
        raise Absent("merged away")
    return found


_SUBMISSION: Prepared[Submission] = Prepared(
    lambda key: Submission.objects.filter(matter=key).order_by("pk")[:1], UUID
)


def _own(matter: Any) -> tuple[Any, Any]:
    submission = _submission(matter)
    return anyone([submission.pk]), submission


def _other(table: Table, matter: Any, yes: bool) -> Any:
    others = [key for key in table.matters if key != matter.pk]
    if not others:
        raise Absent("another matter")
    return matter_of(others[yes and len(others) - 1])


def _in_a_day(table: Table) -> Any:
    return table.board.clock.at + timedelta(days=1)


def _judge_muster(by: Any, matter: Any, body: Any, *, yes: bool) -> Any:
    """Judge whoever called one that was concluded, or some body in any muster."""
    muster = _newest(Muster, matter, **{"concluded_at__isnull": False} if yes else {})
    return acts.judge_muster(by, matter, muster=muster, judged=muster.caller if yes else body, mark=3)


Attempt = Callable[[Table, Any, Any, Any, Any, bool], Any]

#: Each act with arguments made of who, a matter, two bodies and a word.
ATTEMPTS: dict[str, Attempt] = {
    "accept": lambda t, by, x, a, b, y: acts.accept(by, x),
    "add_support": lambda t, by, x, a, b, y: acts.add_support(by, x, body=a, task=REASON),
    "answer": lambda t, by, x, a, b, y: acts.answer(by, x, text=REASON),
    "answer_directly": lambda t, by, x, a, b, y: acts.answer_directly(by, x, text=REASON),
    "answer_interim": lambda t, by, x, a, b, y: acts.answer_interim(by, x, text=REASON),
    "arbitrate": lambda t, by, x, a, b, y: acts.arbitrate(by, x, arbiter=a),
    "arrive": lambda t, by, x, a, b, y: acts.arrive(by, x, muster=_newest(Muster, x)),
    "ask_extension": lambda t, by, x, a, b, y: acts.ask_extension(by, x, days=2, reason=REASON, told=y),
    "ask_superiors": lambda t, by, x, a, b, y: acts.ask_superiors(by, x, reason=REASON),
    "call_back": lambda t, by, x, a, b, y: acts.call_back(
        by, x, call=_newest(CallBack, x, reply="waiting"),
        reply="reached" if y else "unreached", resolved=a.code < "q6", satisfied=3,
    ),
    "carry_out": lambda t, by, x, a, b, y: acts.carry_out(
        by, x, instruction=_newest(Instruction, x), text=REASON
    ),
    "chase": lambda t, by, x, a, b, y: acts.chase(*_own(x)) if y else acts.chase(by, _submission(x)),
    "close": lambda t, by, x, a, b, y: acts.close(by, x),
    "conclude_muster": lambda t, by, x, a, b, y: acts.conclude_muster(
        by, x, muster=_newest(Muster, x), conclusion=REASON
    ),
    "confer": lambda t, by, x, a, b, y: acts.confer(
        by, x, invited=[a, b], about=REASON, meets_at=_in_a_day(t)
    ),
    "contact": lambda t, by, x, a, b, y: acts.contact(by, x, text=REASON),
    "decide_plea": lambda t, by, x, a, b, y: acts.decide_plea(
        by, x, rating=_newest(Rating, x), granted=y, reason=REASON
    ),
    "decline": lambda t, by, x, a, b, y: acts.decline(by, x, reason=REASON, right_door="12368"),
    "designate": lambda t, by, x, a, b, y: acts.designate(
        by, x, to=a, reason=REASON, supports=[acts.Duty(b, REASON)] if y and a is not b else []
    ),
    "dispatch": lambda t, by, x, a, b, y: acts.dispatch(by, x, to=a),
    "escalate": lambda t, by, x, a, b, y: acts.escalate(by, x, to=a, reason=REASON),
    "go_on": lambda t, by, x, a, b, y: acts.go_on(by, x),
    "hand_over": lambda t, by, x, a, b, y: acts.hand_over(by, x, to=a, reason=REASON),
    "instruct": lambda t, by, x, a, b, y: acts.instruct(
        by, x, to=a, text=REASON, giver=b, due=_in_a_day(t)
    ),
    "judge_muster": lambda t, by, x, a, b, y: _judge_muster(by, x, a, yes=y),
    "merge": lambda t, by, x, a, b, y: acts.merge(by, x, into=_other(t, x, y)),
    "minute": lambda t, by, x, a, b, y: acts.minute(
        by, x, conference=_newest(Conference, x), minutes=REASON, duties=[acts.Duty(a, REASON)],
        lead=b if y else None,
    ),
    "muster": lambda t, by, x, a, b, y: acts.muster(by, x, bodies=[a], grounds=REASON),
    "note": lambda t, by, x, a, b, y: acts.note(by, x, text=REASON),
    "note_nearly_due": lambda t, by, x, a, b, y: acts.note_nearly_due(
        by, x, deadline=_newest(Deadline, x, met_at=None, nearly_at=None).pk
    ),
    "note_overdue": lambda t, by, x, a, b, y: acts.note_overdue(
        by, x, deadline=_newest(Deadline, x, met_at=None, overdue_at=None).pk
    ),
    "opine": lambda t, by, x, a, b, y: acts.opine(by, x, names=a),
    "plead": lambda t, by, x, a, b, y: acts.plead(by, x, rating=_newest(Rating, x), reason=REASON),
    "rate": lambda t, by, x, a, b, y: acts.rate(*_own(x), resolved=y, satisfied=2),
    "release": lambda t, by, x, a, b, y: acts.release(
        by, x, part=_newest(Part, x, role="support"), reason=REASON
    ),
    "reopen": lambda t, by, x, a, b, y: acts.reopen(_own(x)[0] if y else by, x, reason=REASON),
    "report": lambda t, by, x, a, b, y: acts.report(
        by, x, part=_newest(Part, x, role="support"), text=REASON
    ),
    "represent": lambda t, by, x, a, b, y: acts.represent(by, _submission(x), speaks=y),
    "return_": lambda t, by, x, a, b, y: acts.return_(by, x, reason=REASON, proposal=a if y else None),
    "sign_extension": lambda t, by, x, a, b, y: acts.sign_extension(
        by, x, extension=_newest(Extension, x), granted=y
    ),
    "stop": lambda t, by, x, a, b, y: acts.stop(by, x, kind="shelved" if y else "suspended", reason=REASON),
    "supervise": lambda t, by, x, a, b, y: acts.supervise(by, x, watcher=a),
    "supplement": lambda t, by, x, a, b, y: (
        acts.supplement(*_own(x), text=REASON) if y else acts.supplement(by, _submission(x), text=REASON)
    ),
    "take_silently": lambda t, by, x, a, b, y: acts.take_silently(by, x),
    "unmerge": lambda t, by, x, a, b, y: acts.unmerge(by, x),
    "verify": lambda t, by, x, a, b, y: acts.verify(by, x, passed=y, text=REASON),
    "withdraw": lambda t, by, x, a, b, y: (
        acts.withdraw(*_own(x)) if y else acts.withdraw(by, _submission(x))
    ),
    "withdraw_offer": lambda t, by, x, a, b, y: acts.withdraw_offer(by, x),
}  # fmt: skip
