"""The act: the only way in which state changes.

An act checks the actor's reach, locks its subject, changes rows, and leaves one entry in the
ledger, all in one transaction. ``ACTS`` lists everything that the platform can do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger import guard, remembered, statements, work
from gongzhi.foundation.ledger.canonical import digest
from gongzhi.foundation.ledger.identity import named
from gongzhi.foundation.ledger.models import Audience, Claim, Concern, Entry, Origin, Private, label
from gongzhi.foundation.ledger.prepared import by_key
from gongzhi.foundation.ledger.refusals import Conflict, NotAllowed
from gongzhi.foundation.ledger.work import Draft, History, Work

PUBLIC, PARTICIPANTS, STAFF, SEALED = Audience.PUBLIC, Audience.PARTICIPANTS, Audience.STAFF, Audience.SEALED

#: The grant that history is recorded under.
RECOUNT = "history.recount"

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=models.Model)
M = TypeVar("M", bound=models.Model)


class Actor(Protocol):
    """Whoever does something: a person, the public, another node, the platform itself."""

    @property
    def id(self) -> UUID: ...


class Authoriser(Protocol):
    """Decides who may do what to what; `parties` registers itself as the one."""

    def may(self, by: Actor, verb: str) -> bool:
        """Whether the actor has any grant of the verb."""

    def reach(self, by: Actor, verb: str, kind: type[models.Model]) -> models.Q | None:
        """The rows of a kind that the actor reaches with the verb; an empty Q is all, None is none."""

    def appointment(self, by: Actor, verb: str, subject: models.Model) -> UUID | None:
        """The appointment by which the actor acts."""


_authoriser: Authoriser | None = None


def authorise_with(authoriser: Authoriser) -> None:
    """Register who decides reach."""
    global _authoriser
    _authoriser = authoriser


def authoriser() -> Authoriser:
    """Whoever decides reach; without one everything is refused."""
    if _authoriser is None:
        raise NotAllowed(_("Nobody has been given any right here yet."))
    return _authoriser


@dataclass(frozen=True)
class Machine:
    """An actor that is no person: the platform's own consumers, or a bulk import."""

    id: UUID
    name: str


PLATFORM = Machine(named("platform"), "platform")

#: Everything that the platform can do: verb → act.
ACTS: dict[str, Act[Any, Any, Any]] = {}

#: Called after a transaction of acts has been committed: the sequencer wakes.
committed: list[Callable[[], None]] = []


class Act(Generic[S, P, R]):
    """A verb with its body, its audience and its title in the reader's language."""

    def __init__(
        self,
        verb: str,
        body: Callable[Concatenate[Any, S, P], R],
        *,
        title: Any,
        audience: Audience,
        creates: bool,
    ) -> None:
        self.verb, self.body, self.title, self.audience = verb, body, title, audience
        self.creates = creates
        self._audience = audience.value
        self.__doc__ = body.__doc__
        self.__name__ = body.__name__
        self.__module__ = body.__module__
        self.__wrapped__ = body

    def __repr__(self) -> str:
        return f"<act {self.verb}>"

    def __call__(self, by: Actor, subject: S, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it; a `Refusal` leaves everything as it was."""
        if (running := work.running()) is not None:
            return self._perform(running, by, subject, args, kwargs)
        return _once_more(lambda: self._outermost(by, subject, None, args, kwargs))

    def once(self, key: str | None) -> Callable[Concatenate[Any, S, P], R]:
        """The act under an idempotency key: done once for this actor, however often it is called."""

        def call(by: Actor, subject: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if key is None or work.running() is not None:
                return self(by, subject, *args, **kwargs)
            return _once_more(lambda: self._outermost(by, subject, key, args, kwargs))

        return call

    def many(self, by: Actor, subjects: Iterable[S], *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Do it to many subjects in one transaction: the same checks, the same entries, all or none."""
        return self._each(by, [(row, kwargs) for row in subjects], args)

    def each(self, by: Actor, calls: Iterable[tuple[S, dict[str, Any]]]) -> list[R]:
        """As `many`, with arguments of its own for each subject."""
        return self._each(by, list(calls), ())

    def _each(self, by: Actor, calls: Sequence[tuple[S, dict[str, Any]]], args: Any) -> list[R]:
        def together_once() -> list[R]:
            with together() as unit:
                self._reach_all(unit, by, [row for row, _arguments in calls])
                return [self._perform(unit, by, row, args, arguments) for row, arguments in calls]

        return together_once() if work.running() is not None else _once_more(together_once)

    def _outermost(self, by: Actor, subject: S, key: str | None, args: Any, kwargs: Any) -> R:
        with together() as unit:
            claim = None
            if key is not None:
                claim = _claim(by, self.verb, key, subject, args, kwargs)
                if claim.result:
                    return _result_of(claim)  # type: ignore[no-any-return]
            result = self._perform(unit, by, subject, args, kwargs)
            if claim is not None:
                unit.entries[0].claim = digest({"key": key})
                if isinstance(result, models.Model):
                    claim.result_kind, claim.result = label(type(result)), str(result.pk)
                else:
                    claim.result = "-"
                unit.claims.append(claim)
            return result

    def _perform(self, unit: Work, by: Actor, subject: S, args: Any, kwargs: Any) -> R:
        draft = Draft(
            self.verb,
            by.id,
            self._audience,
            label(type(subject)),
            subject.pk,
            getattr(subject, "region_id", None),
            first=unit.stack[0] if unit.stack else None,
            history=unit.history,
        )
        if _told_of(unit) is None or not unit.stack:
            subject = self._authorised(unit, by, subject, draft)
        mark, kept = len(unit.entries), unit.kept
        unit.entries.append(draft)
        unit.stack.append(draft)
        try:
            result = self.body(by, subject, *args, **kwargs)
        except BaseException:
            # A refused act leaves nothing, also where whoever called it goes on with others.
            del unit.entries[mark:]
            unit.broken = unit.broken or len(unit.stack) > 1 or unit.kept != kept
            raise
        finally:
            unit.stack.pop()
        if self.creates and isinstance(result, models.Model):
            draft.made_kind, draft.made = label(type(result)), result.pk
        return result

    def _authorised(self, unit: Work, by: Actor, subject: S, draft: Draft) -> S:
        judge = authoriser()
        if _told_of(unit) is not None or unit.is_new(subject):
            if not (_may_recount(unit, by) if _told_of(unit) is not None else judge.may(by, self.verb)):
                raise _not_allowed(self)
            draft.appointment = judge.appointment(by, self.verb, subject)
            return subject
        if (found := unit.reached.get((self.verb, by.id, type(subject), subject.pk))) is not None:
            draft.appointment = judge.appointment(by, self.verb, found)
            return found  # type: ignore[return-value]
        held = unit.locked.get((type(subject), subject.pk))
        reach = judge.reach(by, self.verb, type(subject))
        if reach is None:
            raise _not_allowed(self)
        if held is not None:
            if reach and not _rows(type(subject)).filter(reach, pk=subject.pk).exists():
                raise _not_allowed(self)
            subject = held  # type: ignore[assignment]
        elif reach or not self.creates:
            subject = self._lock_one(unit, reach, subject)
        draft.appointment = judge.appointment(by, self.verb, subject)
        return subject

    def _lock_one(self, unit: Work, reach: models.Q, subject: S) -> S:
        found = by_key(type(subject), reach, subject.pk, lock=not self.creates)
        if found is None:
            raise _not_allowed(self)
        if not self.creates:
            unit.locked[type(found), found.pk] = found
        return found

    def _reach_all(self, unit: Work, by: Actor, subjects: list[S]) -> None:
        """Find many subjects in key order, through the actor's reach, and lock those that are to change."""
        if not subjects:
            return
        kind = type(subjects[0])
        reach = authoriser().reach(by, self.verb, kind)
        if reach is None:
            raise _not_allowed(self)
        keys = [row.pk for row in subjects]
        rows = _rows(kind).filter(reach, pk__in=set(keys)).order_by("pk")
        if not self.creates:
            rows = rows.select_for_update(of=("self",))
        found = {row.pk: row for row in rows}
        if missing := sum(key not in found for key in keys):
            raise NotAllowed(
                _("%(missing)d of the %(all)d are outside your reach; nothing was changed.")
                % {"missing": missing, "all": len(keys)}
            )
        unit.reached.update({(self.verb, by.id, kind, key): row for key, row in found.items()})
        if not self.creates:
            unit.locked.update({(kind, key): row for key, row in found.items()})


def act(
    verb: str, title: Any, *, audience: Audience, creates: bool = False
) -> Callable[[Callable[Concatenate[Any, S, P], R]], Act[S, P, R]]:
    """Make a function an act: its first argument is who, its second the subject.

    ``creates`` says that the subject is the container in which something is made: it is not locked,
    and the entry names what was made.
    """

    def decorate(body: Callable[Concatenate[Any, S, P], R]) -> Act[S, P, R]:
        if verb in ACTS:
            raise ValueError(f"two acts are called {verb}")
        made = Act(verb, body, title=title, audience=audience, creates=creates)
        ACTS[verb] = made
        return made

    return decorate


def keep(row: models.Model, *fields: str) -> None:
    """Put a new row, or the named changed fields of an old one, into the act's unit of work."""
    work.current().keep(row, fields)


def standing(kind: type[M], **about: Any) -> list[M]:
    """The rows of a kind with some values, by key, as they stand within the act that is running.

    What the act has made or changed by now is told as it is now, and each row is one object however often
    it is asked for. ``about`` names columns, such as ``matter_id=…``.
    """
    return work.current().standing(kind, about)


def drop(row: models.Model) -> None:
    """Remove a row when the act is done; only for what the law says must not be kept."""
    work.current().drop(row)


def record(
    *,
    facts: dict[str, Any] | None = None,
    private: dict[str, Any] | None = None,
    persons: Iterable[UUID] = (),
    region: UUID | None = None,
    audience: Audience | None = None,
) -> None:
    """Add to the entry of the act that is running.

    ``facts`` are codes, grids, times and amounts, never personal; ``private`` is everything else
    and can be erased; ``persons`` are those whom the entry concerns.
    """
    draft = work.current().stack[-1]
    if facts:
        draft.facts.update(facts)
    if private:
        draft.private.update(private)
    if persons:
        draft.persons.update(persons)
    if region is not None:
        draft.region = region
    if audience is not None:
        draft.audience = audience.value


def erase(persons: Iterable[UUID] = (), subjects: Iterable[UUID] = ()) -> int:
    """Erase the private texts of all entries that concern persons or are about subjects.

    The running act's entry says which; every proof still holds. Returns how many texts went.
    """
    keys = list(subjects)
    about = models.Q(pk__in=Concern.objects.filter(person__in=list(persons)).values("entry"))
    about |= models.Q(subject__in=keys) | models.Q(made__in=keys)
    entries = Entry.objects.filter(about).values("pk")
    found = set(Private.objects.filter(pk__in=entries).values_list("pk", flat=True))
    draft = work.current().stack[-1]
    draft.erased |= found
    draft.facts["erased"] = sorted(draft.erased)
    return len(found)


def cite(version: str, decided: dict[str, Any] | None = None) -> None:
    """Note in the entry of the act that is running, if one is, that a rule's version was consulted.

    ``decided`` is what it was asked and what it answered: codes, times and amounts, as all facts are.
    """
    unit = work.running()
    if unit is None or not unit.stack:
        return
    draft = unit.stack[-1]
    if version not in draft.rules:
        draft.rules.append(version)
    if decided is not None:
        draft.facts.setdefault("decided", []).append(decided)


def moment() -> datetime:
    """When what is being done happens: for history when it happened, else when the act began."""
    unit = work.current()
    return unit.history.occurred if unit.history else unit.moment


def historical() -> History | None:
    """What is being recounted, if the running act recounts history; what is played is no history."""
    unit = work.running()
    return _told_of(unit) if unit else None


def origin() -> str:
    """How what is being done comes into the ledger."""
    unit = work.current()
    return unit.history.origin if unit.history else Origin.HERE.value


def _told_of(unit: Work) -> History | None:
    return None if unit.history is not None and unit.history.played else unit.history


@contextmanager
def together() -> Iterator[Work]:
    """One transaction for many acts, flushed at its end."""
    if (outer := work.running()) is not None:
        yield outer
        return
    with guard.permitted(), guard.writing(), work.opened(Work()) as unit:
        yield unit
        unit.flush()
        if unit.renews:
            remembered.ask_again()
        transaction.on_commit(_tell_committed)


class recounting:  # noqa: N801  reads as a function does, and costs less than a generator
    """Record acts as history: form and order are checked, grants of people long gone are not.

    Needs a grant of ``history.recount``, and an open transaction (`together`).
    """

    __slots__ = ("_before", "_by", "_history", "_unit")

    def __init__(self, by: Actor, history: History) -> None:
        self._by, self._history = by, history

    def __enter__(self) -> None:
        unit = self._unit = work.current()
        if not _may_recount(unit, self._by):
            raise NotAllowed(_("You may not record what happened elsewhere."))
        self._before, unit.history = unit.history, self._history

    def __exit__(self, *_failure: object) -> None:
        self._unit.history = self._before


def _may_recount(unit: Work, by: Actor) -> bool:
    """Whether the actor may record history; whoever was found to is not asked about again at once."""
    if unit.recounter is not by and authoriser().may(by, RECOUNT):
        unit.recounter = by
    return unit.recounter is by


def _tell_committed() -> None:
    for tell in committed:
        tell()


def _rows(kind: type[models.Model]) -> models.QuerySet[Any]:
    return kind._base_manager.all()


def _not_allowed(of: Act[Any, Any, Any]) -> NotAllowed:
    return NotAllowed(
        _("This is outside your reach: %(act)s.") % {"act": of.title},
        instead=_("Ask the coordinator of your organisation, who can do it or knows who may."),
    )


def _claim(by: Actor, verb: str, key: str, subject: models.Model, args: Any, kwargs: Any) -> Claim:
    asked = digest({"subject": str(subject.pk), "args": _told(args), "named": _told(kwargs)})
    actor = by.id.hex if connection.vendor == "sqlite" else by.id
    edition, used_for, result_kind, result = statements.rows(_CLAIMED, [actor, verb, key])[0]
    remembered.is_now(edition)
    if used_for is not None and used_for != asked:
        raise Conflict(
            _("This key was already used for something else."),
            instead=_("Send a new key with a new request."),
        )
    claim = Claim(actor=by.id, verb=verb, key=key, digest=asked, made=work.current().moment)
    if used_for is not None:
        claim.result_kind, claim.result = result_kind, result
    return claim


#: What came of a key before, and the edition, which every act asks for.
_CLAIMED = (
    "SELECT (SELECT token FROM ledger_edition), c.digest, c.result_kind, c.result FROM (SELECT 1) one"
    " LEFT JOIN ledger_claim c ON c.actor = %s AND c.verb = %s AND c.key = %s"
)


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _told(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_told(v) for v in value]
    if isinstance(value, models.Model):
        return str(value.pk)
    return value if isinstance(value, str | int | bool | None) else repr(value)


def _result_of(claim: Claim) -> Any:
    if claim.result == "-":
        return None
    return _rows(apps.get_model(claim.result_kind)).get(pk=claim.result)


def _once_more(attempt: Callable[[], R], tries: int = 4) -> R:
    """Repeat what the database broke off and what would go well another time."""
    for left in reversed(range(tries)):
        try:
            return attempt()
        except (OperationalError, IntegrityError) as error:
            if not left or connection.in_atomic_block or not _passing(error):
                raise
    raise AssertionError("unreachable")


def _passing(error: Exception) -> bool:
    """Whether it would go well another time: a deadlock, a race for a key, two numbers drawn alike."""
    code = getattr(error.__cause__, "sqlstate", None)
    return code in ("40P01", "40001") or _DRAWN_ALIKE.search(str(error)) is not None


_DRAWN_ALIKE = re.compile(r"claim_once|ledger_claim|\w\.number\b|_number_key\b")
