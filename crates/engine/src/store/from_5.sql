-- A row of the fleet was written twice for a change of both state and cause.
DROP TRIGGER IF EXISTS target_chunk_added;
DROP TRIGGER IF EXISTS target_added;
DROP TRIGGER IF EXISTS target_state_changed;
DROP TRIGGER IF EXISTS target_cause_changed;
DROP TRIGGER IF EXISTS target_cause_removed;
DROP TRIGGER IF EXISTS target_chunk_removed;
