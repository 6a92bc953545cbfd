-- +goose Up

-- A file of grids on its way to being a draft edition. It waits while its grids overlap, until a person accepts how
-- that is mended: a draft has no overlaps. Nothing that is in force depends on these tables.
CREATE TABLE imports (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    net         text NOT NULL CHECK (net IN ('community', 'road')),
    title       text NOT NULL,
    format      text NOT NULL DEFAULT '',       -- as stated, then as found
    crs         text NOT NULL DEFAULT '',       -- as stated, then as found
    encoding    text NOT NULL DEFAULT '',
    tolerance_m double precision NOT NULL CHECK (tolerance_m > 0),
    planned_at  timestamptz,                    -- when the edition shall begin
    state       text NOT NULL DEFAULT 'reading' CHECK (state IN ('reading', 'waiting', 'drafted', 'refused')),
    step        text NOT NULL DEFAULT 'queued', -- what is being done while it is read
    done        bigint NOT NULL DEFAULT 0,      -- of total, in this step
    total       bigint NOT NULL DEFAULT 0,
    refusal     jsonb,                          -- {"field", "rule"} of a refused one
    grids       bigint NOT NULL DEFAULT 0,
    mends       jsonb NOT NULL DEFAULT '[]',    -- that are offered for its grids
    problems    jsonb NOT NULL DEFAULT '[]',    -- that no mend solves
    edition     bigint REFERENCES editions ON DELETE SET NULL,
    person      bigint REFERENCES people,
    at          timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz,
    CHECK ((state = 'refused') = (refusal IS NOT NULL))
);

-- The grids of an import that waits, as its file has them.
CREATE TABLE import_grids (
    import bigint NOT NULL REFERENCES imports ON DELETE CASCADE,
    code   text NOT NULL CHECK (code ~ '^[0-9]{15}$'),
    name   text NOT NULL CHECK (name <> ''),
    kind   text NOT NULL CHECK (kind IN ('community', 'section', 'corridor')),
    street text NOT NULL DEFAULT '',
    geom   geometry(MultiPolygon, 4326) NOT NULL CHECK (ST_IsValid(geom) AND NOT ST_IsEmpty(geom)),
    PRIMARY KEY (import, code)
);
