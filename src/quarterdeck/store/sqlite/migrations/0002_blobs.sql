-- Which blob each field of the type names: for who may read it, and for what may go.
CREATE TABLE blobs (
    topic INTEGER NOT NULL, field TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (topic, field)
) WITHOUT ROWID;
CREATE INDEX blobs_sha256 ON blobs (sha256);
