"""Sessions in Django's own table, read and written in one plain statement each.

The public's form touches its session at every step; what Django asks the database is the same, but
building the query takes several times as long as the answer.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import IntegrityError, connection

from gongzhi.foundation.ledger import guard, remembered, statements
from gongzhi.foundation.ledger.clock import now

#: What a session holds, and the edition, which whoever has one asks for as well.
_READ = (
    "SELECT session_data, (SELECT token FROM ledger_edition)"
    " FROM django_session WHERE session_key = %s AND expire_date > %s"
)
_CHANGE = "UPDATE django_session SET session_data = %s, expire_date = %s WHERE session_key = %s"
_BEGIN = "INSERT INTO django_session (session_data, expire_date, session_key) VALUES (%s, %s, %s)"


class SessionStore(db.SessionStore):
    """A session of the database."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing once it has run out."""
        row = statements.row(_READ, [self.session_key, _told(now())])
        if row is None:
            self._session_key = None
            return {}
        remembered.is_now(row[1])
        held: dict[str, Any] = self.decode(row[0])
        return held

    def save(self, must_create: bool = False) -> None:
        """Keep what the session holds, in turn with whoever else writes."""
        if self.session_key is None:
            self.create()
            return
        held = self.encode(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        values = [held, _told(self.get_expiry_date()), self.session_key]
        with guard.writing():
            if not must_create:
                if statements.run(_CHANGE, values) == 0:
                    raise UpdateError
                return
            try:
                statements.run(_BEGIN, values)
            except IntegrityError:
                raise CreateError from None


def _told(moment: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
