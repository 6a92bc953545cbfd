-- +goose Up
CREATE TABLE cameras (
    id          text PRIMARY KEY,
    name        text NOT NULL CHECK (name <> ''),
    place_class text NOT NULL,
    source      text NOT NULL,
    loop        boolean NOT NULL DEFAULT false,
    fast        boolean NOT NULL DEFAULT false,
    fps         double precision NOT NULL DEFAULT 2 CHECK (fps > 0 AND fps <= 30),
    composed    boolean NOT NULL DEFAULT false,
    enabled     boolean NOT NULL DEFAULT true,
    geom        geometry(Point, 4326) NOT NULL,
    -- Health, written by whoever watches the camera.
    state       text NOT NULL DEFAULT 'unknown' CHECK (state IN ('unknown', 'online', 'offline')),
    state_since timestamptz NOT NULL DEFAULT now(),
    reason      text NOT NULL DEFAULT ''
);

-- A view is one pose of a camera; calibration and frame fences belong to it.
CREATE TABLE views (
    id     text PRIMARY KEY,
    camera text NOT NULL REFERENCES cameras ON DELETE CASCADE,
    pairs  jsonb NOT NULL DEFAULT '[]'  -- [{"pixel":[x,y],"lonlat":[lon,lat]}], pixels normalised 0..1
);

-- An electronic fence, on the map (geom) or on the frame of one view (frame).
CREATE TABLE fences (
    id         text PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    rule       text NOT NULL,
    hours      jsonb NOT NULL DEFAULT '{}',
    thresholds jsonb NOT NULL DEFAULT '{}',
    demo       boolean NOT NULL DEFAULT false,
    geom       geometry(Polygon, 4326) CHECK (ST_IsValid(geom)),
    view       text REFERENCES views ON DELETE CASCADE,
    frame      jsonb,                   -- [[x,y],…] normalised
    CHECK ((geom IS NOT NULL AND view IS NULL AND frame IS NULL)
        OR (geom IS NULL AND view IS NOT NULL AND frame IS NOT NULL))
);
CREATE INDEX fences_geom ON fences USING gist (geom);
