-- Documents of V2 runs: `target.version` is the hash of what the target gets. Rows with a rowid, because bodies have some
-- thousand bytes.
CREATE TABLE document (
    run  INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    hash TEXT NOT NULL,
    body TEXT NOT NULL,                            -- JSON of the DeploymentDocument
    PRIMARY KEY (run, hash)
);

-- What targets of V2 runs had when the plan was made, for rolling back; no row where that is not known.
CREATE TABLE target_before (
    run      INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    position INTEGER NOT NULL,
    document TEXT NOT NULL,                        -- hash; empty where it had no deployment
    PRIMARY KEY (run, position)
) WITHOUT ROWID;

-- The present deployments of core devices as they were read last. Equal documents are kept once.
CREATE TABLE present_document (
    ordinal INTEGER PRIMARY KEY,
    scope   INTEGER NOT NULL REFERENCES scope,
    sha256  TEXT NOT NULL,                         -- of body
    body    TEXT NOT NULL,                         -- JSON of the DeploymentDocument, without its name
    UNIQUE (scope, sha256)
);

CREATE TABLE present (
    scope      INTEGER NOT NULL REFERENCES scope,
    thing_name TEXT NOT NULL,
    read_at    INTEGER NOT NULL,
    deployment TEXT,                               -- id; null where the device has none
    status     TEXT,                               -- DeploymentStatus
    name       TEXT,                               -- of the deployment: many carry the thing's name in it
    document   INTEGER REFERENCES present_document,
    problem    TEXT,                               -- JSON of the Problem, where it could not be read
    PRIMARY KEY (scope, thing_name)
) WITHOUT ROWID;
CREATE INDEX present_by_document ON present (document);

CREATE TABLE present_reading (
    scope    INTEGER PRIMARY KEY REFERENCES scope,
    revision INTEGER NOT NULL DEFAULT 0,           -- goes up with each change of `present` or of `since`
    since    INTEGER NOT NULL DEFAULT 0            -- what was read before counts as unread: a new reading, or a run, has begun
);
