-- What screens ask of a whole run, kept by the triggers of tallied.sql in the very transaction that changes a target:
-- no answer reads 700,000 rows, and no crash comes between a target and its tally.

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

-- The runs that are there already.
INSERT INTO cause_count (run, number, cause, targets, code, message)
SELECT run, row_number() OVER (PARTITION BY run ORDER BY min(position)), cause, count(*), code, message
FROM target WHERE cause IS NOT NULL GROUP BY run, cause;
INSERT INTO fleet (run, chunk, states, causes)
SELECT t.run, t.position / 500, group_concat(t.state, '' ORDER BY t.position),
       group_concat(printf('%05x', c.number), '' ORDER BY t.position)
FROM target t LEFT JOIN cause_count c ON c.run = t.run AND c.cause = t.cause
GROUP BY t.run, t.position / 500;
