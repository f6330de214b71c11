ALTER TABLE actions DISABLE TRIGGER actions_append_only;
DELETE FROM actions WHERE name = 'period-reopening';
ALTER TABLE actions ENABLE TRIGGER actions_append_only;
ALTER TABLE approvals DROP COLUMN by_controller;

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
               coalesce(bool_or(recorded_at <= before), false) AS disordered
        FROM (
            SELECT pledge_id, number, recorded_at,
                   lag(recorded_at) OVER (PARTITION BY pledge_id ORDER BY number) AS before
            FROM posted) AS journal
        GROUP BY pledge_id),
    done AS (
        UPDATE pledges p SET journals = b.last, last_recorded_at = b.last_at
        FROM batch b
        WHERE p.id = b.pledge_id
          AND b.first = p.journals + 1 AND b.last - b.first + 1 = b.journals
          AND b.first_at > coalesce(p.last_recorded_at, '-infinity')
        RETURNING 1)
    SELECT bool_or(b.disordered), count(*) > (SELECT count(*) FROM done)
    INTO disordered, misnumbered
    FROM batch b;

    IF disordered THEN
        PERFORM refuse('journals_recorded_in_order',
            'recorded_at rises strictly with the journal number');
    END IF;
    IF misnumbered THEN
        PERFORM refuse('journals_gapless',
            'journals of a pledge are numbered one after the other, in the order they are recorded');
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER pledges_kept_by_transfers ON pledges;
CREATE TRIGGER pledges_kept_by_transfers
    BEFORE UPDATE OF journals, transferred, last_recorded_at, hold_changes, thresholds ON pledges
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_figures_by_hand();

DROP TABLE period_events;
DROP FUNCTION move_period();
ALTER TABLE pledges DROP COLUMN soft_closed_until, DROP COLUMN closed_until;
