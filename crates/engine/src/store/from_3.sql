-- The texts of targets are a file in the run's folder now.
DELETE FROM target_text_of;
DROP TABLE IF EXISTS target_text;
