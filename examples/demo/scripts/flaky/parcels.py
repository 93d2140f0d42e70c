"""Parcels, some of which cannot be delivered."""

from __future__ import annotations

import random

STREETS = ("Harbour Lane", "Mill Street", "Lighthouse Road", "Chandler's Row", "Anchor Yard", "Ropewalk")


class AddressUnknown(Exception):
    """No map has this address."""


class Parcel:
    def __init__(self, number, address, weight):
        self.number = number
        self.address = address
        self.weight = weight

    def hand_over(self):
        street = self.address.partition(" ")[2]
        if street not in STREETS:
            raise AddressUnknown(f"parcel {self.number}: there is no {street!r} in town; this demo fails on purpose")


def next_parcel(lost):
    """A parcel; if it is to be ``lost``, its address does not exist."""
    street = "Nowhere Street" if lost else random.choice(STREETS)
    address = f"{random.randint(1, 99)} {street}"
    return Parcel(f"P-{random.randint(100_000, 999_999)}", address, round(random.uniform(0.2, 25), 1))
