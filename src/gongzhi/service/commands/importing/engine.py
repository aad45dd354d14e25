"""The import itself: batches of rows become acts of history, each batch in one transaction."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from django.db import IntegrityError, OperationalError
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.acts import recounting, together
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Invalid, Refusal
from gongzhi.foundation.ledger.sequencer import sequence
from gongzhi.foundation.ledger.work import History
from gongzhi.foundation.parties.actors import IMPORTER
from gongzhi.governance.matters.acts import Place, answer, close, dispatch, file, promise
from gongzhi.governance.matters.queries.imported import imported
from gongzhi.service.commands.importing.catalogue import Catalogue
from gongzhi.service.commands.importing.files import Read, Table, opened
from gongzhi.service.commands.importing.mapping import Mapping
from gongzhi.service.commands.importing.pace import Pace
from gongzhi.service.commands.importing.report import Report
from gongzhi.service.commands.importing.rows import BadRow, Case, Plan, Problem
from gongzhi.service.commands.importing.times import Moment

#: After so many entries they get their positions, so that none waits for a minute.
_SEQUENCE_AFTER = 20_000

_A_LITTLE = 1_000

#: Another import at the same time, or two numbers drawn alike: a batch is tried anew so many times.
_TRIES = 5


@dataclass
class Outcome:
    """What came of an import; ``read = landed + unchanged + rejected``."""

    mapping: str
    file: str
    dry_run: bool
    read: int = 0
    landed: int = 0
    unchanged: int = 0
    rejected: int = 0
    seconds: float = 0.0

    def told(self) -> dict[str, object]:
        """The outcome as JSON tells it."""
        return {**asdict(self), "seconds": round(self.seconds, 3)}


class _Refused(Exception):
    def __init__(self, case: Case, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.case, self.refusal = case, refusal


class Import:
    """One file, by one mapping."""

    def __init__(
        self,
        mapping: Mapping,
        path: Path,
        report: Report,
        *,
        dry_run: bool = False,
        progress: Callable[[Outcome], None] = lambda outcome: None,
    ) -> None:
        self.mapping, self.path, self.report = mapping, path, report
        self.dry_run, self.progress = dry_run, progress
        self.catalogue = Catalogue(mapping)
        self.outcome = Outcome(mapping.name, path.name, dry_run)
        self._entries = 0

    def run(self) -> Outcome:
        """Read every row; good ones land once, bad ones go to the report."""
        started = time.monotonic()
        with _no_search_for_cycles(), opened(self.path, self.mapping.file) as table:
            plan = self._plan(table)
            rows = table.rows()
            pace = Pace()
            while batch := list(islice(rows, pace.next())):
                self._batch(plan, batch)
                self._sequence_some(pace)
                self.outcome.seconds = time.monotonic() - started
                self.progress(self.outcome)
                gc.collect(1)
        if not self.dry_run:
            sequence()
        self.outcome.seconds = time.monotonic() - started
        return self.outcome

    def _sequence_some(self, pace: Pace) -> None:
        if self._entries > _SEQUENCE_AFTER:
            sequence()
            self._entries = 0
        elif pace.is_gentle:
            sequence(limit=_A_LITTLE)

    def _plan(self, table: Table) -> Plan:
        if missing := sorted(self.mapping.columns() - set(table.columns)):
            raise Invalid(
                _("%(file)s has no column %(missing)s; it has %(columns)s.")
                % {
                    "file": table.name,
                    "missing": ", ".join(missing),
                    "columns": ", ".join(table.columns),
                },
                field="file",
            )
        return Plan(self.mapping, table.columns, table.name, now())

    def _batch(self, plan: Plan, batch: list[Read]) -> None:
        self.outcome.read += len(batch)
        cases = list(self._understood(plan, batch))
        for tries in range(_TRIES):
            try:
                self._leave_out_what_landed(cases)
                self._land(cases)
                self.outcome.landed += len(cases)
                return
            except (IntegrityError, OperationalError):
                self.catalogue.forget()
                if tries == _TRIES - 1:
                    raise

    def _understood(self, plan: Plan, batch: list[Read]) -> Iterator[Case]:
        for read in batch:
            try:
                yield plan.case(read)
            except BadRow as bad:
                self._reject(bad.problems)

    def _leave_out_what_landed(self, cases: list[Case]) -> None:
        """Count the cases that have landed before, and refuse those that differ from what landed."""
        had = imported(case.key for case in cases)
        for case in list(cases):
            prior = had.setdefault(case.key, "")
            if prior == "":
                had[case.key] = case.digest
                continue
            cases.remove(case)
            if prior == case.digest:
                self.outcome.unchanged += 1
            else:
                self._reject([_changed(case)])

    def _land(self, cases: list[Case]) -> None:
        """Recount the cases in one transaction; a case that an act refuses is left out."""
        while cases and not self.dry_run:
            self.catalogue.found()
            try:
                with together() as unit:
                    for case in cases:
                        self._recount(case)
                    entries = len(unit.entries)
            except _Refused as refused:
                self.catalogue.forget()
                cases.remove(refused.case)
                told = refused.refusal
                self._reject([Problem(refused.case.line, told.field or "", "", str(told))])
            else:
                self.catalogue.keep()
                self._entries += entries
                return

    def _recount(self, case: Case) -> None:
        try:
            recount(case, self.catalogue, self.mapping)
        except Refusal as refusal:
            raise _Refused(case, refusal) from None

    def _reject(self, problems: list[Problem]) -> None:
        self.outcome.rejected += 1
        self.report.add(problems)


def recount(case: Case, catalogue: Catalogue, mapping: Mapping) -> None:
    """Record what one row says was done, act by act."""
    lon, lat = case.point or (None, None)
    opened_by, promised_by, dispatched_by, answered_by, closed_by = case.said_by
    told = _history(case, case.opened, opened_by)
    with recounting(IMPORTER, told):
        submission = file(
            IMPORTER,
            catalogue.region(case.places),
            kind=case.kind,
            category=catalogue.category(case.category),
            text=case.text,
            channel=case.channel,
            place=Place(case.place, lon, lat, catalogue.grid(case.grid)),
            language=mapping.language,
            source=case.key,
            digest=case.digest,
            title=case.title,
        )
    matter = submission.matter
    assert matter is not None  # noqa: S101  filing opens one
    if case.due is not None:
        told = _history(case, case.opened, promised_by, told)
        with recounting(IMPORTER, told):
            promise(IMPORTER, matter, due=case.due.at, precision=case.due.precision)
    if case.dispatched is not None:
        told = _history(case, case.dispatched, dispatched_by, told)
        with recounting(IMPORTER, told):
            dispatch(IMPORTER, matter, to=catalogue.organisation(case.organisation))
    if case.answered is not None:
        told = _history(case, case.answered, answered_by, told)
        with recounting(IMPORTER, told):
            answer(IMPORTER, matter, text=case.answer)
    if case.closed is not None:
        told = _history(case, case.closed, closed_by, told)
        with recounting(IMPORTER, told):
            close(IMPORTER, matter, outcome=case.outcome)


def _history(case: Case, moment: Moment, by: str | None, before: History | None = None) -> History:
    at, precision = moment
    if before and before.occurred == at and before.attributed == by and before.precision == precision:
        return before
    return History(at, source=case.source, attributed=by, precision=precision)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """A batch makes many objects and no cycles; looking for some takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _changed(case: Case) -> Problem:
    return Problem(
        case.line,
        "",
        case.key,
        _("was imported before with other content; what has landed is not changed by an import"),
    )
