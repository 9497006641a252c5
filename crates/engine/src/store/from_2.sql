-- From version 2 to 3: runs know which run they retry, and bulk deployments made elsewhere are recorded as runs.
ALTER TABLE run ADD COLUMN parent TEXT;
ALTER TABLE run ADD COLUMN found_bulk TEXT;
ALTER TABLE run ADD COLUMN hold TEXT;
UPDATE run SET hold = 'problem' WHERE state = 'hold';
ALTER TABLE wave ADD COLUMN verdict TEXT;
ALTER TABLE wave ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
-- Readings know whether nothing was read before them.
ALTER TABLE sample ADD COLUMN gap INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sample_gap ON sample (run, at) WHERE gap;
