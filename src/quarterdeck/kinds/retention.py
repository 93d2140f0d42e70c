"""What the deck keeps of its past: the topic ``retention``.

Scalars: runs, days, log_days (the limits that hold), origins (where each comes from: file, page or default), amounts
{"runs", "failures", "oldest" (when the first run that is there started, or null), "log_files", "log_bytes", "blobs",
"blob_bytes", "minute", "hour", "day" (cells of series), "events", "database" (bytes)}, measured (when), cleaning
({"of" (null: not counted yet), "gone", "by"} while somebody cleans, else null),
cleaned ({"at", "by", "runs", "log_files", "log_bytes"}).
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Kind

RETENTION = Kind("retention", "retention", stored=False)
"""Dies with the hub, which measures anew."""
