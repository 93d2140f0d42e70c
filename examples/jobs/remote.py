"""A program on another machine: a host and a token, which QUARTERDECK_TOKEN in the environment may be as well.

python remote.py HOST PORT TOKEN
"""

import sys
import time

from quarterdeck.dashboard import connect_to_dashboard
from quarterdeck.progress import track

host, port, token = sys.argv[1:]
connect_to_dashboard(int(port), host, token=token)

for row in track(range(500), "rows, from afar"):
    time.sleep(0.005)
