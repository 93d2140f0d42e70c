"""One measured figure, and the table that docs/benchmarks.md shows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, what was to be reached (``limit`` in ``unit``), and what came out.

    ``at_least`` turns the limit round.  ``peers`` are (name, value as text) measured in the same run on the same work;
    ``before`` are such pairs from an earlier measurement, marked so in the table.
    """

    what: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    peers: tuple[tuple[str, str], ...] = ()
    before: tuple[tuple[str, str], ...] = ()
    note: str = field(default="")

    @property
    def reached(self) -> bool | None:
        """None where no limit was named."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def row(self) -> str:
        """The figure as one line of a Markdown table."""
        sign = "≥" if self.at_least else "≤"
        limit = "-" if self.limit is None else f"{sign} {number(self.limit)} {self.unit}"
        verdict = {None: "-", True: "reached", False: "**missed**"}[self.reached]
        beside = "; ".join(f"{name} {value}" for name, value in self.peers)
        before = "; ".join(f"{name} {value} (measured before)" for name, value in self.before)
        others = "; ".join(part for part in (beside, before) if part) or "-"
        what = f"{self.what} ({self.note})" if self.note else self.what
        return f"| {what} | {limit} | {number(self.value)} {self.unit} | {verdict} | {others} |"


def number(value: float) -> str:
    """Three significant digits, and thousands kept apart."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of the values lie; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
