-- The first answer to a caller's key, written in the transaction that did the work and kept for
-- ever. `key` is a digest of issuer, subject and key: as narrow as the index can be. `fingerprint`
-- is a digest of the route and the body, so that the same key with another request shows.
CREATE TABLE idempotency_keys (
    key uuid NOT NULL,
    fingerprint uuid NOT NULL,
    answered_at timestamptz NOT NULL,
    answer bytea NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (key)
);

CREATE TRIGGER idempotency_keys_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON idempotency_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON idempotency_keys TO almoner_service;
