-- +goose Up
-- A smaller stream of the same picture, decoded in place of source; and which frames of a stream are decoded.
ALTER TABLE cameras
    ADD COLUMN substream text NOT NULL DEFAULT '',
    ADD COLUMN decode    text NOT NULL DEFAULT '' CHECK (decode IN ('', 'keyframes', 'all'));
