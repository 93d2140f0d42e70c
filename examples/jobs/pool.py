"""A pool of processes, as the standard library has it: nothing is changed but what connects."""

import time
from multiprocessing import Pool

from quarterdeck.dashboard import connect_to_dashboard


def square(x):
    """The square of x."""
    time.sleep(0.01)
    return x * x


if __name__ == "__main__":
    connect_to_dashboard(8099)
    with Pool(4) as pool:
        print(sum(pool.map(square, range(1000), chunksize=5)))
