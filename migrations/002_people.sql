-- +goose Up
CREATE TABLE people (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username   text NOT NULL UNIQUE CHECK (username <> ''),
    name       text NOT NULL CHECK (name <> ''),
    role       text NOT NULL CHECK (role IN ('operator', 'officer', 'planner', 'administrator')),
    password   text NOT NULL,           -- argon2id in PHC form
    phone      text NOT NULL DEFAULT '',
    active     boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,       -- SHA-256 of the cookie's value
    person     bigint NOT NULL REFERENCES people ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_person ON sessions (person);

-- A beat (责任网格): the grids that one team answers for. A grid belongs to one beat at most.
CREATE TABLE beats (
    id   text PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE beat_grids (
    net  text NOT NULL CHECK (net IN ('community', 'road')),
    code text NOT NULL,
    beat text NOT NULL REFERENCES beats ON DELETE CASCADE,
    PRIMARY KEY (net, code)
);
CREATE TABLE beat_members (
    beat   text NOT NULL REFERENCES beats ON DELETE CASCADE,
    person bigint NOT NULL REFERENCES people ON DELETE CASCADE,
    rank   int NOT NULL DEFAULT 0,      -- the lowest answers first
    PRIMARY KEY (beat, person)
);
