ALTER TABLE ad_accounts DROP CONSTRAINT ad_accounts_time_zone_known;
DROP TABLE time_zones;
