"""The plugin of pytest: ``--quarterdeck`` records how long tests take, how they end, and which endpoints they ask.

Without that option it does nothing, and loads nothing but this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quarterdeck.sdk.suite.recorder import Recorder

_IN_WORKER = "workerinput"
_OUTPUT = "workeroutput"
_OURS = "quarterdeck"
WHOLE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
"""How pytest ends if it has not broken off."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, which mean what those of ``quarterdeck collect`` do."""
    group = parser.getgroup(_OURS, "tests and the endpoints that they ask")
    group.addoption("--quarterdeck", action="store_true", help="record the tests, and send the results to a hub")
    group.addoption("--quarterdeck-times", type=int, metavar="N", help="run each test so many times")
    group.addoption("--quarterdeck-url", metavar="URL", help="where the results go: a hub, or a dashboard in an app")
    group.addoption("--quarterdeck-service", metavar="NAME", help="the service that the tests are of")
    group.addoption("--quarterdeck-output", metavar="FILE", help="the file that the results are written to")
    parser.addini(_OURS, "record the tests, and send the results to a hub", type="bool", default=False)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before any conftest has made an application."""
    if _is_asked(early_config):
        from quarterdeck.integrations.suite.entering import record  # only who asks for it pays

        record()


def pytest_configure(config: pytest.Config) -> None:
    """Record, if that is asked for."""
    if not _is_asked(config) or any(isinstance(plugin, Recording) for plugin in config.pluginmanager.get_plugins()):
        return
    from quarterdeck.sdk.suite.recorder import recorder
    from quarterdeck.sdk.suite.suite import Suite, Wanted

    option = config.option
    if hasattr(config, _IN_WORKER):
        config.pluginmanager.register(Recording(recorder, option.quarterdeck_times))
        return
    wanted = Wanted(
        url=option.quarterdeck_url,
        service=option.quarterdeck_service,
        output=option.quarterdeck_output,
        times=option.quarterdeck_times,
    )
    suite = Suite(recorder, wanted, runner="pytest")
    option.quarterdeck_times = suite.times  # workers of xdist are given the options
    suite.prepare()
    config.pluginmanager.register(Recording(recorder, suite.times, suite.finish))


def _is_asked(config: pytest.Config) -> bool:
    return bool(config.known_args_namespace.quarterdeck or config.getini(_OURS))


class Recording:
    """Runs each test ``times`` times; at the end ``finish`` gets what writes a line.

    In a worker of xdist the controller is told.
    """

    def __init__(
        self, recorder: Recorder, times: int, finish: Callable[[Callable[[str], object]], object] | None = None
    ) -> None:
        self._recorder = recorder
        self._times = times
        self._finish = finish
        self._lost: list[str] = []
        self._in_rounds = False
        self._ran: dict[pytest.Item, int] = {}
        self._spoken: set[pytest.Item] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """All tests, and all of them again: what disturbs a machine for a moment then disturbs one repetition of each.

        xdist deals out tests by their names, of which each is one; there a test is repeated at once.
        """
        if self._times > 1 and not hasattr(config, _IN_WORKER):
            self._in_rounds = True
            items[:] = items * self._times

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Progress is told of tests, not of their repetitions."""
        if self._in_rounds:
            session.testscollected //= self._times

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """See pytest."""
        if self._in_rounds:
            self._repeat(item, nextitem)
            return True
        for repetition in range(1, self._times + 1):
            # Of a test that comes again only its own fixtures end, not those of its module.
            self._repeat(item, nextitem if repetition == self._times else item.parent)
        return True

    def _repeat(self, item: pytest.Item, following: Any) -> None:
        """One repetition.  The first one that fails speaks for the test, else the last."""
        from _pytest.runner import runtestprotocol  # as other plugins do that repeat tests

        repetition = self._ran[item] = self._ran.get(item, 0) + 1
        self._recorder.begin(item.nodeid, repetition)
        reports = runtestprotocol(item, nextitem=following, log=False)
        self._end(reports)
        if item in self._spoken or not (repetition == self._times or any(report.failed for report in reports)):
            return
        self._spoken.add(item)
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)

    def _end(self, reports: list[pytest.TestReport]) -> None:
        failed = next((report for report in reports if report.failed), None)
        if failed is not None:
            self._recorder.failed(_said(failed))
        called = next((report for report in reports if report.when == "call"), None)
        counts = failed is not None or (called is not None and (called.passed or hasattr(called, "wasxfail")))
        self._recorder.end(seconds=called.duration if called is not None else reports[0].duration, counts=counts)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A worker tells its controller."""
        output = getattr(session.config, _OUTPUT, None)
        if output is not None:
            from quarterdeck.sdk.services.service import last_service

            bound = last_service()
            output[_OURS] = {**self._recorder.told(), "service": bound.name if bound is not None else None}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """A worker of xdist has ended."""
        told = getattr(node, _OUTPUT, {}).get(_OURS)
        if told is not None:
            self._recorder.add(told)
        else:
            self._lost.append(str(node.gateway.id))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any, exitstatus: int) -> Iterator[None]:
        """Behind everything else."""
        yield
        if self._finish is None or terminalreporter.config.option.collectonly:
            return
        terminalreporter.section(_OURS)
        if exitstatus not in WHOLE:
            terminalreporter.write_line("The tests did not run to their end: nothing was written or sent.")
            return
        for worker in self._lost:
            terminalreporter.write_line(f"The worker {worker} died; what it had recorded is lost.")
        self._finish(terminalreporter.write_line)


def _said(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash is not None else report.longrepr)
