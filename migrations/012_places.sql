-- +goose Up

-- Places (点位) that are to be watched, each of one of the city's classes; class is the key of configs/places.yaml. What
-- the map knows only as a point stays one.
CREATE TABLE places (
    id    text PRIMARY KEY,
    name  text NOT NULL CHECK (name <> ''),
    class text NOT NULL CHECK (class ~ '^[a-z][a-z0-9_]*$'),
    key   boolean NOT NULL DEFAULT false,   -- One that somebody has to see.
    demo  boolean NOT NULL DEFAULT false,
    geom  geometry(Geometry, 4326) NOT NULL
        CHECK (GeometryType(geom) IN ('POINT', 'POLYGON') AND ST_IsValid(geom) AND NOT ST_IsEmpty(geom))
);
CREATE INDEX places_geom ON places USING gist (geom);

-- A camera's trouble is an alert too: its pictures are how the view should look, how it does, and how it did in the end.
ALTER TABLE evidence DROP CONSTRAINT evidence_kind_check;
ALTER TABLE evidence ADD CONSTRAINT evidence_kind_check
    CHECK (kind IN ('reference', 'begin', 'now', 'escalated', 'clear', 'photo'));
