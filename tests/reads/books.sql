-- A small pledge in cash and credits, with 240 journals: some backdated, some dated ahead, some of
-- several transfers. Ids are kind and number, so that a test can name them.
CREATE FUNCTION made_id(kind int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('0193' || lpad(to_hex(kind), 4, '0') || '00007000' || '8000' || lpad(to_hex(number), 12, '0'))::uuid
$$;

-- Posts one journal; figures are taken from the accounts, transfer by transfer.
CREATE FUNCTION post(what text, day date, debits int[], credits int[], amounts bigint[],
                     about uuid DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    p uuid := made_id(1, 1);
    n bigint := (SELECT journals + 1 FROM pledges WHERE id = p);
BEGIN
    INSERT INTO journals (pledge_id, number, id, kind, effective_date, recorded_at, transfers,
                          actor, subject)
    VALUES (p, n, made_id(6, n), what, day, '2024-01-01'::timestamptz + n * interval '40 seconds',
            cardinality(debits), 'somebody', about);
    INSERT INTO transfers
    WITH t AS (
        SELECT * FROM unnest(debits, credits, amounts) WITH ORDINALITY AS t (d, c, amount, line)),
    side AS (
        SELECT line, d AS account, 1 AS sign, amount FROM t
        UNION ALL SELECT line, c, -1, amount FROM t),
    figures AS (
        SELECT s.line, s.sign, a.unit, a.entries + row_number() OVER w AS seq,
               (a.debits - a.credits + sum(s.sign * s.amount) OVER w)
                   * CASE a.normal_side WHEN 'debit' THEN 1 ELSE -1 END AS balance,
               CASE s.sign WHEN 1 THEN a.debits + sum(s.amount) FILTER (WHERE s.sign = 1) OVER w
                           ELSE a.credits + sum(s.amount) FILTER (WHERE s.sign = -1) OVER w END
                   AS turnover
        FROM side s JOIN accounts a ON a.pledge_id = p AND a.number = s.account
        WINDOW w AS (PARTITION BY s.account ORDER BY s.line))
    SELECT p, n, t.line, d.unit, t.amount, day, t.d, t.c, d.seq, d.balance, d.turnover,
           c.seq, c.balance, c.turnover
    FROM t JOIN figures d ON d.line = t.line AND d.sign = 1
           JOIN figures c ON c.line = t.line AND c.sign = -1;
END
$$;

BEGIN;
INSERT INTO pledges (id, reference, donor, recipient, purpose, functional_unit, total, created_at)
VALUES (made_id(1, 1), 'READS', 'TikTok', 'WHO', 'Health', 'USD', 3000000, '2024-01-01'),
       (made_id(1, 9), 'OTHER', 'TikTok', 'WHO', 'Health', 'USD', 5, '2024-01-01');
INSERT INTO pledge_units VALUES
    (made_id(1, 1), 'USD', 2000000, 1), (made_id(1, 1), 'ADC:TIKTOK:USD', 1000000, 2),
    (made_id(1, 9), 'USD', 5, 1);
INSERT INTO pledge_markets VALUES (made_id(1, 1), 'JP', 1), (made_id(1, 1), 'GB', 2);
INSERT INTO instalments (pledge_id, id, reference, position, unit, amount, due_date) VALUES
    (made_id(1, 1), made_id(2, 1), 'C1', 1, 'USD', 2000000, '2024-10-01'),
    (made_id(1, 1), made_id(2, 2), 'T1', 2, 'ADC:TIKTOK:USD', 1000000, '2024-10-01'),
    (made_id(1, 9), made_id(2, 9), 'C1', 1, 'USD', 5, '2024-10-01');
INSERT INTO creators SELECT made_id(3, i), m || '-' || i, m, '2024-01-01'
FROM generate_series(1, 6) i CROSS JOIN LATERAL (SELECT CASE WHEN i % 2 = 0 THEN 'JP' ELSE 'GB' END) AS m (m);
INSERT INTO creator_persons SELECT made_id(3, i), 'Creator ' || i FROM generate_series(1, 6) i;
INSERT INTO lots VALUES (made_id(1, 1), made_id(4, 1), made_id(2, 2), 'ADC:TIKTOK:USD', 1000000,
                         'free', '2024-01-01', '2027-01-01', '2024-01-05');
COMMIT;
UPDATE pledges SET state = 'agreed', agreed_on = '2024-01-02';
INSERT INTO accounts (pledge_id, number, id, code, unit, unit_kind, normal_side, may_overdraw,
                      market, creator_id, instalment_id, lot_id)
SELECT made_id(1, 1), row_number() OVER (ORDER BY a.nth), made_id(5, row_number() OVER (ORDER BY a.nth)),
       c.code, u.code, u.kind, c.normal_side, c.may_overdraw, a.market, a.creator, a.instalment, a.lot
FROM (VALUES
    (1, '1110', 'USD', NULL, NULL::uuid, made_id(2, 1), NULL::uuid),
    (2, '3100', 'USD', NULL, NULL, NULL, NULL),
    (3, '1010', 'USD', NULL, NULL, NULL, NULL),
    (4, '3110', 'USD', NULL, NULL, NULL, NULL),
    (5, '1210', 'ADC:TIKTOK:USD', NULL, NULL, made_id(2, 2), NULL),
    (6, '3200', 'ADC:TIKTOK:USD', NULL, NULL, NULL, NULL),
    (7, '1310', 'ADC:TIKTOK:USD', NULL, NULL, NULL, made_id(4, 1)),
    (8, '3210', 'ADC:TIKTOK:USD', NULL, NULL, NULL, NULL),
    (9, '3120', 'USD', 'JP', NULL, NULL, NULL),
    (10, '3120', 'USD', 'GB', NULL, NULL, NULL),
    (11, '3130', 'USD', 'JP', made_id(3, 2), NULL, NULL),
    (12, '3130', 'USD', 'JP', made_id(3, 4), NULL, NULL),
    (13, '3130', 'USD', 'GB', made_id(3, 1), NULL, NULL))
    AS a (nth, code, unit, market, creator, instalment, lot)
JOIN chart c ON c.code = a.code JOIN units u ON u.code = a.unit;

SELECT post('agreement', '2024-01-02', '{1,5}', '{2,6}', '{2000000,1000000}');
SELECT post('receipt', '2024-01-03', '{3,2}', '{1,4}', '{2000000,2000000}', made_id(2, 1));
SELECT post('lot-issue', '2024-01-05', '{7,6}', '{5,8}', '{1000000,1000000}', made_id(4, 1));
UPDATE instalments SET received = amount WHERE pledge_id = made_id(1, 1);
SELECT post('budget', '2024-01-10', '{4}', '{9}', '{500000}');
SELECT post('budget', '2024-01-10', '{4}', '{10}', '{500000}');

-- Goes on allocating, releasing and budgeting there and back; the days jump back and forth within a fortnight.
CREATE FUNCTION goes_on(how_often int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
    day date;
BEGIN
    FOR i IN 1..how_often LOOP
        n := (SELECT journals + 1 FROM pledges WHERE id = made_id(1, 1));
        day := '2024-02-01'::date + (n / 8)::int
               + CASE WHEN n % 5 = 0 THEN -7 WHEN n % 17 = 0 THEN 6 ELSE 0 END;
        IF n % 9 = 0 THEN -- given back and given again: two moves through the market
            PERFORM post('release', day + 30, '{11}', '{9}', ARRAY[3],
                         (SELECT id FROM allocations WHERE creator_id = made_id(3, 2)
                          AND amount - released >= 3 ORDER BY id LIMIT 1));
            PERFORM post('allocation', day + 30, '{9}', '{12}', ARRAY[3], made_id(6, n + 1));
            PERFORM post('budget', day + 30, '{4,9}', '{9,4}', ARRAY[3, 3]);
        ELSE
            PERFORM post('allocation', day, ARRAY[CASE WHEN n % 4 = 0 THEN 10 ELSE 9 END],
                         ARRAY[CASE WHEN n % 4 = 0 THEN 13 WHEN n % 3 = 0 THEN 12 ELSE 11 END],
                         ARRAY[100 + n], made_id(6, n));
        END IF;
    END LOOP;
END
$$;
SELECT goes_on(235);
