-- JSON of scalars that have changed since their topic's row was written: they count instead of those in the row, so that what
-- moves all the time does not write again what stays (moving.py).
CREATE TABLE moving (topic INTEGER PRIMARY KEY, scalars TEXT NOT NULL);
