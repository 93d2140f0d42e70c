"""Cuts a layout into tags.

No HTML parser does this: to them <Col> is a void element, and attributes without quotes or ``20/>`` come out wrong.
Every pattern below scans forward without backtracking, so hostile input costs linear time.
"""

from __future__ import annotations

import html
import re

from quarterdeck.sdk.layout.error import LayoutError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1_000_000

_SKIP = re.compile(r"<!--|<[!?]|</?(?=[A-Za-z])")  # what ends a stretch of text
_NAME = re.compile(r"[A-Za-z][^\s/>=\"'<]*")
_SPACE = re.compile(r"\s*")
_ATTRIBUTE = re.compile(r"[^\s/>=\"'<]+")
_EQUALS = re.compile(r"\s*=\s*")
_UNQUOTED = re.compile(r"[^\s>\"'<]+")


class Tag:
    """One tag: ``name`` as written, ``attributes`` (None for one without a value), ``line`` from 1."""

    __slots__ = ("attributes", "closed", "closing", "line", "name")

    def __init__(self, name: str, line: int, closing: bool) -> None:
        self.name = name
        self.line = line
        self.closing = closing
        self.closed = False  # ends in />
        self.attributes: dict[str, str | None] = {}


class Scanner:
    """Walks once over the text of a layout."""

    def __init__(self, text: str, file: str) -> None:
        if len(text) > LONGEST:
            raise LayoutError(f"the layout has {len(text):,} characters", f"the most is {LONGEST:,}", 1, file)
        self.text = text
        self.file = file
        self._at = 0
        self._counted = 0
        self._line = 1

    def tags(self) -> Iterator[Tag]:
        """All tags in order; comments, declarations and text are left out."""
        while found := _SKIP.search(self.text, self._at):
            self._at = found.end()
            line = self._line_of(found.start())
            if found[0] == "<!--":
                self._pass("-->", "a comment", line)
            elif found[0] in ("<!", "<?"):
                self._pass(">", "a declaration", line)
            else:
                yield self._tag(line, closing=found[0] == "</")

    def _line_of(self, position: int) -> int:
        self._line += self.text.count("\n", self._counted, position)
        self._counted = position
        return self._line

    def _pass(self, end: str, what: str, line: int) -> None:
        found = self.text.find(end, self._at)
        if found < 0:
            raise LayoutError(f"{what} begins here and never ends", f"close it with {end}", line, self.file)
        self._at = found + len(end)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]

    def _tag(self, line: int, closing: bool) -> Tag:
        tag = Tag(self._take(_NAME), line, closing)
        while True:
            self._take(_SPACE)
            if self.text.startswith(">", self._at):
                self._at += 1
                return tag
            if self.text.startswith("/", self._at):
                self._at += 1
                tag.closed = self.text.startswith(">", self._at)
                continue
            name = self._take(_ATTRIBUTE)
            if not name:
                self._stray(tag)
            if name.lower() in tag.attributes:
                raise LayoutError(f"<{tag.name}> has {name} twice", "keep one of them", line, self.file)
            tag.attributes[name.lower()] = self._value(tag, name) if self._take(_EQUALS) else None

    def _stray(self, tag: Tag) -> None:
        found = self.text[self._at : self._at + 1]
        message = f"{found!r} inside the tag <{tag.name}>" if found else f"the tag <{tag.name}> never ends"
        raise LayoutError(message, "close the tag with > or />", tag.line, self.file)

    def _value(self, tag: Tag, name: str) -> str:
        quote = self.text[self._at : self._at + 1]
        if quote in ('"', "'") and quote:
            self._at += 1
            start = self._at
            self._pass(quote, f"the value of {name} in <{tag.name}>", tag.line)
            return html.unescape(self.text[start : self._at - 1])
        value = self._take(_UNQUOTED)
        if value.endswith("/") and self.text.startswith(">", self._at):
            value = value[:-1]  # 20/> is the value 20 in a tag that closes itself
            self._at -= 1
        if not value:
            raise LayoutError(f"{name}= in <{tag.name}> has no value", f'write {name}="value"', tag.line, self.file)
        return html.unescape(value)
