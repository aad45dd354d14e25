"""Shows 6: the figures of a month of Boston and of the demonstration, counted in two ways, are the same."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.sequencer import sequence
from gongzhi.foundation.parties.actors import forget_roles
from gongzhi.foundation.regions.models import Region
from gongzhi.governance.matters.queries import Handled, Measures, Period, measures
from gongzhi.service.commands.demonstration.load import load
from gongzhi.service.commands.importing.engine import Import
from gongzhi.service.commands.importing.schema import read, text_of
from tests.governance.matters.recount import recount
from tests.governance.matters.test_measures import plain
from tests.service.commands.cities import BOSTON, Bad, needs_real_data
from tests.service.commands.test_importing_command import first_rows

pytestmark = pytest.mark.django_db

#: So many rows of the file are imported; 15000 are the whole of its first month.
ROWS = int(os.environ.get("MEASURED_ROWS", "2000"))


def counted_twice(region: Region, period: Period, at: int | None = None) -> Measures:
    """The measures, found the same by the other way of counting."""
    found = measures(PLATFORM, region, period, at)
    mark = found.weights and found.weights.satisfied_from
    expected = recount(region.path, period.since, period.until, at or found.position, mark)
    assert {code: plain(told) for code, told in found.by_body.items() if told != Handled()} == expected
    return found


@needs_real_data
@pytest.mark.slow
def test_july_in_boston_comes_out_the_same(tmp_path: Path) -> None:
    forget_roles()
    text = text_of("boston-2011")
    assert text is not None
    path = first_rows(BOSTON, ROWS, tmp_path)
    Import(read(text, "boston-2011.yaml"), path, Bad()).run()
    sequence()
    zone = ZoneInfo("America/New_York")
    month = Period(datetime(2011, 7, 1, tzinfo=zone), datetime(2011, 8, 1, tzinfo=zone))
    told = counted_twice(Region.objects.get(code="boston"), month)
    assert told.all.finish.of > 100
    assert 0 < told.all.finish.yes < told.all.finish.of
    assert told.all.resolution.value is None  # nobody there was asked: that is no figure, not zero
    by_body = {code: each.finish for code, each in told.by_body.items() if code and each.finish.of}
    assert sum(each.of for each in by_body.values()) == told.all.finish.of
    assert len(by_body) > 5 and any(each.yes < each.of for each in by_body.values())
    middle = datetime(2011, 7, 4, tzinfo=zone)
    parts = [Period(month.since, middle), Period(middle, month.until)]
    halves = [counted_twice(Region.objects.get(code="boston"), part).all.finish for part in parts]
    assert all(each.of for each in halves)
    assert sum(each.of for each in halves) == told.all.finish.of
    assert sum(each.yes for each in halves) == told.all.finish.yes


def test_the_demonstration_comes_out_the_same_and_so_it_does_for_a_past_position(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setenv("GONGZHI_LANGUAGE", "zh")
    forget_roles()
    load(lambda said: None, count=200)
    sequence()
    for days in (400, 31):
        period = Period(now() - timedelta(days=days), now())
        for code in ("all", "310118"):
            whole = counted_twice(Region.objects.get(code=code), period)
            assert whole.all.response.of > 0
            counted_twice(Region.objects.get(code=code), period, whole.position // 2)
