-- +goose Up
-- The colour by which planners tell a beat on the map; 0 while nobody chose one.
ALTER TABLE beats ADD COLUMN colour smallint NOT NULL DEFAULT 0 CHECK (colour BETWEEN 0 AND 8);
