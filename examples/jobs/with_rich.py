"""rich: its tasks are bars, beside those that it draws itself."""

import time

from rich.progress import Progress

from quarterdeck.dashboard import connect_to_dashboard

connect_to_dashboard(8099)

with Progress() as progress:
    download = progress.add_task("download", total=300)
    unpack = progress.add_task("unpack", total=300)
    for step in range(300):
        time.sleep(0.01)
        progress.advance(download)
        if step % 2:
            progress.advance(unpack, 2)
