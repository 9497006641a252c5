-- The part of version 1 that later versions have changed, with a row, for the test of migration.
CREATE TABLE scope (id INTEGER PRIMARY KEY);
CREATE TABLE change (
    id         INTEGER PRIMARY KEY,
    scope      INTEGER NOT NULL REFERENCES scope,
    plan       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    operation  TEXT NOT NULL,
    summary    TEXT NOT NULL,
    identity   TEXT NOT NULL,
    before     TEXT,
    after      TEXT,
    outcome    TEXT,
    ended_at   INTEGER,
    request_id TEXT,
    detail     TEXT
);
CREATE INDEX change_by_plan ON change (plan, id);
INSERT INTO scope VALUES (1);
INSERT INTO change (scope, plan, at, operation, summary, identity)
VALUES (1, 'plan', 0, 'iam:CreateRole', 'Create the role Bulk', 'arn:aws:iam::000000000000:user/dana');
