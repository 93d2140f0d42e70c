"""The page of the API has all that the document has, and nothing that the browser would not show."""

from __future__ import annotations

import re
from copy import deepcopy
from html.parser import HTMLParser
from typing import Any

from quarterdeck.web import docs, openapi

VOID = {"meta"}


class Reader(HTMLParser):
    """Notes ids, links, texts, and whether each tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.sources: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self.open.append(tag)
        said = dict(attrs)
        self.ids |= {said["id"]} if "id" in said else set()
        self.links |= {said["href"]} if "href" in said else set()
        self.sources += [name for name in said if name in ("src", "style") or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(said: dict[str, Any]) -> Reader:
    reader = Reader()
    reader.feed(docs.page(said))
    assert reader.open == []
    return reader


def test_every_route_parameter_and_shape_is_on_it() -> None:
    said = openapi.document()
    reader = read(said)
    for operation in openapi.OPERATIONS:
        assert f"{operation.method.upper()} {operation.path}" in reader.text
        assert operation.summary in reader.text
        for name in operation.asked.split():
            assert name.rstrip("*!") in reader.text
    assert set(said["components"]["schemas"]) == reader.ids


def test_its_links_lead_somewhere_and_nothing_is_loaded() -> None:
    reader = read(openapi.document())
    inner = {link[1:] for link in reader.links if link.startswith("#")}
    assert inner <= reader.ids
    assert {link for link in reader.links if not link.startswith("#")} == {"/api/openapi.json"}
    assert reader.sources == []
    assert "script" not in re.findall(r"<(\w+)", docs.page(openapi.document()))


def test_texts_are_escaped() -> None:
    said = deepcopy(openapi.document())
    said["info"]["title"] = "<b>&"
    said["paths"]["/api/health"]["get"]["summary"] = "<script>"
    assert "<b>&: " not in docs.page(said)
    assert read(said).text.count("<script>") == 1
