"""For users' tests, and for ours: a hub in the same process, a fake clock, histories that know no mercy."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from quarterdeck.testing.local import LocalHub

__all__ = ["hub"]


def hub() -> LocalHub:
    """A hub in this process, without port, login or file: ``with quarterdeck.testing.hub() as hub: ...``.

    Inside, all that the program emits goes there, and ``hub.state("lab/x")`` is what a page would show.  It needs the
    extra ``hub``.
    """
    # The fake clock needs no server's library.
    from quarterdeck.testing.local import LocalHub  # noqa: PLC0415

    return LocalHub()
