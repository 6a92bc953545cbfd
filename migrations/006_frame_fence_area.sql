-- +goose Up

-- A fence on a view's frame may also say roughly which ground it stands for: alerts of it are shown there.
-- +goose StatementBegin
DO $$
DECLARE name text;
BEGIN
    SELECT conname INTO STRICT name FROM pg_constraint
    WHERE conrelid = 'fences'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%frame IS NULL%';
    EXECUTE format('ALTER TABLE fences DROP CONSTRAINT %I', name);
END $$;
-- +goose StatementEnd
ALTER TABLE fences ADD CONSTRAINT fences_drawn CHECK (
    (view IS NULL) = (frame IS NULL) AND (geom IS NOT NULL OR frame IS NOT NULL));
