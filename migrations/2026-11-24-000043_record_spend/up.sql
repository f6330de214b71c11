-- What a platform reported of a campaign's day, revision by revision; the latest is what counts. A
-- provisional line holds its voucher spend, a final one is posted, and one after it posts the
-- difference.
ALTER TABLE obligations
    ADD CONSTRAINT obligations_id_and_ad_account UNIQUE (pledge_id, id, ad_account_id);

-- Campaigns are found by their names. Here alone the pledge doesn't come first: with it, a plan made
-- while there were few of them may go through every obligation of the pledge.
CREATE INDEX obligations_by_campaign ON obligations (campaign, ad_account_id, pledge_id)
    WHERE campaign IS NOT NULL;

CREATE TABLE spend_lines (
    pledge_id uuid NOT NULL,
    obligation_id uuid NOT NULL,
    day date NOT NULL,
    revision integer NOT NULL,
    id uuid NOT NULL,
    ad_account_id uuid NOT NULL,
    state text NOT NULL,
    spend bigint NOT NULL,
    cash_spend bigint NOT NULL,
    voucher_spend bigint NOT NULL,
    -- What of the cash spend no purse covered when it was posted.
    suspended bigint NOT NULL,
    -- The journal the spend of credits was posted with; none if nothing of it moved.
    journal bigint,
    import_id uuid NOT NULL,
    line integer NOT NULL,
    CONSTRAINT spend_lines_pkey PRIMARY KEY (pledge_id, obligation_id, day, revision),
    CONSTRAINT spend_lines_id_unique UNIQUE (id),
    CONSTRAINT spend_lines_state CHECK (state IN ('provisional', 'final')),
    CONSTRAINT spend_lines_adds_up CHECK (spend = cash_spend + voucher_spend),
    CONSTRAINT spend_lines_not_negative CHECK (cash_spend >= 0 AND voucher_spend >= 0),
    CONSTRAINT spend_lines_revision_not_negative CHECK (revision >= 0),
    CONSTRAINT spend_lines_suspended_of_cash CHECK (suspended BETWEEN 0 AND cash_spend),
    CONSTRAINT spend_lines_posted_if_final CHECK (journal IS NULL OR state = 'final'),
    CONSTRAINT spend_lines_of_campaign FOREIGN KEY (pledge_id, obligation_id, ad_account_id)
        REFERENCES obligations (pledge_id, id, ad_account_id)
);

-- The lots a line's voucher spend stands in, in the order they were used: all of it, not what a
-- revision changed.
CREATE TABLE spend_uses (
    pledge_id uuid NOT NULL,
    obligation_id uuid NOT NULL,
    day date NOT NULL,
    revision integer NOT NULL,
    place smallint NOT NULL,
    lot_id uuid NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT spend_uses_pkey PRIMARY KEY (pledge_id, obligation_id, day, revision, place),
    CONSTRAINT spend_uses_amount_positive CHECK (amount > 0)
);

-- Lines and their uses are written by one statement, after which both are there.
CREATE FUNCTION check_spend_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken text;
BEGIN
    SELECT CASE WHEN p.voucher_spend <> coalesce(u.used, 0) THEN 'spend_lines_lots_add_up'
                ELSE 'spend_lines_as_posted' END
    INTO broken
    FROM posted p
    LEFT JOIN journals j ON j.pledge_id = p.pledge_id AND j.number = p.journal
    LEFT JOIN LATERAL (
        SELECT sum(amount) AS used FROM spend_uses u
        WHERE u.pledge_id = p.pledge_id AND u.obligation_id = p.obligation_id
          AND u.day = p.day AND u.revision = p.revision) AS u ON true
    WHERE p.voucher_spend <> coalesce(u.used, 0)
       OR (p.journal IS NOT NULL AND (j.kind, j.effective_date, j.subject)
           IS DISTINCT FROM ('spend', p.day, p.ad_account_id))
    LIMIT 1;
    IF broken IS NULL THEN
        SELECT CASE WHEN s.since > p.lines THEN 'spend_lines_revision_rises'
                    ELSE 'spend_lines_final_stays' END
        INTO broken
        FROM (SELECT pledge_id, obligation_id, day, count(*) AS lines, min(revision) AS first,
                     max(revision) FILTER (WHERE state = 'provisional') AS last_provisional
              FROM posted GROUP BY pledge_id, obligation_id, day) AS p
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE s.revision >= p.first) AS since,
                   min(s.revision) FILTER (WHERE s.state = 'final') AS first_final
            FROM spend_lines s
            WHERE s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
              AND s.day = p.day) AS s
        WHERE s.since > p.lines OR s.first_final < p.last_provisional
        LIMIT 1;
    END IF;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken,
            'a line of spend stands in lots, follows an earlier one and is posted for its day');
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION check_spend_uses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken text;
BEGIN
    SELECT CASE WHEN s.id IS NULL THEN 'spend_uses_of_line'
                ELSE 'spend_uses_within_life' END
    INTO broken
    FROM posted p
    LEFT JOIN spend_lines s ON s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
                           AND s.day = p.day AND s.revision = p.revision
    LEFT JOIN lots l ON l.pledge_id = p.pledge_id AND l.id = p.lot_id
    WHERE s.id IS NULL OR (p.day BETWEEN l.valid_from AND lot_ends(l.pledge_id, l.id)) IS NOT TRUE
    LIMIT 1;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken,
            'a line of spend uses lots of its pledge on days of their lives');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER spend_lines_check AFTER INSERT ON spend_lines
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION check_spend_lines();
CREATE TRIGGER spend_uses_check AFTER INSERT ON spend_uses
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION check_spend_uses();
CREATE TRIGGER spend_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON spend_lines
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER spend_uses_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON spend_uses
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON spend_lines, spend_uses TO almoner_service;
