"""Whatever is done to a matter, in whatever order, by whomever: it stays answered for, and can end.

A state machine does acts at random, with five bodies of two authorities and an area above them, and looks
after each step. Most of what it tries is refused; what is not must leave everything in order.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BODIES = ("q1", "q3", "q6", "w1", "w3")
KINDS = ("complain", "consult", "help")
REASON = "said at random"

#: So many steps a machine takes; how many machines there are is the profile's.
STEPS = 40


class Board:
    """A little country, with somebody for each role in each body."""

    def __init__(self) -> None:
        from gongzhi.foundation.parties.actors import OPERATOR
        from gongzhi.foundation.parties.acts import add_organisation
        from gongzhi.foundation.regions.acts import found_area
        from gongzhi.foundation.rulebooks.acts import adopt, enact, propose_jointly
        from gongzhi.governance.matters.rules import default_tables
        from tests.builders import world

        self.world = w = world()

        def body(region: Any, code: str, functions: list[str], superior: Any = None) -> Any:
            return add_organisation(
                OPERATOR, region, code=code, name={"zh": code}, kind="government", functions=functions,
                superior=superior,
            )  # fmt: skip

        self.q0 = body(w.county, "q0", ["government"])
        self.w0 = body(w.neighbour, "w0", ["government"])
        self.a1 = body(w.top, "a1", ["coordination"])
        from gongzhi.foundation.parties.acts import put_under

        for each in (w.centre, w.water):
            put_under(OPERATOR, each, superior=self.q0)
        self.body = {
            "q1": w.centre,
            "q3": w.water,
            "q6": body(w.county, "q6", ["city_order"], self.q0),
            "w1": body(w.neighbour, "w1", ["centre"], self.w0),
            "w3": body(w.neighbour, "w3", ["water"], self.w0),
        }
        for table in default_tables():
            enact(OPERATOR, w.top, table=table)
        area = found_area(OPERATOR, w.top, code="x", name={"zh": "区"}, members=[w.county, w.neighbour])
        version = propose_jointly(OPERATOR, area, table=JOINT)
        for member in (w.county, w.neighbour):
            adopt(OPERATOR, version, region=member)
        self.actors = [
            *(w.staff(role, self.body[code]) for code in BODIES for role in ("handler", "leader")),
            *(w.staff(role, self.body[code]) for code in ("q1", "w1") for role in ("clerk", "coordinator")),
            w.staff("verifier"), w.staff("caller"), w.staff("director"),
            w.staff("leader", self.q0), w.staff("leader", self.w0), w.staff("area_coordinator", self.a1),
        ]  # fmt: skip
        self.all = [*self.body.values(), self.q0, self.w0, self.a1]


JOINT = """
table: matters.designation
hit: F
inputs: [{name: category, type: string}]
outputs: [{name: designate, type: boolean}]
rules:
  - {when: {category: '"smell"'}, then: {designate: true}, basis: "memorandum"}
  - {when: {category: '-'}, then: {designate: false}, basis: "memorandum"}
"""


class Handling(RuleBasedStateMachine):
    """Acts at random on up to three matters."""

    def __init__(self) -> None:
        super().__init__()
        from django.db import transaction

        from gongzhi.governance.matters.models import Matter, Submission

        self.kinds = (Matter, Submission)
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.board = Board()
        self.matters: list[Any] = []
        self.counted: dict[Any, tuple[int, int, int]] = {}

    def teardown(self) -> None:
        from django.db import transaction

        try:
            for key in self.matters:
                self.bring_to_an_end(key)
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # -- what is done ------------------------------------------------------------------------------

    @precondition(lambda self: len(self.matters) < 3)
    @rule(smell=st.booleans(), kind=st.sampled_from(KINDS), known=st.booleans())
    def bring_in(self, smell: bool, kind: str, known: bool) -> None:
        from gongzhi.foundation.parties.actors import anyone
        from gongzhi.governance.matters.acts import file

        w = self.board.world
        made = file(
            anyone(), w.town, kind=kind, category=w.smell if smell else w.noise, text="It is bad",
            person=w.person("Li") if known else None,
        )  # fmt: skip
        self.matters.append(made.matter_id)

    @precondition(lambda self: self.matters)
    @rule(
        which=st.integers(0, 2), who=st.integers(0, 399), body=st.integers(0, 7), other=st.integers(0, 7),
        verb=st.integers(0, 799), yes=st.booleans(),
    )  # fmt: skip
    def do(self, which: int, who: int, body: int, other: int, verb: int, yes: bool) -> None:
        from gongzhi.foundation.ledger.refusals import Refusal

        matter = self.matter(self.matters[which % len(self.matters)])
        actors = self.concerned(matter) if who % 4 else self.board.actors
        actor = actors[who // 4 % len(actors)]
        verbs = self.promising(matter) if verb % 4 else list(ATTEMPTS)
        name = verbs[verb // 4 % len(verbs)]
        chosen = (self.board.all[body], self.board.all[other])
        try:
            ATTEMPTS[name](self, actor, matter, *chosen, yes)
            DONE[name] += 1
        except (Refusal, LookupError):
            DONE["refused"] += 1

    def promising(self, matter: Any) -> list[str]:
        """What is worth trying as a matter stands; what ends it at once is left to chance."""
        from gongzhi.governance.matters.models import Handover

        live = next((h for h in Handover.objects.filter(matter=matter.pk) if h.is_live), None)
        if live is not None:
            return SETTLING[live.step]
        return STANDING[matter.state]

    def concerned(self, matter: Any) -> list[Any]:
        """Those who work for a body that has a part in a matter: most of what they try is possible."""
        from gongzhi.governance.matters.models import Part

        parts = Part.objects.filter(matter=matter, released_at=None).values_list("organisation", flat=True)
        bodies = set(parts)
        return [actor for actor in self.board.actors if actor.organisations & bodies]

    def matter(self, key: Any) -> Any:
        return self.kinds[0].objects.select_related("category", "region").get(pk=key)

    def submission(self, matter: Any) -> Any:
        found = self.kinds[1].objects.filter(matter=matter).order_by("pk").first()
        if found is None:
            raise LookupError("merged away")
        return found

    # -- what must hold ----------------------------------------------------------------------------

    @invariant()
    def all_in_order(self) -> None:
        from gongzhi.governance.matters.models import Deadline, Handover, Merging, Part, State, Step

        live = [Step.OFFERED, Step.RETURNED, Step.ARBITRATION, Step.CONFERENCE, Step.SUPERIORS]
        for key in self.matters:
            matter = self.matter(key)
            assert matter.answering_id is not None, "exactly one body answers to the person"
            counts = (matter.returns, matter.reopenings, matter.failures)
            assert all(a <= b for a, b in zip(self.counted.get(key, (0, 0, 0)), counts, strict=True))
            self.counted[key] = counts
            running = list(Deadline.objects.filter(matter=key, met_at=None))
            parts = Part.objects.filter(matter=key, released_at=None)
            bodies = set(parts.values_list("organisation", flat=True)) | {matter.answering_id}
            for clock in running:
                assert clock.holder_id in bodies, f"nobody here can stop {clock.clock}"
            opened = parts.filter(role="support", reported_at=None).count()
            handovers = Handover.objects.filter(matter=key, step__in=live).count()
            assert handovers <= 1
            if matter.state == State.CLOSED:
                assert not opened
                assert not running
                assert not handovers
                assert not matter.stopped
                assert matter.outcome
            if matter.state == State.MERGED:
                assert not running
                assert Merging.objects.filter(source=key, undone_at=None).count() == 1
            if matter.state == State.DISPATCHED:
                assert matter.lead_id in set(parts.filter(role="lead").values_list("organisation", flat=True))
            if matter.state == State.OPEN:
                assert matter.lead_id is None

    def bring_to_an_end(self, key: Any) -> None:
        """From any state, those whose turn it is bring a matter to its end in a few steps."""
        from gongzhi.governance.matters.models import OVER

        for _step in range(30):
            matter = self.matter(key)
            if matter.state in OVER:
                return
            next_step(self.board, matter)
            self.all_in_order()
        raise AssertionError(f"no end is reached from {self.matter(key).state}")


def next_step(board: Board, matter: Any) -> None:
    """What whoever must do something next does, so that the matter ends."""
    from gongzhi.foundation.ledger.acts import PLATFORM
    from gongzhi.governance.matters import acts
    from gongzhi.governance.matters.models import CallBack, Handover, Part, State, Verification

    handover = next((h for h in Handover.objects.filter(matter=matter.pk) if h.is_live), None)
    supports = [p for p in Part.objects.filter(matter=matter.pk, role="support") if p.is_open]
    if matter.stopped:
        acts.go_on(staff(board, matter.answering, "leader"), matter)
    elif handover is not None:
        acts.withdraw_offer(staff(board, handover.giver, "leader"), matter)
    elif supports:
        acts.release(staff(board, matter.answering, "leader"), matter, part=supports[0], reason=REASON)
    elif matter.state == State.OPEN:
        led = set(Part.objects.filter(matter=matter.pk, role="lead").values_list("organisation", flat=True))
        free = [body for body in board.body.values() if body.pk not in led] or list(board.body.values())
        acts.dispatch(staff(board, board.body["q1"], "clerk"), matter, to=free[0])
    elif matter.state == State.DISPATCHED:
        acts.answer(staff(board, matter.lead, "handler"), matter, text="done")
    elif matter.state == State.ANSWERED:
        waiting = CallBack.objects.filter(matter=matter.pk, round=matter.round, reply="waiting").first()
        passed = Verification.objects.filter(matter=matter.pk, round=matter.round, passed=True).exists()
        if not passed and matter.kind != "consult":
            verifier = board.world.staff("verifier", board.body["w1"] if led_by(matter, "q1") else None)
            acts.verify(board.world.staff("verifier") or verifier, matter, passed=True, text="seen")
        elif waiting is not None:
            acts.call_back(board.world.staff("caller"), matter, call=waiting, reply="refused")
        else:
            acts.close(board.world.staff("clerk"), matter)
    else:
        raise AssertionError(f"{PLATFORM}: nothing to do in {matter.state}")


def led_by(matter: Any, code: str) -> bool:
    return matter.lead is not None and matter.lead.code == code


def staff(board: Board, body: Any, role: str) -> Any:
    return board.world.staff(role, body)


SETTLING = {
    "offered": ["accept", "return_", "return_", "withdraw_offer", "take_silently", "confer", "arbitrate"],
    "returned": ["arbitrate", "arbitrate", "confer", "ask_superiors", "dispatch", "withdraw_offer"],
    "arbitration": ["designate", "designate", "confer", "ask_superiors"],
    "conference": ["minute", "ask_superiors", "arbitrate", "confer"],
    "superiors": ["opine", "opine", "confer", "withdraw_offer"],
}
HANDLING = [
    "add_support", "answer", "answer", "arrive", "ask_extension", "carry_out", "conclude_muster", "confer",
    "contact", "dispatch", "escalate", "go_on", "hand_over", "hand_over", "instruct", "judge_muster", "merge",
    "minute", "muster", "release", "report", "report", "return_", "sign_extension", "stop", "supervise",
    "accept",
]  # fmt: skip
STANDING = {
    "open": ["dispatch", "dispatch", "hand_over", "add_support", "muster", "merge", "confer"],
    "dispatched": HANDLING,
    "answered": ["verify", "verify", "call_back", "close", "rate", "judge_muster"],
    "closed": ["reopen", "rate", "plead", "decide_plea", "judge_muster", "reopen"],
    "merged": ["unmerge", "note"],
}

# -- attempts: every act on a matter ----------------------------------------------------------------------


def _attempts() -> dict[str, Callable[..., Any]]:
    """Each act with arguments made of two bodies and a word; what cannot be is a LookupError."""
    from gongzhi.foundation.ledger.acts import PLATFORM
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.parties.actors import anyone
    from gongzhi.governance.matters import acts, models

    def first(kind: Any, **about: Any) -> Any:
        found = kind.objects.filter(**about).order_by("-pk").first()
        if found is None:
            raise LookupError(kind.__name__)
        return found

    def own(machine: Handling, matter: Any) -> tuple[Any, Any]:
        submission = machine.submission(matter)
        return anyone([submission.pk]), submission

    def merge(machine: Handling, by: Any, matter: Any, a: Any, b: Any, yes: bool) -> Any:
        others = [key for key in machine.matters if key != matter.pk]
        return acts.merge(by, matter, into=machine.matter(others[0]))

    def plea(machine: Handling, by: Any, matter: Any, a: Any, b: Any, yes: bool) -> Any:
        rating = first(models.Rating, matter=matter)
        return acts.plead(by, matter, rating=rating, reason=REASON)

    duty = acts.Duty
    return {
        "accept": lambda m, by, x, a, b, y: acts.accept(by, x),
        "add_support": lambda m, by, x, a, b, y: acts.add_support(by, x, body=a, task=REASON),
        "answer": lambda m, by, x, a, b, y: acts.answer(by, x, text=REASON),
        "answer_directly": lambda m, by, x, a, b, y: acts.answer_directly(by, x, text=REASON),
        "answer_interim": lambda m, by, x, a, b, y: acts.answer_interim(by, x, text=REASON),
        "arbitrate": lambda m, by, x, a, b, y: acts.arbitrate(by, x, arbiter=a),
        "arrive": lambda m, by, x, a, b, y: acts.arrive(by, x, muster=first(models.Muster, matter=x)),
        "ask_extension": lambda m, by, x, a, b, y: acts.ask_extension(by, x, days=2, reason=REASON, told=y),
        "ask_superiors": lambda m, by, x, a, b, y: acts.ask_superiors(by, x, reason=REASON),
        "call_back": lambda m, by, x, a, b, y: acts.call_back(
            by, x, call=first(models.CallBack, matter=x, reply="waiting"),
            reply="reached" if y else "unreached", resolved=y, satisfied=3,
        ),
        "carry_out": lambda m, by, x, a, b, y: acts.carry_out(
            by, x, instruction=first(models.Instruction, matter=x), text=REASON
        ),
        "chase": lambda m, by, x, a, b, y: acts.chase(*own(m, x)),
        "close": lambda m, by, x, a, b, y: acts.close(by, x),
        "conclude_muster": lambda m, by, x, a, b, y: acts.conclude_muster(
            by, x, muster=first(models.Muster, matter=x), conclusion=REASON
        ),
        "confer": lambda m, by, x, a, b, y: acts.confer(
            by, x, invited=[a, b], about=REASON, meets_at=now() + timedelta(days=1)
        ),
        "contact": lambda m, by, x, a, b, y: acts.contact(by, x, text=REASON),
        "decide_plea": lambda m, by, x, a, b, y: acts.decide_plea(
            by, x, rating=first(models.Rating, matter=x), granted=y, reason=REASON
        ),
        "decline": lambda m, by, x, a, b, y: acts.decline(by, x, reason=REASON, right_door="12368"),
        "designate": lambda m, by, x, a, b, y: acts.designate(
            by, x, to=a, reason=REASON, supports=[duty(b, REASON)] if y and a is not b else []
        ),
        "dispatch": lambda m, by, x, a, b, y: acts.dispatch(by, x, to=a),
        "escalate": lambda m, by, x, a, b, y: acts.escalate(by, x, to=a, reason=REASON),
        "go_on": lambda m, by, x, a, b, y: acts.go_on(by, x),
        "hand_over": lambda m, by, x, a, b, y: acts.hand_over(by, x, to=a, reason=REASON),
        "instruct": lambda m, by, x, a, b, y: acts.instruct(
            by, x, to=a, text=REASON, giver=b, due=now() + timedelta(days=1)
        ),
        "judge_muster": lambda m, by, x, a, b, y: acts.judge_muster(
            by, x, muster=first(models.Muster, matter=x), judged=a, mark=3
        ),
        "merge": merge,
        "minute": lambda m, by, x, a, b, y: acts.minute(
            by, x, conference=first(models.Conference, matter=x), minutes=REASON,
            duties=[duty(a, REASON)], lead=b if y else None,
        ),
        "muster": lambda m, by, x, a, b, y: acts.muster(by, x, bodies=[a], grounds=REASON),
        "note": lambda m, by, x, a, b, y: acts.note(by, x, text=REASON),
        "note_nearly_due": lambda m, by, x, a, b, y: acts.note_nearly_due(
            PLATFORM, x, deadline=first(models.Deadline, matter=x, met_at=None).pk
        ),
        "opine": lambda m, by, x, a, b, y: acts.opine(by, x, names=a),
        "plead": plea,
        "rate": lambda m, by, x, a, b, y: acts.rate(*own(m, x), resolved=y, satisfied=2),
        "release": lambda m, by, x, a, b, y: acts.release(
            by, x, part=first(models.Part, matter=x, role="support"), reason=REASON
        ),
        "reopen": lambda m, by, x, a, b, y: acts.reopen(own(m, x)[0] if y else by, x, reason=REASON),
        "report": lambda m, by, x, a, b, y: acts.report(
            by, x, part=first(models.Part, matter=x, role="support"), text=REASON
        ),
        "represent": lambda m, by, x, a, b, y: acts.represent(by, m.submission(x), speaks=y),
        "return_": lambda m, by, x, a, b, y: acts.return_(by, x, reason=REASON, proposal=a if y else None),
        "sign_extension": lambda m, by, x, a, b, y: acts.sign_extension(
            by, x, extension=first(models.Extension, matter=x), granted=y
        ),
        "stop": lambda m, by, x, a, b, y: acts.stop(
            by, x, kind="shelved" if y else "suspended", reason=REASON
        ),
        "supervise": lambda m, by, x, a, b, y: acts.supervise(by, x, watcher=a),
        "supplement": lambda m, by, x, a, b, y: acts.supplement(*own(m, x), text=REASON),
        "take_silently": lambda m, by, x, a, b, y: acts.take_silently(PLATFORM, x),
        "unmerge": lambda m, by, x, a, b, y: acts.unmerge(by, x),
        "verify": lambda m, by, x, a, b, y: acts.verify(by, x, passed=y, text=REASON),
        "withdraw": lambda m, by, x, a, b, y: acts.withdraw(*own(m, x)),
        "withdraw_offer": lambda m, by, x, a, b, y: acts.withdraw_offer(by, x),
    }  # fmt: skip


ATTEMPTS: dict[str, Callable[..., Any]] = {}
#: How often each act was done, and how often one was refused.
DONE: Counter[str] = Counter()


def test_whatever_is_done_a_matter_is_answered_for_and_ends(db: None) -> None:
    ATTEMPTS.update(_attempts())
    machines = int(os.environ.get("MACHINES", "12"))
    run_state_machine_as_test(
        Handling,
        settings=settings(
            max_examples=machines,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if machines >= 200:
        assert set(DONE) >= set(ATTEMPTS), f"never done: {set(ATTEMPTS) - set(DONE)}"


def test_every_act_on_a_matter_is_tried(db: None) -> None:
    from gongzhi.governance.matters import acts

    tried = set(_attempts())
    all_acts = {name for name in acts.__all__ if name[0].islower() and hasattr(getattr(acts, name), "verb")}
    elsewhere = {
        "add_category", "archive", "deliver_notice", "erase_person", "file", "note_overdue", "open_matter",
        "promise", "succeed", "write_notice",
        "do_task", "join_task", "note_money", "refuse_task", "set_task",
        "find", "let_see", "raise_question", "remind_of_article", "retire_article", "reveal", "review_article",
        "settle_question", "write_article",
    }  # fmt: skip
    assert all_acts - elsewhere == tried
