CREATE OR REPLACE FUNCTION check_reversal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reversed bigint := NEW.reverses;
BEGIN
    IF EXISTS (
        SELECT FROM transfers t
        LEFT JOIN transfers o ON o.pledge_id = t.pledge_id AND o.journal = NEW.reverses
                             AND o.line = t.line
        WHERE t.pledge_id = NEW.pledge_id AND t.journal = NEW.number
          AND (o.line IS NULL OR o.debit_account <> t.credit_account
               OR o.credit_account <> t.debit_account))
    THEN
        PERFORM refuse('transfers_reversal_mirrors',
            'a reversal moves back what a line of the journal it reverses moved');
    END IF;
    WHILE reversed IS NOT NULL LOOP
        IF EXISTS (
            SELECT FROM transfers o
            WHERE o.pledge_id = NEW.pledge_id AND o.journal = reversed
              AND NOT reversed_of(o.pledge_id, o.journal, o.line) BETWEEN 0 AND o.amount)
        THEN
            PERFORM refuse('transfers_reversal_within_original',
                'what is reversed of a line is at most its amount');
        END IF;
        SELECT reverses INTO reversed FROM journals
        WHERE pledge_id = NEW.pledge_id AND number = reversed;
    END LOOP;
    RETURN NULL;
END
$$;

DROP FUNCTION is_proved(text, text);
