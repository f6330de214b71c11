-- The second wall. Whoever sees parts of the ledger only (a donor, a grantee, a market lead, a creator)
-- reads in this role: it may read a few tables and write none, and each of them lets through what the
-- settings of the transaction name, and nothing when they name nothing. The service writes a WHERE for
-- each read as well; this stands behind it.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'almoner_scoped') THEN
        CREATE ROLE almoner_scoped NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- made by another database of this server at the same moment
END
$$;

DO $$
BEGIN
    EXECUTE format('GRANT almoner_scoped TO %I', current_user);
EXCEPTION WHEN OTHERS THEN
    IF NOT pg_has_role(current_user, 'almoner_scoped', 'MEMBER') THEN
        RAISE;
    END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO almoner_scoped;

-- What the transaction says of its reader. A setting that was never made is NULL, one that was made in
-- an earlier transaction is empty: both name nothing.
CREATE FUNCTION sight_party() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('almoner.party', true), '');

CREATE FUNCTION sight_pledges() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN sight_party() IN ('donor', 'grantee', 'market-lead')
            THEN nullif(current_setting('almoner.pledges', true), '')::uuid[] END;

CREATE FUNCTION sight_markets() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN sight_party() IN ('donor', 'grantee', 'market-lead')
            THEN nullif(current_setting('almoner.markets', true), '')::text[] END;

CREATE FUNCTION sight_creator() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN sight_party() = 'creator'
            THEN nullif(current_setting('almoner.creator', true), '')::uuid END;

-- Whether what belongs to no market is in sight. Never of a market lead.
CREATE FUNCTION sight_is_whole() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(sight_party() IN ('donor', 'grantee') AND sight_markets() = ARRAY['*'], false);

-- Whether what tells of a single creator is in sight. Never of a donor.
CREATE FUNCTION sight_has_creators() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(sight_party() IN ('grantee', 'market-lead'), false);

-- Whether everything of the pledges in sight is.
CREATE FUNCTION sight_is_unrestricted() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN sight_is_whole() AND sight_has_creators();

-- The codes no line of which tells of a single creator.
CREATE FUNCTION is_shown_to_donors(code text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN code IN ('1110', '1210', '1310', '2300', '2310', '2400', '3100', '3110', '3190', '3200', '3210',
                '5310', '5920');

-- Of an account on the other side of a transfer that is in sight, the code: what money went to is told
-- of every line, whose it then was isn't.
CREATE FUNCTION code_of(pledge uuid, account_number integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT code FROM accounts
    WHERE pledge_id = pledge AND number = account_number AND pledge = ANY (sight_pledges())
$$;

-- Figures of payouts and of lots come of accounts that are out of sight (the bank, an ad account), so
-- their views read as the owner, and ask themselves what is in sight.
CREATE FUNCTION shows_holding(pledge uuid, market text, creator uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN current_user <> 'almoner_scoped'
    OR coalesce(creator = sight_creator(), false)
    OR coalesce(pledge = ANY (sight_pledges()) AND sight_has_creators()
                AND (sight_is_whole() OR market = ANY (sight_markets())), false);

CREATE FUNCTION shows_whole(pledge uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN current_user <> 'almoner_scoped'
    OR coalesce(pledge = ANY (sight_pledges()) AND sight_is_whole(), false);

-- What markets have done with their budgets, as a donor may know it. A figure that comes of fewer
-- creators than the smallest cell is withheld. So that it does not follow from the others and their
-- sum, markets are withheld in the order of how few creators they fund until there are at least two of
-- them, which fund no fewer than the smallest cell together; where even all do not, the sum is withheld
-- as well. What was budgeted is no figure of creators, and always told. It is the same for every
-- donor of a pledge, whatever markets it sees. A smallest cell that is not set withholds everything.
CREATE FUNCTION donor_figures(pledge uuid)
RETURNS TABLE (unit text, market text, withheld boolean, budgeted bigint, available bigint,
               held bigint, allocated bigint, obligated bigint, spent bigint, expired bigint)
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH smallest AS (
        SELECT coalesce(nullif(current_setting('almoner.small_cell', true), '')::bigint,
                        9223372036854775807) AS cell),
    balance AS (
        SELECT a.unit, a.market, a.code, a.creator_id, a.entries, a.held,
               CASE a.normal_side WHEN 'debit' THEN a.debits - a.credits
                                  ELSE a.credits - a.debits END AS amount
        FROM accounts a
        WHERE a.pledge_id = pledge AND pledge = ANY (sight_pledges()) AND sight_party() = 'donor'
          AND a.code IN ('3120', '3130', '3140', '3220', '3230', '3240', '5110', '5210', '5220',
                         '5230', '5910')),
    used AS (
        SELECT b.unit, b.market,
               count(DISTINCT b.creator_id) FILTER (WHERE b.entries > 0) AS creators,
               coalesce(sum(amount - b.held) FILTER (WHERE code IN ('3120', '3220')), 0)
                   AS available,
               coalesce(sum(b.held) FILTER (WHERE code IN ('3120', '3220')), 0) AS held,
               coalesce(sum(amount) FILTER (WHERE code IN ('3130', '3230')), 0) AS allocated,
               coalesce(sum(amount) FILTER (WHERE code IN ('3140', '3240')), 0) AS obligated,
               coalesce(sum(amount) FILTER (WHERE code IN ('5110', '5210', '5220', '5230')), 0)
                   AS spent,
               coalesce(sum(amount) FILTER (WHERE code = '5910'), 0) AS expired,
               sum(amount) AS budgeted
        FROM balance b GROUP BY b.unit, b.market),
    placed AS (
        SELECT u.*, row_number() OVER few AS place, sum(creators) OVER few AS reached,
               bool_or(creators > 0 AND creators < cell) OVER (PARTITION BY u.unit) AS has_small,
               cell
        FROM used u CROSS JOIN smallest
        WHERE u.market IS NOT NULL
        WINDOW few AS (PARTITION BY u.unit ORDER BY creators = 0, creators, u.market)),
    told AS (
        SELECT p.*,
               creators > 0 AND has_small
                   AND (creators < cell OR place <= 2 OR reached - creators < cell) AS hidden
        FROM placed p),
    whole AS (
        SELECT t.unit,
               coalesce(bool_or(hidden), false)
                   AND (count(*) FILTER (WHERE hidden) < 2
                        OR sum(creators) FILTER (WHERE hidden) < max(cell)) AS hidden,
               sum(budgeted) AS budgeted, sum(available) AS available, sum(held) AS held,
               sum(allocated) AS allocated,
               sum(obligated) AS obligated, sum(spent) AS spent, sum(expired) AS expired
        FROM told t GROUP BY t.unit)
    SELECT t.unit, t.market, hidden, budgeted::bigint,
           CASE WHEN NOT hidden THEN available END::bigint,
           CASE WHEN NOT hidden THEN held END::bigint,
           CASE WHEN NOT hidden THEN allocated END::bigint,
           CASE WHEN NOT hidden THEN obligated END::bigint,
           CASE WHEN NOT hidden THEN spent END::bigint,
           CASE WHEN NOT hidden THEN expired END::bigint
    FROM told t
    WHERE sight_is_whole() OR t.market = ANY (sight_markets())
    UNION ALL
    SELECT w.unit, NULL, w.hidden, w.budgeted::bigint,
           CASE WHEN NOT w.hidden THEN w.available END::bigint,
           CASE WHEN NOT w.hidden THEN w.held END::bigint,
           CASE WHEN NOT w.hidden THEN w.allocated END::bigint,
           CASE WHEN NOT w.hidden THEN w.obligated END::bigint,
           CASE WHEN NOT w.hidden THEN w.spent END::bigint,
           CASE WHEN NOT w.hidden THEN
               w.expired + coalesce((SELECT u.expired FROM used u
                                     WHERE u.unit = w.unit AND u.market IS NULL), 0) END::bigint
    FROM whole w WHERE sight_is_whole()
$$;

-- Everything of these tables is in sight of the service, and of the owner, as whom triggers look; the
-- planner drops a condition that is true.
DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY[
        'pledges', 'pledge_units', 'pledge_markets', 'pledge_events', 'instalments', 'lots',
        'lot_markets', 'lot_campaigns', 'lot_events', 'accounts', 'account_days', 'transfers',
        'journals', 'holds', 'creators', 'obligations', 'payouts', 'payout_events', 'ad_accounts',
        'spend_lines', 'spend_uses', 'spend_attributions', 'spend_refunds', 'spend_clearings',
        'platform_balances', 'revaluations', 'stated_rates'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY %I ON %I TO almoner_service, %I USING (true) WITH CHECK (true)',
                       walled || '_whole', walled, current_user);
        EXECUTE format('GRANT SELECT ON %I TO almoner_scoped', walled);
    END LOOP;
END
$$;

-- A subquery that depends on no row is carried out once.
CREATE POLICY pledges_in_sight ON pledges FOR SELECT TO almoner_scoped
    USING (id = ANY ((SELECT sight_pledges())::uuid[]));
CREATE POLICY pledge_units_in_sight ON pledge_units FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]));
CREATE POLICY pledge_markets_in_sight ON pledge_markets FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[])
           AND ((SELECT sight_is_whole()) OR market = ANY ((SELECT sight_markets())::text[])));

-- What belongs to a pledge and to no market.
CREATE POLICY pledge_events_in_sight ON pledge_events FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_whole()));
CREATE POLICY instalments_in_sight ON instalments FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_whole()));
CREATE POLICY lots_in_sight ON lots FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_whole()));
CREATE POLICY lot_markets_in_sight ON lot_markets FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_whole()));
CREATE POLICY lot_events_in_sight ON lot_events FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_whole()));
-- A campaign is a creator's.
CREATE POLICY lot_campaigns_in_sight ON lot_campaigns FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_unrestricted()));
CREATE POLICY revaluations_in_sight ON revaluations FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_unrestricted()));
CREATE POLICY stated_rates_in_sight ON stated_rates FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_unrestricted()));

CREATE POLICY ad_accounts_in_sight ON ad_accounts FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_has_creators())
           AND ((SELECT sight_is_whole()) OR market = ANY ((SELECT sight_markets())::text[])));
CREATE POLICY platform_balances_in_sight ON platform_balances FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_has_creators())
           AND EXISTS (SELECT FROM ad_accounts a
                       WHERE a.pledge_id = platform_balances.pledge_id
                         AND a.id = platform_balances.ad_account_id));

-- What creators hold, are bound by and are paid: theirs, and of those partners who may know of them.
CREATE POLICY obligations_in_sight ON obligations FOR SELECT TO almoner_scoped
    USING (creator_id = (SELECT sight_creator())
           OR pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_has_creators())
              AND ((SELECT sight_is_whole()) OR market = ANY ((SELECT sight_markets())::text[])));
CREATE POLICY payouts_in_sight ON payouts FOR SELECT TO almoner_scoped
    USING (creator_id = (SELECT sight_creator())
           OR pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_has_creators())
              AND ((SELECT sight_is_whole()) OR market = ANY ((SELECT sight_markets())::text[])));
CREATE POLICY payout_events_in_sight ON payout_events FOR SELECT TO almoner_scoped
    USING (EXISTS (SELECT FROM payouts p WHERE p.pledge_id = payout_events.pledge_id
                                           AND p.id = payout_events.payout_id));
CREATE POLICY creators_in_sight ON creators FOR SELECT TO almoner_scoped
    USING (id = (SELECT sight_creator())
           OR (SELECT sight_has_creators())
              AND market IN (SELECT m.market FROM pledge_markets m));

-- Accounts of a market lead are its market's, and those of its ad accounts.
CREATE POLICY accounts_in_sight ON accounts FOR SELECT TO almoner_scoped
    USING (creator_id = (SELECT sight_creator())
           OR pledge_id = ANY ((SELECT sight_pledges())::uuid[])
              AND CASE WHEN (SELECT sight_is_unrestricted()) THEN true
                       WHEN (SELECT sight_is_whole()) THEN is_shown_to_donors(code)
                       WHEN (SELECT sight_has_creators()) THEN
                           market = ANY ((SELECT sight_markets())::text[])
                           OR ad_account_id IS NOT NULL AND EXISTS (
                               SELECT FROM ad_accounts a
                               WHERE a.pledge_id = accounts.pledge_id
                                 AND a.id = accounts.ad_account_id)
                       ELSE false END);
CREATE POLICY account_days_in_sight ON account_days FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_unrestricted())
           OR EXISTS (SELECT FROM accounts a WHERE a.pledge_id = account_days.pledge_id
                                               AND a.number = account_days.account));
CREATE POLICY holds_in_sight ON holds FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_unrestricted())
           OR EXISTS (SELECT FROM accounts a WHERE a.pledge_id = holds.pledge_id
                                               AND a.number = holds.account));
-- A transfer is in sight of whoever sees one of its sides, and its journal with it.
CREATE POLICY transfers_in_sight ON transfers FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_unrestricted())
           OR EXISTS (SELECT FROM accounts a
                      WHERE a.pledge_id = transfers.pledge_id
                        AND a.number IN (transfers.debit_account, transfers.credit_account)));
CREATE POLICY journals_in_sight ON journals FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]) AND (SELECT sight_is_unrestricted())
           OR EXISTS (SELECT FROM transfers t
                      WHERE t.pledge_id = journals.pledge_id AND t.journal = journals.number));

-- Lines of spend are of campaigns, so of creators.
DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['spend_lines', 'spend_uses', 'spend_attributions', 'spend_refunds',
                                  'spend_clearings'] LOOP
        EXECUTE format(
            'CREATE POLICY %1$I ON %2$I FOR SELECT TO almoner_scoped
                 USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[])
                        AND (SELECT sight_has_creators())
                        AND EXISTS (SELECT FROM obligations o WHERE o.pledge_id = %2$I.pledge_id
                                                                AND o.id = %2$I.obligation_id))',
            walled || '_in_sight', walled);
    END LOOP;
END
$$;

-- A creator finds its own accounts, whatever their pledges.
CREATE INDEX accounts_of_creators ON accounts (creator_id) WHERE creator_id IS NOT NULL;

-- These views look as whoever asks; the two below as the owner, behind a condition of their own.
ALTER VIEW entries SET (security_invoker = true);
ALTER VIEW allocations SET (security_invoker = true);
ALTER VIEW obligation_figures SET (security_invoker = true);

CREATE OR REPLACE VIEW payout_figures AS
SELECT p.pledge_id, p.id, coalesce(last.state, 'proposed') AS state,
       coalesce(last.seq, 0::smallint) AS events, last.at AS moved_at, last.reason,
       approval.actor AS approved_by, payment.journal AS payment, payment.bank_reference,
       coalesce(paid.amount - reversed_of(paid.pledge_id, paid.journal, paid.line), 0)::bigint
           AS paid,
       coalesce(charged.amount - reversed_of(charged.pledge_id, charged.journal, charged.line),
                0)::bigint AS charged,
       CASE WHEN p.unit = p.bank_unit THEN 0
            ELSE coalesce(charged.amount - (
                SELECT coalesce(sum(CASE d.code WHEN '7100' THEN t.amount ELSE -t.amount END), 0)
                FROM transfers t
                JOIN accounts d ON d.pledge_id = t.pledge_id AND d.number = t.debit_account
                JOIN accounts c ON c.pledge_id = t.pledge_id AND c.number = t.credit_account
                WHERE t.pledge_id = payment.pledge_id AND t.journal = payment.journal
                  AND '7100' IN (d.code, c.code)), 0) END::bigint AS carried
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
    AND charged.line = CASE WHEN p.unit = p.bank_unit THEN 1 ELSE 2 END
WHERE shows_holding(p.pledge_id, p.market, p.creator_id);

CREATE OR REPLACE VIEW lot_figures AS
SELECT l.pledge_id, l.id,
       ARRAY(SELECT m.market FROM lot_markets m
             WHERE m.pledge_id = l.pledge_id AND m.lot_id = l.id ORDER BY m.position) AS markets,
       ARRAY(SELECT c.campaign FROM lot_campaigns c
             WHERE c.pledge_id = l.pledge_id AND c.lot_id = l.id
               AND (current_user <> 'almoner_scoped' OR sight_has_creators())
             ORDER BY c.position) AS campaigns,
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
        ORDER BY last.journal DESC LIMIT 1) AS ended_by,
       lost.has_lapsed
FROM lots l
CROSS JOIN LATERAL (
    SELECT coalesce(sum(debits - credits) FILTER (WHERE code = '1310'), 0)::bigint AS in_pool,
           coalesce(sum(debits - credits) FILTER (WHERE code = '1320'), 0)::bigint AS placed,
           coalesce(sum(held), 0)::bigint AS held
    FROM accounts WHERE pledge_id = l.pledge_id AND lot_id = l.id) AS has
CROSS JOIN LATERAL (
    SELECT coalesce(sum(net) FILTER (WHERE j.kind = 'expiry'), 0)::bigint AS lapsed,
           coalesce(sum(net) FILTER (WHERE j.kind = 'revocation'), 0)::bigint AS revoked,
           coalesce(bool_or(j.kind = 'expiry'), false) AS has_lapsed
    FROM journals j
    JOIN transfers t ON t.pledge_id = j.pledge_id AND t.journal = j.number
    JOIN accounts a ON a.pledge_id = t.pledge_id AND a.code = '5910'
                   AND a.number = t.debit_account
    CROSS JOIN LATERAL (
        SELECT t.amount - reversed_of(t.pledge_id, t.journal, t.line) AS net) AS left_of
    WHERE j.pledge_id = l.pledge_id AND j.subject = l.id
      AND j.kind IN ('expiry', 'revocation')) AS lost
WHERE shows_whole(l.pledge_id);

GRANT SELECT ON entries, allocations, obligation_figures, payout_figures, lot_figures TO almoner_scoped;
-- What is no secret to anybody with a token.
GRANT SELECT ON units, markets, chart, exchange_rates, withholding_rules, platform_profiles
    TO almoner_scoped;
GRANT EXECUTE ON FUNCTION reversed_of(uuid, bigint, smallint), is_reversed(uuid, bigint),
    carried_of(uuid, integer), lot_ends(uuid, uuid), local_day(text) TO almoner_scoped;
