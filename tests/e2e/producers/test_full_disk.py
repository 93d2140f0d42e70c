"""A disk that takes no more, the hub's or the service's: the service answers as ever, and all counts in the end."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.producers.servers import MOST_GROWTH, SERVERS, Server, load, memory, sums, until

# A disk of the hub's own, which nobody else sees; where the machine lets users have one.
MOUNTED = 'mount -t tmpfs -o size=6m tmpfs "$1" && cp -a "$2/." "$1/" && mount --bind "$1" "$2" && shift 2 && exec "$@"'
MOUNT = ("unshare", "--map-root-user", "--mount", "sh", "-c", MOUNTED, "sh")


class Disk:
    """The hub's."""

    def __init__(self, deck: Any, aside: Path) -> None:
        aside.mkdir()
        self._deck = deck
        mount = (*MOUNT, str(aside), str(deck.folder))
        self._own = subprocess.run([*mount, "true"], capture_output=True, check=False).returncode == 0
        if self._own:
            deck.before = mount
        self._ballast = Path()

    def fill(self) -> None:
        if not self._own:
            limit(self._deck.pid, 0)
            return
        self._ballast = Path(f"/proc/{self._deck.pid}/root{self._deck.folder}/ballast")
        with self._ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
            all(file.write(bytes(4096)) for _ in range(1 << 20))

    def free(self) -> None:
        if self._own:
            self._ballast.unlink()
        else:
            limit(self._deck.pid, resource.RLIM_INFINITY)


def limit(pid: int, size: int) -> None:
    """No file may grow beyond this by what the process writes."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]))


@pytest.fixture
def server(deck: Any, tmp_path: Path) -> Iterator[Server]:
    started = Server(deck, tmp_path, *SERVERS["waitress"][:2])
    yield started
    started.kill()


def counted(deck: Any) -> dict[str, int]:
    return (deck.state("service/shop") or {}).get("status") or {}


def test_the_hub_s_disk_is_full_for_a_while(deck: Any, tmp_path: Path, server: Server) -> None:
    disk = Disk(deck, tmp_path / "aside")
    deck.up()
    expected = sums(load(server, 200))
    until(lambda: counted(deck), lambda found: found == expected)
    before = memory(server.pid), memory(deck.pid)
    disk.fill()
    expected = sums(expected, load(server, 1000))
    until(lambda: deck.state("hub")["trouble"], lambda trouble: trouble is not None)
    expected = sums(expected, load(server, 1000))
    grown = [now - then for now, then in zip((memory(server.pid), memory(deck.pid)), before, strict=True)]
    assert max(grown) < MOST_GROWTH
    disk.free()
    until(lambda: counted(deck), lambda found: found == expected)
    until(lambda: deck.state("hub")["trouble"], lambda trouble: trouble is None)


def test_the_service_s_own_disk_is_full(deck: Any, server: Server) -> None:
    limit(server.pid, 0)  # its standard error is a file as well
    expected = sums(load(server, 200))
    assert expected.keys() == {"200", "404", "500"}
    deck.up()
    expected = sums(expected, load(server, 200))
    until(lambda: counted(deck), lambda found: found == expected)
