"""Addresses for those who run the node and those who check it."""

from django.urls import path

from gongzhi.service.commands import probes

app_name = "commands"
urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("ledger/checkpoint", probes.checkpoint, name="checkpoint"),
    path("ledger/key", probes.key, name="key"),
    path("ledger/tile/<int:level>/<path:number>", probes.tile, name="tile"),
]
