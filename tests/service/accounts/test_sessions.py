"""Sessions behave as Django's own do, with less asked of the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError

from gongzhi.service.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


def begun(**held: Any) -> SessionStore:
    session = SessionStore()
    session.update(held)
    session.create()
    return session


def test_what_is_kept_is_read_again_by_this_store_and_by_djangos() -> None:
    key = begun(word="桥").session_key
    assert SessionStore(key)["word"] == "桥"
    assert db.SessionStore(key)["word"] == "桥"


def test_a_change_is_kept() -> None:
    key = begun(word="one").session_key
    session = SessionStore(key)
    session["word"] = "two"
    session.save()
    assert SessionStore(key)["word"] == "two"


def test_a_session_that_has_run_out_holds_nothing() -> None:
    session = begun(word="one")
    session.set_expiry(-1)
    session.save()
    again = SessionStore(session.session_key)
    assert dict(again.items()) == {} and again.session_key is None


def test_a_session_that_was_ended_elsewhere_is_not_brought_back() -> None:
    session = begun(word="one")
    SessionStore(session.session_key).flush()
    with pytest.raises(UpdateError):
        session.save()


def test_a_key_is_given_once() -> None:
    session = begun()
    other = SessionStore(session.session_key)
    other._session_cache = {}
    with pytest.raises(CreateError):
        other.save(must_create=True)


def test_a_new_key_keeps_what_was_held_and_ends_the_old_one() -> None:
    session = begun(word="one")
    before = session.session_key
    session.cycle_key()
    assert session.session_key != before
    assert SessionStore(session.session_key)["word"] == "one"
    assert not SessionStore().exists(before)


def test_it_lasts_as_long_as_the_settings_say(settings: Any) -> None:
    key = begun().session_key
    row = db.SessionStore.get_model_class().objects.get(session_key=key)
    from gongzhi.foundation.ledger.clock import now

    assert abs(row.expire_date - now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)) < timedelta(
        minutes=1
    )


def test_reading_and_keeping_ask_once_each(django_assert_num_queries: Any) -> None:
    key = begun(word="one").session_key
    with django_assert_num_queries(1):
        session = SessionStore(key)
        assert session["word"] == "one"
    session["word"] = "two"
    with django_assert_num_queries(3):  # and the ends of the transaction, or of its savepoint
        session.save()
