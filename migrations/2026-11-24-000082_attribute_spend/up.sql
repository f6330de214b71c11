-- Which lots a platform says a line's credits were taken from: that wins over the order they are
-- used in. What a report stands in is the uses of its latest attribution, or, if there is none, those
-- it was posted with. An attribution bears the id of the journal that posts it.
CREATE TABLE spend_attributions (
    pledge_id uuid NOT NULL,
    obligation_id uuid NOT NULL,
    day date NOT NULL,
    revision integer NOT NULL,
    number smallint NOT NULL,
    id uuid NOT NULL,
    CONSTRAINT spend_attributions_pkey
        PRIMARY KEY (pledge_id, obligation_id, day, revision, number),
    CONSTRAINT spend_attributions_id_unique UNIQUE (id),
    CONSTRAINT spend_attributions_number_positive CHECK (number > 0),
    CONSTRAINT spend_attributions_of_line FOREIGN KEY (pledge_id, obligation_id, day, revision)
        REFERENCES spend_lines (pledge_id, obligation_id, day, revision)
);

ALTER TABLE spend_uses
    ADD COLUMN attribution smallint NOT NULL DEFAULT 0,
    DROP CONSTRAINT spend_uses_pkey,
    ADD CONSTRAINT spend_uses_pkey
        PRIMARY KEY (pledge_id, obligation_id, day, revision, attribution, place);

-- Attributions and their uses are written by one statement, after which both are there.
CREATE FUNCTION check_spend_attribution() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    line spend_lines;
BEGIN
    SELECT * INTO line FROM spend_lines
    WHERE pledge_id = NEW.pledge_id AND obligation_id = NEW.obligation_id AND day = NEW.day
      AND revision = NEW.revision;
    IF line.state IS DISTINCT FROM 'final' OR EXISTS (
        SELECT FROM spend_lines l
        WHERE l.pledge_id = NEW.pledge_id AND l.obligation_id = NEW.obligation_id
          AND l.day = NEW.day AND l.revision > NEW.revision)
    THEN
        PERFORM refuse('spend_attributions_of_final',
            'the latest report of a day is attributed, once it is final');
    END IF;
    IF NEW.number <> (
        SELECT count(*) FROM spend_attributions a
        WHERE a.pledge_id = NEW.pledge_id AND a.obligation_id = NEW.obligation_id
          AND a.day = NEW.day AND a.revision = NEW.revision AND a.number <= NEW.number)
    THEN
        PERFORM refuse('spend_attributions_gapless',
            'attributions of a report are numbered one after the other');
    END IF;
    IF line.voucher_spend IS DISTINCT FROM (
        SELECT sum(u.amount) FROM spend_uses u
        WHERE u.pledge_id = NEW.pledge_id AND u.obligation_id = NEW.obligation_id
          AND u.day = NEW.day AND u.revision = NEW.revision AND u.attribution = NEW.number)
    THEN
        PERFORM refuse('spend_attributions_add_up',
            'all that a line spent in credits is attributed');
    END IF;
    IF NOT EXISTS (
        SELECT FROM journals j
        WHERE j.id = NEW.id AND j.pledge_id = NEW.pledge_id AND j.kind = 'spend'
          AND j.effective_date = NEW.day AND j.subject = line.ad_account_id
          AND j.document_sha256 IS NOT NULL)
    THEN
        PERFORM refuse('spend_attributions_as_posted',
            'an attribution is posted for its day by a journal of its own, on a document');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER spend_attributions_check AFTER INSERT ON spend_attributions
    FOR EACH ROW EXECUTE FUNCTION check_spend_attribution();
CREATE TRIGGER spend_attributions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON spend_attributions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE FUNCTION check_spend_uses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken text;
BEGIN
    SELECT CASE WHEN s.id IS NULL THEN 'spend_uses_of_line'
                WHEN p.attribution > 0 AND a.id IS NULL THEN 'spend_uses_of_attribution'
                WHEN (p.day BETWEEN l.valid_from AND lot_ends(l.pledge_id, l.id)) IS NOT TRUE
                    THEN 'spend_uses_within_life'
                ELSE 'spend_uses_within_scope' END
    INTO broken
    FROM posted p
    LEFT JOIN spend_lines s ON s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
                           AND s.day = p.day AND s.revision = p.revision
    LEFT JOIN spend_attributions a
        ON p.attribution > 0 AND a.pledge_id = p.pledge_id AND a.obligation_id = p.obligation_id
       AND a.day = p.day AND a.revision = p.revision AND a.number = p.attribution
    LEFT JOIN lots l ON l.pledge_id = p.pledge_id AND l.id = p.lot_id
    WHERE s.id IS NULL OR (p.attribution > 0 AND a.id IS NULL)
       OR (p.day BETWEEN l.valid_from AND lot_ends(l.pledge_id, l.id)) IS NOT TRUE
       OR (l.scope_markets > 0 AND NOT EXISTS (
           SELECT FROM obligations o
           JOIN lot_markets m ON m.pledge_id = o.pledge_id AND m.market = o.market
           WHERE o.pledge_id = p.pledge_id AND o.id = p.obligation_id AND m.lot_id = p.lot_id))
       OR (l.scope_campaigns > 0 AND NOT EXISTS (
           SELECT FROM obligations o
           JOIN lot_campaigns c ON c.pledge_id = o.pledge_id AND c.campaign = o.campaign
           WHERE o.pledge_id = p.pledge_id AND o.id = p.obligation_id AND c.lot_id = p.lot_id))
    LIMIT 1;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken,
            'a line of spend uses lots of its pledge on days of their lives, and for what they are for');
    END IF;
    RETURN NULL;
END
$$;

GRANT SELECT, INSERT ON spend_attributions TO almoner_service;
