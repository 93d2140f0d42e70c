from datetime import timedelta
from random import randint

import quarterdeck as dash
from quarterdeck.components import Text
from quarterdeck.grid import Grid, Col, Row


class DemoRandom(dash.Script):
    def __init__(self):
        super().__init__("demo_random")
        self.hello = Text("hello_text", "This outputs random numbers")
        self.number = Text("random_text")

    @dash.hooks.schedule(run_every=timedelta(seconds=1))
    def loop(self):
        self.number.text = str(randint(0, 99))

    def render(self):
        return Grid(Row(Col(self.hello, md=12)), Row(Col(self.number, md=12)))
