-- +goose Up

-- An edition's life: draft → checked → submitted → reviewed → published. Only what is or was published has from_at, so
-- whoever asks by date never sees anything else; that one is superseded follows from its until_at. What was withdrawn
-- before it began has no date either.
ALTER TABLE editions
    ALTER COLUMN from_at DROP NOT NULL,
    ADD COLUMN state text NOT NULL DEFAULT 'published' CHECK (state IN
        ('draft', 'checked', 'submitted', 'reviewed', 'published', 'withdrawn', 'discarded')),
    ADD COLUMN version     bigint NOT NULL DEFAULT 1,     -- grows with every change of its grids
    ADD COLUMN base        bigint REFERENCES editions,    -- whose grids it began with
    ADD COLUMN replaces    bigint REFERENCES editions,    -- the newest one published when it began: what publishing it ends
    ADD COLUMN copy_of     bigint REFERENCES editions,    -- the older one that a rollback published again
    ADD COLUMN planned_at  timestamptz,                   -- when a draft shall begin
    ADD COLUMN author      bigint REFERENCES people,
    ADD COLUMN submitter   bigint REFERENCES people,
    ADD COLUMN reviewer    bigint REFERENCES people,
    ADD COLUMN review_note text NOT NULL DEFAULT '',
    ADD COLUMN changed     text[] NOT NULL DEFAULT '{}',  -- codes whose grids differ from those of replaces
    ADD COLUMN begun       boolean NOT NULL DEFAULT false, -- it was told that it is in force now
    ADD CONSTRAINT editions_dated CHECK ((state = 'published') = (from_at IS NOT NULL)),
    ADD CONSTRAINT editions_ended CHECK (from_at IS NOT NULL OR until_at IS NULL),
    ADD CONSTRAINT editions_community_once EXCLUDE USING gist (tstzrange(from_at, until_at) WITH &&)
        WHERE (net = 'community' AND from_at IS NOT NULL),
    ADD CONSTRAINT editions_road_once EXCLUDE USING gist (tstzrange(from_at, until_at) WITH &&)
        WHERE (net = 'road' AND from_at IS NOT NULL);
UPDATE editions SET begun = true WHERE from_at <= now();
DROP INDEX editions_one_open;
CREATE UNIQUE INDEX editions_one_open ON editions (net) WHERE state = 'published' AND until_at IS NULL;

-- Everything that was done to an edition, with who and when. A change of its grids has their shapes before and after:
-- undo and redo go by them. standing says where a change is on the way back and forth; NULL is no change of grids.
CREATE TABLE edition_log (
    edition  bigint NOT NULL REFERENCES editions ON DELETE CASCADE,
    seq      bigint NOT NULL,
    version  bigint NOT NULL,           -- after it
    op       text NOT NULL,
    command  jsonb NOT NULL DEFAULT '{}',
    codes    text[] NOT NULL DEFAULT '{}',
    before   jsonb,
    after    jsonb,
    standing text CHECK (standing IN ('done', 'undone', 'dropped')),
    person   bigint REFERENCES people,
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (edition, seq)
);
CREATE INDEX edition_log_version ON edition_log (edition, version);

-- A code belongs to one grid for ever: those that were ever in force, with the first and the last day of it.
CREATE INDEX grids_code ON grids (net, code);
CREATE VIEW grid_codes AS
    SELECT g.net, g.code, min(e.from_at) AS from_at,
        CASE WHEN bool_or(e.until_at IS NULL) THEN NULL ELSE max(e.until_at) END AS until_at
    FROM grids g JOIN editions e ON e.id = g.edition
    WHERE e.from_at IS NOT NULL
    GROUP BY g.net, g.code;
