"""The kind ``dataset``: one topic a file, ``dataset/<name>``."""

from __future__ import annotations

from quarterdeck.kinds import Keep, Kind, Page, Shown

DATASET = Kind(
    "dataset",
    "dataset/*",
    # What is no scalar: a series a minute, a list of the newest findings, a map of columns, counters of verdicts.
    fields={
        "rows_seen": ("series", 1),
        "age_seen": ("series", 1),
        "findings": ("list", 50),
        "columns": ("map",),
        "verdicts": ("counters",),
    },
    # By these a list is sorted and filtered, by an index of the store.
    columns=("name", "state", "rows", "bytes", "newest", "surveyed"),
    orders=(("state", "surveyed"),),
    produced=True,
    keep=Keep("surveyed", days=90),
    page=Page(
        "Data sets",
        {
            "name": Shown("Name"),
            "state": Shown("State", "state", tones={"sound": "done", "doubtful": "warn", "unreadable": "failed"}),
            "says": Shown("Says"),
            "rows": Shown("Rows", "number"),
            "bytes": Shown("Size", "bytes"),
            "newest": Shown("Newest row", "time"),
            "filled": Shown("Filled cells", "percent"),
            "surveyed": Shown("Surveyed", "time"),
            "took": Shown("Took", "duration"),
            "path": Shown("File"),
            "rows_seen": Shown("Rows", "number"),
            "age_seen": Shown("Age of the newest row", "number", unit="s"),
            "findings": Shown("Findings"),
            "columns": Shown("Columns"),
            "verdicts": Shown("Surveys"),
        },
        name="name",
        about="A data set is a file of rows that somebody surveys. Survey one, and it is here:",
        command="python -m quarterdeck_datasets.survey prices.csv",
    ),
)
