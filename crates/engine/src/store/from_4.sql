-- What the wizard deploys to is chosen for each scope.
ALTER TABLE scope ADD COLUMN generation TEXT;
