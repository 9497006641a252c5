-- The store, version 6. Times are milliseconds since 1970. Whatever must survive a crash is here before the
-- call that it guards.

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Where targets live: one row for each partition, account, Region and sandbox ('' for accounts).
CREATE TABLE scope (
    id        INTEGER PRIMARY KEY,
    partition TEXT NOT NULL,
    account   TEXT NOT NULL,
    region    TEXT NOT NULL,
    sandbox   TEXT NOT NULL,
    generation TEXT,                              -- v1 or v2: what the wizard deploys to, once somebody has chosen
    UNIQUE (partition, account, region, sandbox)
);

-- The inventory. `ordinal` never changes while a group exists and is never given again: selections are bitmaps
-- of ordinals. `id` is without the account that some answers put before it.
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
    listing            INTEGER NOT NULL,          -- the listing that saw it last
    deployable         INTEGER NOT NULL,          -- 0 yes, 1 no version, 2 no core, 3 many cores, 4 gone
    UNIQUE (scope, id)
);

-- One row a scope: the listing in progress or the last one, and where to go on.
CREATE TABLE listing (
    scope      INTEGER PRIMARY KEY REFERENCES scope,
    number     INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,                            -- null while partial
    next_token TEXT,
    complete_at INTEGER,                           -- when the last complete listing ended
    revision   INTEGER NOT NULL DEFAULT 0          -- goes up with each change of inventory_group
);

-- Versions read by ListGroupVersions, newest first by position.
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

-- The draft of each scope: `body` is the JSON of the draft, `selection` a roaring bitmap of ordinals.
CREATE TABLE draft (
    scope              INTEGER PRIMARY KEY REFERENCES scope,
    body               TEXT NOT NULL,
    selection          BLOB,
    previous_selection BLOB
);

-- Versions other than the latest, chosen for groups of the draft.
CREATE TABLE draft_version (
    scope   INTEGER NOT NULL REFERENCES scope,
    ordinal INTEGER NOT NULL REFERENCES inventory_group,
    choice  TEXT NOT NULL,                         -- previous | chosen
    version TEXT,                                  -- null where there is none
    problem TEXT,
    PRIMARY KEY (scope, ordinal)
) WITHOUT ROWID;

-- Cores counted by GetCoreDefinitionVersion, by group version ARN.
CREATE TABLE core_count (
    scope       INTEGER NOT NULL REFERENCES scope,
    version_arn TEXT NOT NULL,
    cores       INTEGER NOT NULL,
    PRIMARY KEY (scope, version_arn)
) WITHOUT ROWID;

CREATE TABLE run (
    ordinal        INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,           -- the plan's id
    scope          INTEGER NOT NULL REFERENCES scope,
    generation     TEXT NOT NULL,
    name           TEXT NOT NULL,
    state          TEXT NOT NULL,
    stage          TEXT NOT NULL,
    connection     TEXT NOT NULL,                  -- JSON of the ConnectRequest, no secrets
    settings       TEXT NOT NULL,                  -- JSON of the plan's settings
    plan_hash      TEXT NOT NULL,                  -- SHA-256 over settings and targets
    started_by     TEXT NOT NULL,
    started_at     INTEGER NOT NULL,
    recorded       INTEGER NOT NULL DEFAULT 0,     -- 1 once waves and targets are all there
    ended_at       INTEGER,
    problem        TEXT,                           -- JSON of the Problem
    read_at        INTEGER,
    blind_since    INTEGER,
    blind_problem  TEXT,
    discrepancies  TEXT,
    hold           TEXT,                           -- why it holds: paused | gate | between_waves | problem
    parent         TEXT,                           -- the run whose targets this one retries or rolls back
    found_bulk     TEXT                            -- of a run recorded from its reports: its bulk deployment
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
    client_token          TEXT,                    -- stored before StartBulkDeployment
    bulk_deployment       TEXT,
    bulk_status           TEXT,
    records_processed     INTEGER NOT NULL DEFAULT 0,
    invalid_input_records INTEGER NOT NULL DEFAULT 0,
    retry_attempts        INTEGER NOT NULL DEFAULT 0,
    errors                TEXT NOT NULL DEFAULT '[]',
    counts                TEXT NOT NULL DEFAULT '{}',  -- JSON of the counts after the last reading
    started_at            INTEGER,
    ended_at              INTEGER,
    verdict               TEXT,                    -- JSON of what its gate said
    skipped               INTEGER NOT NULL DEFAULT 0,  -- of its targets, those that someone left out
    PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE target (
    run        INTEGER NOT NULL REFERENCES run,
    position   INTEGER NOT NULL,                   -- from 0, the order of the plan
    target     TEXT NOT NULL,
    version    TEXT NOT NULL,
    wave       INTEGER NOT NULL,
    line       INTEGER NOT NULL,                   -- in the wave's input file, from 1
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

-- Readings for the chart.
CREATE TABLE sample (
    run       INTEGER NOT NULL REFERENCES run,
    at        INTEGER NOT NULL,
    processed INTEGER NOT NULL,
    counts    TEXT NOT NULL,
    gap       INTEGER NOT NULL DEFAULT 0,          -- 1 if longer than expected nothing was read before it
    PRIMARY KEY (run, at)
) WITHOUT ROWID;

CREATE INDEX sample_gap ON sample (run, at) WHERE gap;

-- What faces ask of the driver: stop, pause, continue.
CREATE TABLE intent (
    id    INTEGER PRIMARY KEY,
    run   INTEGER NOT NULL REFERENCES run,
    at    INTEGER NOT NULL,
    what  TEXT NOT NULL,
    obeyed_at INTEGER
);

-- Calls that change something: written before the call, completed after it.
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
    outcome    TEXT,                               -- done | failed; null while not known
    ended_at   INTEGER,
    request_id TEXT,
    detail     TEXT,
    role       TEXT,                               -- of changes of permissions: the execution role's name
    subject    TEXT,                               -- and what was changed: role, policy or bucket
    undoes     INTEGER REFERENCES change,          -- the change that this one takes back
    undone     INTEGER NOT NULL DEFAULT 0          -- 1 once it is taken back
);
CREATE INDEX change_by_plan ON change (plan, id);
