-- A lot of ad credits: issued by the platform against an instalment, usable between two dates.
CREATE TABLE lots (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    instalment_id uuid NOT NULL,
    unit text NOT NULL,
    face bigint NOT NULL,
    kind text NOT NULL,
    valid_from date NOT NULL,
    expires_at date NOT NULL,
    issued_on date NOT NULL,
    document_uri text,
    document_sha256 text,
    CONSTRAINT lots_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT lots_id_unique UNIQUE (id),
    CONSTRAINT lots_id_and_unit UNIQUE (pledge_id, id, unit),
    CONSTRAINT lots_face_positive CHECK (face > 0),
    CONSTRAINT lots_kind CHECK (kind IN ('free', 'assignable', 'conditional')),
    CONSTRAINT lots_valid_before_expiry CHECK (valid_from <= expires_at),
    CONSTRAINT lots_credits_only CHECK (unit LIKE 'ADC:%'),
    CONSTRAINT lots_unit_of_pledge
        FOREIGN KEY (pledge_id, unit) REFERENCES pledge_units (pledge_id, unit),
    CONSTRAINT lots_unit_of_instalment FOREIGN KEY (pledge_id, instalment_id, unit)
        REFERENCES instalments (pledge_id, id, unit)
);

CREATE TRIGGER lots_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lots
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON lots TO almoner_service;
