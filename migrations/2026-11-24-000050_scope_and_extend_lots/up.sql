-- What a lot may be used for, what its credits are worth, and how its life was extended. A lot is
-- never updated: its scope is told with it, and an extension is an event with its own document.
ALTER TABLE lots
    ADD COLUMN scope_markets smallint NOT NULL DEFAULT 0,
    ADD COLUMN scope_campaigns smallint NOT NULL DEFAULT 0,
    ADD COLUMN fair_value_ppm integer,
    ADD COLUMN fair_value_technique text,
    -- Millionths of the face value; a memo, which no figure of the ledger depends on.
    ADD CONSTRAINT lots_fair_value_rate CHECK (fair_value_ppm BETWEEN 1 AND 1000000),
    ADD CONSTRAINT lots_fair_value_stated CHECK (
        (fair_value_ppm IS NULL) = (fair_value_technique IS NULL) AND fair_value_technique <> '');

-- The markets a lot may be used for; all of its pledge's, if none is named.
CREATE TABLE lot_markets (
    pledge_id uuid NOT NULL,
    lot_id uuid NOT NULL,
    market text NOT NULL,
    position smallint NOT NULL,
    CONSTRAINT lot_markets_pkey PRIMARY KEY (pledge_id, lot_id, market),
    CONSTRAINT lot_markets_lot_exists
        FOREIGN KEY (pledge_id, lot_id) REFERENCES lots (pledge_id, id),
    CONSTRAINT lot_markets_market_of_pledge
        FOREIGN KEY (pledge_id, market) REFERENCES pledge_markets (pledge_id, market)
);

-- The campaigns it may be used for, by the platform's own names; any, if none is named.
CREATE TABLE lot_campaigns (
    pledge_id uuid NOT NULL,
    lot_id uuid NOT NULL,
    campaign text NOT NULL,
    position smallint NOT NULL,
    CONSTRAINT lot_campaigns_pkey PRIMARY KEY (pledge_id, lot_id, campaign),
    CONSTRAINT lot_campaigns_campaign_stated CHECK (campaign <> ''),
    CONSTRAINT lot_campaigns_lot_exists
        FOREIGN KEY (pledge_id, lot_id) REFERENCES lots (pledge_id, id)
);

-- At commit, a lot has as many markets and campaigns as it says; so none is added to it later.
CREATE FUNCTION check_lot_scope() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    scoped uuid;
BEGIN
    IF TG_TABLE_NAME = 'lots' THEN
        scoped := NEW.id;
    ELSE
        scoped := NEW.lot_id;
    END IF;
    IF EXISTS (
        SELECT FROM lots l
        WHERE l.pledge_id = NEW.pledge_id AND l.id = scoped
          AND (l.scope_markets <> (SELECT count(*) FROM lot_markets m
                                   WHERE m.pledge_id = l.pledge_id AND m.lot_id = l.id)
               OR l.scope_campaigns <> (SELECT count(*) FROM lot_campaigns c
                                        WHERE c.pledge_id = l.pledge_id AND c.lot_id = l.id)))
    THEN
        PERFORM refuse('lots_scope_complete',
            'a lot''s markets and campaigns are told with it, and as many as it says');
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER lots_scope_complete AFTER INSERT ON lots
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_lot_scope();
CREATE CONSTRAINT TRIGGER lot_markets_with_lot AFTER INSERT ON lot_markets
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_lot_scope();
CREATE CONSTRAINT TRIGGER lot_campaigns_with_lot AFTER INSERT ON lot_campaigns
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_lot_scope();

CREATE TABLE lot_events (
    pledge_id uuid NOT NULL,
    lot_id uuid NOT NULL,
    number smallint NOT NULL,
    kind text NOT NULL,
    expires_at date NOT NULL,
    reason text NOT NULL,
    document_uri text NOT NULL,
    document_sha256 text NOT NULL,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT lot_events_pkey PRIMARY KEY (pledge_id, lot_id, number),
    CONSTRAINT lot_events_kind CHECK (kind IN ('extension')),
    CONSTRAINT lot_events_actor_stated CHECK (actor <> ''),
    CONSTRAINT lot_events_lot_exists
        FOREIGN KEY (pledge_id, lot_id) REFERENCES lots (pledge_id, id)
);

-- The last day of a lot, extensions included.
CREATE FUNCTION lot_ends(pledge uuid, lot uuid) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT greatest(l.expires_at, (SELECT max(e.expires_at) FROM lot_events e
                                   WHERE e.pledge_id = l.pledge_id AND e.lot_id = l.id))
    FROM lots l WHERE l.pledge_id = pledge AND l.id = lot
$$;

-- The day it is in a time zone; in one the server doesn't know, the day it is wherever days end
-- last, so that nothing ends too early.
CREATE FUNCTION local_day(zone text) RETURNS date
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (clock_timestamp() AT TIME ZONE zone)::date;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN (clock_timestamp() AT TIME ZONE 'Etc/GMT+12')::date;
END
$$;

CREATE INDEX journals_lapses ON journals (pledge_id, subject)
    WHERE kind IN ('expiry', 'revocation', 'expiry-correction');
CREATE INDEX accounts_of_lots ON accounts (pledge_id, lot_id) WHERE lot_id IS NOT NULL;

-- A lot's life goes on from where it would have ended, while there is something left of it.
CREATE FUNCTION check_lot_event() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.number <> 1 + (SELECT count(*) FROM lot_events
                          WHERE pledge_id = NEW.pledge_id AND lot_id = NEW.lot_id)
    THEN
        PERFORM refuse('lot_events_gapless', 'events of a lot are numbered one after the other');
    END IF;
    IF NEW.expires_at <= lot_ends(NEW.pledge_id, NEW.lot_id) THEN
        PERFORM refuse('lot_events_extend', 'a lot is extended beyond its last day');
    END IF;
    IF EXISTS (SELECT FROM lot_figures f
               WHERE f.pledge_id = NEW.pledge_id AND f.id = NEW.lot_id
                 AND (f.lapsed > 0 OR f.in_pool + f.placed = 0))
    THEN
        PERFORM refuse('lot_events_while_it_lasts',
            'a lot that lapsed, or of which nothing is left, is not extended');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER lot_events_extend BEFORE INSERT ON lot_events
    FOR EACH ROW EXECUTE FUNCTION check_lot_event();

CREATE TRIGGER lot_markets_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lot_markets
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lot_campaigns_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lot_campaigns
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lot_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lot_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What has become of a lot: where its credits are, what lapsed and what was revoked of it, less
-- what reversals and corrections gave back, and the kind of journal that took from it last.
CREATE VIEW lot_figures AS
SELECT l.pledge_id, l.id,
       ARRAY(SELECT m.market FROM lot_markets m
             WHERE m.pledge_id = l.pledge_id AND m.lot_id = l.id ORDER BY m.position) AS markets,
       ARRAY(SELECT c.campaign FROM lot_campaigns c
             WHERE c.pledge_id = l.pledge_id AND c.lot_id = l.id ORDER BY c.position) AS campaigns,
       has.in_pool, has.placed, has.held, lost.lapsed, lost.revoked,
       (SELECT last.kind
        FROM accounts a
        CROSS JOIN LATERAL (
            SELECT t.journal, j.kind
            FROM transfers t JOIN journals j ON j.pledge_id = t.pledge_id AND j.number = t.journal
            WHERE t.pledge_id = a.pledge_id AND t.credit_account = a.number
              AND j.kind <> 'placement'
            ORDER BY t.credit_seq DESC LIMIT 1) AS last
        WHERE a.pledge_id = l.pledge_id AND a.lot_id = l.id
        ORDER BY last.journal DESC LIMIT 1) AS ended_by
FROM lots l
CROSS JOIN LATERAL (
    SELECT coalesce(sum(debits - credits) FILTER (WHERE code = '1310'), 0)::bigint AS in_pool,
           coalesce(sum(debits - credits) FILTER (WHERE code = '1320'), 0)::bigint AS placed,
           coalesce(sum(held), 0)::bigint AS held
    FROM accounts WHERE pledge_id = l.pledge_id AND lot_id = l.id) AS has
CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE WHEN a.number = t.debit_account THEN net ELSE -net END)
                        FILTER (WHERE j.kind <> 'revocation'), 0)::bigint AS lapsed,
           coalesce(sum(net) FILTER (WHERE j.kind = 'revocation'), 0)::bigint AS revoked
    FROM journals j
    JOIN transfers t ON t.pledge_id = j.pledge_id AND t.journal = j.number
    JOIN accounts a ON a.pledge_id = t.pledge_id AND a.code = '5910'
                   AND a.number IN (t.debit_account, t.credit_account)
    CROSS JOIN LATERAL (
        SELECT t.amount - reversed_of(t.pledge_id, t.journal, t.line) AS net) AS left_of
    WHERE j.pledge_id = l.pledge_id AND j.subject = l.id
      AND j.kind IN ('expiry', 'revocation', 'expiry-correction')) AS lost;

GRANT SELECT, INSERT ON lot_markets, lot_campaigns, lot_events TO almoner_service;
GRANT SELECT ON lot_figures TO almoner_service;
GRANT EXECUTE ON FUNCTION lot_ends(uuid, uuid), local_day(text) TO almoner_service;
