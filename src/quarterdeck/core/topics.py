"""The names of topics: segments, percent-encoded, joined by slashes; ids that sort by time."""

from __future__ import annotations

from functools import lru_cache

from quarterdeck.core.ops import Refused, show

MAX_TOPIC = 512
_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_TOPIC = _SAFE | {"/", "%"}
_HEX = frozenset("0123456789ABCDEF")
# Crockford's base 32: no letter that looks like another, and its order is that of the numbers.
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]


def segment(text: str) -> str:
    """One segment of a name: UTF-8, with everything but letters, digits and ``- . _ ~`` percent-encoded."""
    if _SAFE.issuperset(text):
        return text
    octets = text.encode("utf-8", "replace")
    return "".join(chr(octet) if chr(octet) in _SAFE else f"%{octet:02X}" for octet in octets)


def join(*texts: str) -> str:
    """A topic's name from its decoded segments: ``join("script", "a b")`` is ``script/a%20b``."""
    return "/".join(map(segment, texts))


def split(topic: str) -> list[str]:
    """The decoded segments of a name; the inverse of ``join``."""
    if "%" not in topic and topic.isascii():
        return topic.split("/")
    return [_decoded(part) for part in topic.split("/")]


def is_under(topic: str, prefix: str) -> bool:
    """Whether ``topic`` is ``prefix`` or below it, by whole segments; everything is under the empty prefix."""
    return topic.startswith(prefix) and (not prefix or len(topic) == len(prefix) or topic[len(prefix)] == "/")


def check_topic(topic: object) -> str:
    """The name itself; raises Refused unless it has 1 to 512 characters and only non-empty, encoded segments."""
    if type(topic) is not str or not 0 < len(topic) <= MAX_TOPIC:
        raise Refused("bad-topic", f"{show(topic)} cannot name a topic", f"a name has 1 to {MAX_TOPIC} characters")
    if topic[0] == "/" or topic[-1] == "/" or "//" in topic:
        raise Refused("bad-topic", f"the topic {topic!r} has an empty segment", 'write it like "lab/temperature"')
    if not _TOPIC.issuperset(topic) or ("%" in topic and not _is_encoded(topic)):
        raise Refused("bad-topic", f"the topic {topic!r} is not percent-encoded", f"write it {_mended(topic)!r}")
    return topic


def new_id(now_us: int, random_bits: int) -> str:
    """20 characters that sort by time: 55 bits of UTC microseconds, then the lowest 45 of ``random_bits``."""
    low = random_bits
    return (
        f"{_moment(now_us)}{_DIGITS[low >> 40 & 31]}{_PAIRS[low >> 30 & 1023]}{_PAIRS[low >> 20 & 1023]}"
        f"{_PAIRS[low >> 10 & 1023]}{_PAIRS[low & 1023]}"
    )


@lru_cache(64)
def _moment(now_us: int) -> str:
    """The 11 characters of a time: what happens at one moment shares them."""
    return _DIGITS[now_us >> 50 & 31] + "".join([_PAIRS[now_us >> shift & 1023] for shift in range(40, -1, -10)])


def _is_encoded(topic: str) -> bool:
    """Whether every percent sign begins an octet that ``segment`` would have written so."""
    return all(map(_HEX.issuperset, (part[:2] for part in topic.split("%")[1:]))) and _mended(topic) == topic


def _mended(topic: str) -> str:
    return join(*split(topic))


def _decoded(part: str) -> str:
    first, *rest = part.split("%")
    octets = bytearray(first.encode("utf-8", "replace"))
    for piece in rest:
        code, text = piece[:2], piece[2:]
        if len(code) == 2 and set(code) <= _HEX | set("abcdef"):
            octets.append(int(code, 16))
            octets += text.encode("utf-8", "replace")
        else:
            octets += b"%" + piece.encode("utf-8", "replace")
    return octets.decode("utf-8", "replace")
