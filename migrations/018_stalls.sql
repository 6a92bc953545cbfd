-- +goose Up

-- How large a stall of a permit may be, in square metres; NULL where the permit does not say.
ALTER TABLE permits ADD COLUMN stall_m2 double precision CHECK (stall_m2 > 0 AND stall_m2 < 'Infinity');
