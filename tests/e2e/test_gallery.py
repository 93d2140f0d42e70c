"""Every component on real input, in a real browser: by day and night, on a phone; what a script made runs nowhere."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from tests.e2e.conftest import ROOT, UpProcess
from tests.e2e.test_sample import log_in, problems

SLOW = 60_000.0  # milliseconds: what it shows is measured first, on a machine that may have other things to do
MANY = """\
import numpy
from matplotlib.figure import Figure
from PIL import Image
from plotly import graph_objects

import quarterdeck as qd

HOSTILE = b"<!doctype html><script>document.title = 'taken'; fetch('/api/me')</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "taken"</script><rect width="9" height="9"/>'


@qd.hooks.setup
def setup(panel):
    chart = panel.components["chart"]
    for number in range(10_000):
        chart.add_data(number, number % 100)
    plot = Figure(figsize=(4, 3))
    plot.subplots().plot([1, 3, 2])
    panel.components["plotted"].image = plot
    panel.components["painted"].image = Image.new("RGB", (30, 20), "navy")
    panel.components["array"].image = numpy.linspace(0, 1, 600).reshape(20, 30)
    x = numpy.arange(50)
    panel.components["typed"].figure = graph_objects.Figure(
        [graph_objects.Scatter(x=x, y=x**2), graph_objects.Heatmap(z=numpy.outer(x, x)), graph_objects.Histogram(x=x)]
    )
    panel.components["picture"].image = SVG + b"</svg>"
    panel.components["page"].offer(HOSTILE, name="page.html")
    panel.components["strange"].figure = {"data": [{"type": "scatter3d"}]}
    panel.components["reaching"].figure = {
        "data": [{"y": [1, 2], "name": "<img src=x onerror='top.taken=1'>"}],
        "layout": {"title": {"text": "<a href='javascript:top.taken=1'>reach</a><script>top.taken=1</script>"}},
    }
"""
MANY_LAYOUT = """<Grid><LineChart id=chart x_scale=linear /><Image id=picture /><Download id=page />
<Figure id=strange /><Figure id=reaching />
<Image id=plotted /><Image id=painted /><Image id=array /><Figure id=typed /></Grid>"""


def deck_of(tmp_path: Path, name: str) -> Path:
    """An empty deck with a folder for the script."""
    deck = tmp_path / "deck"
    (deck / "scripts" / name).mkdir(parents=True)
    (deck / "quarterdeck.toml").write_text("")
    return deck


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[UpProcess]:
    deck = deck_of(tmp_path, "gallery")
    source = ROOT / "examples" / "demo" / "scripts" / "gallery"
    shutil.copytree(source, deck / "scripts" / "gallery", dirs_exist_ok=True)
    process = UpProcess(deck, tmp_path / "state")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def many(tmp_path: Path) -> Iterator[UpProcess]:
    deck = deck_of(tmp_path, "many")
    (deck / "scripts" / "many" / "many.py").write_text(MANY)
    (deck / "scripts" / "many" / "layout.html").write_text(MANY_LAYOUT)
    process = UpProcess(deck, tmp_path / "state")
    process.start()
    yield process
    process.stop()


def card(page: Page, title: str) -> Locator:
    """The card of one component."""
    by_name = page.locator(f'main section.card[aria-label="{title}"]')
    return by_name.or_(page.locator("main figure.card", has=page.get_by_role("heading", name=title, exact=True)))


COLORS = """selector => {
  const canvas = document.querySelector(selector);
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
  return seen.size;
}"""
PAINTED = """color => {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


def painted(page: Page, of: Locator) -> list[int]:
    """The colour behind something, as red, green and blue."""
    color = of.evaluate("one => getComputedStyle(one).backgroundColor")
    found: list[int] = page.evaluate(PAINTED, color)
    return found


def open_gallery(page: Page, gallery: UpProcess) -> None:
    """Log in, and wait until everything was measured."""
    log_in(page, gallery)
    page.goto(f"{gallery.url}/scripts/gallery")
    expect(page.get_by_text("Every component")).to_be_visible(timeout=SLOW)
    expect(card(page, "Skyline").get_by_role("img")).to_be_attached(timeout=SLOW)
    page.locator("iframe").scroll_into_view_if_needed()
    expect(page.frame_locator("iframe").locator("g.trace.boxes").nth(12)).to_be_attached(timeout=SLOW)


def test_each_component_is_seen(gallery: UpProcess, page: Page) -> None:
    open_gallery(page, gallery)
    expect(card(page, "Processor, %").locator("canvas")).to_be_visible()
    for title in ("Memory, GB", "Lines and syntax nodes of each file"):
        expect(card(page, title).locator("canvas")).to_be_visible()
    heat = card(page, "What packages are made of, per 1000 nodes").get_by_role("img")
    # How many packages there are, and what is in them, differs from one Python to the next.
    expect(heat).to_have_attribute("aria-label", re.compile(r": 1[34] rows of 12 columns, from 0 to \d"))
    assert page.evaluate(COLORS, "[role=img] > canvas") >= 8
    heat.focus()
    page.keyboard.press("ArrowRight")
    expect(card(page, "What packages are made of, per 1000 nodes").locator(".pointed")).to_contain_text("Name: ")
    expect(card(page, "Disk").locator("svg path")).to_have_count(2)
    expect(page.get_by_role("meter", name="Processor")).to_be_visible()
    picture = card(page, "Skyline").get_by_role("img")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('main img').naturalWidth === 720")
    with page.expect_download() as download:
        page.get_by_role("link", name="All measurements").click()
    assert download.value.suggested_filename == "measurements.csv"
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text())))
    assert rows[0] == ["package", "file", "lines", "nodes"]
    files = page.locator("dl.stats", has_text="Files measured").locator("dd")
    expect(files).to_have_text(str(len(rows) - 1))
    for title in ("Largest", "The package that is chosen", "What is seen here", "What happened"):
        expect(card(page, title)).to_be_visible()


def test_inputs_change_what_is_shown(gallery: UpProcess, page: Page) -> None:
    open_gallery(page, gallery)
    tree = card(page, "The package that is chosen")
    expect(tree).to_contain_text('"asyncio"')
    page.get_by_label("Package", exact=True).select_option("json")
    expect(tree).to_contain_text("json/decoder.py", timeout=SLOW)
    before = page.locator("main img").get_attribute("src")
    page.get_by_role("button", name="Measure again").click()
    expect(card(page, "What happened").locator("li")).to_have_count(2, timeout=SLOW)
    assert page.locator("main img").get_attribute("src") == before, "the same picture is the same file"


def test_axe_finds_nothing_by_day_and_night_and_figures_follow(gallery: UpProcess, page: Page) -> None:
    open_gallery(page, gallery)
    for title in ("Memory, GB", "Disk", "What packages are made of, per 1000 nodes"):
        page.get_by_role("button", name=f"{title} as a table").click()
        expect(card(page, title).get_by_role("table")).to_be_visible()
    seen = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert problems(Axe(), page) == [], f"{theme}, {width} wide"
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{width}: it scrolls sideways"
        figure = painted(page, page.frame_locator("iframe").locator("svg.main-svg").first)
        assert figure == painted(page, page.locator("main section.card").first)
        seen.append(sum(figure))
    assert seen[0] > 600
    assert seen[1] < 200


def test_a_chart_of_ten_thousand_points_is_a_table_too(many: UpProcess, page: Page) -> None:
    log_in(page, many)
    page.goto(f"{many.url}/scripts/many")
    chart = card(page, "Chart")
    expect(chart).to_be_visible(timeout=SLOW)
    chart.get_by_role("button", name="Chart as a table").click()
    table = chart.get_by_role("table")
    expect(table).to_have_attribute("aria-rowcount", "10001")
    first = table.locator("tbody tr[data-row]").first
    expect(first).to_have_text("9 99999")
    assert table.locator("tbody tr").count() < 100
    chart.get_by_role("group").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(table.locator("tbody tr[data-row]").last).to_have_text("00")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chart.get_by_role("button", name="Copy the data of Chart").click()
    expect(chart.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert (len(copied), copied[0], copied[-1]) == (10_001, "x\tDataset 0", "9999\t99")
    with page.expect_download() as download:
        chart.get_by_role("button", name="Download Chart as CSV").click()
    saved = list(csv.reader(io.StringIO(Path(download.value.path()).read_text())))
    assert (len(saved), saved[0], saved[5]) == (10_001, ["x", "Dataset 0"], ["4", "4"])


def test_what_libraries_make_is_shown(many: UpProcess, page: Page) -> None:
    log_in(page, many)
    page.goto(f"{many.url}/scripts/many")
    for name, least in (("Plotted", 250), ("Painted", 30), ("Array", 30)):
        picture = card(page, name).get_by_role("img")
        expect(picture).to_be_visible(timeout=SLOW)
        picture.scroll_into_view_if_needed()
        page.wait_for_function("([image, least]) => image.naturalWidth >= least", arg=[picture.element_handle(), least])
    card(page, "Typed").scroll_into_view_if_needed()
    figure = page.frame_locator('iframe[title="Typed, a figure"]')
    for trace in (".scatterlayer .trace", ".heatmaplayer image", ".barlayer .trace"):
        expect(figure.locator(trace)).to_have_count(1, timeout=SLOW)
    page.get_by_role("button", name="Typed as a table").click()
    table = card(page, "Typed").get_by_role("table")
    expect(table).to_have_attribute("aria-rowcount", str(1 + 50 + 50 * 50 + 50))
    expect(table.locator("tbody tr").nth(3)).to_have_text("trace 139none")


def test_nothing_that_a_script_made_runs_in_the_deck(many: UpProcess, page: Page) -> None:
    log_in(page, many)
    page.goto(f"{many.url}/scripts/many")
    title = "many · Scripts · deck · Quarterdeck"
    expect(page).to_have_title(title)
    expect(page.locator("main img").first).to_be_visible(timeout=SLOW)
    card(page, "Strange").scroll_into_view_if_needed()
    expect(page.get_by_text("This page draws no scatter3d")).to_be_visible(timeout=SLOW)
    page.locator("iframe[title^=Reaching]").scroll_into_view_if_needed()
    reaching = page.frame_locator('iframe[title="Reaching, a figure"]')
    expect(reaching.locator(".scatterlayer .trace")).to_have_count(1, timeout=SLOW)
    assert page.title() == title
    assert page.evaluate("window.taken") is None
    frame = page.locator('iframe[title="Reaching, a figure"]').element_handle().content_frame()
    assert frame is not None
    assert frame.evaluate("origin") == "null"
    reach = "() => { try { return top.document.title } catch (error) { return error.name } }"
    assert frame.evaluate(reach) == "SecurityError"
    for address in (
        page.locator("main img").first.get_attribute("src"),
        page.get_by_role("link", name="page.html").get_attribute("href"),
    ):
        window = page.context.new_page()
        window.goto(f"{many.url}/scripts")
        with window.expect_download():
            window.evaluate("url => { location.href = url }", address)
        assert window.title() != "taken"
        window.close()
