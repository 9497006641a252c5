-- Core devices of Greengrass V2. `ordinal` as in inventory_group. What the listing does not tell is null until it is
-- read for a device that someone looks at.
CREATE TABLE core_device (
    ordinal        INTEGER PRIMARY KEY AUTOINCREMENT,
    scope          INTEGER NOT NULL REFERENCES scope,
    thing_name     TEXT NOT NULL,
    status         TEXT,
    last_status_at INTEGER,
    platform       TEXT,
    architecture   TEXT,
    runtime        TEXT,
    nucleus        TEXT,                           -- version of the nucleus
    thing_groups   TEXT,                           -- names that are known, each between line feeds
    detail_read_at INTEGER,                        -- when nucleus and thing groups were read for this device
    listing        INTEGER NOT NULL,               -- the listing that saw it last
    deployable     INTEGER NOT NULL,               -- 0 yes, 4 gone
    UNIQUE (scope, thing_name)
);

CREATE TABLE device_listing (
    scope       INTEGER PRIMARY KEY REFERENCES scope,
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,                           -- null while partial
    next_token  TEXT,
    complete_at INTEGER,                           -- when the last complete listing ended
    revision    INTEGER NOT NULL DEFAULT 0         -- goes up with each change of core_device
);

-- Thing groups of AWS IoT.
CREATE TABLE thing_group (
    scope           INTEGER NOT NULL REFERENCES scope,
    name            TEXT NOT NULL,
    arn             TEXT NOT NULL,
    things          INTEGER,                       -- things in it, those of child groups included; null until read
    devices         INTEGER,                       -- of these, core devices of the inventory
    members_read_at INTEGER,
    listing         INTEGER NOT NULL,              -- the listing of devices with which it was seen last
    PRIMARY KEY (scope, name)
) WITHOUT ROWID;

-- The draft of a V2 deployment: `selection` is a roaring bitmap of ordinals of core_device.
CREATE TABLE device_draft (
    scope              INTEGER PRIMARY KEY REFERENCES scope,
    body               TEXT NOT NULL DEFAULT '{}',
    selection          BLOB,
    previous_selection BLOB,
    revision           INTEGER NOT NULL DEFAULT 0  -- goes up with each change of the selection or of what is in it
);
