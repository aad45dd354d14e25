"""Who else sees a matter, though nothing is asked of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PARTICIPANTS, Actor, act, record
from gongzhi.foundation.ledger.refusals import NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters.acts.taking_part import _parts, _take_part
from gongzhi.governance.matters.models import Matter, Role


@act("matter.let_see", _("Let the neighbour see it"), audience=PARTICIPANTS)
def let_see(by: Actor, matter: Matter, *, neighbour: Organisation) -> Matter:
    """Let the body on the other side of a border see what lies near it; it need do nothing."""
    if matter.sealed:
        raise NotPossible(_("A sealed matter is seen by nobody else."))
    if any(part.organisation_id == neighbour.pk for part in _parts(matter)):
        raise NotPossible(_("%(body)s takes part in this matter already.") % {"body": neighbour})
    _take_part(matter, neighbour, Role.WATCHER)
    record(facts={"neighbour": neighbour.code})
    return matter
