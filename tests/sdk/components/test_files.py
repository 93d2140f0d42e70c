"""Image, Figure and Download."""

from __future__ import annotations

import hashlib
import json
import zlib

import numpy
import pytest

from quarterdeck.components import Download, Figure, Image
from quarterdeck.sdk.blob import blob_of
from quarterdeck.sdk.components.images import kind_of, png_of
from quarterdeck.sdk.layout import LayoutError, parse_layout

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
SVG = b'<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>'


def test_an_image_is_a_blob_of_its_topic(page_of):
    image = Image("plot", title="The plot", alt="It rises")
    page = page_of(image)
    assert page.state == {"component": "Image", "id": "plot", "title": "The plot", "alt": "It rises", "image": None}
    assert page.topic.types["image"] == ["blob"]
    image.image = PNG
    name = hashlib.sha256(PNG).hexdigest()
    assert image.image == page.state["image"]
    assert image.image == {"sha256": name, "size": 28, "type": "image/png", "name": "image.png"}
    assert page.events[-1][0][2].source == PNG, "the bytes go along with the event"
    other = Image("other")
    other.image = image.image
    assert other.state["image"] == image.image
    image.image = None
    assert page.state["image"] is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        *((PNG, "png"), (b"\xff\xd8\xff\xe0", "jpeg"), (b"GIF89a", "gif"), (b"RIFF\0\0\0\0WEBPVP8", "webp")),
        *((b"\0\0\0\x20ftypavif", "avif"), (b"BM1234", "bmp"), (SVG, "svg"), (b"<html><p>", None), (b"", None)),
    ],
)
def test_images_are_known_by_their_bytes(content, kind):
    assert kind_of(content) == kind


class Plotted:
    """As a figure of matplotlib looks from outside."""

    def savefig(self, file, **_):
        file.write(PNG)


class Painted:
    """As an image of PIL does."""

    mode = "CMYK"

    def save(self, file, kind):
        file.write(PNG + kind.encode())

    def convert(self, mode):
        assert mode == "RGB"
        self.mode = mode
        return self


def test_objects_of_libraries_draw_themselves(tmp_path):
    image = Image("a", image=Plotted())
    assert image.image["size"] == len(PNG)
    painted = Painted()
    image.image = painted
    assert (image.image["size"], painted.mode) == (len(PNG) + 3, "RGB")
    path = tmp_path / "seen.svg"
    path.write_bytes(SVG)
    for file in (path, str(path)):
        image.image = file
        assert (image.image["name"], image.image["type"]) == ("seen.svg", "image/svg+xml")
    image.image = numpy.zeros((2, 3), "uint8")
    assert image.image["type"] == "image/png"


def pixels(png: bytes, line: int) -> list[bytes]:
    """The lines of a PNG, without their filters."""
    start = png.index(b"IDAT") + 4
    content = zlib.decompress(png[start : png.index(b"IEND") - 8])
    return [content[at + 1 : at + line + 1] for at in range(0, len(content), line + 1)]


def test_arrays_become_png():
    assert pixels(png_of(numpy.array([[0, 128], [300, -5]])), 2) == [b"\0\x80", b"\xff\0"]
    floats = numpy.array([[[0.0, 0.5, 1.0], [2.0, float("nan"), -1.0]]])
    assert pixels(png_of(floats), 6) == [bytes([0, 128, 255, 255, 0, 0])]
    assert pixels(png_of(numpy.array([[True, False]])), 2) == [b"\xff\0"]
    assert png_of(numpy.zeros((2, 3, 4), "uint8"))[16:26] == bytes([0, 0, 0, 3, 0, 0, 0, 2, 8, 6])
    with pytest.raises(ValueError, match=r"shape \(2, 2, 2\) is no image"):
        png_of(numpy.zeros((2, 2, 2)))


def test_what_is_no_image_says_so(tmp_path):
    image = Image("a")
    with pytest.raises(ValueError, match="these 3 bytes are no image"):
        image.image = b"abc"
    with pytest.raises(TypeError, match="a numpy array"):
        image.image = 5
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        image.image = str(tmp_path / "none.png")
    with pytest.raises(LayoutError, match=r"line 2.*Image.*cannot be read"):
        parse_layout("<Grid>\n<Image id=a image=none.png /></Grid>")


def test_a_figure_is_plotlys_json(page_of):
    figure = Figure("f", height=300)
    page = page_of(figure)
    figure.figure = {"data": [{"y": numpy.array([1.5, float("nan")])}], "layout": {"title": "T"}}
    source = page.events[-1][0][2].source
    assert json.loads(source) == {"data": [{"y": [1.5, None]}], "layout": {"title": "T"}}
    assert figure.figure["type"] == "application/vnd.plotly.v1+json"
    figure.figure = source
    assert figure.figure["sha256"] == hashlib.sha256(source).hexdigest()

    class Plotly:
        def to_plotly_json(self):
            return {"data": ()}

    figure.figure = Plotly()
    assert page.events[-1][0][2].source == b'{"data": []}'
    Plotly.to_json = lambda _: '{"data":[],"layout":{}}'
    figure.figure = Plotly()
    assert page.events[-1][0][2].source == b'{"data":[],"layout":{}}'
    for wrong in ({"x": 1}, 5, "[]"):
        with pytest.raises(TypeError, match="is no figure"):
            figure.figure = wrong
    with pytest.raises(ValueError, match="is not JSON"):
        figure.figure = "{"
    with pytest.raises(ValueError, match="from 100 to 2,000"):
        figure.height = 5000


def test_a_download_offers_files_bytes_and_texts(page_of, tmp_path):
    download = Download("report", label="The report")
    page = page_of(download)
    assert (page.state["file"], page.topic.types["file"]) == (None, ["blob"])
    download.offer("a,b\n1,2\n", name="may.csv")
    assert page.state["file"] == blob_of(b"a,b\n1,2\n", name="may.csv")
    assert download.file["type"] == "text/csv"
    download.name = "june.csv"
    assert (page.state["file"]["name"], page.state["name"]) == ("june.csv", "june.csv")
    assert page.events[-1][0][2].source == b"a,b\n1,2\n"
    download.content_type = "text/plain"
    assert page.state["file"]["type"] == page.state["content_type"] == "text/plain"
    download.name = download.content_type = ""
    path = tmp_path / "archive.zip"
    path.write_bytes(b"PK")
    for file in (path, str(path)):
        download.file = file
        assert (download.file["name"], download.file["type"]) == ("archive.zip", "application/zip")
    download.file = b"bytes"
    assert download.file["type"] == "application/octet-stream"
    with pytest.raises(ValueError, match="there is no file 'a text'"):
        download.file = "a text"
    download.file = None
    assert page.state["file"] is None


def test_they_go_on_in_a_new_worker(page_of):
    download = Download("d", name="x.csv")
    download.offer(b"1")
    again = Download("d")
    again.restore(json.loads(json.dumps(download.state)))
    assert again.state == download.state
    page = page_of(again)
    assert page.state == download.state
    again.name = "y.csv"
    assert page.state["file"]["name"] == "y.csv"


def test_a_layout_has_them():
    _, (image, figure, download) = parse_layout(
        "<Grid><Image id=a title='A b' alt=seen /><Figure id=b height=200 />"
        "<Download id=c name=a.csv label=Get /></Grid>"
    )
    assert (image.title, image.alt, figure.height, download.name, download.label) == (
        "A b",
        "seen",
        200,
        "a.csv",
        "Get",
    )
    with pytest.raises(LayoutError, match=r"line 1.*Download.*there is no file"):
        parse_layout("<Grid><Download id=c file=none.csv /></Grid>")
