"""Image, Figure and Download: components that show or offer a file, which lies in a blob."""

from __future__ import annotations

from quarterdeck.core.blobs import KEYS
from quarterdeck.core.plain import plain
from quarterdeck.sdk.blob import Blob, blob_of
from quarterdeck.sdk.components.component import Component, field, text_of, title_of
from quarterdeck.sdk.components.images import image_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PLOTLY = "application/vnd.plotly.v1+json"
TALLEST = 2_000  # pixels of a Figure


def _height(pixels: Any) -> int:
    if type(pixels) is not int or not 100 <= pixels <= TALLEST:
        raise ValueError(f"height is {pixels!r}; give a whole number of pixels from 100 to {TALLEST:,}")
    return pixels


def figure_of(value: Any) -> dict[str, Any] | None:
    """The blob of a Plotly figure: the object, its dict or its JSON; None for none."""
    if _is_known(value):
        known: dict[str, Any] | None = value
        return known
    import json  # the sdk loads it only where it is used

    if hasattr(value, "to_plotly_json"):
        text = value.to_json() if hasattr(value, "to_json") else json.dumps(plain(value.to_plotly_json()))
    else:
        made = _parsed(value) if isinstance(value, str | bytes) else value
        if not isinstance(made, dict) or not isinstance(made.get("data"), list | tuple):
            raise TypeError(f'{made!r:.80} is no figure; give a Plotly figure, or its dict or JSON with "data" in it')
        text = json.dumps(plain(made), separators=(",", ":"), ensure_ascii=False)
    return blob_of(text, PLOTLY, "figure.json")


def _parsed(text: str | bytes) -> Any:
    import json

    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"the text of the figure is not JSON: {error}") from error


class Image(Component):
    """An ``image`` under its ``title`` (None: made from the id).

    Assign bytes (PNG, JPEG, GIF, WebP, AVIF, BMP, SVG), the path of a file, a PIL image, a matplotlib figure, a numpy
    array, or None for none; it reads back as what the page knows of it: {"sha256", "size", "type", "name"}.  ``alt``
    says in words what is seen, for who does not see it.
    """

    image: Any = field(image_of)
    title: str | None = field(title_of)
    alt: str = field(text_of)

    _blob = "image"

    def __init__(self, id: str, image: Any = None, title: str | None = None, alt: str = "") -> None:
        super().__init__(id)
        self.title = title
        self.alt = alt
        self.image = image


class Figure(Component):
    """A Plotly ``figure`` under its ``title`` (None: made from the id), ``height`` pixels high.

    Assign the figure, its dict or its JSON, or None for none; it reads back as what the page knows of the file that it
    becomes: {"sha256", "size", "type", "name"}.
    """

    figure: Any = field(figure_of)
    title: str | None = field(title_of)
    height: int = field(_height)

    _blob = "figure"

    def __init__(self, id: str, figure: Any = None, title: str | None = None, height: int = 400) -> None:
        super().__init__(id)
        self.title = title
        self.height = height
        self.figure = figure


class Download(Component):
    """A ``file`` to download.  ``label`` is what the button says (empty: the name of the file).

    Assign bytes or the path of a file, or None for none; ``offer`` takes texts too.  It reads back as what the page
    knows of it: {"sha256", "size", "type", "name"}.  ``name`` and ``content_type``, where they are not empty, stand
    instead of the file's own.
    """

    label: str = field(text_of)

    _blob = "file"

    def __init__(self, id: str, file: Any = None, name: str = "", content_type: str = "", label: str = "") -> None:
        super().__init__(id)
        self._fields.update(file=None, name=text_of(name), content_type=text_of(content_type))
        self.label = label
        self.file = file

    def offer(self, content: Any, name: str | None = None, content_type: str | None = None) -> None:
        """Offer bytes, a text, or a file by its ``pathlib.Path``; with the name and type given."""
        self._call(name, content_type)
        self._show(content if _is_known(content) else blob_of(content, self.content_type or None, self.name or None))

    @property
    def file(self) -> dict[str, Any] | None:
        """What is offered: {"sha256", "size", "type", "name"}; None for nothing."""
        offered: dict[str, Any] | None = self._fields["file"]
        return offered

    @file.setter
    def file(self, file: Any) -> None:
        self.offer(_path(file) if isinstance(file, str) else file)

    @property
    def name(self) -> str:
        """The name under which it is saved; empty: the file's own."""
        name: str = self._fields["name"]
        return name

    @name.setter
    def name(self, name: str) -> None:
        self._call(name, None)
        self._show(_changed(self.file, "name", self.name))

    @property
    def content_type(self) -> str:
        """What kind of file it is, such as "text/csv"; empty: by the end of the name."""
        kind: str = self._fields["content_type"]
        return kind

    @content_type.setter
    def content_type(self, content_type: str) -> None:
        self._call(None, content_type)
        self._show(_changed(self.file, "type", self.content_type))

    def _call(self, name: str | None, content_type: str | None) -> None:
        for key, said in (("name", name), ("content_type", content_type)):
            if said is not None:
                self._set(key, text_of(said))

    def _show(self, file: dict[str, Any] | None) -> None:
        self._set("file", file)


def _is_known(value: Any) -> bool:
    """Whether it is what a blob field holds: nothing, or what another component gave back."""
    return value is None or (isinstance(value, dict) and value.keys() == KEYS)


def _path(path: str) -> Any:
    import pathlib  # only files by their path pay for it

    if not pathlib.Path(path).is_file():
        raise ValueError(f"there is no file {path!r}; offer a text by offer(text, name)")
    return pathlib.Path(path)


def _changed(file: dict[str, Any] | None, key: str, value: str) -> dict[str, Any] | None:
    """The same file by another name or type."""
    if file is None or not value:
        return file
    made = Blob(**file, source=file.source) if isinstance(file, Blob) else dict(file)
    made[key] = value
    return made
