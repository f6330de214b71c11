-- The end of a pledge: it is wound down, and closed once nothing is left of it anywhere; or, never
-- signed, it is cancelled. Then nothing more is posted to it.
ALTER TABLE pledges
    DROP CONSTRAINT pledges_state,
    DROP CONSTRAINT pledges_agreed_on,
    ADD CONSTRAINT pledges_state CHECK (
        state IN ('announced', 'agreed', 'active', 'closing', 'closed', 'cancelled')),
    ADD CONSTRAINT pledges_agreed_on CHECK (
        (state IN ('announced', 'cancelled')) = (agreed_on IS NULL));

-- What a pledge moved on to without anything being posted: who said so, why, and on what ground.
CREATE TABLE pledge_events (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    state text NOT NULL,
    effective_date date NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    document_uri text,
    document_sha256 text,
    CONSTRAINT pledge_events_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT pledge_events_state CHECK (state IN ('active', 'closing', 'closed', 'cancelled')),
    CONSTRAINT pledge_events_actor_stated CHECK (actor <> ''),
    CONSTRAINT pledge_events_closure_documented CHECK (
        state <> 'closed' OR (document_uri IS NOT NULL AND document_sha256 IS NOT NULL)),
    CONSTRAINT pledge_events_pledge_exists FOREIGN KEY (pledge_id) REFERENCES pledges (id)
);

CREATE TRIGGER pledge_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pledge_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_ended() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('pledges_ended',
        'nothing is posted to a pledge that was closed or cancelled, and it stays so');
    RETURN NULL;
END
$$;

-- Every posting numbers its journals on from the pledge's, and every hold counts as a change.
CREATE TRIGGER pledges_ended BEFORE UPDATE OF journals, hold_changes, state ON pledges
    FOR EACH ROW WHEN (OLD.state IN ('closed', 'cancelled')) EXECUTE FUNCTION refuse_ended();

CREATE FUNCTION check_nothing_left() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM accounts
               WHERE pledge_id = NEW.id AND code < '4000' AND debits <> credits)
    THEN
        PERFORM refuse('pledges_closed_empty',
            'a pledge is closed when nothing is left in its purses and nothing is owed');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER pledges_closed_empty BEFORE UPDATE OF state ON pledges
    FOR EACH ROW WHEN (NEW.state = 'closed') EXECUTE FUNCTION check_nothing_left();

-- What was found not eligible of an obligation counts against what was liquidated of it.
CREATE INDEX journals_clawbacks ON journals (pledge_id, subject) WHERE kind = 'clawback';

CREATE OR REPLACE VIEW obligation_figures AS
SELECT o.pledge_id, o.id,
       (o.amount - reversed_of(j.pledge_id, j.number, 1::smallint))::bigint AS obligated,
       coalesce((SELECT sum(given.amount - reversed_of(given.pledge_id, given.journal, given.line))
                 FROM journals r
                 JOIN transfers given ON given.pledge_id = r.pledge_id AND given.journal = r.number
                                     AND given.debit_account = p.number
                 WHERE r.pledge_id = o.pledge_id AND r.subject = o.id
                   AND r.kind IN ('obligation-release', 'advance-return')), 0)::bigint AS released,
       (p.credits - p.debits)::bigint AS remaining, p.held,
       coalesce((SELECT sum(t.amount - reversed_of(t.pledge_id, t.journal, t.line))
                 FROM journals c
                 JOIN transfers t ON t.pledge_id = c.pledge_id AND t.journal = c.number
                                 AND t.line = 1
                 WHERE c.pledge_id = o.pledge_id AND c.subject = o.id AND c.kind = 'clawback'),
                0)::bigint AS clawed_back
FROM obligations o
JOIN journals j ON j.id = o.id
JOIN accounts p ON p.pledge_id = o.pledge_id AND p.obligation_id = o.id
               AND p.code IN ('3140', '3240');

GRANT SELECT, INSERT ON pledge_events TO almoner_service;
