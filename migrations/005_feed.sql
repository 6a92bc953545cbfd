-- +goose Up
-- feed_lock makes the number of an event a safe cursor: whoever writes an event holds it from before the number is
-- drawn until the commit is visible, so numbers become visible in their own order. The trigger takes it for every
-- writer, so that none can forget. Writers lock their own rows first and write events last: one order, no deadlock.
-- +goose StatementBegin
CREATE FUNCTION feed_lock() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(x'67774665'::int, 1)
$$;
CREATE FUNCTION events_take_feed_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM feed_lock();
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER events_feed_lock BEFORE INSERT ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_take_feed_lock();

-- A picture is counted once, however often its sighting is told.
CREATE UNIQUE INDEX evidence_once ON evidence (alert, kind, sha256);
CREATE INDEX receipts_person ON receipts (person, alert);

-- Messages of the sightings stream that no alert can be made of, kept for whoever mends the sender.
CREATE TABLE rejected_sightings (
    sha256   text PRIMARY KEY,          -- of data: a repeat changes nothing
    at       timestamptz NOT NULL DEFAULT now(),
    reason   text NOT NULL,
    data     bytea NOT NULL
);
