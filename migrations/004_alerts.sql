-- +goose Up
-- One occupancy's record for people. state is the kernel's word, handling is people's.
CREATE TABLE alerts (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occupancy       text NOT NULL UNIQUE,
    rule            text NOT NULL,
    matter          text NOT NULL,
    state           text NOT NULL CHECK (state IN ('raised', 'escalated', 'cleared')),
    handling        text NOT NULL DEFAULT 'new' CHECK (handling IN ('new', 'acknowledged', 'arrived', 'handled')),
    since_at        timestamptz NOT NULL,
    raised_at       timestamptz NOT NULL,
    escalated_at    timestamptz,
    cleared_at      timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by bigint REFERENCES people,
    arrived_at      timestamptz,
    handled_at      timestamptz,
    geom            geometry(Point, 4326) NOT NULL,
    sigma_m         double precision NOT NULL DEFAULT 0,
    grounded        boolean NOT NULL,
    area            geometry(Polygon, 4326),
    camera          text NOT NULL,
    fence           text NOT NULL,
    fence_name      text NOT NULL,
    composed        boolean NOT NULL DEFAULT false,
    class           text NOT NULL DEFAULT '',
    score           double precision NOT NULL DEFAULT 0,
    why             jsonb NOT NULL,
    -- Where it was mapped, with the editions that were in force; and who answered then.
    community_code  text,
    community_edition bigint REFERENCES editions,
    road_code       text,
    road_edition    bigint REFERENCES editions,
    grid_net        text CHECK (grid_net IN ('community', 'road')),
    grid_code       text,
    officer         bigint REFERENCES people
);
CREATE INDEX alerts_raised ON alerts (raised_at DESC, id DESC);
CREATE INDEX alerts_grid ON alerts (grid_net, grid_code, id DESC);
CREATE INDEX alerts_open ON alerts (id DESC) WHERE state <> 'cleared';

-- Every sighting that was taken in: a repeat changes nothing.
CREATE TABLE sightings (
    key      text PRIMARY KEY,
    alert    bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    taken_at timestamptz NOT NULL DEFAULT now()
);

-- What happened, in commit order: writers take feed_lock() before seq is drawn and hold it until commit,
-- so a reader that resumes after seq N can never miss a smaller one that commits later.
CREATE TABLE events (
    seq    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    type   text NOT NULL,
    at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    alert  bigint REFERENCES alerts ON DELETE CASCADE,
    camera text REFERENCES cameras ON DELETE CASCADE,
    person bigint REFERENCES people,
    data   jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX events_alert ON events (alert, seq);

CREATE TABLE evidence (
    alert        bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    n            int NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('begin', 'now', 'escalated', 'clear', 'photo')),
    sha256       text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    bytes        bigint NOT NULL,
    content_type text NOT NULL DEFAULT 'image/jpeg',
    taken_at     timestamptz NOT NULL,
    person       bigint REFERENCES people,
    PRIMARY KEY (alert, n)
);

-- Viewing evidence is recorded (Decree 799, article 16).
CREATE TABLE evidence_views (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert  bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    n      int NOT NULL,
    person bigint NOT NULL REFERENCES people,
    at     timestamptz NOT NULL DEFAULT now()
);

-- Who was told, and how far the telling came.
CREATE TABLE receipts (
    alert           bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    person          bigint NOT NULL REFERENCES people,
    queued_at       timestamptz NOT NULL DEFAULT now(),
    delivered_at    timestamptz,
    shown_at        timestamptz,
    acknowledged_at timestamptz,
    PRIMARY KEY (alert, person)
);
