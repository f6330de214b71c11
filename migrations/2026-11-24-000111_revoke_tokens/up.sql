-- What doesn't count any more: one token, or all that a subject or an identity held by then.
CREATE TABLE revocations (
    id uuid NOT NULL,
    token_id text,
    issuer text,
    subject text,
    identity_id uuid,
    reason text NOT NULL,
    revoked_by text NOT NULL,
    revoked_at timestamptz NOT NULL,
    CONSTRAINT revocations_pkey PRIMARY KEY (id),
    CONSTRAINT revocations_of_one_thing CHECK (
        num_nonnulls(token_id, subject, identity_id) = 1 AND (issuer IS NULL) = (subject IS NULL)),
    CONSTRAINT revocations_reason_stated CHECK (reason <> ''),
    CONSTRAINT revocations_identity_exists FOREIGN KEY (identity_id) REFERENCES identities (id)
);

CREATE INDEX revocations_by_time ON revocations (revoked_at);

CREATE TRIGGER revocations_counted AFTER INSERT ON revocations
    FOR EACH STATEMENT EXECUTE FUNCTION count_register_change();
CREATE TRIGGER revocations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON revocations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON revocations TO almoner_service;
