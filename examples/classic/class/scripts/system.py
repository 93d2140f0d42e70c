from datetime import timedelta

import psutil

import quarterdeck as dash
from quarterdeck.components import ChartColor, ChartScale, LineChart, ProgressBar, Text
from quarterdeck.grid import Grid, Col, Row

GIGABYTE = 1024.0**3


class System(dash.Script):
    def __init__(self):
        super().__init__("system")
        self.cpu_text = Text(id="cpu_text")
        self.cpu_bar = ProgressBar(id="cpu_bar", striped=True, animated=True)
        self.cpu_chart = LineChart(
            id="cpu_chart", min_y=0, max_y=100, max_points=30, x_scale=ChartScale.Time, num_datasets=psutil.cpu_count()
        )
        for i, dataset in enumerate(self.cpu_chart.datasets):
            dataset.label = "CPU {i}".format(i=i)

        self.mem_text = Text(id="mem_text")
        self.mem_bar = ProgressBar(id="mem_bar", style="danger", striped=True, animated=True)
        self.mem_chart = LineChart(
            id="mem_chart",
            min_y=0,
            max_points=30,
            x_scale=ChartScale.Time,
            max_y=psutil.virtual_memory().total / GIGABYTE,
        )
        self.mem_chart.datasets[0].color = ChartColor.Red
        self.mem_chart.datasets[0].label = "Memory (GB)"

    @dash.hooks.schedule(run_every=timedelta(seconds=1))
    def update_cpu(self):
        usage = psutil.cpu_percent(interval=0.1, percpu=True)
        mean = sum(usage) / len(usage)
        self.cpu_text.text = "#### {0:.2f}%".format(mean)
        self.cpu_bar.value = mean
        self.cpu_chart.add_data_now(*usage)

    @dash.hooks.schedule(run_every=timedelta(seconds=1))
    def update_mem(self):
        memory = psutil.virtual_memory()
        used = (memory.total - memory.available) / GIGABYTE
        self.mem_text.text = "#### {0:.2f} GB ({1:.2f}%)".format(used, memory.percent)
        self.mem_bar.value = memory.percent
        self.mem_chart.add_data_now(used)

    def render(self):
        return Grid(
            Row(
                Col(Text(id="cpu_title", text="### CPU"), self.cpu_text, self.cpu_bar, self.cpu_chart, md=6),
                Col(Text(id="mem_title", text="### Memory"), self.mem_text, self.mem_bar, self.mem_chart, md=6),
            )
        )
