"""`quarterdeck run` on a real hub: the program is as it is without us, and the hub knows how it went."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.e2e.producers.running import COMMAND, PATIENCE

if TYPE_CHECKING:
    from tests.e2e.producers.running import Runs

SELF = """
import json, os, sys
print(json.dumps([sys.argv, sys.path, __name__, os.getcwd(), sys.stdin.read(), sys.flags.optimize, sys.orig_argv[1:]]))
print(sys.custom, sys.modules["sitecustomize"].__file__)
print("to standard error", file=sys.stderr)
sys.exit(7)
"""
FAMILY = """
import multiprocessing, subprocess, sys
from tqdm import tqdm

def work(part):
    return sum(tqdm(range(5), desc=f"part {part}"))

if __name__ == "__main__":
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            pool.map(work, [method])
            pool.close()
            pool.join()
    subprocess.run([sys.executable, "-c", "from tqdm import tqdm\\nfor _ in tqdm(range(3), desc='part other'): pass"])
    subprocess.run(["sh", "-c", "echo from the shell"])
"""
POOLS = """
import concurrent.futures, multiprocessing
from joblib import Parallel, delayed
from mpire import WorkerPool
from rich.progress import track

def work(part):
    return part * 2

if __name__ == "__main__":
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as executor:
        assert sum(executor.map(work, range(8))) == 56
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert sum(pool.map(work, range(8))) == 56
    assert sum(Parallel(n_jobs=2)(delayed(work)(part) for part in range(8))) == 56
    with WorkerPool(2) as pool:
        assert sum(pool.map(work, range(8), progress_bar=True)) == 56
    assert sum(track(range(8), "rich")) == 28
"""
SLOW = """
import sys, time
print("began", flush=True)
for _ in range(int(sys.argv[1])):
    time.sleep(0.01)
print("ended", time.time())
"""
STOPPED = """
import time
print("began", flush=True)
try:
    time.sleep(60)
except KeyboardInterrupt:
    print("tidy")
"""
WRITES = """
import sys
line = b"x" * 99 + b"\\n"
for _ in range(int(sys.argv[1]) // 1_000_000):
    sys.stdout.buffer.write(line * 10_000)
"""


@pytest.mark.parametrize("how", [("program.py",), ("-m", "program"), ("--", "program.py"), ("-c", SELF)])
def test_it_is_as_it_is_without_us(runs: Runs, how: tuple[str, ...]) -> None:
    runs.write(SELF)
    (runs.folder / "site").mkdir()
    (runs.folder / "site" / "sitecustomize.py").write_text("import sys\nsys.custom = __name__\n")
    runs.deck.environment["PYTHONPATH"] += f"{os.pathsep}{runs.folder / 'site'}"
    arguments = [*how, "--name", "-m", "--", "x y"]
    plain = [sys.executable, *(arguments[1:] if how[0] == "--" else arguments)]
    options: Any = {"input": b"typed", "env": runs.deck.environment, "cwd": runs.folder, "capture_output": True}
    with_us = subprocess.run([*COMMAND, *arguments], check=False, **options)
    without = subprocess.run(plain, check=False, **options)
    assert (with_us.returncode, with_us.stdout, with_us.stderr) == (without.returncode, without.stdout, without.stderr)
    name = how[-1] if how[0] != "-c" else "-c"
    job = runs.wait_for(name, state="failed", code=7, reason="it ended with exit code 7", stops=True)
    assert runs.log(job)[-1] == "to standard error"
    assert [source for _, source, _ in job["tail"]] == ["O", "O", "E"]
    assert job["log_lines"] == 3


def test_all_its_processes_report_and_its_children_are_heard(runs: Runs) -> None:
    assert runs.start(runs.write(FAMILY)).wait(PATIENCE) == 0
    program = runs.wait_for("program.py", state="done", code=0)
    for part in ("fork", "spawn", "other"):
        bar = runs.wait_for(f"part {part}", state="done")
        assert bar["program"] == program["process"]
        assert bar["process"] != program["process"]
        assert bar["stops"] is True
    assert "from the shell" in runs.log(program)


def test_pools_of_all_libraries_report_without_a_word(runs: Runs) -> None:
    assert runs.start(runs.write(POOLS), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait(PATIENCE) == 0
    runs.wait_for("program.py", state="done", code=0)
    runs.deck.bring()
    assert all("role" in job for job in runs.jobs()), [job for job in runs.jobs() if "role" not in job]
    ended = [(job["state"], job["done"]) for job in runs.jobs() if job["role"] == "bar"]
    assert ended == [("done", 8)] * 5, runs.jobs()


def test_an_uncaught_error_comes_with_its_traceback(runs: Runs) -> None:
    program = runs.start(runs.write("def f():\n    raise ValueError('no such row')\nf()\n"))
    _, said = program.communicate(timeout=PATIENCE)
    assert program.returncode == 1
    job = runs.wait_for("program.py", "error", "traceback", state="failed")
    assert job["error"] == {"type": "ValueError", "message": "no such row"}
    assert job["traceback"] in said.decode()


def test_a_stop_is_a_real_interrupt_and_the_log_is_read_by_its_name(runs: Runs) -> None:
    program = runs.start(runs.write(STOPPED))
    assert program.stdout is not None
    assert program.stdout.readline() == b"began\n"
    job = runs.wait_for("program.py", state="running")
    runs.deck.run("cancel", job["topic"].removeprefix("job/"))
    assert program.wait(PATIENCE) == 0
    ended = runs.wait_for("program.py", state="interrupted")
    assert ended["reason"] == "somebody stopped it: it ended with exit code 0"
    assert runs.deck.run("logs", "program.py").split()[-1] == "tidy"


def test_what_was_started_to_ignore_ctrl_c_can_be_stopped_too(runs: Runs) -> None:
    """As a shell's script starts what stands before an ``&``."""
    runs.write(STOPPED)
    shell = ["sh", "-c", '"$@" & wait', "sh", *COMMAND, "program.py"]
    with subprocess.Popen(shell, env=runs.deck.environment, cwd=runs.folder, stdout=subprocess.DEVNULL) as program:
        job = runs.wait_for("program.py", state="running")
        runs.deck.run("cancel", job["topic"].removeprefix("job/"))
        assert runs.wait_for("program.py", state="interrupted")["reason"].startswith("somebody stopped it")
        assert program.wait(PATIENCE) == 0


def test_the_next_hub_can_stop_it_too(runs: Runs) -> None:
    program = runs.start(runs.write(STOPPED))
    assert program.stdout is not None
    assert program.stdout.readline() == b"began\n"
    job = runs.wait_for("program.py", state="running")
    runs.deck.kill()
    runs.deck.up()
    until = time.monotonic() + PATIENCE
    while runs.deck.ask("POST", "/api/calls", {"topic": job["topic"], "name": "stop"})[0] == 404:
        assert time.monotonic() < until, "it does not come back to its hub"
        time.sleep(0.02)
    assert program.wait(PATIENCE) == 0
    runs.wait_for("program.py", state="interrupted")


@pytest.mark.parametrize(
    ("number", "state"), [(signal.SIGTERM, "interrupted"), (signal.SIGKILL, "lost"), (signal.SIGSEGV, "lost")]
)
def test_a_signal_that_ends_it_ends_us(runs: Runs, number: signal.Signals, state: str) -> None:
    program = runs.start(runs.write(SLOW), "6000")
    assert program.stdout is not None
    assert program.stdout.readline() == b"began\n"
    job = runs.wait_for("program.py", state="running")
    os.kill(job["pid"], number)
    assert program.wait(PATIENCE) == -number
    assert f"it was killed by {number.name}" in runs.wait_for("program.py", state=state)["reason"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_us_ends_it(runs: Runs, number: signal.Signals) -> None:
    program = runs.start(runs.write(SLOW), "6000")
    assert program.stdout is not None
    assert program.stdout.readline() == b"began\n"
    job = runs.wait_for("program.py", state="running")
    inner = psutil.Process(job["pid"])
    program.send_signal(number)
    assert program.wait(PATIENCE) == -number
    inner.wait(PATIENCE)
    runs.wait_for("program.py", state="lost" if number == signal.SIGKILL else "interrupted")


@pytest.mark.parametrize("trouble", ["frozen", "killed"])
def test_the_hub_in_trouble_costs_it_nothing(runs: Runs, trouble: str) -> None:
    program = runs.start(runs.write(SLOW), "300")
    runs.wait_for("program.py", state="running")
    hub = runs.deck._hub.pid
    os.kill(hub, signal.SIGSTOP if trouble == "frozen" else signal.SIGKILL)
    try:
        printed, _ = program.communicate(timeout=PATIENCE)
        ended = time.time()
    finally:
        if trouble == "frozen":
            os.kill(hub, signal.SIGCONT)
    assert program.returncode == 0
    lines = printed.decode().splitlines()
    assert lines[0] == "began"
    # A busy machine takes a while to end two processes, too.
    assert ended - float(lines[1].split()[1]) < 0.5 + 0.5
    if trouble == "killed":
        runs.deck.kill()
        runs.deck.up()
        # What could not be told is kept, and the next program brings it; one that wakes up finds it at its door.
        assert runs.start("-c", "pass").wait(PATIENCE) == 0
    assert runs.log(runs.wait_for("program.py", state="done", code=0)) == lines


def test_without_a_hub_it_runs_and_one_line_says_so(idle: Runs) -> None:
    program = idle.start(idle.write(FAMILY), stdout=subprocess.PIPE)
    printed, said = program.communicate(timeout=PATIENCE)
    assert program.returncode == 0
    assert printed == b"from the shell\n"
    [line] = [line for line in said.decode().splitlines() if "quarterdeck" in line]
    assert line.startswith("quarterdeck run: no hub was found")


def test_a_hub_that_comes_later_sees_it_from_its_beginning(idle: Runs) -> None:
    program = idle.start(idle.write(STOPPED), stderr=subprocess.DEVNULL)
    assert program.stdout is not None
    assert program.stdout.readline() == b"began\n"
    idle.deck.up()
    idle.wait_for("program.py", state="running", log_lines=1)
    idle.deck.run("cancel", "program.py")
    assert program.wait(PATIENCE) == 0
    assert idle.log(idle.wait_for("program.py", state="interrupted")) == ["began", "tidy"]


def test_a_program_that_writes_very_much_costs_neither_memory_nor_disk(runs: Runs) -> None:
    size = 300_000_000
    program = runs.start(runs.write(WRITES), str(size))
    assert program.stdout is not None
    ours = psutil.Process(program.pid)
    read, most = 0, 0
    while data := program.stdout.read(1 << 20):
        read += len(data)
        most = max(most, ours.memory_info().rss)
    assert (program.wait(PATIENCE), read) == (0, size)
    job = runs.wait_for("program.py", state="done", log_lines=size // 100)
    assert job["log"]["to"] <= (64 << 20) + 200
    assert len(job["tail"]) == 200
    assert most < 100 << 20
    assert job["log"]["to"] == (runs.deck.folder / ".quarterdeck" / "logs" / job["log"]["file"]).stat().st_size


def test_from_another_machine_the_whole_log_is_sent(runs: Runs) -> None:
    elsewhere = {"XDG_STATE_HOME": str(runs.folder / "elsewhere"), "QUARTERDECK_TOKEN": runs.deck.tokens["producer"]}
    runs.deck.environment.update(elsewhere, QUARTERDECK_URL=runs.deck.url)
    text = "import sys, time\nfor n in range(20_000): print('line', n)\nsys.stdin.read()\nprint('the end')"
    program = runs.start(runs.write(text), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    job = runs.wait_for("program.py", state="running")
    until = time.monotonic() + PATIENCE
    while not (runs.deck.folder / ".quarterdeck" / "logs" / job["log"]["file"]).exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    program.communicate(timeout=PATIENCE)
    job = runs.wait_for("program.py", state="done", log_lines=20_001)
    written = (runs.deck.folder / ".quarterdeck" / "logs" / job["log"]["file"]).read_text().splitlines()
    assert [line.split(" ", 2)[2] for line in written] == [*(f"line {n}" for n in range(20_000)), "the end"]


def test_what_it_leaves_behind_still_writes_when_it_has_ended(runs: Runs) -> None:
    text = "import subprocess\nsubprocess.Popen(['sh', '-c', 'read line; echo $line'])\n"
    read, write = os.pipe()
    program = runs.start(runs.write(text), stdin=read)
    os.close(read)
    assert program.wait(PATIENCE) == 0
    runs.wait_for("program.py", state="done")
    os.write(write, b"later\n")
    os.close(write)
    assert program.stdout is not None
    assert program.stdout.read() == b"later\n"


def test_a_reader_that_goes_ends_it_as_it_would_without_us(runs: Runs) -> None:
    program = runs.start(runs.write("import signal, sys\nsignal.signal(13, 0)\nwhile True: print('y')"))
    assert program.stdout is not None
    assert program.stdout.readline() == b"y\n"
    program.stdout.close()
    assert program.wait(PATIENCE) == -signal.SIGPIPE
