"""Django's SQLite, which remembers how it rewrote a statement's places for values.

Django searches every statement for ``%s`` each time it is asked; few differ, and they are long.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

_MOST = 1000


class Cursor(base.SQLiteCursorWrapper):
    """Django's cursor."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """A statement in SQLite's own style."""
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)
        return _rewritten(query)


@lru_cache(_MOST)
def _rewritten(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection."""

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor as Django makes it, of our kind."""
        return self.connection.cursor(factory=Cursor)
