import quarterdeck as dash
import time
from random import choice, randint
from datetime import timedelta

COLOURS = ["Red", "Blue", "Yellow", "Green", "Purple", "Orange"]


@dash.hooks.setup
def main(panel):
    for colour in COLOURS:
        panel.components["bar_chart"].add_bar(colour, randint(0, 100))
    panel.components["table"].headers = ["Time", "Value"]
    panel.components["table"].max_rows = 10


@dash.hooks.schedule(run_every=timedelta(seconds=1))
def update(panel):
    panel.components["stat1"].value = randint(0, 100)
    panel.components["stat2"].value = randint(0, 100)
    panel.components["line_chart"].add_data_now(randint(0, 20))
    panel.components["bar_chart"].update_bar(choice(COLOURS), randint(0, 100))
    panel.components["table"].add_row([str(time.time()), str(randint(0, 20))])


if __name__ == "__main__":
    pass
