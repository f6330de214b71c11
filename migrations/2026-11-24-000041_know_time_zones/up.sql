-- The time zones an ad account's days can end in: those of the server's own IANA database, kept here
-- because reading them there means reading some six hundred files.
CREATE TABLE time_zones (
    name text NOT NULL,
    CONSTRAINT time_zones_pkey PRIMARY KEY (name)
);

INSERT INTO time_zones
SELECT name FROM pg_timezone_names
WHERE name NOT LIKE 'posix%' AND name NOT LIKE 'right/%' AND name NOT IN ('Factory', 'localtime');

CREATE TRIGGER time_zones_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON time_zones
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE ad_accounts
    ADD CONSTRAINT ad_accounts_time_zone_known FOREIGN KEY (time_zone) REFERENCES time_zones (name);

GRANT SELECT ON time_zones TO almoner_service;
