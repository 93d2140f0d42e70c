"""Who is connected, and what each may do: nothing, unless its rights say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import is_under, join
from quarterdeck.kinds import is_private, is_root, kind_of
from quarterdeck.kinds.registry import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from quarterdeck.core.fold import TopicState
    from quarterdeck.core.ops import Event
    from quarterdeck.hub.frames import Frame, Values

PRODUCED = ("job", "place", "service", "pipeline")
"""The kinds of topics that a producer writes."""
STOP = "stop"
"""The call on a job that ends its program, whosever it is."""
LEVEL = "level"
"""The call on an endpoint that changes how closely it is looked at."""
PROFILE = "profile"
"""The call on a service or an endpoint that samples its requests for a while."""
_OF_ADMINS = (("job", STOP), ("service", LEVEL), ("service", PROFILE))
_ASK = "ask an admin of this deck"
OWNERS = frozenset(("script", "producer"))
"""The fields of a run that say whose it is."""


class States(Protocol):
    """What rights are decided by: the states of topics."""

    def state(self, topic: str) -> TopicState | None: ...


@dataclass(frozen=True, slots=True)
class Rights:
    """What a peer may do; everything that is not named is denied. Prefixes cover whole segments, "" covers all.

    ``free``: patch topics of no kind, and of kinds that programs write. ``runs_of``: patch the runs of this script.
    ``runs_by``: make runs, and patch those whose ``producer`` is this account. ``given``: what a run that the hub gave
    this peer begins with, by topic; None for all others. ``claim``: the topics whose calls it may answer.
    ``private``: watch what is kept from guests, too.
    """

    patch: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    call: tuple[str, ...] = ()
    claim: tuple[str, ...] = ()
    free: bool = False
    private: bool = False
    runs_of: str | None = None
    runs_by: str | None = None
    given: Callable[[str], Values | None] | None = None

    def may_patch(self, topic: str, states: States) -> bool:
        """Whether an event on the topic may be accepted."""
        if _covered(topic, self.patch) or (self.free and is_free(topic)):
            return True
        return _is_run(topic) and self._owns(topic, states)

    def keeps_owner(self, topic: str, ops: Event) -> bool:
        """Whether the operations leave a run whose it is: nobody makes a run of another's script."""
        if not _is_run(topic):
            return True
        own = ["set", "script", self.runs_of]
        return not [op for op in ops if type(op) is list and len(op) > 1 and op[1] in OWNERS and op != own]

    def begin(self, topic: str, states: States) -> Values:
        """What a new topic's first event is preceded by: a run notes whose it is.  Who may begin it may patch it."""
        if self.given is not None:
            return self.given(topic) or {} if _is_run(topic) else {}
        if self.runs_by is None or not _is_run(topic) or states.state(topic) is not None:
            return {}
        return {"producer": self.runs_by}

    def _owns(self, run: str, states: States) -> bool:
        state = states.state(run)
        if self.runs_of is not None:
            return state is not None and state.values.get("script") == self.runs_of
        return self.runs_by is not None and (state is None or state.values.get("producer") == self.runs_by)

    @property
    def sends(self) -> bool:
        """Whether there is anything that it may patch."""
        return bool(self.patch or self.free or self.runs_of is not None or self.runs_by is not None)

    def may_watch(self, prefix: str) -> bool:
        """Whether a topic, or everything under a prefix, may be watched; what is private there needs ``private``."""
        if not self.private and is_private(prefix):
            return False
        return _covered(prefix, self.watch) or (self.free and bool(prefix) and is_free(prefix))

    def check_watch(self, prefix: str) -> None:
        """Raises Refused unless ``may_watch``."""
        if not self.may_watch(prefix):
            raise Refused("forbidden", f"you may not watch {prefix or 'everything'}", _ASK)

    def check_call(self, topic: str, name: str) -> None:
        """Raises Refused unless ``may_call``."""
        if not self.may_call(topic, name):
            raise Refused("forbidden", f"you may not call {name!r} on {topic}", _ASK)

    def may_call(self, topic: str, name: str = "") -> bool:
        """Whether its owner may be called so; some calls are for those who may call everything."""
        if any(name == reserved and is_under(topic, prefix) for prefix, reserved in _OF_ADMINS):
            return "" in self.call
        return _covered(topic, self.call)

    def may_claim(self, topic: str) -> bool:
        """Whether it may answer the calls of the topic; all topics of a kind are nobody's."""
        return _covered(topic, self.claim) and topic not in PRODUCED


NONE = Rights()
GUEST = Rights(watch=("",))
ADMIN = Rights(patch=PRODUCED, watch=("",), call=("",), claim=PRODUCED, free=True, private=True)


def producer(account: str) -> Rights:
    """The rights of a program that sends: free topics, jobs, services, pipelines and its own runs."""
    return Rights(PRODUCED, PRODUCED, PRODUCED, PRODUCED, free=True, runs_by=account)


def worker(script: str, given: Callable[[str], Values | None] | None = None) -> Rights:
    """The rights of a script's worker: its script, the runs of it, and those that it is ``given`` to begin."""
    topic = join("script", script)
    own = (topic, *PRODUCED)
    return Rights(own, own, claim=(topic,), free=True, private=True, runs_of=script, given=given)


def is_free(topic: str) -> bool:
    """Whether the topic belongs to no kind, nor to a kind's family of names; or to a kind that programs write."""
    kind = kind_of(topic)
    if kind is not None:
        return kind.produced
    root = topic.split("/", 1)[0]
    return root not in RESERVED and not is_root(root)


def _is_run(topic: str) -> bool:
    """Whether the topic is a run, and nothing below one."""
    return topic.startswith("run/") and topic.count("/") == 1


def _covered(topic: str, prefixes: tuple[str, ...]) -> bool:
    return any(is_under(topic, prefix) for prefix in prefixes)


class Peer(Protocol):
    """One participant. ``claims`` are the topics whose calls it answers, ``hello`` is the frame that it came with.

    Its ``id`` is that of its stream, if it has one: who comes back with the same stream is the same process.
    ``account`` is None for what the hub has started.  ``gone``: nobody listens there for now, who may come back.
    """

    id: str
    name: str
    rights: Rights
    account: str | None
    claims: tuple[str, ...]
    hello: Frame
    gone: bool

    def send(self, frame: Frame) -> None:
        """Hand it a frame without waiting; a peer that is gone drops it."""
        ...


_CLAIMABLE = "claim single topics under job/, service/ or pipeline/"
_UNCLAIMED = "choose another name, or say hello again when that program has gone"


def _refused(claim: str, code: str, why: str, hint: str) -> dict[str, str]:
    return {"topic": claim, "code": code, "message": f"{claim} cannot be claimed: {why}", "hint": hint}


class Peers:
    """All connected peers; of several that claim the same topic the latest is its owner."""

    def __init__(self) -> None:
        self._peers: dict[str, Peer] = {}
        self._listeners: list[Callable[[Peer, bool], None]] = []

    def __len__(self) -> int:
        return len(self._peers)

    def __iter__(self) -> Iterator[Peer]:
        return iter(self._peers.values())

    def add(self, peer: Peer) -> None:
        """A peer has said hello."""
        self._peers.pop(peer.id, None)
        self._peers[peer.id] = peer
        self._tell(peer, True)

    def remove(self, peer: Peer) -> None:
        """A peer is gone."""
        if self._peers.get(peer.id) is peer:
            del self._peers[peer.id]
            self._tell(peer, False)

    def listen(self, callback: Callable[[Peer, bool], None]) -> None:
        """Call ``callback(peer, here)`` whenever a peer has said hello (True) or is gone (False)."""
        self._listeners.append(callback)

    def _tell(self, peer: Peer, here: bool) -> None:
        for listener in self._listeners:
            listener(peer, here)

    def granted(
        self, claims: Iterable[str], rights: Rights, account: str | None
    ) -> tuple[tuple[str, ...], list[dict[str, str]]]:
        """Those of the claims that a peer of the account has from now on, and why not the others.

        What another account claims is its own, with everything below it, for as long as its peer is here.
        """
        granted, refused = [], []
        for claim in claims:
            if not rights.may_claim(claim):
                refused.append(_refused(claim, "forbidden", "your account may not answer for it", _CLAIMABLE))
            elif any(peer.account != account and _covered(claim, peer.claims) for peer in self):
                refused.append(_refused(claim, "claimed", "another account answers for it", _UNCLAIMED))
            else:
                granted.append(claim)
        return tuple(granted), refused

    def owner(self, topic: str) -> Peer | None:
        """Who answers calls on the topic: the nearest claim above it, of equal ones the latest."""
        best: tuple[int, Peer] | None = None
        for peer in self._peers.values():
            for claim in peer.claims:
                if is_under(topic, claim) and (best is None or len(claim) >= best[0]):
                    best = (len(claim), peer)
        return best[1] if best else None
