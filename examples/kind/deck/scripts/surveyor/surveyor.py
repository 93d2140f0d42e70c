"""Surveys every file of the deck's folder data."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from quarterdeck import hooks
from quarterdeck_datasets.survey import survey

DATA = Path(__file__).parents[2] / "data"


@hooks.schedule(run_every=timedelta(seconds=10))
def look(panel):
    files = sorted(DATA.glob("*.csv"))
    for file in files:
        survey(file)
    panel.components["last"].text = f"{len(files)} files of `{DATA.name}` were surveyed."
