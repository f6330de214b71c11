-- The logs: one for each pledge, under its id, whose leaves are its journals in their order; and one under
-- the id of zeros, whose leaves are the checkpoints of the others in the order they were signed. All of it is
-- only ever added to, and none of it is needed to post.

-- The hashes of leaves, from the first on without gaps, in runs that stay within a tile.
CREATE TABLE log_leaves (
    log uuid NOT NULL,
    first bigint NOT NULL,
    hashes bytea NOT NULL,
    CONSTRAINT log_leaves_pkey PRIMARY KEY (log, first),
    CONSTRAINT log_leaves_whole CHECK (octet_length(hashes) > 0 AND octet_length(hashes) % 32 = 0),
    CONSTRAINT log_leaves_within_tile
        CHECK (first >= 0 AND first % 256 + octet_length(hashes) / 32 <= 256)
);

-- Complete tiles: 256 hashes side by side, and the one they make, which is one of the tile above.
CREATE TABLE log_tiles (
    log uuid NOT NULL,
    level smallint NOT NULL,
    number bigint NOT NULL,
    hashes bytea NOT NULL,
    root bytea NOT NULL,
    CONSTRAINT log_tiles_pkey PRIMARY KEY (log, level, number),
    CONSTRAINT log_tiles_numbered CHECK (level BETWEEN 0 AND 7 AND number >= 0),
    CONSTRAINT log_tiles_complete CHECK (octet_length(hashes) = 8192),
    CONSTRAINT log_tiles_root_whole CHECK (octet_length(root) = 32)
);

-- How far a log had come, signed. Those of pledges are leaves themselves, numbered over all pledges.
CREATE TABLE log_checkpoints (
    log uuid NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    signed_at timestamptz NOT NULL,
    head bigint,
    CONSTRAINT log_checkpoints_pkey PRIMARY KEY (log, size),
    CONSTRAINT log_checkpoints_head_unique UNIQUE (head),
    CONSTRAINT log_checkpoints_size_not_negative CHECK (size >= 0),
    CONSTRAINT log_checkpoints_root_whole CHECK (octet_length(root) = 32),
    CONSTRAINT log_checkpoints_heads_of_pledges
        CHECK ((head IS NULL) = (log = '00000000-0000-0000-0000-000000000000'))
);

CREATE FUNCTION log_size(which uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((SELECT first + octet_length(hashes) / 32 FROM log_leaves
                     WHERE log = which ORDER BY first DESC LIMIT 1), 0)
$$;

CREATE FUNCTION check_log_leaves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.first <> coalesce(
        (SELECT first + octet_length(hashes) / 32 FROM log_leaves
         WHERE log = NEW.log AND first < NEW.first ORDER BY first DESC LIMIT 1), 0)
    THEN
        PERFORM refuse('log_leaves_gapless', 'the leaves of a log follow each other without gaps');
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION check_log_checkpoint() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.size <> log_size(NEW.log) THEN
        PERFORM refuse('log_checkpoints_of_the_whole',
            'a checkpoint is of as many leaves as there are when it is signed');
    END IF;
    IF NEW.head <> coalesce(
        (SELECT max(head) + 1 FROM log_checkpoints WHERE head < NEW.head), 0)
    THEN
        PERFORM refuse('log_checkpoints_gapless',
            'the checkpoints of pledges are numbered without gaps in the order they are signed');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER log_leaves_gapless AFTER INSERT ON log_leaves
    FOR EACH ROW EXECUTE FUNCTION check_log_leaves();
CREATE TRIGGER log_checkpoints_gapless AFTER INSERT ON log_checkpoints
    FOR EACH ROW EXECUTE FUNCTION check_log_checkpoint();

CREATE TRIGGER log_leaves_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_leaves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_tiles_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_tiles
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON log_leaves, log_tiles, log_checkpoints TO almoner_service;
GRANT EXECUTE ON FUNCTION log_size(uuid) TO almoner_service;
REVOKE EXECUTE ON FUNCTION log_size(uuid) FROM PUBLIC;
