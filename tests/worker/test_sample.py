"""The documented sample and the demos that came with it, with only their import lines changed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "examples" / "sample" / "scripts" / "sample"


CHARTS_LAYOUT = """<Grid><Row><Col md=12>
            <Text id="basic_title" text="### Basic Line Chart" />
            <LineChart id="basic_chart" min_y=0 max_y=100 max_points=20 />
            <LineChart id="multiple_chart" min_y=0 max_y=100 max_points=50 />
            <BarChart id="bar_chart" min_y=0 max_y=100 description="Usage" />
        </Col></Row></Grid>"""
CHARTS = """
import quarterdeck as dash
from quarterdeck.components import ChartScale
from datetime import timedelta
import random

NUM_DATASETS = 5


def clamp(val, min_val, max_val):
    return min(max(val, min_val), max_val)


def random_walk(data):
    for i, val in enumerate(data):
        data[i] = clamp(val + random.randint(-10, 10), 0, 100)


@dash.hooks.setup
def setup(panel):
    panel.components['multiple_chart'].num_datasets = NUM_DATASETS
    panel.components['multiple_chart'].x_scale = ChartScale.Time
    for label in ["Red", "Blue", "Yellow", "Green", "Purple", "Orange"]:
        panel.components['bar_chart'].add_bar(label, random.randint(0, 100))
    panel.store['count'] = 0
    panel.store['data'] = [50 for _ in range(NUM_DATASETS)]


@dash.hooks.schedule(run_every=timedelta(seconds=1))
def loop(panel):
    panel.components['basic_chart'].add_data(panel.store['count'], random.randint(0, 100))
    panel.store['count'] += 1
    random_walk(panel.store['data'])
    panel.components['multiple_chart'].add_data_now(*panel.store['data'])
    bar_chart = panel.components['bar_chart']
    bar_chart.update_bar(random.choice(bar_chart.labels), random.randint(0, 100))
"""


def test_the_sample_runs_as_documented(deck):
    shutil.copytree(SAMPLE, deck.folder, dirs_exist_ok=True)
    result = deck.load()
    assert result["form"] == "panel"
    assert result["setup"] == "setup"
    assert result["unkept"] == []
    assert [(hook["name"], hook["every"], hook["at"], hook["aligned"]) for hook in result["hooks"]] == [
        ("update", 1_000_000, None, False)
    ]
    assert result["hooks"][0]["module"] == "sample"
    assert (
        (SAMPLE / "sample.py")
        .read_text()
        .splitlines()[result["hooks"][0]["line"] - 1]
        .startswith("@dash.hooks.schedule")
    )
    assert result["grid"]["children"][1]["children"][0] == {
        "type": "Col", "props": {"md": 6}, "children": [{"type": "Table", "id": "table"}],
    }  # fmt: skip
    deck.run("setup", "r0")
    for tick in range(25):
        assert deck.run(run=f"r{tick + 1}")["state"] == "done"
    rows = deck.panel("table")["rows"]
    assert [row[0] for row in rows] == list(range(15, 25))
    assert deck.panel("table")["headers"] == ["Count", "Value"]
    assert deck.panel("chart")["points"] == rows
    assert deck.panel("text")["text"] == f"The current value is: {rows[-1][1]}"
    assert deck.kept == {"count": "25"}


def test_demo_charts(deck):
    deck.write(layout=CHARTS_LAYOUT, demo_charts=CHARTS)
    deck.load()
    deck.run("setup")
    for tick in range(60):
        deck.run("loop", f"r{tick}")
    assert [point[0] for point in deck.panel("basic_chart")["points"]] == list(range(40, 60))
    assert len(deck.panel("multiple_chart")["points"]) == 50
    assert all(len(point) == 6 for point in deck.panel("multiple_chart")["points"])
    assert deck.panel("multiple_chart")["x_scale"] == "time"
    assert [bar[0] for bar in deck.panel("bar_chart")["bars"].values()] == [
        "Red",
        "Blue",
        "Yellow",
        "Green",
        "Purple",
        "Orange",
    ]
    assert deck.panel("bar_chart")["description"] == "Usage"
    assert deck.kept["count"] == "60"


def test_demo_hooks(deck, head):
    deck.write(
        layout='<Grid><Row><Col md=6><Statistic id="mins" unit="mins" /></Col>'
        '<Col md=6><Statistic id="secs" unit="secs" /></Col></Row></Grid>',
        main=head
        + """
@dash.hooks.setup
def setup(panel):
    print("Hello")

@dash.hooks.schedule(run_every=timedelta(seconds=1))
def update_seconds(panel):
    secs_stat = panel.components['secs']
    secs_stat.value = (secs_stat.value + 1) % 60

@dash.hooks.schedule(run_every=timedelta(minutes=1))
def update_minutes(panel):
    panel.components['mins'].value += 1
""",
    )
    assert [hook["every"] for hook in deck.load()["hooks"]] == [1_000_000, 60_000_000]
    assert deck.run("setup", "r0")["tail"][0][1:] == ["O", "Hello"]
    for tick in range(61):
        deck.run("update_seconds", f"s{tick}")
    deck.run("update_minutes")
    assert (deck.panel("secs")["value"], deck.panel("mins")["value"]) == (1, 1)
    assert (deck.panel("secs")["unit"], deck.panel("mins")["unit"]) == ("secs", "mins")


def test_demo_random(deck, head):
    deck.write(
        layout="<Grid><Row><Col md=12><Text id=hello_text /><Text id=random_text /></Col></Row></Grid>",
        demo_random=head
        + """
from random import randint

@dash.hooks.setup
def setup(panel):
    panel.components['hello_text'].text = "This outputs random numbers"

@dash.hooks.schedule(run_every=timedelta(seconds=1))
def loop(panel):
    panel.components['random_text'].text = str(randint(0, 99))
""",
    )
    deck.load()
    deck.run("setup")
    random.seed(1)
    deck.run("loop")
    assert deck.panel("hello_text")["text"] == "This outputs random numbers"
    assert deck.panel("random_text")["text"] == "17"


def test_a_setup_that_uses_everything(deck, head):
    """What the system page did: data sets named and coloured, an axis set at run time, a bar with a style."""
    deck.write(
        layout="""<Grid><Row><Col md=6>
            <Text id="cpu_text" text="### CPU" /><ProgressBar id="bar" style="danger" striped=True animated=True />
            <LineChart id="cpu" min_y=0 max_y=100 max_points=30 /><LineChart id="mem" min_y=0 max_points=30 />
        </Col></Row></Grid>""",
        system=head
        + """
from quarterdeck.components import ChartColor, ChartScale

@dash.hooks.setup
def setup(panel):
    panel.components['cpu'].x_scale = ChartScale.Time
    panel.components['cpu'].num_datasets = 4
    for i, dataset in enumerate(panel.components['cpu'].datasets):
        dataset.label = "CPU {i}".format(i=i)
    panel.components['mem'].datasets[0].color = ChartColor.Red
    panel.components['mem'].max_y = 31.3

@dash.hooks.schedule(run_every=timedelta(seconds=1))
def update_mem(panel):
    panel.components['mem'].add_data_now(12.5)

@dash.hooks.schedule(run_every=timedelta(seconds=1))
def update_cpu(panel):
    panel.components['cpu_text'].text = "#### {0:.2f}%".format(12)
    panel.components['bar'].value = 12.0
    panel.components['cpu'].add_data_now(*[1, 2, 3, 4])
""",
    )
    deck.load()
    for number, hook in enumerate(("setup", "update_mem", "update_cpu")):
        assert deck.run(hook, f"r{number}")["state"] == "done"
    assert [looks["label"] for looks in deck.panel("cpu")["datasets"]] == ["CPU 0", "CPU 1", "CPU 2", "CPU 3"]
    assert deck.panel("mem")["datasets"][0]["color"] == "red"
    assert deck.panel("mem")["max_y"] == 31.3
    assert deck.panel("cpu_text")["text"] == "#### 12.00%"
    assert deck.panel("bar") == {
        "component": "ProgressBar", "id": "bar", "value": 12.0, "style": "danger", "label": False, "striped": True,
        "animated": True,
    }  # fmt: skip
