-- Keeps the tallies of tallies.sql with each change of a target. A row of the fleet is written once a change: it is
-- copied as a whole.

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

CREATE TRIGGER target_state_changed AFTER UPDATE OF state ON target
WHEN old.state <> new.state AND old.cause IS new.cause
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
    SET states = substr(states, 1, new.position % 500) || new.state || substr(states, new.position % 500 + 2),
        causes = substr(causes, 1, new.position % 500 * 5)
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
