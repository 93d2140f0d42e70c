import quarterdeck as dash
from quarterdeck.components import ChartScale
from datetime import timedelta
import random

WALKERS = 5


@dash.hooks.setup
def setup(panel):
    panel.components["multiple_chart"].num_datasets = WALKERS
    panel.components["multiple_chart"].x_scale = ChartScale.Time
    for colour in ["Red", "Blue", "Yellow", "Green", "Purple", "Orange"]:
        panel.components["bar_chart"].add_bar(colour, random.randint(0, 100))
    panel.store["count"] = 0
    panel.store["places"] = [50] * WALKERS


@dash.hooks.schedule(run_every=timedelta(seconds=1))
def loop(panel):
    panel.components["basic_chart"].add_data(panel.store["count"], random.randint(0, 100))
    panel.store["count"] += 1
    places = panel.store["places"]
    for i, place in enumerate(places):
        places[i] = min(100, max(0, place + random.randint(-10, 10)))
    panel.components["multiple_chart"].add_data_now(*places)
    bars = panel.components["bar_chart"]
    bars.update_bar(random.choice(bars.labels), random.randint(0, 100))
