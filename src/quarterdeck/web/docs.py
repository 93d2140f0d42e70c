"""GET /api/docs: the OpenAPI document as one page to read, without a script and without any other file."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse
from starlette.routing import Route

from quarterdeck.web.openapi import document

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.web.served import Served

    Plain = dict[str, Any]

# The colours are those of the page (ui/src/styles/tokens.css); what they need fits here.
_STYLE = """
:root { color-scheme: light dark; --ground: light-dark(oklch(0.962 0.010 92), oklch(0.166 0.024 242));
  --surface: light-dark(oklch(0.988 0.005 95), oklch(0.206 0.027 240));
  --line: light-dark(oklch(0.885 0.013 90), oklch(0.290 0.029 238));
  --text: light-dark(oklch(0.245 0.032 245), oklch(0.925 0.012 92));
  --muted: light-dark(oklch(0.425 0.028 242), oklch(0.755 0.018 222));
  --brass: light-dark(oklch(0.505 0.098 76), oklch(0.820 0.100 85));
  --link: light-dark(oklch(0.440 0.105 242), oklch(0.775 0.092 230)); }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 4rem; background: var(--ground); color: var(--text);
  font: 15px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; font-size: 1.15rem; } h3 { margin: 0; font-size: 1rem; }
p { margin: 0.35rem 0; } a { color: var(--link); } .muted { color: var(--muted); }
code, .method { font-family: ui-monospace, monospace; font-size: 0.92em; } .method { color: var(--brass); }
section { margin: 0.75rem 0; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 8px;
  background: var(--surface); scroll-margin-top: 1rem; } section:target { border-color: var(--brass); }
table { border-collapse: collapse; width: 100%; } .scroll { overflow-x: auto; }
th, td { padding: 0.2rem 0.75rem 0.2rem 0; text-align: left; vertical-align: top; }
th { color: var(--muted); font-weight: normal; }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_FIRST = """<p>Errors have one shape, <a href="#Failure">Failure</a>, whatever the route. A program sends
<code>Authorization: Bearer TOKEN</code>, which <code>quarterdeck token new NAME --scope admin|guest|producer</code>
makes. A browser sends its session's cookie, and <code>X-CSRF-Token</code> (from <code>/api/me</code>) with each change.
The same as data: <a href="/api/openapi.json">openapi.json</a>.</p>"""


def routes(_hub: Served) -> list[BaseRoute]:
    """The route of the page."""

    async def docs(_request: Request) -> Response:
        return HTMLResponse(page(document()), headers={"content-security-policy": POLICY})

    return [Route("/api/docs", docs, methods=["GET"])]


def page(said: Plain) -> str:
    """The document as HTML."""
    title = f"{escape(said['info']['title'])} {escape(said['info']['version'])}: the API"
    parts = [_operation(path, method, each) for path, all_ in said["paths"].items() for method, each in all_.items()]
    shapes = [_shape(name, schema) for name, schema in sorted(said["components"]["schemas"].items())]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    body = f"<h1>{title}</h1>{_FIRST}<h2>Routes</h2>{''.join(parts)}<h2>Shapes</h2>{''.join(shapes)}"
    head = f"<head>{head}<style>{_STYLE}</style></head>"
    return f'<!doctype html><html lang="en">{head}<body><main>{body}</main></body></html>'


def _operation(path: str, method: str, said: Plain) -> str:
    lines = [f'<h3><span class="method">{method.upper()}</span> <code>{escape(path)}</code></h3>']
    lines.append(f"<p>{escape(said['summary'])}.</p>")
    if said["parameters"]:
        lines.append(_table(("Parameter", "Where", "Type"), map(_parameter, said["parameters"])))
    if "requestBody" in said:
        lines.append(f'<p><span class="muted">Takes</span> {_content(said["requestBody"])}</p>')
    answers = [f'<span class="muted">{status}</span> {_content(each)}' for status, each in said["responses"].items()]
    return f"<section>{''.join(lines)}<p>{', '.join(answers)}</p></section>"


def _parameter(said: Plain) -> tuple[str, str, str]:
    needed = " (must be there)" if said["required"] else ""
    return f"<code>{escape(said['name'])}</code>{needed}", escape(said["in"]), _type(said["schema"])


def _content(said: Plain) -> str:
    return ", ".join(
        _type(each["schema"]) if kind == "application/json" else f"<code>{escape(kind)}</code>"
        for kind, each in said.get("content", {}).items()
    )


def _shape(name: str, schema: Plain) -> str:
    needed = schema.get("required", ())
    rows = [
        (f"<code>{escape(field)}</code>{'' if field in needed else ' (optional)'}", _type(each))
        for field, each in schema.get("properties", {}).items()
    ]
    said = escape(schema.get("description", "").replace("``", ""))
    fields = _table(("Field", "Type"), rows)
    return f'<section id="{escape(name)}"><h3>{escape(name)}</h3><p>{said}</p>{fields}</section>'


def _type(schema: Plain) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(map(_type, schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape(schema.get("type", "any JSON"))


def _table(head: tuple[str, ...], rows: Any) -> str:
    cells = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>'
