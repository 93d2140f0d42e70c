"""A page for tests: it has what the hub would have of one component."""

from __future__ import annotations

import pytest

from quarterdeck.core.fold import fold
from quarterdeck.core.state import TopicState


class Page:
    """Binds a component and folds every event of it."""

    def __init__(self, component):
        self.topic = TopicState()
        self.events = []
        component.bind(self)
        self.emit(component.birth())

    def emit(self, ops):
        self.events.append(ops)
        fold(self.topic, ops)

    def pusher(self, field, cap):
        return lambda item: self.emit([["push", field, [item], cap]])

    @property
    def state(self):
        return self.topic.values


@pytest.fixture
def page_of():
    return Page
