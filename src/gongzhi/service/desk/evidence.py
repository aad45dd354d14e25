"""The evidence of a matter in one file: its story to be read and to be computed with, and every proof.

Nothing is in it that its reader could not read on the page of the matter. With the verifier's key of the
node anybody checks the receipts offline.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.foundation.ledger import receipts
from gongzhi.foundation.ledger.canonical import instant
from gongzhi.foundation.ledger.queries import Told, latest_checkpoint
from gongzhi.governance.matters import queries
from gongzhi.governance.matters.queries import AtDesk
from gongzhi.service.design.moments import Moment
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.told import codes_in, sentence_of


def evidence_of(by: Any, desk: AtDesk, at: datetime) -> bytes:
    """A ZIP: the story as data and as text, the receipts, the checkpoint, and the list of its files."""
    submissions = queries.brought_in(by, desk.matter)
    story = queries.story(desk, submissions)
    files = {
        "story.json": _json(_told(each) for each in story),
        "story.txt": _readable(desk, story, at),
        "files.json": _json(
            {"submission": each.number, "name": file["name"], "type": file["type"]}
            for each in submissions
            for file in each.files or ()  # type: ignore[attr-defined]
        ),
    }
    for each in story:
        receipt = receipts.receipt(each.id)
        if receipt is not None:
            files[f"receipts/{each.position:08d}.receipt"] = receipt
    if (checkpoint := latest_checkpoint()) is not None:
        files["checkpoint.txt"] = checkpoint.note
    files["README.txt"] = _about(desk, story, files, at)
    return _zipped(files, at)


def _json(rows: Any) -> str:
    return json.dumps(list(rows), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _told(each: Told) -> dict[str, Any]:
    return {
        "entry": each.id,
        "position": each.position,
        "verb": each.verb,
        "subject": str(each.subject),
        "occurred": instant(each.occurred),
        "recorded": instant(each.recorded),
        "origin": each.origin,
        "post": each.beside.get("post"),
        "rules": each.rules,
        "audience": each.audience,
        "facts": each.facts,
        "private": each.private,
        "erased": each.erased,
    }


def _readable(desk: AtDesk, story: list[Told], at: datetime) -> str:
    matter = desk.matter
    names = queries.bodies_called(codes_in(story), [matter.lead, matter.first_receiver])
    zone = matter.region.zone
    where = f"{name_of(matter.category.name)} · {name_of(matter.region.name)}"
    lines = [f"{matter.number}  {matter.title}", where]
    for each in story:
        post = each.beside.get("post") or {}
        who = " · ".join(name_of(post[key]) for key in ("organisation", "title") if post.get(key))
        lines += ["", f"{Moment.of(each.occurred, zone).exact()}  {sentence_of(each, names)}"]
        lines += [f"  {who}"] if who else []
        said = _("erased") if each.erased else "\n  ".join(_words(each.private or {}))
        lines += [f"  {said}"] if said else []
        place = _("waits for its position") if each.position is None else f"{each.position:08d}"
        lines.append(f"  [{place}]")
    return "\n".join(lines) + "\n"


def _words(private: dict[str, Any]) -> list[str]:
    return [str(value) for value in private.values() if isinstance(value, str) and value]


def _about(desk: AtDesk, story: list[Told], files: dict[str, str], at: datetime) -> str:
    proved = sum(name.startswith("receipts/") for name in files)
    lines = [
        _("Evidence of matter %(number)s, as its reader may read it, made %(when)s.")
        % {"number": desk.matter.number, "when": Moment.of(at, desk.matter.region.zone).exact()},
        _("%(n)d entries, %(proved)d of them with a receipt.") % {"n": len(story), "proved": proved},
        _("Check a receipt offline with: gongzhi ledger check FILE, or on the portal's page on proofs."),
        "",
        *(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}" for name, text in files.items()),
    ]
    return "\n".join(lines) + "\n"


def _zipped(files: dict[str, str], at: datetime) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return held.getvalue()
