import time
from datetime import timedelta
from random import choice, randint

import quarterdeck as dash
from quarterdeck.components import BarChart, LineChart, Statistic, Table
from quarterdeck.grid import Grid, Col, Row

COLOURS = ["Red", "Blue", "Yellow", "Green", "Purple", "Orange"]


class DemoGrid(dash.Script):
    def __init__(self):
        super().__init__("demo_grid")
        self.first = Statistic(id="stat1")
        self.second = Statistic(id="stat2")
        self.line_chart = LineChart(id="line_chart", min_y=0, max_y=20)
        self.bar_chart = BarChart(id="bar_chart", min_y=0, max_y=100)
        self.table = Table(id="table", headers=["Time", "Value"], max_rows=10)
        for colour in COLOURS:
            self.bar_chart.add_bar(colour, randint(0, 100))

    @dash.hooks.schedule(run_every=timedelta(seconds=1))
    def update(self):
        self.first.value = randint(0, 100)
        self.second.value = randint(0, 100)
        self.line_chart.add_data_now(randint(0, 20))
        self.bar_chart.update_bar(choice(COLOURS), randint(0, 100))
        self.table.add_row([str(time.time()), str(randint(0, 20))])

    def render(self):
        numbers = Row(Col(self.first, md=12), Col(self.second, md=12))
        return Grid(
            Row(Col(numbers, md=4), Col(self.line_chart, md=8)),
            Row(Col(self.bar_chart, md=8), Col(self.table, md=4)),
        )
