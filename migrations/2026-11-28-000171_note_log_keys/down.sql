DROP TABLE log_key_ends, log_keys;
