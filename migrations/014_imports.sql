-- +goose Up

-- A file of grids on its way to being a draft edition, and what became of it.
CREATE TABLE imports (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    net        text NOT NULL CHECK (net IN ('community', 'road')),
    title      text NOT NULL,
    format     text NOT NULL DEFAULT '',       -- as stated, then as found
    crs        text NOT NULL DEFAULT '',       -- as stated, then as found
    encoding   text NOT NULL DEFAULT '',
    planned_at timestamptz,                    -- when the edition shall begin
    state      text NOT NULL DEFAULT 'reading' CHECK (state IN ('reading', 'drafted', 'refused')),
    step       text NOT NULL DEFAULT 'queued', -- what is being done while it is read
    grids      bigint NOT NULL DEFAULT 0,
    refusal    jsonb,                          -- {"field", "rule"} of a refused one
    edition    bigint REFERENCES editions ON DELETE SET NULL,
    person     bigint REFERENCES people,
    at         timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz,
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'reading') = (ended_at IS NULL))
);
