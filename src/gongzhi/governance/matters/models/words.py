"""The words that state is told in: kinds, doors, states, parts, clocks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    MERGED = "merged", _("handled together with another")


#: A matter in one of these states is nobody's work any more.
OVER = (State.CLOSED, State.MERGED)


class Outcome(models.TextChoices):
    """What became of a closed matter."""

    ANSWERED = "answered", _("handled and answered")
    DIRECT = "direct", _("answered at once")
    DECLINED = "declined", _("not taken in")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Urgency(models.TextChoices):
    """How much haste a submission needs, as whoever took it in judged."""

    ORDINARY = "ordinary", _("ordinary")
    URGENT = "urgent", _("urgent")
    EMERGENCY = "emergency", _("emergency")


class Role(models.TextChoices):
    """The part an organisation has in a matter."""

    FIRST_RECEIVER = "first_receiver", _("first receiver")
    LEAD = "lead", _("lead")
    SUPPORT = "support", _("support")
    ASKED = "asked", _("asked to take over")
    ARBITER = "arbiter", _("asked to decide who leads")
    WATCHER = "watcher", _("watches until it is done")


class Clock(models.TextChoices):
    """What must have happened when a deadline passes."""

    CONTACT = "contact", _("contact")
    ANSWER = "answer", _("answer")
    INTERIM = "interim", _("interim answer")
    FINISH = "finish", _("finish")
    TAKE = "take", _("take over or return")
    ARBITRATE = "arbitrate", _("decide who leads")
    CONFER = "confer", _("agree in conference")
    SUPERIOR = "superior", _("answer of the superiors")
    SUPPORT = "support", _("report of a supporting body")
    ARRIVE = "arrive", _("arrival on the spot")
    INSTRUCTION = "instruction", _("carry out an instruction")
    VERIFY = "verify", _("verification")
    CALL_BACK = "call_back", _("call-back")
    URGENT = "urgent", _("first report to the superior")


class Step(models.TextChoices):
    """Where a handover stands."""

    OFFERED = "offered", _("offered")
    RETURNED = "returned", _("returned")
    ARBITRATION = "arbitration", _("to be arbitrated")
    CONFERENCE = "conference", _("in conference")
    SUPERIORS = "superiors", _("before the superiors")
    ACCEPTED = "accepted", _("accepted")
    DESIGNATED = "designated", _("bound by designation")
    WITHDRAWN = "withdrawn", _("withdrawn")


#: A handover at one of these steps still asks something of somebody.
LIVE_STEPS = (Step.OFFERED, Step.RETURNED, Step.ARBITRATION, Step.CONFERENCE, Step.SUPERIORS)


class Stop(models.TextChoices):
    """Why a matter's clocks stand still."""

    SUSPENDED = "suspended", _("suspended")
    SHELVED = "shelved", _("on the public list of the unresolved")


class Reply(models.TextChoices):
    """What came of calling somebody back."""

    WAITING = "waiting", _("still to be called")
    REACHED = "reached", _("reached")
    UNREACHED = "unreached", _("not reached")
    REFUSED = "refused", _("did not want to say")


class Plea(models.TextChoices):
    """Whether a handling body asked that a rating be left out, and what was decided."""

    NONE = "", _("not asked")
    OPEN = "open", _("to be decided")
    GRANTED = "granted", _("left out")
    REFUSED = "refused", _("counted")
