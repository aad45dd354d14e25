"""Submissions, the matters they become, who has part in them, and the clocks that bind."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.models import Precision
from gongzhi.foundation.ledger.reach import NOTHING, Reached, Scope, either, held, in_grid, of_person, within
from gongzhi.foundation.ledger.rows import Row


class Kind(models.TextChoices):
    """What somebody wants of a submission."""

    CONSULT = "consult", _("ask a question")
    HELP = "help", _("ask for help")
    COMPLAIN = "complain", _("complain")
    REPORT = "report", _("report wrongdoing")
    SUGGEST = "suggest", _("suggest")
    PRAISE = "praise", _("praise")


class Channel(models.TextChoices):
    """The door through which a submission came."""

    PORTAL = "portal", _("portal")
    HOTLINE = "hotline", _("hotline")
    WECHAT = "wechat", _("WeChat account")
    MEDIA = "media", _("media account")
    PATROL = "patrol", _("grid patrol")
    COUNTER = "counter", _("counter")
    API = "api", _("programming interface")
    OPEN311 = "open311", _("Open311")
    EMAIL = "email", _("e-mail")
    FILE = "file", _("file")
    SENSOR = "sensor", _("sensor")


class AnswerBy(models.TextChoices):
    """How the person wants to be answered."""

    PAGE = "page", _("on the follow-up page")
    EMAIL = "email", _("by e-mail")
    PHONE = "phone", _("by telephone")


class State(models.TextChoices):
    """Where a matter stands."""

    OPEN = "open", _("waiting to be dispatched")
    DISPATCHED = "dispatched", _("being handled")
    ANSWERED = "answered", _("answered, to be closed")
    CLOSED = "closed", _("closed")


class Role(models.TextChoices):
    """The part an organisation has in a matter."""

    FIRST_RECEIVER = "first_receiver", _("first receiver")
    LEAD = "lead", _("lead")
    SUPPORT = "support", _("support")


class Clock(models.TextChoices):
    """What must have happened when a deadline passes."""

    CONTACT = "contact", _("contact")
    ANSWER = "answer", _("answer")
    FINISH = "finish", _("finish")


class Category(models.Model):
    """The class of a matter; a leaf belongs to the region whose authority uses it, and those below."""

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


def _parts(scope: Scope) -> Q:
    """Matters in which the scope's organisation has a part."""
    if scope.organisation is None:
        return NOTHING
    return Q(pk__in=Part.objects.filter(organisation=scope.organisation).values("matter"))


def _own_matters(scope: Scope) -> Q:
    """Matters that the scope's person, or the holder of a submission's secret, brought in."""
    own = Submission.reached.by("own", scope)
    return NOTHING if own is NOTHING else Q(pk__in=Submission.objects.filter(own).values("matter"))


class Matter(Row):
    """What is handled: one or more submissions about one thing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey("regions.Grid", null=True, on_delete=models.PROTECT, related_name="+")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    first_receiver = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lead = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
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
        participant=either(_parts, _own_matters),
        organisation=_parts,
        grid=in_grid(),
        region=within(),
        sealed="sealed",
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
    """An organisation has a part in a matter."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "parties.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    role = models.CharField(max_length=14, choices=Role.choices)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "organisation", "role"], name="part_once")]
        indexes = [models.Index(fields=["organisation", "matter"], name="part_organisation")]


class Deadline(Row):
    """A clock of a matter, with the rule that set it; without one for deadlines set elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    clock = models.CharField(max_length=8, choices=Clock.choices)
    due_at = models.DateTimeField()
    precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.EXACT)
    met_at = models.DateTimeField(null=True)
    rule = models.CharField(max_length=64, blank=True)
    row = models.SmallIntegerField(null=True)
    basis = models.CharField(max_length=300, blank=True)
    measure = models.CharField(max_length=30, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="deadline_due")]


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
    place = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey("parties.Person", null=True, on_delete=models.PROTECT, related_name="+")
    confidential = models.BooleanField(default=False)
    answer_by = models.CharField(max_length=6, choices=AnswerBy.choices, default=AnswerBy.PAGE)
    language = models.CharField(max_length=7, default="zh-hans")
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.EXACT)
    sealed = models.BooleanField(default=False)
    origin = models.CharField(max_length=10, default="here")
    source = models.CharField(max_length=200, null=True, unique=True)
    digest = models.CharField(max_length=64, blank=True)
    erased = models.DateTimeField(null=True)

    reached = Reached(
        own=either(held(), of_person("person")),
        organisation=lambda scope: (
            NOTHING
            if scope.organisation is None
            else Q(matter__in=Part.objects.filter(organisation=scope.organisation).values("matter"))
        ),
        grid=in_grid(),
        region=within(),
        sealed="sealed",
    )

    class Meta:
        indexes = [models.Index(fields=["region", "filed_at"], name="submission_region")]


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
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "entry"], name="notice_once")]
