-- When a platform's report was recorded. What was posted with it says so too; a provisional report, and
-- one that changes nothing, has no journal to say it. Reports that are there already count as recorded
-- now: before, nobody could have asked. One that comes undated is dated when its transaction began.
ALTER TABLE spend_lines ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();
