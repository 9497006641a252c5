-- From version 1 to 2: changes of permissions can be taken back.
ALTER TABLE change ADD COLUMN role TEXT;
ALTER TABLE change ADD COLUMN subject TEXT;
ALTER TABLE change ADD COLUMN undoes INTEGER REFERENCES change;
ALTER TABLE change ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
