-- A series has a number, and its cells are rows of numbers and packed buckets (packed.py) instead of JSON: a third of the size, and
-- many of them add up fast. What is too old is found series by series, without indexes of its own.
CREATE TABLE series (id INTEGER PRIMARY KEY, topic INTEGER NOT NULL, field TEXT NOT NULL, UNIQUE (topic, field));
INSERT INTO series (topic, field)
    SELECT topic, field FROM cells_minute UNION SELECT topic, field FROM cells_hour UNION SELECT topic, field FROM cells_day;

DROP INDEX cells_owed;
ALTER TABLE cells_minute RENAME TO old_minute;
ALTER TABLE cells_hour RENAME TO old_hour;
ALTER TABLE cells_day RENAME TO old_day;

-- start: the UTC minute in which the cell begins. n, total, low, high, last: of the values, in quanta; decimal text from 2**53 on.
-- at: when the last value was, in microseconds since start. owed: the cell is not in its hour and its day yet.
CREATE TABLE cells_minute (
    series INTEGER NOT NULL, start INTEGER NOT NULL, n, total, low, high, at, last, buckets, owed INTEGER NOT NULL,
    PRIMARY KEY (series, start)
) WITHOUT ROWID;
CREATE TABLE cells_hour (
    series INTEGER NOT NULL, start INTEGER NOT NULL, n, total, low, high, at, last, buckets, PRIMARY KEY (series, start)
) WITHOUT ROWID;
CREATE TABLE cells_day (
    series INTEGER NOT NULL, start INTEGER NOT NULL, n, total, low, high, at, last, buckets, PRIMARY KEY (series, start)
) WITHOUT ROWID;
CREATE INDEX cells_owed ON cells_minute (series, start) WHERE owed;

INSERT INTO cells_minute
    SELECT id, start, json_extract(cell, '$[0]'), json_extract(cell, '$[1]'), json_extract(cell, '$[2]'), json_extract(cell, '$[3]'),
        json_extract(cell, '$[4][0]') - 60000000 * start, json_extract(cell, '$[4][1]'), packed_buckets(json_extract(cell, '$[5]')), owed
    FROM old_minute JOIN series USING (topic, field);
INSERT INTO cells_hour
    SELECT id, start, json_extract(cell, '$[0]'), json_extract(cell, '$[1]'), json_extract(cell, '$[2]'), json_extract(cell, '$[3]'),
        json_extract(cell, '$[4][0]') - 60000000 * start, json_extract(cell, '$[4][1]'), packed_buckets(json_extract(cell, '$[5]'))
    FROM old_hour JOIN series USING (topic, field);
INSERT INTO cells_day
    SELECT id, start, json_extract(cell, '$[0]'), json_extract(cell, '$[1]'), json_extract(cell, '$[2]'), json_extract(cell, '$[3]'),
        json_extract(cell, '$[4][0]') - 60000000 * start, json_extract(cell, '$[4][1]'), packed_buckets(json_extract(cell, '$[5]'))
    FROM old_day JOIN series USING (topic, field);
DROP TABLE old_minute;
DROP TABLE old_hour;
DROP TABLE old_day;
