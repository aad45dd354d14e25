"""Each rule of the house sees a planted breach, passes the way it should be done, and passes the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import house

BREACHES = [
    (
        "write-outside-acts",
        "governance/matters/queries.py",
        "def close(matter):\n    matter.save(update_fields=['state'])",
    ),
    ("write-outside-acts", "governance/matters/consumers.py", "Matter.objects.create(state='open')"),
    (
        "write-outside-acts",
        "service/desk/views.py",
        "queries.mine(by).filter(state='open').update(state='closed')",
    ),
    ("write-outside-acts", "service/desk/views.py", "matter.delete()"),
    ("write-outside-acts", "foundation/regions/loading.py", "Region.objects.bulk_create(rows)"),
    (
        "foreign-write",
        "governance/matters/acts.py",
        "from gongzhi.foundation.parties.models import Organisation\nkeep(Organisation(kind='bureau'))",
    ),
    (
        "foreign-write",
        "governance/matters/acts.py",
        "from gongzhi.foundation.parties.models import Organisation as Body\nBody.objects.filter(pk=1).update(kind='x')",
    ),
    (
        "foreign-write",
        "governance/matters/acts.py",
        "from gongzhi.foundation.parties.models import Organisation\n"
        "@act('matter.rename')\ndef rename(by, matter, *, to: Organisation):\n    to.name = {}\n    keep(to, 'name')",
    ),
    ("models-in-service", "service/desk/views.py", "from gongzhi.governance.matters.models import Matter"),
    ("models-in-service", "service/api/routes.py", "from gongzhi.foundation.parties import models"),
    ("queryset-in-service", "service/desk/views.py", "rows = Matter.objects.filter(state='open')"),
    ("clock", "governance/matters/acts.py", "from django.utils import timezone\nmoment = timezone.now()"),
    ("clock", "service/desk/views.py", "import datetime\ntoday = datetime.date.today()"),
    ("clock", "foundation/ledger/work.py", "import time\nstarted = time.time()"),
    ("signals", "governance/matters/consumers.py", "from django.db.models.signals import post_save"),
    ("admin", "governance/matters/admin.py", "from django.contrib import admin"),
    ("admin", "governance/matters/admin.py", "import django.contrib.admin.sites"),
    ("unsafe-policy", "settings.py", "POLICY = {'script-src': [\"'self'\", \"'unsafe-inline'\"]}"),
    ("unsafe-policy", "service/design/policy.py", "POLICY = \"script-src 'self' 'unsafe-eval'; img-src *\""),
    (
        "foreign-key",
        "governance/matters/models.py",
        "lead = models.ForeignKey(Organisation, models.PROTECT, related_name='+')",
    ),
    (
        "foreign-key",
        "governance/matters/models.py",
        "lead = models.ForeignKey('parties.Organisation', on_delete=models.CASCADE, related_name='+')",
    ),
    (
        "foreign-key",
        "governance/matters/models.py",
        "lead = models.ForeignKey('parties.Organisation', on_delete=models.PROTECT)",
    ),
    ("methods-door", "governance/matters/acts.py", "from gongzhi.methods.forecast import seasonal"),
    ("methods-door", "service/cockpit/views.py", "from gongzhi.methods import inequality"),
    ("pure-methods", "methods/forecast.py", "from pathlib import Path"),
    ("pure-methods", "methods/forecast.py", "rows = open('rows.csv')"),
    ("heavy-import", "foundation/lake/queries.py", "import duckdb"),
    ("plain-act", "governance/matters/acts.py", "def close(by, matter):\n    keep(matter, 'state')"),
    ("untranslated", "governance/matters/acts.py", "raise NotPossible('This matter is closed already.')"),
    ("untranslated", "governance/matters/acts.py", "raise Invalid(f'There is no {kind}.')"),
    ("untranslated", "governance/matters/acts.py", "raise NotAllowed(_('No.'), instead='Ask the auditor.')"),
    ("untranslated", "service/desk/views.py", "messages.success(request, 'Sent')"),
    ("untranslated", "service/portal/forms.py", "words = forms.CharField(label='Your words')"),
    ("untranslated", "service/portal/views.py", "title = '诉求'"),
    ("long-file", "service/portal/views.py", "x = 1\n" * 1001),
]

GOOD = [
    ("governance/matters/acts.py", "@act('matter.close')\ndef close(by, matter):\n    keep(matter, 'state')"),
    ("governance/matters/acts.py", "def _number(matter):\n    return matter.number"),
    ("foundation/ledger/clock.py", "from datetime import UTC, datetime\nmoment = datetime.now(UTC)"),
    ("governance/matters/algorithms.py", "from gongzhi.methods import text"),
    ("foundation/ledger/sequencing.py", "from gongzhi.methods.merkle import Tree"),
    ("service/desk/queries.py", "rows = Account.objects.filter(active=True)"),
    (
        "service/desk/views.py",
        "context.update(title=_('My work'))\nseen.update({1})\nimage.save(buffer, 'PNG')",
    ),
    ("governance/matters/acts.py", "raise NotPossible(_('It is %(state)s.') % {'state': state})"),
    ("foundation/regions/acts.py", 'level = {"zh": "市", "en": "city"}'),
    ("foundation/lake/queries.py", "def run(sql):\n    import duckdb\n    return duckdb.sql(sql)"),
    (
        "governance/matters/models.py",
        "class Matter(models.Model):\n    lead = models.ForeignKey('parties.Organisation',"
        " on_delete=models.PROTECT, related_name='+')\nclass Part(models.Model):\n"
        "    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name='+')",
    ),
]


def planted(root: Path, place: str, code: str) -> list[house.Finding]:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code + "\n", encoding="utf-8")
    return house.check(root)


@pytest.mark.parametrize(("rule", "place", "code"), BREACHES)
def test_a_planted_breach_is_found(tmp_path: Path, rule: str, place: str, code: str) -> None:
    findings = planted(tmp_path, place, code)
    assert rule in {finding.rule for finding in findings}
    assert all(finding.path == place for finding in findings)


@pytest.mark.parametrize(("place", "code"), GOOD)
def test_the_right_way_passes(tmp_path: Path, place: str, code: str) -> None:
    assert planted(tmp_path, place, code) == []


def test_every_rule_has_a_planted_breach() -> None:
    assert {breach[0] for breach in BREACHES} == set(house.RULES)


def test_an_exception_needs_the_name_of_the_rule_and_a_reason(tmp_path: Path) -> None:
    line = "matter.delete()"
    assert planted(tmp_path, "service/desk/views.py", f"{line}  # house: write-outside-acts: planted") == []
    assert planted(tmp_path, "service/desk/views.py", f"{line}  # house: clock: planted")
    assert planted(tmp_path, "service/desk/views.py", f"{line}  # house: write-outside-acts:")


def test_a_finding_says_where_and_what_to_do(tmp_path: Path) -> None:
    (finding,) = planted(
        tmp_path, "governance/matters/consumers.py", "\nimport datetime\nx = datetime.date.today()"
    )
    assert str(finding).startswith("governance/matters/consumers.py:3: clock: ")
    assert "clock.now()" in finding.message


def test_the_house_keeps_its_own_rules() -> None:
    assert [str(finding) for finding in house.check()] == []
