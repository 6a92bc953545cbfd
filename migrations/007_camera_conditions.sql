-- +goose Up

-- A camera has several views: the lowest rank is its own. The reference picture shows a view as it shall be.
ALTER TABLE views ADD COLUMN rank int NOT NULL DEFAULT 0;
ALTER TABLE views ADD COLUMN reference text CHECK (reference ~ '^[0-9a-f]{64}$');
ALTER TABLE views ADD COLUMN reference_at timestamptz;
ALTER TABLE views ADD COLUMN reference_by bigint REFERENCES people; -- NULL where it was learned.

-- What has been wrong with a camera's eyes: moved, covered, frozen and the like. One at a time.
CREATE TABLE camera_conditions (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    camera    text NOT NULL REFERENCES cameras ON DELETE CASCADE,
    code      text NOT NULL CHECK (code ~ '^[a-z_]+$'),
    view      text NOT NULL DEFAULT '',     -- Empty off every known view.
    since_at  timestamptz NOT NULL,         -- The first picture that showed it.
    told_at   timestamptz NOT NULL DEFAULT now(),
    until_at  timestamptz,
    reference text,                         -- SHA-256 of how it should look, and
    current   text                          -- of how it does; NULL where there is none.
);
CREATE UNIQUE INDEX camera_conditions_open ON camera_conditions (camera) WHERE until_at IS NULL;

-- Viewing a camera's pictures is recorded, as that of evidence is.
CREATE TABLE camera_picture_views (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    camera text NOT NULL,
    sha256 text NOT NULL,
    person bigint NOT NULL REFERENCES people,
    at     timestamptz NOT NULL DEFAULT now()
);
