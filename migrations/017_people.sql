-- +goose Up

-- Property managers have an account, and are told together with the officers of their beat.
ALTER TABLE people DROP CONSTRAINT people_role_check;
ALTER TABLE people ADD CONSTRAINT people_role_check
    CHECK (role IN ('operator', 'officer', 'property_manager', 'planner', 'administrator'));

-- A receipt is of one device: a phone that stays silent is seen to. '' stands for a person who has no device yet.
ALTER TABLE sessions ADD COLUMN device text NOT NULL DEFAULT '';
ALTER TABLE receipts ADD COLUMN device text NOT NULL DEFAULT '', ADD COLUMN role text NOT NULL DEFAULT '';
UPDATE receipts r SET role = p.role FROM people p WHERE p.id = r.person;
ALTER TABLE receipts DROP CONSTRAINT receipts_pkey;
ALTER TABLE receipts ADD PRIMARY KEY (alert, person, device);

ALTER TABLE alerts
    ADD COLUMN holder   bigint REFERENCES people,   -- who has it in hand
    ADD COLUMN asked_at timestamptz,                -- since when an acknowledgement is waited for; older alerts wait for none
    ADD COLUMN merged   bigint REFERENCES alerts;   -- the alert that it is the same as, as a person says
UPDATE alerts SET holder = acknowledged_by;
CREATE INDEX alerts_waiting ON alerts (asked_at)
    WHERE handling = 'new' AND state <> 'cleared' AND joined IS NULL AND merged IS NULL AND NOT review_only;
CREATE INDEX alerts_merged ON alerts (merged) WHERE merged IS NOT NULL;

-- Who is asked to take an alert besides those who answer for its grid. They see it as if it were theirs.
CREATE TABLE offers (
    alert  bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    person bigint NOT NULL REFERENCES people,
    reason text NOT NULL CHECK (reason IN ('border', 'transfer', 'ladder')),
    at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (alert, person)
);
CREATE INDEX offers_person ON offers (person, alert);

-- Rungs of the ladder that an unanswered alert has climbed since asked_at.
CREATE TABLE ladder_steps (
    alert    bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    asked_at timestamptz NOT NULL,
    step     int NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (alert, asked_at, step)
);

-- Nobody is told of a matter in a fence, or at a camera where it has none, until the end.
CREATE TABLE silences (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert    bigint NOT NULL REFERENCES alerts ON DELETE CASCADE, -- which it began with
    camera   text NOT NULL,
    fence    text NOT NULL,
    matter   text NOT NULL,
    author   bigint NOT NULL REFERENCES people,
    reason   text NOT NULL CHECK (reason <> ''),
    from_at  timestamptz NOT NULL DEFAULT now(),
    until_at timestamptz NOT NULL CHECK (until_at > from_at)
);
CREATE INDEX silences_place ON silences (camera, fence, matter, until_at);

-- What a person asked with an Idempotency-Key, and what they were answered: a repeat gets the same answer. A row without
-- a status is being answered.
CREATE TABLE repeatable_requests (
    person       bigint NOT NULL REFERENCES people ON DELETE CASCADE,
    key          text NOT NULL,
    request      bytea NOT NULL,        -- SHA-256 of method, address and body
    status       int,
    content_type text NOT NULL DEFAULT '',
    body         bytea NOT NULL DEFAULT '',
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person, key)
);
CREATE INDEX repeatable_requests_at ON repeatable_requests (at);

-- Who is on duty when. A unit's posts are held by shifts that come back every week.
CREATE TABLE units (
    id     text PRIMARY KEY,
    name   text NOT NULL,
    kind   text NOT NULL CHECK (kind IN ('squad', 'station', 'property', 'department')),
    leader bigint REFERENCES people
);
CREATE TABLE posts (
    id    text PRIMARY KEY,
    name  text NOT NULL,
    unit  text NOT NULL REFERENCES units ON DELETE CASCADE,
    beat  text REFERENCES beats ON DELETE CASCADE,
    hours jsonb NOT NULL DEFAULT '{}'   -- when somebody has to hold it
);
CREATE INDEX posts_beat ON posts (beat);
CREATE TABLE shifts (
    id        text PRIMARY KEY,
    post      text NOT NULL REFERENCES posts ON DELETE CASCADE,
    person    bigint NOT NULL REFERENCES people,
    hours     jsonb NOT NULL DEFAULT '{}',
    first_day date NOT NULL,
    last_day  date CHECK (last_day >= first_day)
);
CREATE INDEX shifts_post ON shifts (post);
CREATE INDEX shifts_person ON shifts (person);
-- The shift that begins on that day is the substitute's, or nobody's.
CREATE TABLE shift_exceptions (
    shift      text NOT NULL REFERENCES shifts ON DELETE CASCADE,
    day        date NOT NULL,
    substitute bigint REFERENCES people,
    reason     text NOT NULL DEFAULT '',
    PRIMARY KEY (shift, day)
);
CREATE TABLE leaves (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person     bigint NOT NULL REFERENCES people,
    first_day  date NOT NULL,
    last_day   date NOT NULL CHECK (last_day >= first_day),
    substitute bigint REFERENCES people,
    reason     text NOT NULL DEFAULT ''
);
