-- The store as version 1 made it, with some rows, for the tests of migration.

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE scope (
    id        INTEGER PRIMARY KEY,
    partition TEXT NOT NULL,
    account   TEXT NOT NULL,
    region    TEXT NOT NULL,
    sandbox   TEXT NOT NULL,
    UNIQUE (partition, account, region, sandbox)
);

CREATE TABLE inventory_group (
    ordinal            INTEGER PRIMARY KEY AUTOINCREMENT,
    scope              INTEGER NOT NULL REFERENCES scope,
    id                 TEXT NOT NULL,
    name               TEXT NOT NULL,
    arn                TEXT NOT NULL,
    latest_version     TEXT,
    latest_version_arn TEXT,
    created_at         INTEGER,
    updated_at         INTEGER,
    listing            INTEGER NOT NULL,
    deployable         INTEGER NOT NULL,
    UNIQUE (scope, id)
);

CREATE TABLE listing (
    scope      INTEGER PRIMARY KEY REFERENCES scope,
    number     INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    next_token TEXT,
    complete_at INTEGER,
    revision   INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE group_version (
    scope      INTEGER NOT NULL REFERENCES scope,
    group_id   TEXT NOT NULL,
    position   INTEGER NOT NULL,
    version    TEXT NOT NULL,
    arn        TEXT NOT NULL,
    created_at INTEGER,
    read_at    INTEGER NOT NULL,
    PRIMARY KEY (scope, group_id, position)
) WITHOUT ROWID;

CREATE TABLE draft (
    scope              INTEGER PRIMARY KEY REFERENCES scope,
    body               TEXT NOT NULL,
    selection          BLOB,
    previous_selection BLOB
);

CREATE TABLE draft_version (
    scope   INTEGER NOT NULL REFERENCES scope,
    ordinal INTEGER NOT NULL REFERENCES inventory_group,
    choice  TEXT NOT NULL,
    version TEXT,
    problem TEXT,
    PRIMARY KEY (scope, ordinal)
) WITHOUT ROWID;

CREATE TABLE core_count (
    scope       INTEGER NOT NULL REFERENCES scope,
    version_arn TEXT NOT NULL,
    cores       INTEGER NOT NULL,
    PRIMARY KEY (scope, version_arn)
) WITHOUT ROWID;

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
CREATE INDEX target_by_id ON target (run, target);
CREATE INDEX target_by_state ON target (run, state);
CREATE INDEX target_by_cause ON target (run, cause) WHERE cause IS NOT NULL;

CREATE TABLE sample (
    run       INTEGER NOT NULL REFERENCES run,
    at        INTEGER NOT NULL,
    processed INTEGER NOT NULL,
    counts    TEXT NOT NULL,
    PRIMARY KEY (run, at)
) WITHOUT ROWID;

CREATE TABLE intent (
    id    INTEGER PRIMARY KEY,
    run   INTEGER NOT NULL REFERENCES run,
    at    INTEGER NOT NULL,
    what  TEXT NOT NULL,
    obeyed_at INTEGER
);

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

INSERT INTO scope VALUES (1, 'aws', '000000000000', 'eu-west-1', 'test');
INSERT INTO change (scope, plan, at, operation, summary, identity)
VALUES (1, 'plan', 0, 'iam:CreateRole', 'Create the role Bulk', 'arn:aws:iam::000000000000:user/dana');
INSERT INTO run (id, scope, generation, name, state, stage, connection, settings, plan_hash, started_by, started_at, recorded)
VALUES ('plan', 1, 'v1', 'Firmware', 'hold', 'Waits for you', '{}',
        '{"role":"Bulk","roleArn":"arn:aws:iam::000000000000:role/Bulk","bucket":"b","prefix":"p","settleMinutes":30.0,"provision":false}',
        'hash', 'arn:aws:iam::000000000000:user/dana', 0, 1);
INSERT INTO wave (run, number, state, first_position, targets, bucket, key, sha256, bytes)
VALUES (1, 1, 'judged', 0, 2, 'b', 'p/plan/wave-001.jsonl', 'sha', 200);
INSERT INTO target (run, position, target, version, wave, line, state, cause, code, message)
VALUES (1, 0, 'g1', 'v1', 1, 1, 3, NULL, NULL, NULL), (1, 1, 'g2', 'v1', 1, 2, 4, 'cause', 'E', 'It failed');
