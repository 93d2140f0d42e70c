"""Whatever a script, a hook or a program is called: nothing leaves its card, no page scrolls sideways on a phone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.e2e.producers.programs import bring
from tests.e2e.test_jobs_page import clean, environment_of
from tests.e2e.test_sample import Up, log_in

LONG = "named_like_the_department_and_its_purpose_" * 3
FAILS = f"""
from datetime import timedelta
import quarterdeck as qd

@qd.hooks.schedule(run_every=timedelta(hours=9))
def {LONG}hook(panel):
    raise ValueError("{LONG * 3}")
"""
DIES = "from quarterdeck.progress import track\nfor row in track(range(3)): raise ValueError('row')\n"


def test_long_names_stay_in_their_place(sample: Up, page: Page, tmp_path: Path) -> None:
    (sample.deck / "scripts" / f"{LONG}.py").write_text(FAILS)
    page.set_viewport_size({"width": 390, "height": 844})
    sample.start()
    log_in(page, sample)
    program = tmp_path / f"{LONG}program.py"
    program.write_text(DIES)
    environment = environment_of(sample, tmp_path)
    assert (
        subprocess.run(
            [sys.executable, str(program)], env=environment, stderr=subprocess.DEVNULL, check=False
        ).returncode
        == 1
    )
    bring(environment)
    attention = page.get_by_role("region", name="Needs attention")
    expect(attention.get_by_role("link", name=program.name)).to_be_visible()
    clean(page)
    for path in (f"/scripts/{LONG}/hooks", "/schedules", "/jobs"):
        page.goto(sample.url + path)
        expect(page.get_by_text(LONG).first).to_be_attached()
        clean(page)
    page.goto(f"{sample.url}/scripts/{LONG}")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("ValueError").first).to_be_visible()
    page.goto(f"{sample.url}/scripts/{LONG}/source")
    expect(page.get_by_text("Line 7 failed")).to_be_attached()
    clean(page)
