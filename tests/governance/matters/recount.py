"""The measures of a period counted in another way: plain SQL over entries, then sets, matter by matter.

Shares no code with `queries.measures`, so that both can be wrong only in different ways.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

_SHARES = ("response", "finish", "resolution", "satisfaction", "arrival")
_COUNTS = ("excluded", "returns", "reopenings", "musters", "absences")
_LEADING = {
    "matter.dispatch": "to", "matter.accept": "body", "matter.designate": "to", "matter.escalate": "to",
    "matter.take_silently": "body", "matter.reopen": "lead",
}  # fmt: skip


def exported(path: str, upto: int) -> list[dict[str, Any]]:
    """The entries of a region and all below it that have a position, as plain values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.verb, e.subject, e.made, e.facts, e.occurred FROM ledger_entry e"
            " JOIN ledger_position p ON p.entry_id = e.id JOIN regions_region r ON r.id = e.region"
            " WHERE p.position < %s AND r.path LIKE %s ORDER BY e.occurred, e.id",
            [upto, f"{path}%"],
        )
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT id FROM matters_matter WHERE sealed UNION SELECT id FROM matters_submission WHERE sealed"
        )
        sealed = {str(UUID(str(key))) for (key,) in cursor.fetchall()}
    told = []
    for verb, subject, made, facts, at in rows:
        about = str(UUID(str(made or subject))) if verb == "matter.open" else str(UUID(str(subject)))
        when = datetime.fromisoformat(at) if isinstance(at, str) else at
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        if about not in sealed:
            told.append({"verb": verb, "about": about, "facts": json.loads(facts), "at": when})
    return told


def recount(
    path: str, since: datetime, until: datetime, upto: int, satisfied_from: int | None
) -> dict[str, Any]:
    """By body, and for all under "", what can be counted; bodies of whom there is nothing are not told."""
    found: dict[str, dict[str, Any]] = defaultdict(_nothing)

    def share(body: str | None, name: str, yes: bool) -> None:
        for code in {body or "", ""}:
            had, of = found[code][name]
            found[code][name] = (had + yes, of + 1)

    def count(body: str | None, name: str) -> None:
        for code in {body or "", ""}:
            found[code][name] += 1

    by_matter: dict[str, list[dict[str, Any]]] = defaultdict(list)
    words: dict[tuple[str, str, int], list[tuple[bool, datetime, dict[str, Any]]]] = defaultdict(list)
    left_out, callers = set(), {}
    for entry in exported(path, upto):
        facts = entry["facts"]
        if entry["verb"] == "matter.muster":
            callers[facts["muster"]] = facts["caller"]
        if entry["verb"] == "submission.rate":
            words[entry["about"], str(UUID(facts["matter"])), facts["round"]].append(
                (True, entry["at"], facts)
            )
        elif entry["verb"] == "matter.call_back" and facts["reply"] == "reached":
            words[str(UUID(facts["submission"])), entry["about"], facts["round"]].append(
                (False, entry["at"], facts)
            )
        elif entry["verb"] == "matter.decide_plea" and facts["granted"]:
            left_out.add((str(UUID(facts["submission"])), entry["about"], facts["round"]))
        if entry["verb"].startswith("matter."):
            by_matter[entry["about"]].append(entry)
    for entries in by_matter.values():
        for name, body, yes, at in _clocks(entries):
            if since <= at < until:
                share(body, name, yes)
        for name, body, at in _counted(entries):
            if since <= at < until:
                count(body, name)
        for entry in entries:
            facts = entry["facts"]
            if not since <= entry["at"] < until:
                continue
            if entry["verb"] == "matter.arrive" and facts["in_time"] is not None:
                share(facts["body"], "arrival", facts["in_time"])
            if entry["verb"] == "matter.judge_muster":
                side = "as_caller" if callers[facts["muster"]] == facts["judged"] else "as_called"
                for code in {facts["judged"], ""}:
                    total, of = found[code][side]
                    found[code][side] = (total + facts["mark"], of + 1)
    for key, said in words.items():
        _own, at, facts = next((word for word in said if word[0]), said[0])
        if not since <= at < until:
            continue
        if key in left_out:
            count(facts["rated"], "excluded")
            continue
        if facts["resolved"] is not None:
            share(facts["rated"], "resolution", facts["resolved"])
        if facts["satisfied"] is not None and satisfied_from is not None:
            share(facts["rated"], "satisfaction", facts["satisfied"] >= satisfied_from)
    return {body: told for body, told in found.items() if told != _nothing()}


def _nothing() -> dict[str, Any]:
    return {
        **dict.fromkeys(_SHARES, (0, 0)), **dict.fromkeys(_COUNTS, 0), "as_caller": (0, 0), "as_called": (0, 0),
    }  # fmt: skip


def _lead_at(entries: list[dict[str, Any]], end: int) -> str | None:
    """Who led before the entry at an index."""
    lead: str | None = None
    for entry in entries[:end]:
        facts, verb = entry["facts"], entry["verb"]
        if verb in _LEADING and (facts.get(_LEADING[verb]) or verb == "matter.reopen"):
            lead = facts[_LEADING[verb]]
        if verb == "matter.opine" and facts["step"] == "designated":
            lead = facts["names"]
        if verb == "matter.succeed" and facts["body"] == lead:
            lead = facts["to"]
    return lead


def _clocks(entries: list[dict[str, Any]]) -> list[tuple[str, str | None, bool, datetime]]:
    """For each handling the first thing that decided its response and its end."""
    found = []
    opened = next((each["facts"] for each in entries if each["verb"] == "matter.open"), {})
    due = (opened.get("due") or {}).get("contact")
    responses, ends = [], defaultdict(list)
    handling = 1
    for n, entry in enumerate(entries):
        facts, verb, at = entry["facts"], entry["verb"], entry["at"]
        answers = verb in ("matter.answer", "matter.answer_directly")
        if verb == "matter.contact" and facts.get("in_time") is not None:
            responses.append((n, facts["in_time"], at))
        elif verb in ("matter.contact",) or answers:
            if due is not None:
                responses.append((n, at <= datetime.fromisoformat(due), at))
        elif verb == "matter.overdue" and facts["clock"] == "contact":
            responses.append((n, False, at))
        if answers and facts.get("in_time") is not None:
            ends[handling].append((n, facts["in_time"], at))
        elif verb == "matter.overdue" and facts["clock"] == "finish":
            ends[handling].append((n, False, at))
        elif verb == "matter.verify" and not facts["passed"]:
            handling += 1
        elif verb == "matter.reopen":
            handling = facts["round"]
    for name, decided in [("response", responses), *(("finish", each) for each in ends.values())]:
        if decided:
            n, yes, at = decided[0]
            found.append((name, _lead_at(entries, n), yes, at))
    return found


def _counted(entries: list[dict[str, Any]]) -> list[tuple[str, str | None, datetime]]:
    found: list[tuple[str, str | None, datetime]] = []
    for n, entry in enumerate(entries):
        facts, verb, at = entry["facts"], entry["verb"], entry["at"]
        if verb == "matter.return":
            found.append(("returns", facts["body"], at))
        if verb == "matter.reopen":
            found.append(("reopenings", _lead_at(entries, n), at))
        if verb == "matter.muster":
            found.append(("musters", facts["caller"], at))
        if verb == "matter.conclude_muster":
            found += [("absences", body, at) for body in facts["absent"]]
    return found
