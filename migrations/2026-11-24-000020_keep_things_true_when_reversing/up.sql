-- Whether an account stands in its unit's proof: purses, what is behind them, and what is owed. In
-- either unit these add up to nothing, counted as credits less debits, and so do those of a journal.
CREATE FUNCTION is_proved(code text, unit_kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE unit_kind
        WHEN 'cash' THEN left(code, 2) IN ('31', '14', '21', '22')
                         OR code IN ('1010', '1110', '1900', '1950', '2300', '2400')
        ELSE left(code, 2) = '32' OR code IN ('1210', '1310', '1320', '2310') END
$$;

-- Besides mirroring what it reverses: a reversal leaves the proofs and the things that stand on the
-- first journal of the chain as true as they were.
CREATE OR REPLACE FUNCTION check_reversal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    origin journals;
    depth integer := 0;
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
        depth := depth + 1;
        SELECT * INTO origin FROM journals
        WHERE pledge_id = NEW.pledge_id AND number = reversed;
        reversed := origin.reverses;
    END LOOP;

    IF origin.kind IN ('placement', 'payment', 'payment-return', 'spend', 'overspill', 'refund')
        OR origin.kind IN ('agreement', 'condition-met') AND depth > 1
    THEN
        PERFORM refuse('journals_reversible',
            'what is placed, spent or paid isn''t reversed, and what was taken back of an agreement '
            'or a condition is recorded anew');
    END IF;
    IF origin.kind IN ('agreement', 'condition-met') AND EXISTS (
        SELECT FROM transfers o
        WHERE o.pledge_id = NEW.pledge_id AND o.journal = origin.number
          AND reversed_of(o.pledge_id, o.journal, o.line) < o.amount)
    THEN
        PERFORM refuse('transfers_reversal_whole',
            'an agreement or a condition that was met is taken back in whole');
    END IF;
    IF EXISTS (
        SELECT FROM transfers t
        JOIN accounts d ON d.pledge_id = t.pledge_id AND d.number = t.debit_account
        JOIN accounts c ON c.pledge_id = t.pledge_id AND c.number = t.credit_account
        WHERE t.pledge_id = NEW.pledge_id AND t.journal = NEW.number
        GROUP BY t.unit
        HAVING sum(t.amount * (is_proved(c.code, c.unit_kind)::int
                               - is_proved(d.code, d.unit_kind)::int)) <> 0
            OR origin.kind IN ('agreement', 'condition-met', 'receipt', 'lot-issue', 'write-off')
               AND sum(t.amount * ((c.code IN ('1110', '1210', '3100', '3200'))::int
                                   - (d.code IN ('1110', '1210', '3100', '3200'))::int)) <> 0)
    THEN
        PERFORM refuse('transfers_reversal_keeps_proof',
            'a reversal keeps the proofs of cash and credits, and what is pledged receivable');
    END IF;
    IF origin.kind IN ('allocation', 'release') AND EXISTS (
        SELECT FROM allocations a
        WHERE a.pledge_id = NEW.pledge_id
          AND a.id = CASE origin.kind WHEN 'allocation' THEN origin.id ELSE origin.subject END
          AND NOT a.released BETWEEN 0 AND a.amount)
    THEN
        PERFORM refuse('transfers_release_within_allocation',
            'what is released of an allocation is at most its amount');
    END IF;
    RETURN NULL;
END
$$;
