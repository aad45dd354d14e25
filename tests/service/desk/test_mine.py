"""My work: who finds what in which list."""

from __future__ import annotations

from django.urls import reverse


def test_a_handler_finds_what_their_body_leads(world, at_desk):
    matter = world.submission("Sewage smells at the bridge").matter
    client = at_desk(world.staff("handler", world.water))
    page = client.get(reverse("desk:list", args=["all"])).content.decode()
    assert "Sewage smells at the bridge" in page
    assert matter.number in page
