-- +goose Up

-- What each camera's kernel said of one occupancy. Those that tell of one thing share an alert: cameras that are
-- calibrated well enough to know that they see the same. An alert is made of its occupancies, in whatever order they came.
CREATE TABLE occupancies (
    id          text PRIMARY KEY,       -- the kernel's
    alert       bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    founded     bigint UNIQUE REFERENCES alerts ON DELETE CASCADE, -- the alert that was made for it, if one was
    camera      text NOT NULL,
    rule        text NOT NULL,
    raised_at   timestamptz NOT NULL,
    cleared_at  timestamptz,
    geom        geometry(Point, 4326) NOT NULL,
    review_only boolean NOT NULL DEFAULT false, -- its rule was not trusted at its camera when it was raised
    said        jsonb NOT NULL          -- everything that its sightings said, as alerts.Occupancy
);
CREATE INDEX occupancies_alert ON occupancies (alert);
CREATE INDEX occupancies_geom ON occupancies USING gist (geom);
CREATE INDEX occupancies_pair ON occupancies (rule, camera, raised_at);

INSERT INTO occupancies (id, alert, founded, camera, rule, raised_at, cleared_at, geom, said)
SELECT occupancy, id, id, camera, rule, raised_at, cleared_at, geom, jsonb_strip_nulls(jsonb_build_object(
    'ID', occupancy, 'CameraID', camera, 'FenceID', fence, 'FenceName', fence_name, 'Rule', rule, 'Matter', matter,
    'Since', since_at, 'RaisedAt', raised_at, 'EscalatedAt', escalated_at, 'ClearedAt', cleared_at,
    'Position', jsonb_build_array(ST_X(geom), ST_Y(geom)), 'SigmaM', sigma_m, 'Grounded', grounded,
    'Area', ST_AsGeoJSON(area, 15)::jsonb -> 'coordinates',
    'Composed', composed, 'Class', class, 'Score', score, 'Why', why))
FROM alerts;

-- Two alerts may turn out to be one: the later one then only leads to the other. An alert is led by the occupancy that
-- was raised first, which may be another one tomorrow.
ALTER TABLE alerts DROP CONSTRAINT alerts_occupancy_key;
CREATE INDEX alerts_occupancy ON alerts (occupancy);
ALTER TABLE alerts
    ADD COLUMN joined       bigint REFERENCES alerts,
    ADD COLUMN review_only  boolean NOT NULL DEFAULT false,
    ADD COLUMN verdict      text CHECK (verdict IN ('true', 'false', 'duplicate')),
    ADD COLUMN verdict_by   bigint REFERENCES people,
    ADD COLUMN verdict_at   timestamptz,
    ADD COLUMN verdict_note text NOT NULL DEFAULT '';
CREATE INDEX alerts_joined ON alerts (joined) WHERE joined IS NOT NULL;

-- Which occupancy a picture is of; NULL is a person's photo, or one from before there were several.
ALTER TABLE evidence ADD COLUMN occupancy text;

-- A rule at a camera, once somebody judged what it raised.
CREATE TABLE trust (
    rule         text NOT NULL,
    camera       text NOT NULL,
    review_only  boolean NOT NULL DEFAULT false,
    since_at     timestamptz NOT NULL DEFAULT now(),           -- of review_only
    counted_from timestamptz NOT NULL DEFAULT '-infinity',     -- older verdicts were set aside by an administrator
    PRIMARY KEY (rule, camera)
);
