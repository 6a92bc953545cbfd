-- +goose Up

-- Privacy masks: outlines on the view's frame, black before anything sees the picture. [[[x,y],…],…], normalised 0..1.
ALTER TABLE views ADD COLUMN masks jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(masks) = 'array');
