"""How the deck shows topics of a kind: a list with its columns, a page with its fields.  No script is needed for it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FORMS = ("text", "number", "percent", "bytes", "time", "duration", "state")
TONES = ("done", "running", "waiting", "warn", "failed", "off")


class Shown:
    """How a field is shown: what it is called, and its form.

    ``number`` may have a ``unit``; ``percent`` is a share of 0 to 1; ``time`` and ``duration`` are microseconds;
    ``state`` is a word, with the tone that ``tones`` gives it (see TONES).  ValueError for another form or tone.
    """

    __slots__ = ("form", "label", "tones", "unit")

    def __init__(
        self, label: str, form: str = "text", *, unit: str | None = None, tones: Mapping[str, str] | None = None
    ) -> None:
        self.label = label
        self.form = form
        self.unit = unit
        self.tones = dict(tones or {})
        if form not in FORMS:
            raise ValueError(f"the field {label!r} has the form {form!r}; there are {', '.join(FORMS)}")
        for tone in self.tones.values():
            if tone not in TONES:
                raise ValueError(f"the field {label!r} has the tone {tone!r}; there are {', '.join(TONES)}")


class Page:
    """``title`` is what a reader calls many of them; ``fields`` are shown in this order, others behind them.

    ``name`` is the column that says what one is called (None: its topic does); ``about`` is a sentence for who has none
    yet, ``command`` what to copy then.
    """

    __slots__ = ("about", "command", "fields", "name", "title")

    def __init__(
        self,
        title: str,
        fields: Mapping[str, Shown] | None = None,
        *,
        name: str | None = None,
        about: str = "",
        command: str = "",
    ) -> None:
        self.title = title
        self.fields = dict(fields or {})
        self.name = name
        self.about = about
        self.command = command
