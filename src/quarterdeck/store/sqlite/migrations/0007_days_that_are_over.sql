-- Another number whenever a day changes that is not the newest of its series: what those days come to is remembered by it (elapsed.py).
ALTER TABLE series ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
UPDATE series SET version = random();
