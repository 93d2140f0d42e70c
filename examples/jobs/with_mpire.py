"""mpire: its pools report by themselves, with what each worker does."""

import time

from mpire import WorkerPool

from quarterdeck.dashboard import connect_to_dashboard


def square(x):
    """The square of x."""
    time.sleep(0.01)
    return x * x


if __name__ == "__main__":
    connect_to_dashboard(8099)
    with WorkerPool(4, enable_insights=True) as pool:
        print(sum(pool.map(square, range(1000), progress_bar=True)))
