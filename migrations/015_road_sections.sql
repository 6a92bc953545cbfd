-- +goose Up

-- What a corridor of the road net is made from: {"section_code", "class", "line", "left_m", "right_m"}; NULL where it was
-- only drawn.
ALTER TABLE grids ADD COLUMN section jsonb CHECK (section IS NULL OR net = 'road');
