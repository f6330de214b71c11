DROP TABLE markets;
DROP TABLE units;
