-- Tokens made here, for machines and spreadsheets. Of the token itself only its SHA-256 is kept.
-- Lists (roles, scopes, pledges, markets) are written with spaces between, as a token has them.
CREATE TABLE api_tokens (
    id uuid NOT NULL,
    identity_id uuid NOT NULL,
    issuer text NOT NULL, -- whom it acts as, so that what it does is told like what they do
    subject text NOT NULL,
    name text NOT NULL,
    hash bytea NOT NULL,
    roles text NOT NULL,
    scopes text NOT NULL,
    pledges text NOT NULL,
    markets text NOT NULL,
    issued_by_issuer text NOT NULL,
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT api_tokens_hash_unique UNIQUE (hash),
    CONSTRAINT api_tokens_hash_whole CHECK (octet_length(hash) = 32),
    CONSTRAINT api_tokens_name_stated CHECK (name <> ''),
    CONSTRAINT api_tokens_roles CHECK (roles <> '' AND string_to_array(roles, ' ') <@ ARRAY[
        'preparer', 'approver', 'controller', 'partner', 'auditor', 'admin']),
    CONSTRAINT api_tokens_end_within_a_year CHECK (
        expires_at > issued_at AND expires_at <= issued_at + interval '366 days'),
    CONSTRAINT api_tokens_identity_exists FOREIGN KEY (identity_id) REFERENCES identities (id)
);

CREATE INDEX api_tokens_by_identity ON api_tokens (identity_id, id);

-- Whoever makes a token for somebody else has it in hand. So one that moves money is made by the
-- person who bears it; for a machine, by somebody other than who granted it that role.
CREATE FUNCTION check_api_token() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM unnest(string_to_array(NEW.roles, ' ')) AS role
                   WHERE moves_money(role))
       OR EXISTS (SELECT FROM identity_subjects s
                  WHERE s.identity_id = NEW.identity_id AND s.issuer = NEW.issued_by_issuer
                    AND s.subject = NEW.issued_by)
    THEN
        RETURN NEW;
    END IF;
    IF (SELECT kind FROM identities WHERE id = NEW.identity_id) = 'person' THEN
        PERFORM refuse('api_tokens_made_by_bearer',
            'a person makes their own tokens that move money');
    END IF;
    IF EXISTS (SELECT FROM role_grants g
               WHERE g.identity_id = NEW.identity_id AND moves_money(g.role)
                 AND g.role = ANY (string_to_array(NEW.roles, ' '))
                 AND (g.granted_by_issuer, g.granted_by) = (NEW.issued_by_issuer, NEW.issued_by)
                 AND (g.valid_until IS NULL OR g.valid_until > NEW.issued_at)
                 AND NOT EXISTS (SELECT FROM role_ends e WHERE e.grant_id = g.id))
    THEN
        PERFORM refuse('api_tokens_other_person',
            'who granted a machine a role that moves money does not make its token');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER api_tokens_checked BEFORE INSERT ON api_tokens
    FOR EACH ROW EXECUTE FUNCTION check_api_token();
CREATE TRIGGER api_tokens_counted AFTER INSERT ON api_tokens
    FOR EACH STATEMENT EXECUTE FUNCTION count_register_change();
CREATE TRIGGER api_tokens_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON api_tokens
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- When each was last seen, to the minute: kept up to date, as nobody reads more of it.
CREATE TABLE api_token_uses (
    token_id uuid NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT api_token_uses_pkey PRIMARY KEY (token_id),
    CONSTRAINT api_token_uses_token_exists FOREIGN KEY (token_id) REFERENCES api_tokens (id)
);

CREATE FUNCTION check_api_token_use() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.token_id <> OLD.token_id OR NEW.last_used_at < OLD.last_used_at THEN
        PERFORM refuse('api_token_uses_forward', 'a last use is only followed by a later one');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER api_token_uses_forward BEFORE UPDATE ON api_token_uses
    FOR EACH ROW EXECUTE FUNCTION check_api_token_use();
CREATE TRIGGER api_token_uses_append_only BEFORE DELETE OR TRUNCATE ON api_token_uses
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON api_tokens, api_token_uses TO almoner_service;
GRANT UPDATE (last_used_at) ON api_token_uses TO almoner_service;
