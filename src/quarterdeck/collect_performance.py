"""``python -m quarterdeck.collect_performance``: ``quarterdeck collect`` by its name in Flask-MonitoringDashboard."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from quarterdeck.cli.main import main

    sys.exit(main(["collect", *sys.argv[1:]]))
