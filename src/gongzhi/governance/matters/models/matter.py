"""Submissions, the matters they become, who has part in them, and the clocks that bind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.models import Precision
from gongzhi.foundation.ledger.reach import (
    NOTHING,
    Among,
    Barred,
    Reached,
    Scope,
    Way,
    either,
    held,
    in_grid,
    of_organisation,
    of_person,
    within,
)
from gongzhi.foundation.ledger.rows import Row
from gongzhi.governance.matters.models.words import (
    AnswerBy,
    Channel,
    Clock,
    Kind,
    Outcome,
    Role,
    State,
    Urgency,
)


class Category(models.Model):
    """The class of a matter; a leaf belongs to the region whose authority uses it, and those below."""

    seldom_changes = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60)
    name = models.JSONField()
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    hint = models.JSONField(default=dict)
    refer_to = models.JSONField(default=dict)
    order = models.IntegerField(default=0)
    retired = models.DateTimeField(null=True)

    class Meta:
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["region", "code"], name="category_once")]

    def __str__(self) -> str:
        return str(self.name.get("zh") or self.name.get("en") or self.code)


def parts_of(path: str = "pk") -> Way:
    """Rows of matters in which the scope's organisation has a part that still stands."""

    def way(scope: Scope) -> Q:
        if scope.organisation is None:
            return NOTHING
        return Q(**{f"{path}__in": Among(_held_parts, Q(organisation=scope.organisation))})

    return way


def _held_parts(told: Q) -> models.QuerySet[Any, Any]:
    return Part.objects.filter(told, released_at=None).values("matter")


def takes_part(path: str = "pk", region: str = "region") -> Way:
    """Rows of matters in which the scope's organisation has a part: at home as far as the extent goes.

    Whoever was appointed for one town does not get to all that the organisation has at home; what lies
    outside its home it has only because it takes part.
    """
    parts, extent = parts_of(path), within(region)

    def way(scope: Scope) -> Q:
        if any(scope.home.startswith(each) for each in scope.paths) or not scope.home:
            return parts(scope)
        return parts(scope) & (extent(scope) | ~Q(**{f"{region}__path__startswith": scope.home}))

    return way


def accused_in(path: str = "pk", sealed: str = "sealed") -> Barred:
    """Sealed rows in which one of some bodies, or a person, is accused of wrongdoing."""

    def barred(person: UUID, bodies: frozenset[UUID]) -> Q:
        accused = Q(organisation__in=list(bodies)) | Q(person=person)
        return Q(**{sealed: True, f"{path}__in": Among(_accusals, accused)})

    return barred


def _accusals(told: Q) -> models.QuerySet[Any, Any]:
    return Accusal.objects.filter(told).values("matter")


def through_matter(path: str = "matter") -> Reached:
    """Rows of a matter are reached as the matter is, by staff."""
    return Reached(
        participant=takes_part(path, f"{path}__region"),
        organisation=parts_of(path),
        grid=in_grid(f"{path}__grid"),
        region=within(f"{path}__region"),
        sealed=f"{path}__sealed",
        barred=accused_in(path, f"{path}__sealed"),
    )


def _own_matters(scope: Scope) -> Q:
    """Matters that the scope's person, or the holder of a submission's secret, brought in."""
    own = Submission.reached.by("own", scope)
    return NOTHING if own is NOTHING else Q(pk__in=Among(_matters_brought_in, own))


def _matters_brought_in(told: Q) -> models.QuerySet[Any, Any]:
    return Submission.objects.filter(told).values("matter")


class Matter(Row):
    """What is handled: one or more submissions about one thing.

    ``answering`` is the one body that answers to whoever brought it in: the first receiver until another
    has taken over. ``round`` counts how often handling began; ``returns``, ``reopenings`` and ``failures``
    only grow. ``bound`` says that the lead was designated and cannot return it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey("regions.Grid", null=True, on_delete=models.PROTECT, related_name="+")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    thing = models.ForeignKey(
        "matters.Thing", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    first_receiver = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lead = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answering = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    bound = models.BooleanField(default=False)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ORDINARY)
    stopped = models.CharField(max_length=10, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    round = models.SmallIntegerField(default=1)
    returns = models.SmallIntegerField(default=0)
    reopenings = models.SmallIntegerField(default=0)
    failures = models.SmallIntegerField(default=0)
    answered_by = models.UUIDField(null=True)
    undecided = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.EXACT)
    due_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    sealed = models.BooleanField(default=False)
    origin = models.CharField(max_length=10, default="here")
    archived_at = models.DateTimeField(null=True)
    keep_until = models.DateField(null=True)

    reached = Reached(
        own=_own_matters,
        participant=either(takes_part(), _own_matters),
        organisation=parts_of(),
        grid=in_grid(),
        region=within(),
        sealed="sealed",
        barred=accused_in(),
    )

    class Meta:
        indexes = [
            models.Index(fields=["region", "state", "due_at"], name="matter_region"),
            models.Index(fields=["lead", "state", "due_at"], name="matter_lead"),
            models.Index(fields=["first_receiver", "state"], name="matter_first"),
            models.Index(fields=["state", "due_at"], name="matter_due"),
            models.Index(fields=["region", "opened_at"], name="matter_opened"),
            models.Index(fields=["opened_at", "id"], name="matter_newest"),
        ]


class Part(Row):
    """An organisation has a part in a matter: it leads, supports, is asked, decides or watches.

    A support has a task and a deadline of its own; it is open until the body has reported or was released.
    Whoever was released reads the matter no longer.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "parties.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    role = models.CharField(max_length=14, choices=Role.choices)
    since = models.DateTimeField()
    task = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    report = models.TextField(blank=True)
    released_at = models.DateTimeField(null=True)
    muster = models.UUIDField(null=True)
    point = models.UUIDField(null=True)

    reached = replace(through_matter(), organisation=of_organisation("organisation"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "organisation", "role"],
                condition=~Q(role=Role.SUPPORT),
                name="part_once",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "matter", "released_at"], name="part_held"),
            models.Index(fields=["matter"], name="part_matter"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether a support still has to report."""
        return self.role == Role.SUPPORT and self.reported_at is None and self.released_at is None


class Deadline(Row):
    """A clock of a matter, with the rule that set it; without one for deadlines set elsewhere.

    ``holder`` is the body that can stop it. A clock ends when it is met, or is void because what it waited
    for is no longer wanted; both set ``met_at``. While ``paused_at`` is set it stands still.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    clock = models.CharField(max_length=12, choices=Clock.choices)
    holder = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    part = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.EXACT)
    met_at = models.DateTimeField(null=True)
    void = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True)
    nearly_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    rule = models.CharField(max_length=64, blank=True)
    row = models.SmallIntegerField(null=True)
    basis = models.CharField(max_length=300, blank=True)
    measure = models.CharField(max_length=30, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="deadline_due"),
            models.Index(
                fields=["due_at"],
                condition=Q(met_at=None, overdue_at=None, holder__isnull=False),
                name="deadline_ticking",
            ),
        ]


class Submission(Row):
    """What somebody brought in through one channel."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    text = models.TextField()
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+", db_index=False)
    grid = models.ForeignKey(
        "regions.Grid", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    thing = models.ForeignKey(
        "matters.Thing", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    place = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey("parties.Person", null=True, on_delete=models.PROTECT, related_name="+")
    confidential = models.BooleanField(default=False)
    answer_by = models.CharField(max_length=6, choices=AnswerBy.choices, default=AnswerBy.PAGE)
    language = models.CharField(max_length=7, default="zh-hans")
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="+")
    received_by = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ORDINARY)
    people = models.IntegerField(default=1)
    vulnerable = models.BooleanField(default=False)
    hide_number = models.BooleanField(default=False)
    represents = models.BooleanField(default=False)
    chases = models.SmallIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField()
    precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.EXACT)
    sealed = models.BooleanField(default=False)
    origin = models.CharField(max_length=10, default="here")
    source = models.CharField(max_length=200, null=True, unique=True)
    digest = models.CharField(max_length=64, blank=True)
    erased = models.DateTimeField(null=True)

    reached = Reached(
        own=either(held(), of_person("person")),
        participant=takes_part("matter"),
        organisation=parts_of("matter"),
        grid=in_grid(),
        region=within(),
        sealed="sealed",
        barred=accused_in("matter", "sealed"),
    )

    class Meta:
        indexes = [models.Index(fields=["region", "filed_at"], name="submission_region")]


class Accusal(models.Model):
    """A body, or a person, whom a report of wrongdoing accuses: barred from it, whatever posts they hold."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.UUIDField(null=True, db_index=True)


class Attachment(models.Model):
    """A file that belongs to a submission."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.File", on_delete=models.PROTECT, related_name="+")

    reached = Reached(
        own=lambda scope: Q(submission__in=Submission.objects.filter(Submission.reached.by("own", scope))),
        organisation=lambda scope: Q(
            submission__in=Submission.objects.filter(Submission.reached.by("organisation", scope))
        ),
        grid=in_grid("submission__grid"),
        region=within("submission__region"),
        sealed="submission__sealed",
        barred=accused_in("submission__matter", "submission__sealed"),
    )


class Notice(models.Model):
    """A message to whoever brought something in. The text is rendered from a code when it is read."""

    class Delivery(models.TextChoices):
        WAITING = "waiting", _("waits on the follow-up page")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be delivered")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    at = models.DateTimeField()
    delivery = models.CharField(max_length=8, choices=Delivery.choices, default=Delivery.WAITING)
    entry = models.BigIntegerField()

    reached = Reached(
        own=lambda scope: Q(submission__in=Submission.objects.filter(Submission.reached.by("own", scope))),
        region=within("submission__region"),
        sealed="submission__sealed",
        barred=accused_in("submission__matter", "submission__sealed"),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "entry"], name="notice_once")]
