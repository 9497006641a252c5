-- What screens ask of a whole run, kept by triggers in the very transaction that changes a target: no answer reads
-- 700,000 rows, and no crash comes between a target and its tally.

-- Targets by cause. A cause stays, with no targets, when the last one has left it: its number is in `fleet`.
CREATE TABLE cause_count (
    run     INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    number  INTEGER NOT NULL,                      -- from 1 within the run
    cause   TEXT NOT NULL,
    targets INTEGER NOT NULL,
    code    TEXT,                                  -- code and words of the first target that had it
    message TEXT,
    PRIMARY KEY (run, cause),
    UNIQUE (run, number)
) WITHOUT ROWID;

-- States and causes of 500 targets a row, in the order of the plan; digits beyond the last target mean nothing.
CREATE TABLE fleet (
    run    INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    chunk  INTEGER NOT NULL,                       -- position / 500
    states TEXT NOT NULL,                          -- one digit a target
    causes TEXT NOT NULL,                          -- five hexadecimal digits a target: cause_count.number, 0 for none
    PRIMARY KEY (run, chunk)
);

-- What the texts of a run (targets.txt in its folder) were made from; they are made anew where it differs.
CREATE TABLE target_text_of (
    run     INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    targets INTEGER NOT NULL,
    listing INTEGER NOT NULL                       -- listing.complete_at; 0 where there was none
);

CREATE TRIGGER target_chunk_added AFTER INSERT ON target WHEN new.position % 500 = 0
BEGIN
    INSERT OR IGNORE INTO fleet (run, chunk, states, causes)
    VALUES (new.run, new.position / 500, printf('%0500d', 0), printf('%02500d', 0));
END;

CREATE TRIGGER target_added AFTER INSERT ON target WHEN new.state <> 0 OR new.cause IS NOT NULL
BEGIN
    INSERT INTO cause_count (run, number, cause, targets, code, message)
    SELECT new.run, coalesce((SELECT max(number) FROM cause_count WHERE run = new.run), 0) + 1, new.cause, 1,
           new.code, new.message
    WHERE new.cause IS NOT NULL
    ON CONFLICT (run, cause) DO UPDATE SET targets = targets + 1;
    INSERT OR IGNORE INTO fleet (run, chunk, states, causes)
    VALUES (new.run, new.position / 500, printf('%0500d', 0), printf('%02500d', 0));
    UPDATE fleet
    SET states = substr(states, 1, new.position % 500) || new.state || substr(states, new.position % 500 + 2),
        causes = substr(causes, 1, new.position % 500 * 5)
            || printf('%05x', (SELECT number FROM cause_count WHERE run = new.run AND cause = new.cause))
            || substr(causes, new.position % 500 * 5 + 6)
    WHERE run = new.run AND chunk = new.position / 500;
END;

CREATE TRIGGER target_state_changed AFTER UPDATE OF state ON target WHEN old.state <> new.state
BEGIN
    UPDATE fleet
    SET states = substr(states, 1, new.position % 500) || new.state || substr(states, new.position % 500 + 2)
    WHERE run = new.run AND chunk = new.position / 500;
END;

CREATE TRIGGER target_cause_changed AFTER UPDATE OF cause ON target WHEN old.cause IS NOT new.cause
BEGIN
    UPDATE cause_count SET targets = targets - 1 WHERE run = old.run AND cause = old.cause;
    INSERT INTO cause_count (run, number, cause, targets, code, message)
    SELECT new.run, coalesce((SELECT max(number) FROM cause_count WHERE run = new.run), 0) + 1, new.cause, 1,
           new.code, new.message
    WHERE new.cause IS NOT NULL
    ON CONFLICT (run, cause) DO UPDATE SET targets = targets + 1;
    UPDATE fleet
    SET causes = substr(causes, 1, new.position % 500 * 5)
            || printf('%05x', (SELECT number FROM cause_count WHERE run = new.run AND cause = new.cause))
            || substr(causes, new.position % 500 * 5 + 6)
    WHERE run = new.run AND chunk = new.position / 500;
END;

CREATE TRIGGER target_cause_removed AFTER DELETE ON target WHEN old.cause IS NOT NULL
BEGIN
    UPDATE cause_count SET targets = targets - 1 WHERE run = old.run AND cause = old.cause;
END;

CREATE TRIGGER target_chunk_removed AFTER DELETE ON target WHEN old.position % 500 = 0
BEGIN
    DELETE FROM fleet WHERE run = old.run AND chunk = old.position / 500;
    DELETE FROM target_text_of WHERE run = old.run;
END;

-- The runs that are there already.
INSERT INTO cause_count (run, number, cause, targets, code, message)
SELECT run, row_number() OVER (PARTITION BY run ORDER BY min(position)), cause, count(*), code, message
FROM target WHERE cause IS NOT NULL GROUP BY run, cause;
INSERT INTO fleet (run, chunk, states, causes)
SELECT t.run, t.position / 500, group_concat(t.state, '' ORDER BY t.position),
       group_concat(printf('%05x', c.number), '' ORDER BY t.position)
FROM target t LEFT JOIN cause_count c ON c.run = t.run AND c.cause = t.cause
GROUP BY t.run, t.position / 500;
