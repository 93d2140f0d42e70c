"""Delivers parcels, and fails now and then on purpose: look at what the deck makes of it.

A failed run shows its traceback, its log and its cause.  What it had changed in the store is undone, so the count of
deliveries is right again in the next run; what it had already shown stays.
"""

from __future__ import annotations

import logging
import random
import sys
from datetime import timedelta

from parcels import AddressUnknown, next_parcel

from quarterdeck import hooks

MISHAP = 0.12  # how often an address is unknown
log = logging.getLogger("post")


@hooks.setup
def setup(panel):
    panel.store.update(delivered=0, this_minute=0)
    panel.components["pace"].datasets[0].label = "Deliveries"


@hooks.schedule(run_every=timedelta(seconds=3))
def deliver(panel):
    parcel = next_parcel(random.random() < MISHAP)
    print(f"parcel {parcel.number} to {parcel.address}, {parcel.weight} kg")
    if parcel.weight > 20:
        log.warning("parcel %s is heavy: %s kg", parcel.number, parcel.weight)
    # Counted too early, as it happens: if the delivery fails, the store is as it was before this run.
    panel.store["delivered"] += 1
    panel.store["this_minute"] += 1
    try:
        parcel.hand_over()
    except AddressUnknown:
        print("nobody knows this address", file=sys.stderr)
        panel.components["story"].text = f"Parcel {parcel.number} came back: **{parcel.address}** is not on any map."
        raise
    panel.components["deliveries"].add_row([parcel.number, parcel.address, parcel.weight])
    show(panel)


def show(panel):
    components, store = panel.components, panel.store
    components["delivered"].value = store["delivered"]
    components["this_minute"].value = store["this_minute"]
    components["story"].text = "All is well. About one delivery in eight fails on purpose; **Runs** shows how."


@hooks.schedule(run_every=timedelta(minutes=1), aligned=True)
def take_stock(panel):
    """At each full minute its count goes into the chart, and a new one begins."""
    panel.components["pace"].add_data_now(panel.store["this_minute"])
    log.info("%d deliveries in the last minute", panel.store["this_minute"])
    panel.store["this_minute"] = 0
