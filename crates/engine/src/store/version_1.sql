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
CREATE TABLE run (
    ordinal        INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    scope          INTEGER NOT NULL REFERENCES scope,
    generation     TEXT NOT NULL,
    name           TEXT NOT NULL,
    state          TEXT NOT NULL,
    stage          TEXT NOT NULL,
    connection     TEXT NOT NULL,
    settings       TEXT NOT NULL,
    plan_hash      TEXT NOT NULL,
    started_by     TEXT NOT NULL,
    started_at     INTEGER NOT NULL,
    recorded       INTEGER NOT NULL DEFAULT 0,
    ended_at       INTEGER,
    problem        TEXT,
    read_at        INTEGER,
    blind_since    INTEGER,
    blind_problem  TEXT,
    discrepancies  TEXT
);
CREATE TABLE wave (
    run                   INTEGER NOT NULL REFERENCES run,
    number                INTEGER NOT NULL,
    state                 TEXT NOT NULL,
    first_position        INTEGER NOT NULL,
    targets               INTEGER NOT NULL,
    bucket                TEXT NOT NULL,
    key                   TEXT NOT NULL,
    sha256                TEXT NOT NULL,
    bytes                 INTEGER NOT NULL,
    uploaded_at           INTEGER,
    client_token          TEXT,
    bulk_deployment       TEXT,
    bulk_status           TEXT,
    records_processed     INTEGER NOT NULL DEFAULT 0,
    invalid_input_records INTEGER NOT NULL DEFAULT 0,
    retry_attempts        INTEGER NOT NULL DEFAULT 0,
    errors                TEXT NOT NULL DEFAULT '[]',
    counts                TEXT NOT NULL DEFAULT '{}',
    started_at            INTEGER,
    ended_at              INTEGER,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE target (
    run        INTEGER NOT NULL REFERENCES run,
    position   INTEGER NOT NULL,
    target     TEXT NOT NULL,
    version    TEXT NOT NULL,
    wave       INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    state      INTEGER NOT NULL DEFAULT 0,
    deployment TEXT,
    cause      TEXT,
    code       TEXT,
    message    TEXT,
    details    TEXT,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE TABLE sample (
    run       INTEGER NOT NULL REFERENCES run,
    at        INTEGER NOT NULL,
    processed INTEGER NOT NULL,
    counts    TEXT NOT NULL,
    PRIMARY KEY (run, at)
) WITHOUT ROWID;
CREATE INDEX target_by_id ON target (run, target);
CREATE INDEX target_by_state ON target (run, state);
CREATE INDEX target_by_cause ON target (run, cause) WHERE cause IS NOT NULL;
INSERT INTO scope VALUES (1);
INSERT INTO change (scope, plan, at, operation, summary, identity)
VALUES (1, 'plan', 0, 'iam:CreateRole', 'Create the role Bulk', 'arn:aws:iam::000000000000:user/dana');
