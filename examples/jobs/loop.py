"""A loop: one import is changed."""

import time

from quarterdeck.dashboard import connect_to_dashboard
from quarterdeck.progress import tqdm

connect_to_dashboard(8099)

for epoch in tqdm(range(5), desc="epochs"):
    for row in tqdm(range(200), desc="rows", unit="rows", leave=False):
        time.sleep(0.005)
