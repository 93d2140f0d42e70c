"""What ``import quarterdeck`` costs over the bare interpreter, and whether it loads any third-party module."""

from __future__ import annotations

import resource
import subprocess
import sys

from benchmarks.figures import Figure

ROUNDS = 21
FOREIGN = """
import sys
before = set(sys.modules)
import quarterdeck
new = {name.split(".")[0] for name in set(sys.modules) - before}
print(sorted(name for name in new if name not in sys.stdlib_module_names and name != "quarterdeck"))
"""


def cpu_of(code: str) -> float:
    """Milliseconds of processor time of one new interpreter that runs this code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def measure() -> list[Figure]:
    """The figures of this file: the least of interleaved rounds."""
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(cpu_of("pass"))
        ours.append(cpu_of("import quarterdeck"))
    foreign = subprocess.run([sys.executable, "-c", FOREIGN], check=True, capture_output=True, text=True).stdout.strip()
    return [
        Figure(
            "`import quarterdeck` over bare Python, CPU",
            min(ours) - min(bare),
            "ms",
            20,
            note=f"third-party modules: {foreign}",
        )
    ]
