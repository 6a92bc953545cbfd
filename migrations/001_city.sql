-- +goose Up
CREATE EXTENSION IF NOT EXISTS postgis;

-- Districts with their outline: the base map, and what every grid must lie in.
CREATE TABLE districts (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{6}$'),
    name text NOT NULL,
    demo boolean NOT NULL DEFAULT false,
    geom geometry(MultiPolygon, 4326) NOT NULL CHECK (ST_IsValid(geom) AND NOT ST_IsEmpty(geom))
);

CREATE TABLE streets (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{9}$'),
    name text NOT NULL
);

-- All boundaries of a net in force from a moment. Published editions of one net never overlap in time.
CREATE TABLE editions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    net        text NOT NULL CHECK (net IN ('community', 'road')),
    title      text NOT NULL,
    from_at    timestamptz NOT NULL,
    until_at   timestamptz CHECK (until_at > from_at),
    demo       boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX editions_one_open ON editions (net) WHERE until_at IS NULL;

CREATE TABLE grids (
    edition     bigint NOT NULL REFERENCES editions ON DELETE CASCADE,
    net         text NOT NULL CHECK (net IN ('community', 'road')),
    code        text NOT NULL CHECK (code ~ '^[0-9]{15}$'),
    name        text NOT NULL CHECK (name <> ''),
    kind        text NOT NULL CHECK (kind IN ('community', 'section', 'corridor')),
    street      text NOT NULL DEFAULT '',
    geom        geometry(MultiPolygon, 4326) NOT NULL CHECK (ST_IsValid(geom) AND NOT ST_IsEmpty(geom)),
    PRIMARY KEY (edition, code)
);
CREATE INDEX grids_geom ON grids USING gist (geom) WITH (buffering = on);

-- A permitted stall or relief point: polygon × hours × holder × dates.
CREATE TABLE permits (
    id       text PRIMARY KEY,
    name     text NOT NULL,
    holder   text NOT NULL,
    rules    text[] NOT NULL,
    hours    jsonb NOT NULL DEFAULT '{}',
    from_at  timestamptz NOT NULL,
    until_at timestamptz NOT NULL CHECK (until_at > from_at),
    geom     geometry(Polygon, 4326) NOT NULL CHECK (ST_IsValid(geom))
);
