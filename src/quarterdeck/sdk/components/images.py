"""What an image is made of: bytes, files, and the objects of libraries that nobody has to import here."""

from __future__ import annotations

import os
import sys

from quarterdeck.core.blobs import KEYS
from quarterdeck.sdk.blob import Blob, blob_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
)
_AS_PNG = frozenset(("1", "L", "LA", "I", "I;16", "P", "RGB", "RGBA"))  # the modes of PIL that a PNG can have
_LOOKED_AT = 1024


def image_of(value: Any) -> dict[str, Any] | None:
    """The blob of an image, None for none; ValueError or TypeError for what is none."""
    if value is None or (isinstance(value, dict) and value.keys() == KEYS):
        return value
    if isinstance(value, str) or hasattr(value, "__fspath__"):
        return _of_file(os.fspath(value))
    content = bytes(value) if isinstance(value, bytes | bytearray | memoryview) else _drawn(value)
    kind = kind_of(content)
    if kind is None:
        raise ValueError(f"these {len(content):,} bytes are no image: give PNG, JPEG, GIF, WebP, AVIF, BMP or SVG")
    return _named(content, kind, f"image.{kind}")


def kind_of(content: bytes) -> str | None:
    """png, jpeg, gif, bmp, webp, avif or svg by the first bytes; None for what is no image that browsers show."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:12] in (b"ftypavif", b"ftypavis"):
        return "avif"
    head = content[:_LOOKED_AT]
    return "svg" if head.lstrip().startswith(b"<") and b"<svg" in head else None


def _named(content: Any, kind: str, name: str) -> Blob:
    return blob_of(content, "image/svg+xml" if kind == "svg" else f"image/{kind}", name)


def _of_file(path: str) -> Blob:
    try:
        with open(path, "rb") as file:
            kind = kind_of(file.read(_LOOKED_AT))
    except OSError as error:
        raise ValueError(f"the image {path!r} cannot be read: {error.strerror}") from error
    if kind is None:
        raise ValueError(f"the file {path!r} is no image: give PNG, JPEG, GIF, WebP, AVIF, BMP or SVG")
    import pathlib  # only images from files pay for it

    return _named(pathlib.Path(path), kind, os.path.basename(path))


def _drawn(value: Any) -> bytes:
    """The bytes of an image that an object of another library can draw."""
    from io import BytesIO

    buffer = BytesIO()
    figure: Any = value if hasattr(value, "savefig") else getattr(value, "figure", None)
    if hasattr(figure, "savefig"):  # matplotlib: a figure, its axes, or pyplot
        figure.savefig(buffer, format="png", bbox_inches="tight")
    elif hasattr(value, "save") and hasattr(value, "mode"):  # PIL
        (value if value.mode in _AS_PNG else value.convert("RGB")).save(buffer, "PNG")
    elif hasattr(value, "shape") and hasattr(value, "dtype"):
        return png_of(value)
    elif hasattr(value, "_repr_png_"):
        buffer.write(value._repr_png_())
    else:
        raise TypeError(
            f"{value!r:.80} is no image; "
            "give bytes, the path of a file, a PIL image, a matplotlib figure or a numpy array"
        )
    return buffer.getvalue()


def png_of(array: Any) -> bytes:
    """A PNG of a numpy array (rows, columns), or with 1, 3 or 4 channels: integers 0 to 255, or floats 0 to 1."""
    channels = 1 if len(array.shape) == 2 else array.shape[-1]
    if len(array.shape) not in (2, 3) or channels not in (1, 3, 4) or 0 in array.shape:
        raise ValueError(
            f"an array of the shape {tuple(array.shape)} is no image; give rows, columns and 1, 3 or 4 channels"
        )
    if array.dtype.kind in "fb":
        array = (sys.modules["numpy"].nan_to_num(array.astype("float64")).clip(0, 1) * 255).round()
    height, width = array.shape[:2]
    rows = array.clip(0, 255).astype("uint8").reshape(height, width * channels)
    return _png(width, height, {1: 0, 3: 2, 4: 6}[channels], b"".join(b"\0" + row.tobytes() for row in rows))


def _png(width: int, height: int, color: int, lines: bytes) -> bytes:
    """The file format: https://www.w3.org/TR/png-3/ ; each line begins with its filter, 0 for none."""
    import struct  # only arrays pay for it
    import zlib

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    return _MAGIC[0][0] + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
