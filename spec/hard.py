"""Histories made by hand, each for one thing that went wrong somewhere once, or easily could."""

from __future__ import annotations

from typing import Any

BIG = 2**53 - 1
ONE = [1, 5, 5, 5, [1, 5], {"42": 1}]
FILE = {"sha256": "0a" * 32, "size": 3, "type": "image/png", "name": "a.png"}
OTHER = {"sha256": "f" * 64, "size": 0, "type": "", "name": ""}

HARD: dict[str, list[list[Any]]] = {
    "keys that are magic in JavaScript": [
        [["put", "m", {"__proto__": {"x": 1}, "constructor": 1, "toString": 2, "hasOwnProperty": 3}]],
        [["put", "__proto__", {"__proto__": 1}], ["add", "constructor", {"__proto__": 1, "constructor": 2, "": 3}]],
        [["drop", "m", "__proto__"], ["drop", "m", "valueOf"], ["set", "toString", {"__proto__": [1]}]],
        [["add", "constructor", {"__proto__": 5, "valueOf": 1}], ["push", "", [{"__proto__": 1}], 3]],
    ],
    "keys that look like numbers keep their own identity": [
        [["put", "m", {"10": 1, "9": 2, "01": 3, "1e1": 4, "-0": 5, "": 6}]],
        [["drop", "m", "10"], ["put", "m", {"1e1": 7}]],
    ],
    "a cap that is lowered and raised again loses what it lost": [
        [["push", "l", [1, 2, 3, 4, 5], 5]],
        [["push", "l", [], 2]],
        [["push", "l", [6, 7, 8], 10]],
        [["push", "l", [9], 3], ["push", "l", [10], 10]],
    ],
    "a cap of zero empties, and nothing stays": [
        [["push", "l", [1, 2], 5]],
        [["push", "l", [3], 0]],
        [["push", "l", [4], 3]],
        [["push", "l", [], 0], ["set", "l", [1]]],
    ],
    "the cap outlives a drop and trims a later set": [
        [["push", "l", [1, 2, 3], 2]],
        [["drop", "l"]],
        [["set", "l", [1, 2, 3, 4]]],
        [["push", "l", [5], 9], ["drop", "l"], ["set", "l", [1, 2, 3]], ["push", "l", [4], 2]],
    ],
    "a push longer than its cap": [[["push", "l", [1, 2, 3, 4, 5], 3]], [["push", "l", [6, 7, 8, 9], 2]]],
    "a missing cap is 10,000": [[["push", "l", [1], 1]], [["push", "l", [2]]], [["push", "l", [3]]]],
    "a set of a new field makes a scalar, whatever its shape": [
        [["set", "a", [1, 2]], ["set", "b", {"x": 1}]],
        [["push", "a", [3], 5]],
        [["put", "b", {"y": 1}]],
        [["add", "b", {"y": 1}]],
        [["set", "a", None], ["set", "b", 0]],
    ],
    "a scalar that was set and dropped stays a scalar": [
        [["set", "a", [1]], ["drop", "a"]],
        [["push", "a", [1], 5]],
        [["drop", "a"]],
        [["set", "b", {"x": 1}]],
        [["drop", "b"]],
        [["put", "b", {}]],
        [["set", "c", 5]],
        [["drop", "c"]],
        [["set", "c", [5]]],
    ],
    "empty operations make empty values and types": [
        [["put", "m", {}], ["add", "c", {}], ["push", "l", [], 7], ["record", "r", {}, 0.5]],
        [["drop", "m"], ["drop", "c"], ["drop", "l"], ["drop", "r"]],
        [["set", "m", [1]]],
        [["record", "r", {}]],
        [["put", "m", {}], ["add", "c", {}], ["push", "l", []], ["record", "r", {}, 0.5]],
    ],
    "dropping an entry of what is not there": [
        [["drop", "m", "x"]],
        [["drop", "unknown"]],
        [["set", "unknown", 1]],
        [["drop", "m"], ["drop", "m", "y"]],
    ],
    "counters at their limits": [
        [["add", "c", {"up": BIG, "down": -BIG}]],
        [["add", "c", {"up": 1}]],
        [["add", "c", {"up": -BIG, "down": BIG}]],
        [["add", "c", {"up": -BIG, "down": BIG}]],
        [["add", "c", {"up": BIG, "down": -BIG}], ["add", "c", {"up": BIG, "down": -BIG}]],
        [["set", "c", {"up": -BIG}], ["add", "c", {"up": BIG}], ["add", "c", {"up": BIG}]],
        [["set", "c", {"up": 1.5}]],
        [["add", "c", {"zero": 0}]],
    ],
    "an event that fails late changes nothing": [
        [["set", "a", 1], ["push", "l", [1], 3]],
        [["set", "a", 2], ["push", "l", [2], 1], ["drop", "a"], ["put", "l", {"x": 1}]],
        [["drop"], ["set", "l", 1], ["put", "l", {}]],
        [["push", "new", [1], 3], ["set", "new", {}]],
        [["set", "new", 1]],
    ],
    "a topic that ends begins anew": [
        [["set", "a", 1], ["put", "m", {"x": 1}], ["record", "r", {"1": ONE}]],
        [["drop"]],
        [["push", "a", [1], 1], ["add", "m", {"x": 1}], ["set", "r", 5]],
        [["drop"], ["put", "a", {}], ["drop"], ["record", "a", {}, 1]],
        [["drop"], ["drop"]],
    ],
    "a blob is one for life, and has no other shape": [
        [["set", "b", FILE, "blob"]],
        [["set", "b", OTHER]],
        [["set", "b", {**FILE, "more": 1}]],
        [["set", "b", {}]],
        [["set", "b", 5, "blob"]],
        [["set", "b", {**FILE, "sha256": "0A" * 32}, "blob"]],
        [["set", "b", {**FILE, "size": -1}, "blob"]],
        [["set", "b", {**FILE, "name": "x" * 256}, "blob"]],
        [["put", "b", FILE]],
        [["drop", "b", "sha256"]],
        [["set", "n", None, "blob"], ["set", "s", FILE]],
        [["set", "s", FILE, "blob"]],
        [["set", "s", 1]],
        [["set", "b", FILE], ["drop", "b"]],
        [["set", "b", 5]],
        [["drop", "n"], ["set", "n", OTHER]],
        [["set", "x", FILE, "map"]],
    ],
    "what was set to a blob's value and dropped": [
        [["set", "b", None, "blob"]],
        [["set", "b", FILE]],
        [["drop", "b"]],
        [["drop"], ["set", "b", FILE, "blob"], ["drop", "b"]],
        [["set", "b", OTHER]],
    ],
    "series replace, merge and end": [
        [["record", "r", {"1": ONE}, 1]],
        [["record", "r", {"1": ONE, "2": ONE}, 1]],
        [["record", "r", {"2": ONE}, 0.5]],
        [["set", "r", {"2": ONE}]],
        [["record", "r", {"2": ONE}, 1]],
        [["drop", "r"]],
        [["record", "r", {"3": ONE}, 1], ["set", "r", 5]],
        [["record", "r", {"-3": ONE}, 1]],
    ],
    "sums beyond 2**53 stay exact": [
        [["record", "r", {"1": [1, BIG, BIG, BIG, [1, BIG], {"937": 1}]}]],
        [["record", "r", {"1": [1, BIG, BIG, BIG, [1, BIG], {"937": 1}]}]],
        [["record", "r", {"1": [1, str(10**40), str(10**40), str(10**40), [0, str(10**40)], {"2349": 1}]}]],
        [
            [
                "record",
                "r",
                {"1": [1, str(-(10**40)), str(-(10**40)), str(-(10**40)), [2, str(-(10**40))], {"-2349": 1}]},
            ]
        ],
        [["record", "r", {"1": [1, "9007199254740991", 1, 1, [1, 1], {"1": 1}]}]],
        [["record", "r", {"1": [1, 1, 1, 1, [1, 1], {"1": 1.5}]}]],
    ],
}

HARD_CELLS: list[list[dict[str, Any]]] = [
    # Of two values at one time the greater is the last one, whoever comes first.
    [{"1": [1, 1, 1, 1, [7, 1], {"1": 1}]}, {"1": [1, 9, 9, 9, [7, 9], {"57": 1}]}],
    [{"1": [1, 9, 9, 9, [7, 9], {"57": 1}]}, {"1": [1, 1, 1, 1, [7, 1], {"1": 1}]}],
    [{"1": [1, 9, 9, 9, [7, 9], {"57": 1}]}, {"1": [1, 1, 1, 1, [8, 1], {"1": 1}]}],
    # A sum that leaves 2**53 and comes back is a number again.
    [
        {"1": [1, BIG, BIG, BIG, [1, BIG], {"937": 1}]},
        {"1": [1, 1, 1, 1, [1, 1], {"1": 1}]},
        {"1": [1, -2, -2, -2, [1, -2], {"-18": 1}]},
    ],
    # Texts are compared as numbers.
    [
        {"1": [1, str(10**17), str(10**17), str(10**17), [1, str(10**17)], {"999": 1}]},
        {"1": [1, str(9 * 10**16), str(9 * 10**16), str(9 * 10**16), [1, str(9 * 10**16)], {"996": 1}]},
    ],
    [{}, {"0": [1, 0, 0, 0, [0, 0], {"0": 1}]}, {}],
]
