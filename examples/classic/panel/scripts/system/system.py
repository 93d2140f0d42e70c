import quarterdeck as dash
from quarterdeck.components import ChartColor, ChartScale
from datetime import timedelta
import psutil

GIGABYTE = 1024.0**3


@dash.hooks.setup
def setup(panel):
    panel.components["cpu_chart"].x_scale = ChartScale.Time
    panel.components["cpu_chart"].num_datasets = psutil.cpu_count()
    for i, dataset in enumerate(panel.components["cpu_chart"].datasets):
        dataset.label = "CPU {i}".format(i=i)

    panel.components["mem_chart"].x_scale = ChartScale.Time
    panel.components["mem_chart"].datasets[0].color = ChartColor.Red
    panel.components["mem_chart"].datasets[0].label = "Memory (GB)"
    panel.components["mem_chart"].max_y = psutil.virtual_memory().total / GIGABYTE


@dash.hooks.schedule(run_every=timedelta(seconds=1))
def update_mem(panel):
    memory = psutil.virtual_memory()
    used = (memory.total - memory.available) / GIGABYTE
    panel.components["mem_text"].text = "#### {0:.2f} GB ({1:.2f}%)".format(used, memory.percent)
    panel.components["mem_bar"].value = memory.percent
    panel.components["mem_chart"].add_data_now(used)


@dash.hooks.schedule(run_every=timedelta(seconds=1))
def update_cpu(panel):
    usage = psutil.cpu_percent(interval=0.1, percpu=True)
    mean = sum(usage) / len(usage)
    panel.components["cpu_text"].text = "#### {0:.2f}%".format(mean)
    panel.components["cpu_bar"].value = mean
    panel.components["cpu_chart"].add_data_now(*usage)
