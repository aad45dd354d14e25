"""Bringing something in, and following it up by number and secret."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import File, Form, Header, Router, Status
from ninja.files import UploadedFile
from pydantic import BaseModel, ConfigDict, Field

from gongzhi.foundation.files.acts import store
from gongzhi.foundation.files.content import LIMITS
from gongzhi.foundation.files.queries import File as StoredFile
from gongzhi.foundation.files.queries import examine, files
from gongzhi.foundation.ledger import receipts
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.parties.queries import organisation
from gongzhi.foundation.regions import queries as regions
from gongzhi.foundation.regions.coordinates import to_wgs84
from gongzhi.foundation.regions.divisions import normalise_number
from gongzhi.foundation.regions.queries import Grid, Region
from gongzhi.governance.matters.acts import CODE_LENGTH, Accused, Contact, Needs, Place, file
from gongzhi.governance.matters.followup import secret_of
from gongzhi.governance.matters.queries import (
    Submission,
    category,
    deadlines,
    followed_up,
    matter,
    submission_numbered,
    thing_called,
    timeline,
)
from gongzhi.governance.matters.queries.own import for_one
from gongzhi.governance.matters.queries.papers import clocks_of, files_of, filing_entry, notices_of
from gongzhi.service.accounts.lockout import Attempt
from gongzhi.service.api import told
from gongzhi.service.api.problems import TooMany

router = Router(tags=["submissions"])

#: The public shares one actor, so its keys have to be hard to guess.
SHORTEST_KEY, LONGEST_KEY = 16, 100


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlaceIn(_Strict):
    """Where it is: in words, by a point, by a grid, or by several of these."""

    words: str = ""
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = "wgs84"
    grid: str = Field("", description="code of a grid; found by the point if left out")


class ContactIn(_Strict):
    """How the person can be reached. Nothing of it: the submission is anonymous."""

    name: str = ""
    phone: str = ""
    email: str = ""


class NeedsIn(_Strict):
    """What helps to judge: haste, how many people, whether somebody needs care; who may see the number."""

    urgency: Literal["ordinary", "urgent", "emergency"] = "ordinary"
    people: int = Field(1, ge=1, le=1_000_000)
    vulnerable: bool = False
    hide_number: bool = Field(False, description="handlers see no number; the body that took it in rings")


class SubmissionIn(_Strict):
    """Something to bring in."""

    region: str = Field("", description="division code; found by the grid or the point if left out")
    kind: Literal["consult", "help", "complain", "report", "suggest", "praise"]
    category: str = Field(description="code of a category that is in use in the region")
    text: str
    place: PlaceIn = Field(default_factory=lambda: PlaceIn.model_validate({}))
    contact: ContactIn = ContactIn()
    confidential: bool = Field(False, description="the contact is shown to nobody who does not reveal it")
    answer_by: Literal["page", "email", "phone"] = "page"
    files: list[UUID] = Field([], description="ids that `POST /files` gave")
    needs: NeedsIn = Field(default_factory=lambda: NeedsIn.model_validate({}))
    thing: str = Field(
        "",
        max_length=CODE_LENGTH,
        description="code of the cover, lamp, pole or pipe that it is about, as it stands on it",
    )
    accused: list[str] = Field(
        [],
        max_length=5,
        description="codes of the bodies that a report of wrongdoing accuses: they never see it",
    )


class FileStored(BaseModel):
    """A file that can now be attached, once, within a day."""

    id: UUID
    name: str
    media_type: str
    size: int


@router.post("/files", response={201: FileStored}, summary="Store a file")
def store_file(request: Any, file: File[UploadedFile], region: Form[str] = "") -> Any:
    """Store a picture, a PDF or a text, to be attached to a submission.

    Pictures are drawn anew, so that what was hidden in them is gone.
    """
    where = regions.region(region) if region else regions.root()
    if where is None:
        raise Invalid(_("There is no region with this code."), field="region")
    most = max(LIMITS.values())
    if (file.size or 0) > most:
        raise Invalid(
            _("The file has %(size).1f MB; at most %(limit).0f MB can be taken.")
            % {"size": (file.size or 0) / 1024**2, "limit": most / 1024**2},
            field="file",
        )
    stored = store(request.auth, where, content=examine(file.read(), file.name or ""))
    told_of = {"name": stored.name, "media_type": stored.media_type, "size": stored.size}
    return Status(201, {"id": stored.pk, **told_of})


@router.post("/submissions", response={201: told.SubmissionFiled}, summary="Bring something in")
def bring_in(
    request: Any, response: HttpResponse, said: SubmissionIn, idempotency_key: Header[str] = ""
) -> Any:
    """Bring something in, anonymously or with a contact; no account is needed.

    Rules route it and set its deadlines at once. Keep number and secret: nobody can tell the secret
    again. Sent twice with the same `Idempotency-Key`, it is brought in once.
    """
    where, place = _placed(said)
    known = category(where, said.category)
    if known is None:
        raise Invalid(
            _("This category is not in use there."),
            field="category",
            instead=_("See the categories of the region."),
        )
    filed = file.once(_key(idempotency_key))(
        request.auth,
        where,
        kind=said.kind,
        category=known,
        text=said.text,
        channel="api",
        place=place,
        thing=thing_called(said.thing),
        contact=Contact(said.contact.name.strip(), said.contact.phone.strip(), said.contact.email.strip()),
        confidential=said.confidential,
        answer_by=said.answer_by,
        attachments=_attached(said.files),
        language=get_language() or "zh-hans",
        needs=Needs(**said.needs.model_dump()),
        accused=_accused(said.accused),
    )
    clocks = clocks_of(filed.matter) if filed.matter else []
    answer = told.submission(filed, clocks)
    response["Location"] = answer["links"]["self"]
    promise = receipts.promise_of(filed.pk)
    return Status(201, answer | {"secret": secret_of(filed), "promise": promise})


@router.get("/submissions/{number}", response=told.SubmissionFollowed, summary="Follow something up")
def follow_up(request: Any, number: str, submission_secret: Header[str] = "") -> Any:
    """How it stands and what happened, for whoever sends its secret or reaches it by a post."""
    by, filed = reached(request, number, submission_secret)
    return whole(by, filed)


def whole(by: Any, filed: Submission) -> dict[str, Any]:
    """A submission that was reached, with its matter's story, its files and its notices."""
    handled = matter(by, filed.matter_id) if filed.matter_id else None
    filed.matter = handled
    clocks = list(deadlines(handled)) if handled else []
    return told.submission(filed, clocks) | {
        "timeline": [told.entry(each) for each in for_one(timeline(by, handled), filed)] if handled else [],
        "files": [told.attached(each) for each in files_of(by, filed) if each.file.erased is None],
        "notices": [told.notice(each) for each in notices_of(filed)],
    }


@router.get("/submissions/{number}/receipt", summary="The receipt", response={200: str, 202: str})
def take_receipt(request: Any, number: str, submission_secret: Header[str] = "") -> HttpResponse:
    """The proof that it stands in the ledger, to be checked offline (C2SP tlog-proof, text).

    For about a second after it was brought in the answer is 202 with the signed promise.
    """
    _by, filed = reached(request, number, submission_secret)
    entry = filing_entry(filed)
    if entry is None:
        raise Http404
    text = receipts.receipt(entry)
    if text is not None:
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    response = HttpResponse(receipts.promise(entry), status=202, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = "1"
    return response


def _accused(codes: list[str]) -> Accused:
    bodies = {code: organisation(code) for code in dict.fromkeys(codes)}
    if missing := [code for code, body in bodies.items() if body is None]:
        raise Invalid(_("There is no body with the code %(code)s.") % {"code": missing[0]}, field="accused")
    return Accused([body for body in bodies.values() if body is not None])


def _key(told_key: str) -> str | None:
    if not told_key:
        return None
    if not SHORTEST_KEY <= len(told_key) <= LONGEST_KEY:
        raise Invalid(
            _("An idempotency key has %(shortest)d to %(longest)d characters; a random UUID is good.")
            % {"shortest": SHORTEST_KEY, "longest": LONGEST_KEY},
            field="Idempotency-Key",
        )
    return told_key


def _placed(said: SubmissionIn) -> tuple[Region, Place]:
    """The region that takes it in, and the place. A grid in the region narrows it to the grid's own."""
    lon, lat = said.place.lon, said.place.lat
    if (lon is None) != (lat is None):
        raise Invalid(_("A point has a longitude and a latitude."), field="place")
    if lon is not None and lat is not None:
        lon, lat = to_wgs84(lon, lat, said.place.datum)
    cell = _grid(said.place.grid, lon, lat)
    where = regions.region(said.region) if said.region else None
    if said.region and where is None:
        raise Invalid(_("There is no region with this code."), field="region")
    if cell is not None and where is not None and not cell.region.path.startswith(where.path):
        raise Invalid(
            _("This place lies in %(region)s.") % {"region": cell.region.code},
            field="place",
            instead=_("Leave the region out, or send it there."),
        )
    where = cell.region if cell is not None else where
    if where is None:
        raise Invalid(_("Say which region, or a place in one."), field="region")
    return where, Place(said.place.words, lon, lat, cell)


def _grid(code: str, lon: float | None, lat: float | None) -> Grid | None:
    if code:
        if (cell := regions.grid(code)) is None:
            raise Invalid(_("There is no grid with this code."), field="place.grid")
        return cell
    return regions.locate(lon, lat) if lon is not None and lat is not None else None


def _attached(keys: list[UUID]) -> list[StoredFile]:
    if not keys:
        return []
    found = {each.pk: each for each in files(keys)}
    if missing := [key for key in keys if key not in found]:
        raise Invalid(_("There is no file %(id)s.") % {"id": missing[0]}, field="files")
    return [found[key] for key in dict.fromkeys(keys)]


def reached(request: Any, number: str, secret: str) -> tuple[Any, Submission]:
    """Whoever asks, with what they have shown the secret of, and the submission; guessing is slowed down."""
    by = request.auth
    try:
        plain = normalise_number(number)
    except ValueError:
        raise Http404 from None
    if secret:
        attempt = Attempt.of(request, "follow-up", plain)
        if (until := attempt.locked_until()) is not None:
            seconds = max(1, int((until - now()).total_seconds()))
            raise TooMany(_("Too many attempts failed. Wait, then try again."), seconds)
        shown = followed_up(plain, secret)
        if shown is None:
            attempt.failed()
            raise Http404
        by = by.with_secrets_of([shown.pk])
    filed = submission_numbered(by, plain)
    if filed is None:
        raise Http404
    return by, filed
