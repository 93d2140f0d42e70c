PRAGMA application_id = 1363428171;

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- types: JSON of every field that is not a scalar. scalars: JSON of the small ones. dropped: fields that have a type and no
-- value. apart: scalars over 4 kB, which are entries with an empty key.
CREATE TABLE topics (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL UNIQUE,
    kind TEXT,
    types TEXT NOT NULL,
    scalars TEXT NOT NULL,
    dropped TEXT NOT NULL,
    apart TEXT NOT NULL
);

-- One row an item of a list (key: its integer position, growing), an entry of a map (value: JSON), a counter (value: integer).
CREATE TABLE entries (
    topic INTEGER NOT NULL,
    field TEXT NOT NULL,
    key NOT NULL,
    value NOT NULL,
    PRIMARY KEY (topic, field, key)
) WITHOUT ROWID;

-- start: the UTC minute in which the cell begins. owed: the cell is not in its hour and its day yet.
CREATE TABLE cells_minute (
    topic INTEGER NOT NULL,
    field TEXT NOT NULL,
    start INTEGER NOT NULL,
    cell TEXT NOT NULL,
    owed INTEGER NOT NULL,
    PRIMARY KEY (topic, field, start)
) WITHOUT ROWID;
CREATE TABLE cells_hour (
    topic INTEGER NOT NULL, field TEXT NOT NULL, start INTEGER NOT NULL, cell TEXT NOT NULL, PRIMARY KEY (topic, field, start)
) WITHOUT ROWID;
CREATE TABLE cells_day (
    topic INTEGER NOT NULL, field TEXT NOT NULL, start INTEGER NOT NULL, cell TEXT NOT NULL, PRIMARY KEY (topic, field, start)
) WITHOUT ROWID;
CREATE INDEX cells_minute_start ON cells_minute (start);
CREATE INDEX cells_hour_start ON cells_hour (start);
CREATE INDEX cells_owed ON cells_minute (topic, field, start) WHERE owed;

-- All times are microseconds UTC.
CREATE TABLE events (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, topic TEXT NOT NULL, name TEXT NOT NULL, by TEXT, data TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX events_topic ON events (topic, id);
CREATE INDEX events_uncaused ON events (at) WHERE by IS NULL;

CREATE TABLE streams (id TEXT PRIMARY KEY, last INTEGER NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX streams_at ON streams (at);

CREATE TABLE records (
    collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)
) WITHOUT ROWID;
