"""joblib: each Parallel is a bar."""

import time

from joblib import Parallel, delayed

from quarterdeck.dashboard import connect_to_dashboard


def square(x):
    """The square of x."""
    time.sleep(0.01)
    return x * x


if __name__ == "__main__":
    connect_to_dashboard(8099)
    print(sum(Parallel(n_jobs=4)(delayed(square)(x) for x in range(1000))))
