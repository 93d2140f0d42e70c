-- The audit log: what people did, newest first, of all or of one.
CREATE INDEX events_people ON events (id) WHERE by IS NOT NULL;
CREATE INDEX events_by ON events (by, id) WHERE by IS NOT NULL;
