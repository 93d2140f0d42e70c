import quarterdeck as dash
from datetime import timedelta


@dash.hooks.setup
def setup(panel):
    print("Hello")


@dash.hooks.schedule(run_every=timedelta(seconds=1))
def update_seconds(panel):
    seconds = panel.components["secs"]
    seconds.value = (seconds.value + 1) % 60


@dash.hooks.schedule(run_every=timedelta(minutes=1))
def update_minutes(panel):
    panel.components["mins"].value += 1
