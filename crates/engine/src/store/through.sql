-- Thing groups as they were read last, for the deployments that their members have through them.
CREATE TABLE through_group (
    scope      INTEGER NOT NULL REFERENCES scope,
    name       TEXT NOT NULL,
    arn        TEXT NOT NULL,
    read_at    INTEGER NOT NULL,
    deployment TEXT,                               -- id of the latest one; null where it has none that counts
    status     TEXT,                               -- DeploymentStatus
    parent     TEXT,                               -- ARN of the thing group whose deployment that one revises
    components TEXT,                               -- JSON: versions by name; null where it could not be read
    PRIMARY KEY (scope, name)
) WITHOUT ROWID;

-- Who is in those of them that have a deployment.
CREATE TABLE through_member (
    scope       INTEGER NOT NULL REFERENCES scope,
    thing_group TEXT NOT NULL,
    thing_name  TEXT NOT NULL,
    PRIMARY KEY (scope, thing_group, thing_name)
) WITHOUT ROWID;

-- When all of them were read; null where they never were.
ALTER TABLE present_reading ADD COLUMN groups_at INTEGER;
