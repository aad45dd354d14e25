"""Work that is no matter of its own: a grid's tasks in one list, and money that residents handle."""

from __future__ import annotations

from django.db import models

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import Reached, either, in_grid, of_organisation, within
from gongzhi.foundation.ledger.rows import Row
from gongzhi.governance.matters.models.matter import through_matter


class Task(Row):
    """Something to do in a grid, for one line of business or several at once; it is one task and counts once.

    ``rule`` names the version that admitted it; without one nobody has admitted it, and it may be refused.
    What was found not ``possible`` has ended as well, and does not count as done.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey("regions.Grid", on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    lines = models.JSONField(default=list)
    text = models.CharField(max_length=300)
    set_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    rule = models.CharField(max_length=64, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    result = models.TextField(blank=True)
    possible = models.BooleanField(default=True)
    done_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    reached = Reached(
        organisation=of_organisation("body"),
        participant=either(of_organisation("body"), of_organisation("asker")),
        grid=in_grid(),
        region=within(),
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["grid", "due_at"],
                condition=models.Q(done_at=None, refused_at=None),
                name="task_open",
            )
        ]

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.done_at is None and self.refused_at is None


class TaskPhoto(models.Model):
    """A photo of what was done, or of why it could not be; read by whoever reads the task."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.File", on_delete=models.PROTECT, related_name="+")

    reached = Reached(
        organisation=of_organisation("task__body"),
        participant=either(of_organisation("task__body"), of_organisation("task__asker")),
        grid=in_grid("task__grid"),
        region=within("task__region"),
    )


class AccountLine(Row):
    """Money in or out of a matter that residents handle: how much, what for, and what proves it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    what_for = models.CharField(max_length=200)
    evidence = models.CharField(max_length=200)
    body = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    reached = through_matter()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(amount=0), name="account_line_not_nothing")]
