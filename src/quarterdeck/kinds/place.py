"""A place in the code where jobs are opened, ``place/<id>``: told once by each process that has jobs there.

Fields: function {"name", "file", "line", "signature", "doc"}, called {"file", "line", "code": the lines around as
[number, text]}, told (when last, microseconds UTC).  Its id is made of the two, so that all jobs of one place name the
same one in their field ``place``, whichever process they run in, for as long as that code stays as it is.
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Keep, Kind

PLACE = Kind(
    "place",
    "place/*",
    columns=("told",),
    produced=True,
    keep=Keep("told", newest=10_000),
)
