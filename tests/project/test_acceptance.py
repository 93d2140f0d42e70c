"""What the decks that came before did, as cases to pass: where each of them is held."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
CASES = {
    "A1 the sample as documented: text, ten rows, chart, store, each second": [
        "worker/test_sample.py::test_the_sample_runs_as_documented",
        "worker/test_class_form.py::test_the_sample_in_the_class_form",
        "e2e/test_sample.py::test_sample_moves_each_second",
        "hub/schedules/test_scheduler.py::test_a_hook_runs_at_once_and_then_each_second_without_drift",
    ],
    "A2 demo_grid: nested columns, bars added in setup, a table of ten rows": [
        "worker/test_classic.py::test_demo_grid"
    ],
    "A3 demo_charts: five data sets over time, bars chosen by label": ["worker/test_classic.py::test_demo_charts"],
    "A4 demo_hooks: two schedules, values read and written": ["worker/test_classic.py::test_demo_hooks"],
    "A5 demo_random: a text of setup, and one of each run": ["worker/test_classic.py::test_demo_random"],
    "A6 system: data sets by the number of processors, bars, Markdown": ["worker/test_classic.py::test_system"],
    "A7 the grid: two rows, nested, the same JSON from both forms": [
        "sdk/layout/test_layout.py::test_a_nested_layout",
        "sdk/layout/test_layout.py::test_the_same_layout_by_constructors",
    ],
    "A8 marks: functions stay as they are, arguments are kept, twice is once": [
        "sdk/test_hooks.py::test_setup_marks_the_function_and_returns_it",
        "sdk/test_hooks.py::test_schedule_keeps_its_arguments",
        "sdk/test_hooks.py::test_a_decorator_twice_is_a_decorator_once",
    ],
    "A9 times: the next occurrence, alignment, the past, two tasks, equal times": [
        "core/test_schedule.py::test_at_is_a_local_time",
        "core/test_schedule.py::test_aligned_means_multiples_of_the_interval_in_local_time",
        "core/test_schedule.py::test_an_interval_counts_from_the_planned_time",
        "hub/schedules/test_scheduler.py::test_what_was_not_planned_before_is_not_caught_up",
        "hub/schedules/test_forms.py::test_two_tasks_keep_their_times_and_those_due_together_both_run",
    ],
    "all of them, in both forms, under a real hub": ["e2e/scripts/test_rules.py::test_the_classic_decks_run"],
}


@pytest.mark.parametrize("case", CASES)
def test_each_case_is_held(case: str) -> None:
    for place in CASES[case]:
        file, name = place.split("::")
        tree = ast.parse((TESTS / file).read_text())
        assert name in {
            node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }, place
