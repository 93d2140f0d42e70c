import random
from datetime import timedelta

import quarterdeck as dash
from quarterdeck.components import BarChart, ChartScale, LineChart, Text
from quarterdeck.grid import Grid, Col, Row

WALKERS = 5


class DemoCharts(dash.Script):
    def __init__(self):
        super().__init__("demo_charts")
        self.count = 0
        self.places = [50] * WALKERS
        self.basic = LineChart(id="basic_chart", min_y=0, max_y=100, max_points=20)
        self.multiple = LineChart(
            id="multiple_chart", min_y=0, max_y=100, max_points=50, num_datasets=WALKERS, x_scale=ChartScale.Time
        )
        self.bars = BarChart(id="bar_chart", min_y=0, max_y=100, description="Usage")
        for colour in ["Red", "Blue", "Yellow", "Green", "Purple", "Orange"]:
            self.bars.add_bar(colour, random.randint(0, 100))

    @dash.hooks.schedule(run_every=timedelta(seconds=1))
    def loop(self):
        self.basic.add_data(self.count, random.randint(0, 100))
        self.count += 1
        for i, place in enumerate(self.places):
            self.places[i] = min(100, max(0, place + random.randint(-10, 10)))
        self.multiple.add_data_now(*self.places)
        self.bars.update_bar(random.choice(self.bars.labels), random.randint(0, 100))

    def render(self):
        return Grid(
            Row(
                Col(
                    Text(id="basic_title", text="### One line"),
                    self.basic,
                    Text(id="multiple_title", text="### Several lines over time"),
                    self.multiple,
                    Text(id="bar_title", text="### Bars"),
                    self.bars,
                    md=12,
                )
            )
        )
