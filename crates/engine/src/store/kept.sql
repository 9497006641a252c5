-- Where a device's latest deployment was cancelled before the device had it: the id of the one that it keeps, empty for
-- none. `name` and `document` are of that one. What was read without it is read anew.
ALTER TABLE present ADD COLUMN kept TEXT;
DELETE FROM present;
DELETE FROM present_document;
UPDATE present_reading SET revision = revision + 1;
