-- From version 2 to 3: runs know which run they retry, and bulk deployments made elsewhere are recorded as runs.
ALTER TABLE run ADD COLUMN parent TEXT;
ALTER TABLE run ADD COLUMN found_bulk TEXT;
