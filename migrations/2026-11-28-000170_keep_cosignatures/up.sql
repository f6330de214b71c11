-- What witnesses handed in: that they saw a checkpoint, in a line under it. The service keeps the lines of
-- witnesses it was told to trust, one of each for a checkpoint, and only of checkpoints that are its own.

CREATE TABLE log_cosignatures (
    log uuid NOT NULL,
    size bigint NOT NULL,
    witness text NOT NULL,
    line text NOT NULL,
    cosigned_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT log_cosignatures_pkey PRIMARY KEY (log, size, witness),
    CONSTRAINT log_cosignatures_of_checkpoint
        FOREIGN KEY (log, size) REFERENCES log_checkpoints (log, size),
    CONSTRAINT log_cosignatures_line_whole CHECK (line ~ '^[^\n]+\n$')
);

CREATE TRIGGER log_cosignatures_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON log_cosignatures TO almoner_service;
