-- What the instances of a deployment share and nobody else knows. Made here, so that there is
-- nothing to set: lists in pages are sealed with one (a random UUID has 122 bits that can't be
-- guessed, so two of them have 244).
CREATE TABLE secrets (
    purpose text NOT NULL,
    secret bytea NOT NULL,
    CONSTRAINT secrets_pkey PRIMARY KEY (purpose),
    CONSTRAINT secrets_long_enough CHECK (octet_length(secret) >= 32)
);

INSERT INTO secrets (purpose, secret)
VALUES ('cursors', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

CREATE TRIGGER secrets_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON secrets
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON secrets TO almoner_service;
