from datetime import timedelta

import quarterdeck as dash
from quarterdeck.components import Statistic
from quarterdeck.grid import Grid, Col, Row


class DemoHooks(dash.Script):
    def __init__(self):
        super().__init__("demo_hooks")
        self.minutes = Statistic(id="mins", unit="mins")
        self.seconds = Statistic(id="secs", unit="secs")

    @dash.hooks.setup
    def greet(self):
        print("Hello")

    @dash.hooks.schedule(run_every=timedelta(seconds=1))
    def update_seconds(self):
        self.seconds.value = (self.seconds.value + 1) % 60

    @dash.hooks.schedule(run_every=timedelta(minutes=1))
    def update_minutes(self):
        self.minutes.value += 1

    def render(self):
        return Grid(Row(Col(self.minutes, md=6), Col(self.seconds, md=6)))
