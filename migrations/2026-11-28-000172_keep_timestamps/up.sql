-- What a timestamp authority (RFC 3161) answered about a checkpoint: its reply, to the byte.

CREATE TABLE log_timestamps (
    log uuid NOT NULL,
    size bigint NOT NULL,
    reply bytea NOT NULL,
    stamped_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT log_timestamps_pkey PRIMARY KEY (log, size),
    CONSTRAINT log_timestamps_of_checkpoint
        FOREIGN KEY (log, size) REFERENCES log_checkpoints (log, size),
    CONSTRAINT log_timestamps_reply_bounded CHECK (octet_length(reply) BETWEEN 1 AND 65536)
);

CREATE TRIGGER log_timestamps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_timestamps
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON log_timestamps TO almoner_service;
