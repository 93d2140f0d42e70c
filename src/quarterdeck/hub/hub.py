"""The hub: builds its parts, joins them, starts and stops them in order."""

from __future__ import annotations

import asyncio
import logging
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from quarterdeck.core.topics import join
from quarterdeck.hub import discovery, peers
from quarterdeck.hub.accounts.accounts import Accounts
from quarterdeck.hub.allowance import Allowance
from quarterdeck.hub.blobs import Blobs
from quarterdeck.hub.commits import Commits
from quarterdeck.hub.committed import CommittedRecords
from quarterdeck.hub.exchange import Exchange
from quarterdeck.hub.jobs import Jobs
from quarterdeck.hub.keeping import Keeping
from quarterdeck.hub.metrics import Metrics
from quarterdeck.hub.overview import Overview
from quarterdeck.hub.retention.limits import ChosenLimits
from quarterdeck.hub.retention.service import Places as KeptPlaces
from quarterdeck.hub.retention.service import RetentionService
from quarterdeck.hub.scripts import ScriptService
from quarterdeck.hub.scripts.runs.beside import claim_of
from quarterdeck.hub.services.callers import TrimmedCallers
from quarterdeck.hub.services.levels import Levels
from quarterdeck.hub.services.processes import Processes
from quarterdeck.hub.services.profiling import Profiling
from quarterdeck.hub.socket import SocketServer
from quarterdeck.hub.stopping import Stopping
from quarterdeck.hub.upkeep import Upkeep
from quarterdeck.hub.webhook.messages import Letterhead
from quarterdeck.hub.webhook.webhook import Webhook
from quarterdeck.kinds import all_kinds
from quarterdeck.kinds.installed import brought
from quarterdeck.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.deck import Deck
    from quarterdeck.hub.frames import Args, Frame
    from quarterdeck.hub.peers import Peer, Rights
    from quarterdeck.store.contract import Store

    Ports = Sequence[int]

_log = logging.getLogger(__name__)


class Hub:
    """``url`` is where this machine reaches the hub, ``host`` the address that it is bound to, ``ports`` its ports.

    ``usual`` is whether this user's producers find it without naming one.  All of it belongs to one event loop.
    """

    given: Sequence[str] = ()
    """The accounts that whoever started it has made or changed by that."""

    def __init__(
        self, deck: Deck, store: Store, clock: Clock, *, host: str, url: str, ports: Ports = (), usual: bool = True
    ) -> None:
        self.deck = deck
        self.host = host
        self.url = url
        self._ports = ports
        self._usual = usual
        self.entrance = "login"  # the page that a login link leads to: any page spends a code
        self.clock = clock
        self.commits = Commits(store, clock)
        self.blobs = Blobs(deck.blobs, store, clock, deck.settings.hub.blob_mb * 1_000_000)
        self.exchange = Exchange(
            store,
            self.commits,
            clock,
            deck.name,
            aside=asyncio.to_thread,
            blobs=self.blobs,
            allowance=Allowance(deck.settings.hub.new_topics, clock.monotonic),
            url=url,
        )
        self.board = self.exchange.board
        self.calls = self.exchange.calls
        self._records = CommittedRecords(store, self.commits)
        self.accounts = Accounts(self._records, clock)
        limits = ChosenLimits(deck.settings.retention, self._records)
        self.scripts = ScriptService(
            board=self.board, records=self._records, places=deck, rules=deck.settings, clock=clock, keep=limits
        )
        places = KeptPlaces(deck.logs, deck.blobs)
        self._retention = RetentionService(self.board, store, limits, self.scripts.pruning, places, clock)
        address = deck.settings.hub.url or url
        self.webhook = Webhook(
            deck.settings.hub.webhook,
            Letterhead(deck.name, deck.settings.zone, address),
            board=self.board,
            records=self._records,
            clock=clock,
        )
        self._jobs = Jobs(self.board, clock)
        self._callers = TrimmedCallers(self.board)
        self._processes = Processes(self.board, self.exchange.peers, clock)
        self._overview = Overview(self.board, clock, deck)
        self._upkeep = Upkeep(store, self.commits, clock, self.accounts, self.blobs)
        self._keeping = Keeping(self.board, self._records, clock)
        self._metrics = Metrics(self.exchange)
        self._socket = SocketServer(self.exchange, deck.socket, self._admit)
        self._links: dict[str, tuple[str, _Link]] = {}

    def login_link(self, code: str, address: str | None = None) -> str:
        """The address that spends a login code; the code is in the fragment, which browsers send to nobody.

        ``address`` is where the page lies for whoever asked, if that is not the hub's own.
        """
        return f"{address or self.url}/{self.entrance}#code={code}"

    async def start(self) -> None:
        """Start everything; the web's server starts afterwards."""
        self.exchange.peers.listen(self._on_peer)
        self.calls.serve("script", self.scripts.answer)
        self.calls.serve("hub", self.webhook.answer)
        self.calls.serve("retention", self._retention.answer)
        Stopping(self.board, self.calls, self.exchange.peers, self.clock).start()
        Levels(self.board, self.calls, self.exchange.peers, self._records, self.clock).start()
        Profiling(self.board, self.calls, self.exchange.peers, self.clock).start()
        self.webhook.start()
        self._tell_kinds()
        await self._announce()
        await self._overview.start()
        await self._jobs.start()
        self._callers.start()
        await self._processes.start()
        await self.scripts.start()
        # Only now, so that a worker which comes back meets a hub that knows it.
        await self._socket.start()
        self._upkeep.start()
        self._keeping.start()
        self._retention.start()
        self._metrics.start()

    async def stop(self) -> None:
        """End the workers after their runs, write what is left, and go."""
        self._metrics.stop()
        self._retention.stop()
        self._keeping.stop()
        self._upkeep.stop()
        await self.scripts.stop()
        await self._socket.close()
        self.webhook.stop()
        self._jobs.stop()
        self._callers.stop()
        self._processes.stop()
        self._overview.stop()
        await self.commits.close()
        for path in (self.deck.discovery, discovery.user_file()):
            discovery.withdraw(path, os.getpid())
        discovery.remove_ports(os.getpid())

    # --- how it is found

    async def _announce(self) -> None:
        """Write the discovery files.  Their tokens outlive restarts, as what was started goes on using them."""
        known = discovery.read(self.deck.discovery)
        admin = await self.accounts.tokens.own("command line", "admin", known.get("token"))
        producer = await self.accounts.tokens.own("this machine", "producer", known.get("producer"))
        where: dict[str, Any] = {"url": self.url, "pid": os.getpid(), "version": __version__}
        said = {**where, "socket": str(self.deck.socket), "token": admin, "producer": producer}
        discovery.write(self.deck.discovery, said)
        places = {"deck": str(self.deck.folder), "logs": str(self.deck.logs)}
        files = [discovery.port_file(port) for port in self._ports]
        for path in [*files, discovery.user_file()] if self._usual else files:
            discovery.write(path, {**where, **places, "token": producer})
        self.scripts.environment.update(QUARTERDECK_URL=self.url, QUARTERDECK_TOKEN=producer)

    def _tell_kinds(self) -> None:
        """Which kinds have a list of their own; and what other distributions could not bring."""
        shown = [{"name": kind.name, "title": kind.page.title} for kind in all_kinds() if kind.page is not None]
        self.board.publish("hub", [["set", "kinds", shown]])
        for each in brought():
            if each.fault:
                _log.error("the kind %s of %s is left out: %s", each.name, each.distribution, each.fault)

    # --- workers

    def _admit(self, hello: Frame) -> Rights | None:
        script = self.scripts.script_of(str(hello.get("token") or ""))
        return None if script is None else peers.worker(script, partial(self.scripts.given, script))

    def _on_peer(self, peer: Peer, here: bool) -> None:
        hello: Frame = getattr(peer, "hello", {})
        if not here:
            script, link = self._links.pop(peer.id, ("", None))
            if link is not None:
                self.scripts.disconnected(script, link)
            return
        script_here = self.scripts.script_of(str(hello.get("token") or ""))
        if script_here is not None:
            run = self.scripts.beside_of(script_here, str(hello.get("token")))
            made = _Link(self, join("script", script_here) if run is None else claim_of(script_here, run))
            self._links[peer.id] = (script_here, made)
            self.scripts.connected(script_here, made, hello.get("state") or {}, run)


class _Link:
    """The connection to a worker, as scripts use it."""

    def __init__(self, hub: Hub, topic: str) -> None:
        self._hub = hub
        self._topic = topic

    async def call(self, name: str, args: Args) -> Any:
        """The worker's answer; it may take its time."""
        return await self._hub.calls.call_peer(self._topic, name, args, timeout=None)
