-- What a platform gave back of a line of spend, for invalid traffic: as credits, which go back to
-- the lots the line stands in, last used first, or in cash, which is the donor's. The refund bears
-- the id of the journal that posts it.
CREATE TABLE spend_refunds (
    pledge_id uuid NOT NULL,
    obligation_id uuid NOT NULL,
    day date NOT NULL,
    reference text NOT NULL,
    id uuid NOT NULL,
    amount bigint NOT NULL,
    in_cash boolean NOT NULL,
    CONSTRAINT spend_refunds_pkey PRIMARY KEY (pledge_id, obligation_id, day, reference),
    CONSTRAINT spend_refunds_id_unique UNIQUE (id),
    CONSTRAINT spend_refunds_amount_positive CHECK (amount > 0),
    CONSTRAINT spend_refunds_reference_stated CHECK (reference <> '')
);

-- Whether a line's refunds are at most its latest final voucher spend.
CREATE FUNCTION check_spend_refunds() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT pledge_id, obligation_id, day FROM posted) AS p
        JOIN LATERAL (SELECT sum(r.amount) AS refunded FROM spend_refunds r
                      WHERE r.pledge_id = p.pledge_id AND r.obligation_id = p.obligation_id
                        AND r.day = p.day) AS r ON r.refunded > 0
        WHERE r.refunded > coalesce((SELECT s.voucher_spend FROM spend_lines s
                        WHERE s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
                          AND s.day = p.day AND s.state = 'final'
                        ORDER BY s.revision DESC LIMIT 1), 0))
    THEN
        PERFORM refuse('spend_refunds_within_spend',
            'what is refunded of a line is at most its final voucher spend');
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION check_refund_posted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM journals WHERE id = NEW.id AND pledge_id = NEW.pledge_id
                                          AND kind = 'refund') THEN
        PERFORM refuse('spend_refunds_as_posted', 'a refund is posted by a journal of its own');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER spend_refunds_check AFTER INSERT ON spend_refunds
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION check_spend_refunds();
CREATE TRIGGER spend_refunds_posted AFTER INSERT ON spend_refunds
    FOR EACH ROW EXECUTE FUNCTION check_refund_posted();
CREATE TRIGGER spend_lines_refunds AFTER INSERT ON spend_lines
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION check_spend_refunds();
CREATE TRIGGER spend_refunds_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON spend_refunds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON spend_refunds TO almoner_service;
