-- +goose Up
-- What each camera's kernel was given: chunks of some minutes in the recordings' own blob store.
CREATE TABLE recordings (
    sha256       text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'), -- a repeat changes nothing
    camera       text NOT NULL,
    from_at      timestamptz NOT NULL,
    until_at     timestamptz NOT NULL CHECK (until_at >= from_at),
    observations int NOT NULL,
    bytes        bigint NOT NULL
);
CREATE INDEX recordings_camera ON recordings (camera, from_at);
CREATE INDEX recordings_until ON recordings (until_at);

-- Small pictures of a recording. The same picture may stand in more than one.
CREATE TABLE recording_pictures (
    recording text NOT NULL REFERENCES recordings ON DELETE CASCADE,
    at        timestamptz NOT NULL,
    sha256    text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (recording, at)
);
CREATE INDEX recording_pictures_sha256 ON recording_pictures (sha256);

-- A draft of rules, fences and permits, and what it would have changed.
CREATE TABLE backtests (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person       bigint NOT NULL REFERENCES people,
    created_at   timestamptz NOT NULL DEFAULT now(),
    draft        jsonb NOT NULL,
    state        text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed', 'published', 'discarded')),
    progress     double precision NOT NULL DEFAULT 0,
    observations bigint NOT NULL DEFAULT 0,
    error        text NOT NULL DEFAULT '',
    outcome      jsonb,
    ended_at     timestamptz,           -- of the run
    decided_at   timestamptz,           -- published or discarded
    decided_by   bigint REFERENCES people
);
CREATE INDEX backtests_running ON backtests (id) WHERE state = 'running';

-- Thresholds that were changed over the rules' file, each with what was changed. The version in force is the file's plus
-- the number of these.
CREATE TABLE rule_changes (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    person     bigint NOT NULL REFERENCES people,
    backtest   bigint NOT NULL REFERENCES backtests,
    thresholds jsonb NOT NULL           -- {"fire_lane":{"raise_s":30}}
);

-- Who changed what the city is watched for.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    person  bigint NOT NULL REFERENCES people,
    action  text NOT NULL CHECK (action <> ''),
    subject text NOT NULL,
    data    jsonb NOT NULL DEFAULT '{}'
);
