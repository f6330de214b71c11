ALTER TABLE spend_lines DROP COLUMN recorded_at;
