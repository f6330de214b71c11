-- At what rate, by whose word, a journal took one currency for another: so many of `unit` for one of
-- the pledge's own.
CREATE TABLE stated_rates (
    pledge_id uuid NOT NULL,
    journal bigint NOT NULL,
    unit text NOT NULL,
    rate_e8 bigint NOT NULL, -- in hundred-millionths: 150.25 is 15025000000
    source text NOT NULL,
    day date NOT NULL,
    CONSTRAINT stated_rates_pkey PRIMARY KEY (pledge_id, journal),
    CONSTRAINT stated_rates_rate_positive CHECK (rate_e8 > 0),
    CONSTRAINT stated_rates_source_stated CHECK (source <> ''),
    CONSTRAINT stated_rates_unit_exists FOREIGN KEY (unit) REFERENCES units (code),
    CONSTRAINT stated_rates_journal_exists
        FOREIGN KEY (pledge_id, journal) REFERENCES journals (pledge_id, number)
);

CREATE TRIGGER stated_rates_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stated_rates
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A payout in another currency than the bank's says at what rate it was set aside.
ALTER TABLE payouts
    ADD COLUMN rate_e8 bigint,
    ADD COLUMN rate_source text,
    ADD COLUMN rate_day date,
    ADD CONSTRAINT payouts_rate_stated CHECK (CASE WHEN unit = bank_unit
        THEN rate_e8 IS NULL AND rate_source IS NULL AND rate_day IS NULL
        ELSE rate_e8 IS NOT NULL AND rate_source IS NOT NULL AND rate_day IS NOT NULL END),
    ADD CONSTRAINT payouts_rate_positive CHECK (rate_e8 > 0);

-- What is owed on an account in another currency (2120, 2210) came to in the pledge's own, when it
-- arose, and wasn't cleared since. The line before one that withholds tax carries the tax's value;
-- every other line over currency clearing in a journal about the account carries the account's.
CREATE FUNCTION carried_of(pledge uuid, account_number integer) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH own AS (SELECT * FROM accounts WHERE pledge_id = pledge AND number = account_number),
    about AS (
        SELECT journal FROM transfers WHERE pledge_id = pledge AND debit_account = account_number
        UNION
        SELECT journal FROM transfers WHERE pledge_id = pledge AND credit_account = account_number),
    lines AS (
        SELECT t.journal, t.line, t.unit, t.amount, d.code AS debit, c.code AS credit
        FROM about JOIN transfers t ON t.pledge_id = pledge AND t.journal = about.journal
        JOIN accounts d ON d.pledge_id = pledge AND d.number = t.debit_account
        JOIN accounts c ON c.pledge_id = pledge AND c.number = t.credit_account),
    valued AS (
        SELECT l.*,
               EXISTS (SELECT FROM lines n WHERE n.journal = l.journal AND n.line = l.line + 1
                       AND '2210' IN (n.debit, n.credit)) AS of_tax,
               EXISTS (SELECT FROM lines n WHERE n.journal = l.journal
                       AND '2120' IN (n.debit, n.credit)) AS of_creator
        FROM lines l)
    SELECT coalesce(sum(CASE WHEN v.credit = '1950' THEN v.amount ELSE -v.amount END), 0)::bigint
    FROM valued v, own
    WHERE '1950' IN (v.debit, v.credit) AND v.unit <> own.unit
      AND CASE own.code WHEN '2210' THEN v.of_tax OR NOT v.of_creator ELSE NOT v.of_tax END
$$;

DROP VIEW payout_figures;
CREATE VIEW payout_figures AS
SELECT p.pledge_id, p.id, coalesce(last.state, 'proposed') AS state,
       coalesce(last.seq, 0::smallint) AS events, last.at AS moved_at, last.reason,
       approval.actor AS approved_by, payment.journal AS payment, payment.bank_reference,
       coalesce(paid.amount - reversed_of(paid.pledge_id, paid.journal, paid.line), 0)::bigint
           AS paid,
       coalesce(charged.amount - reversed_of(charged.pledge_id, charged.journal, charged.line),
                0)::bigint AS charged
FROM payouts p
LEFT JOIN LATERAL (
    SELECT e.state, e.seq, e.at, e.reason FROM payout_events e
    WHERE e.pledge_id = p.pledge_id AND e.payout_id = p.id ORDER BY e.seq DESC LIMIT 1) AS last
    ON true
LEFT JOIN payout_events approval ON approval.pledge_id = p.pledge_id
    AND approval.payout_id = p.id AND approval.state = 'approved'
LEFT JOIN payout_events payment ON payment.pledge_id = p.pledge_id
    AND payment.payout_id = p.id AND payment.state = 'settled'
LEFT JOIN transfers paid ON paid.pledge_id = payment.pledge_id AND paid.journal = payment.journal
    AND paid.line = 1
LEFT JOIN transfers charged ON charged.pledge_id = payment.pledge_id
    AND charged.journal = payment.journal
    AND charged.line = CASE WHEN p.unit = p.bank_unit THEN 1 ELSE 2 END;

GRANT SELECT, INSERT ON stated_rates TO almoner_service;
GRANT SELECT ON payout_figures TO almoner_service;
GRANT EXECUTE ON FUNCTION carried_of(uuid, integer) TO almoner_service;
