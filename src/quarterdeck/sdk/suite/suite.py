"""One run of a project's tests, from what is wanted to what is written and sent."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from quarterdeck.sdk.services.configuration.config import config
from quarterdeck.sdk.services.configuration.revision import revision
from quarterdeck.sdk.services.service import last_service
from quarterdeck.sdk.suite import logs
from quarterdeck.sdk.suite.ci import recognise
from quarterdeck.sdk.suite.results import counted, failures, results_of
from quarterdeck.sdk.suite.sending import SendError, address_of, send

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.sdk.suite.recorder import Recorder

OUTPUT = "quarterdeck-tests.json"
LOG_DIR = "DASHBOARD_LOG_DIR"
_MOST_FAILURES = 20


@dataclass
class Wanted:
    """What was said on the command line; None where nothing was."""

    url: str | None = None
    token: str | None = None
    service: str | None = None
    output: str | None = None
    times: int | None = None
    folder: str | None = None


class Suite:
    """``prepare`` before the tests, ``finish`` after them."""

    def __init__(self, recorder: Recorder, wanted: Wanted, runner: str) -> None:
        config.from_file()  # which DASHBOARD_CONFIG names
        self._recorder = recorder
        self._wanted = wanted
        self._runner = runner
        self._begun = time.time()
        self._logs = os.environ.get(LOG_DIR) or None
        self.times = max(1, wanted.times or config.n)
        self.results: dict[str, Any] = {}

    def prepare(self) -> None:
        """Empty the logs that the application writes, if it does."""
        if self._logs is not None:
            logs.empty(self._logs)

    def finish(self, say: Callable[[str], object]) -> bool:
        """Write the results, and send them if it was said where to; False if they did not arrive."""
        if self._logs is not None:
            logs.write_runs(self._logs, self._recorder)
        logs.read(self._recorder, self._logs, os.path.expanduser("~"), self._begun)
        self.results = results_of(self._recorder, self._facts())
        if not self.results["test_runs"]:
            say("No test was run, so there are no results.")
            return False
        output = self._wanted.output or OUTPUT
        # Half of a surrogate pair, in a name or in what a test said, would be no JSON to the hub.
        body = json.dumps(self.results, ensure_ascii=False).encode(errors="replace")
        with open(output, "wb") as file:
            file.write(body)
        for line in _summary(self.results, self.times):
            say(line)
        say(f"Results: {output}")
        return deliver(body, self._wanted, say, output)

    def _facts(self) -> dict[str, Any]:
        job = recognise(os.environ)
        return {
            "app_version": _version(job),
            "travis_job": os.environ.get("TRAVIS_JOB_NUMBER"),
            "service": self._wanted.service or self._recorder.service or _service(),
            "ci": job,
            "runner": self._runner,
            "python": platform.python_version(),
        }


def deliver(body: bytes, wanted: Wanted, say: Callable[[str], object], output: str) -> bool:
    """Send results, if it is said where to; False if they did not arrive."""
    url = wanted.url or config.submit_results_url
    if url is None:
        say("They are sent nowhere: --url URL or SUBMIT_RESULTS_URL says where to.")
        return True
    try:
        address = address_of(url)
        send(address, wanted.token or _token(address), body)
    except SendError as error:
        say(f"Not sent: {error.message} {error.hint}")
        say(f"Send them later: quarterdeck collect --send {output} --url {url}")
        return False
    say(f"Sent to {address}")
    return True


def _summary(results: dict[str, Any], times: int) -> list[str]:
    tests, endpoints = counted(results, "test"), counted(results, "endpoint", "endpoint", "endpoint_exec_times")
    grouped = results["grouped_tests"]
    if grouped and not results["endpoint_exec_times"]:
        endpoints = counted(results, "endpoint", "endpoint", "grouped_tests")
    bad = failures(results)
    often = f", {times} times each," if times > 1 else ""
    lines = [f"{tests} of {results['service']}{often} asked {endpoints}; {len(bad)} failed"]
    for name, failed, all_, error in bad[:_MOST_FAILURES]:
        often = f" ({failed} of {all_} times)" if all_ > 1 else ""
        lines.append(f"  failed{often}: {name}" + (f": {error.splitlines()[0]}" if error else ""))
    if len(bad) > _MOST_FAILURES:
        lines.append(f"  and {len(bad) - _MOST_FAILURES} more")
    return lines


def _version(job: dict[str, str] | None) -> str:
    """As the service is measured: by GIT or APP_VERSION; else the commit that is tested."""
    usual = type(config).app_version.default
    if config.git is not None or config.app_version != usual:
        return config.version
    commit = (job or {}).get("commit", "")[:6]
    folder = os.getcwd()
    while not commit and folder != os.path.dirname(folder):
        commit = revision(folder) or ""
        folder = os.path.dirname(folder)
    return commit or usual


def _service() -> str:
    """The service that the tests have bound, else the project by its folder."""
    bound = last_service()
    return bound.name if bound is not None else os.path.basename(os.getcwd()) or "tests"


def _token(address: str) -> str | None:
    """That of the environment; or of this user's hub, if it is that which is sent to."""
    from quarterdeck.sdk import discovery  # only who sends needs it
    from quarterdeck.sdk.transport import Denied

    parts = urlsplit(address)
    try:
        return discovery.find(f"{parts.scheme}://{parts.netloc}", None)[1]
    except Denied:
        return None
