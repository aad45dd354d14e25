"""The public accounts of what residents do themselves, and where they are noted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.acts import add_organisation
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import AccountLine, Matter
from tests.builders import World
from tests.desks import signed_in


class Village:
    """A committee that leads a matter."""

    def __init__(self, house: World) -> None:
        self.body = add_organisation(
            OPERATOR,
            house.town,
            code="s1",
            name={"zh": "村委会", "en": "Village committee"},
            kind="committee",
        )
        self.by = house.staff("handler", self.body)
        filed = house.submission("Secret words of a person", category=house.noise)
        assert filed.matter is not None
        self.matter: Matter = filed.matter
        acts.dispatch(house.staff("clerk"), self.matter, to=self.body)

    def note(self, amount: str, what_for: str = "paint") -> AccountLine:
        return acts.note_money(
            self.by, self.matter, amount=Decimal(amount), what_for=what_for, evidence="bill 7"
        )

    @property
    def address(self) -> str:
        return reverse("portal:account", args=[self.matter.pk])


@pytest.fixture
def village(house: World) -> Village:
    return Village(house)


def read(client: Client, address: str) -> str:
    answered = client.get(address)
    assert answered.status_code == 200
    return answered.content.decode()


def test_everybody_reads_what_came_in_and_went_out_and_nothing_of_the_person(
    visitor: Client, village: Village
) -> None:
    assert "No money has been noted yet" in read(visitor, village.address)
    assert "Nobody keeps a public account here yet" in read(visitor, reverse("portal:accounts"))
    village.note("300.00", "gifts")
    village.note("-120.50")
    page = read(visitor, village.address)
    for said in ("gifts", "In 300.00", "Out 120.50", "Left 179.50", "bill 7", "Village committee"):
        assert said in page, said
    assert "Secret words" not in page
    assert village.matter.number not in page
    kept = read(visitor, reverse("portal:accounts"))
    assert "In 300.00, out 120.50, left 179.50 yuan" in kept
    assert "Jinze" in kept


def test_what_an_office_leads_has_no_account(visitor: Client, house: World) -> None:
    other = house.submission().matter
    assert other is not None
    assert visitor.get(reverse("portal:account", args=[other.pk])).status_code == 404


def test_residents_note_money_on_the_page_of_the_matter(village: Village) -> None:
    client = signed_in(village.by)
    address = reverse("desk:do", args=[village.matter.pk, "money"])
    told: dict[str, Any] = {"is_in": "yes", "amount": "50", "what_for": "gift", "evidence": "list"}
    assert client.post(address, told).status_code == 302
    assert client.post(address, {**told, "is_in": "no", "amount": "20"}).status_code == 302
    too_much = client.post(address, {**told, "is_in": "no", "amount": "31"})
    assert too_much.status_code == 409
    assert "There is not so much on the account." in too_much.content.decode()
    page = read(client, reverse("desk:matter", args=[village.matter.pk]))
    assert "Left 30.00" in page
    assert village.address in page


def test_an_office_is_not_bothered_with_it(house: World) -> None:
    matter = house.submission().matter
    assert matter is not None
    page = read(signed_in(house.staff("handler", house.water)), reverse("desk:matter", args=[matter.pk]))
    assert "public account" not in page.lower()


def test_more_lines_ask_no_more(visitor: Client, village: Village) -> None:
    asked = []
    for n in (1, 15):
        for _ in range(n):
            village.note("1")
        with CaptureQueriesContext(connection) as captured:
            read(visitor, village.address)
            read(visitor, reverse("portal:accounts"))
        asked.append(len(captured))
    assert asked[0] == asked[1] < 10
