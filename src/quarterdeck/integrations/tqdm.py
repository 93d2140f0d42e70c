"""tqdm's own classes, whose bars are jobs on the hub."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from tqdm import TqdmExperimentalWarning

from quarterdeck.integrations.bars import closed, failed, opened

with warnings.catch_warnings():
    # In a notebook its bars are new each year; whoever chose them has been told by tqdm itself.
    warnings.simplefilter("ignore", TqdmExperimentalWarning)
    from tqdm.auto import tqdm as automatic

if TYPE_CHECKING:
    from types import TracebackType

    from quarterdeck.integrations.bars import Seen


class Reporting:
    """What a bar does besides; to be mixed in before a class of tqdm's."""

    _seen: Seen | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opened(self)

    def close(self) -> None:
        """See tqdm."""
        closed(self)
        super().close()  # type: ignore[misc]  # the class that this is mixed into has it

    def __exit__(self, kind: Any, error: BaseException | None, trace: TracebackType | None) -> Any:
        """See tqdm."""
        failed(self, error)
        return super().__exit__(kind, error, trace)  # type: ignore[misc]  # see close


class tqdm(Reporting, automatic):  # type: ignore[type-arg]
    """tqdm's own (that of notebooks in a notebook), whose bars are jobs on the hub."""


def trange(*args: Any, **kwargs: Any) -> tqdm:
    """``tqdm(range(*args), **kwargs)``."""
    return tqdm(range(*args), **kwargs)
