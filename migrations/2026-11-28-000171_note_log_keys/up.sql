-- Since when a key has signed the logs, and from when on it no longer does. Which keys are relied on is the
-- service's setting, never what stands here.

CREATE TABLE log_keys (
    key text NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT log_keys_pkey PRIMARY KEY (key)
);

CREATE TABLE log_key_ends (
    key text NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT log_key_ends_pkey PRIMARY KEY (key),
    CONSTRAINT log_key_ends_signed_before FOREIGN KEY (key) REFERENCES log_keys (key)
);

CREATE TRIGGER log_keys_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_key_ends_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_key_ends
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON log_keys, log_key_ends TO almoner_service;
