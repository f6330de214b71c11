-- Months of a pledge that are over are closed, from the past on: softly, so that only controllers
-- post in them, or hard, so that nobody does. Up to which days stands with the pledge, which is
-- locked whenever something is posted; what was done is kept.
ALTER TABLE pledges ADD COLUMN soft_closed_until date, ADD COLUMN closed_until date,
    ADD CONSTRAINT pledges_closed_softly_first CHECK (
        closed_until IS NULL OR coalesce(soft_closed_until >= closed_until, false));

CREATE TABLE period_events (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    month_end date NOT NULL,
    state text NOT NULL,
    reconciliation text,
    reason text,
    document_uri text,
    document_sha256 text,
    provisional_lines bigint NOT NULL,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL,
    approval_id uuid,
    CONSTRAINT period_events_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT period_events_pledge_exists FOREIGN KEY (pledge_id) REFERENCES pledges (id),
    CONSTRAINT period_events_state CHECK (state IN ('open', 'soft-closed', 'hard-closed')),
    CONSTRAINT period_events_month_end
        CHECK (month_end = date_trunc('month', month_end) + interval '1 month - 1 day'),
    CONSTRAINT period_events_month_over CHECK (month_end < (recorded_at AT TIME ZONE 'UTC')::date),
    CONSTRAINT period_events_actor_stated CHECK (actor <> ''),
    CONSTRAINT period_events_reconciliation CHECK (reconciliation IN ('done', 'waived')),
    CONSTRAINT period_events_reconciled
        CHECK ((state = 'open') = (reconciliation IS NULL)
               AND (reconciliation IS DISTINCT FROM 'waived' OR reason IS NOT NULL)
               AND (reconciliation IS DISTINCT FROM 'done' OR document_uri IS NOT NULL)),
    CONSTRAINT period_events_document_whole
        CHECK ((document_uri IS NULL) = (document_sha256 IS NULL)),
    CONSTRAINT period_events_opened_for_reason
        CHECK (state <> 'open' OR reason IS NOT NULL AND document_uri IS NOT NULL)
);

-- Carries the pledge on. A month is opened again by an approval, which takes two people.
CREATE FUNCTION move_period() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before date := date_trunc('month', NEW.month_end)::date - 1;
BEGIN
    IF NEW.state = 'open'
       AND (NEW.approval_id IS NULL
            OR NOT is_approved_now(NEW.pledge_id, NEW.approval_id, NEW.actor))
    THEN
        PERFORM refuse('period_events_opened_by_two',
            'a month that was closed is opened again by two people');
    END IF;
    UPDATE pledges SET
        soft_closed_until = CASE NEW.state
            WHEN 'open' THEN CASE WHEN soft_closed_until > before THEN before
                                  ELSE soft_closed_until END
            ELSE greatest(soft_closed_until, NEW.month_end) END,
        closed_until = CASE NEW.state
            WHEN 'open' THEN CASE WHEN closed_until > before THEN before ELSE closed_until END
            WHEN 'hard-closed' THEN greatest(closed_until, NEW.month_end)
            ELSE closed_until END
    WHERE id = NEW.pledge_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER period_events_move AFTER INSERT ON period_events
    FOR EACH ROW EXECUTE FUNCTION move_period();
CREATE TRIGGER period_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON period_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DROP TRIGGER pledges_kept_by_transfers ON pledges;
CREATE TRIGGER pledges_kept_by_transfers
    BEFORE UPDATE OF journals, transferred, last_recorded_at, hold_changes, thresholds,
                     soft_closed_until, closed_until ON pledges
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_figures_by_hand();

CREATE OR REPLACE FUNCTION number_journals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    disordered boolean;
    misnumbered boolean;
BEGIN
    WITH batch AS (
        SELECT pledge_id, min(number) AS first, max(number) AS last, count(*) AS journals,
               min(recorded_at) AS first_at, max(recorded_at) AS last_at,
               min(effective_date) AS first_day,
               coalesce(bool_or(recorded_at <= before), false) AS disordered
        FROM (
            SELECT pledge_id, number, recorded_at, effective_date,
                   lag(recorded_at) OVER (PARTITION BY pledge_id ORDER BY number) AS before
            FROM posted) AS journal
        GROUP BY pledge_id),
    done AS (
        UPDATE pledges p SET journals = b.last, last_recorded_at = b.last_at
        FROM batch b
        WHERE p.id = b.pledge_id
          AND b.first = p.journals + 1 AND b.last - b.first + 1 = b.journals
          AND b.first_at > coalesce(p.last_recorded_at, '-infinity')
          AND b.first_day > coalesce(p.closed_until, '-infinity')
        RETURNING 1)
    SELECT bool_or(b.disordered), count(*) > (SELECT count(*) FROM done)
    INTO disordered, misnumbered
    FROM batch b;

    IF disordered THEN
        PERFORM refuse('journals_recorded_in_order',
            'recorded_at rises strictly with the journal number');
    END IF;
    IF misnumbered AND EXISTS (
        SELECT FROM posted j JOIN pledges p ON p.id = j.pledge_id
        WHERE j.effective_date <= p.closed_until)
    THEN
        PERFORM refuse('journals_in_open_period', 'nothing is posted in a month that is closed hard');
    END IF;
    IF misnumbered THEN
        PERFORM refuse('journals_gapless',
            'journals of a pledge are numbered one after the other, in the order they are recorded');
    END IF;
    RETURN NULL;
END
$$;

ALTER TABLE approvals ADD COLUMN by_controller boolean NOT NULL DEFAULT false;

INSERT INTO actions (name, takes_two) VALUES ('period-reopening', true);

GRANT SELECT, INSERT ON period_events TO almoner_service;
