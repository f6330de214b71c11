//! A small ledger in plain SQL, and a way to try one more row on it.

use diesel::result::Error;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

use crate::harness::TestDatabase;

/// Words to write rows with: `announce` a pledge, `open` an account, `post` a journal of one
/// transfer. Whatever isn't said is right, so that a case says what is wrong. They have no rights
/// of their own. Pledges, creators and so on go by names; an id is a digest of its name.
const WORDS: &str = "
CREATE SCHEMA fixture;
GRANT USAGE ON SCHEMA fixture TO almoner_service;
SET search_path = public, fixture;

CREATE FUNCTION fixture.id(name text) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$ SELECT md5(name)::uuid $$;

CREATE FUNCTION fixture.announce(pledge text, cash bigint, credits bigint) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO pledges
        (id, reference, donor, recipient, purpose, functional_unit, total, created_at)
    VALUES (id(pledge), pledge, 'Donor', 'Recipient', 'Purpose', 'USD', cash + credits, now());
    INSERT INTO pledge_units (pledge_id, unit, amount, position)
    VALUES (id(pledge), 'USD', cash, 0), (id(pledge), 'ADC:TIKTOK:USD', credits, 1);
    INSERT INTO pledge_markets (pledge_id, market, position)
    VALUES (id(pledge), 'JP', 0), (id(pledge), 'US', 1);
    INSERT INTO instalments (pledge_id, id, reference, position, unit, amount, due_date)
    VALUES (id(pledge), id(pledge || ' cash'), 'C1', 0, 'USD', cash, '2026-01-01'),
           (id(pledge), id(pledge || ' credits'), 'T1', 1, 'ADC:TIKTOK:USD', credits, '2026-01-01');
$$;

CREATE FUNCTION fixture.open(pledge text, number integer, code text, unit text,
    market text DEFAULT NULL, creator text DEFAULT NULL, instalment text DEFAULT NULL,
    lot text DEFAULT NULL, kind text DEFAULT NULL, side text DEFAULT NULL,
    name text DEFAULT NULL, overdraw boolean DEFAULT NULL, obligation text DEFAULT NULL,
    ad_account text DEFAULT NULL, platform text DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO accounts (pledge_id, number, id, code, unit, unit_kind, normal_side, may_overdraw,
                          market, creator_id, instalment_id, lot_id, obligation_id, ad_account_id,
                          platform)
    SELECT id(pledge), number, id(coalesce(name, pledge || ' ' || number)), code, unit,
           coalesce(kind, (SELECT u.kind FROM units u WHERE u.code = unit), 'cash'),
           coalesce(side, (SELECT c.normal_side FROM chart c WHERE c.code = open.code), 'debit'),
           coalesce(overdraw, (SELECT c.may_overdraw FROM chart c WHERE c.code = open.code), false),
           market, id(creator), id(instalment), id(lot), id(obligation), id(ad_account), platform;
$$;

CREATE FUNCTION fixture.post(pledge text, debit integer, credit integer, amount bigint, day date,
    number_off integer DEFAULT 0, recorded interval DEFAULT '1 second', says integer DEFAULT 1,
    unit text DEFAULT NULL, transfer_journal_off integer DEFAULT 0, day_off integer DEFAULT 0,
    debit_seq_off integer DEFAULT 0, credit_seq_off integer DEFAULT 0,
    debit_balance_off integer DEFAULT 0, credit_balance_off integer DEFAULT 0,
    debit_turnover_off integer DEFAULT 0, credit_turnover_off integer DEFAULT 0,
    kind text DEFAULT 'budget', actor text DEFAULT 'petra', name text DEFAULT NULL,
    subject text DEFAULT NULL, bank_reference text DEFAULT NULL, reverses bigint DEFAULT NULL,
    reason text DEFAULT NULL, document text DEFAULT NULL, line integer DEFAULT 1,
    approval text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    p pledges;
    d accounts;
    c accounts;
    n bigint;
BEGIN
    SELECT * INTO p FROM pledges WHERE id = fixture.id(post.pledge);
    SELECT * INTO d FROM accounts WHERE pledge_id = p.id AND number = post.debit;
    SELECT * INTO c FROM accounts WHERE pledge_id = p.id AND number = post.credit;
    n := coalesce(p.journals, 0) + 1 + post.number_off;
    INSERT INTO journals (pledge_id, number, id, kind, effective_date, recorded_at, transfers,
                          actor, subject, bank_reference, reverses, reason, document_uri,
                          document_sha256, approval_id)
    VALUES (fixture.id(post.pledge), n,
            fixture.id(coalesce(post.name, post.pledge || ' journal ' || n)), post.kind, post.day,
            coalesce(p.last_recorded_at, '2026-02-01') + post.recorded, post.says, post.actor,
            fixture.id(post.subject), post.bank_reference, post.reverses, post.reason,
            post.document, post.document, fixture.id(post.approval));
    INSERT INTO transfers
    SELECT fixture.id(post.pledge), n + post.transfer_journal_off, post.line,
        coalesce(post.unit, d.unit, 'USD'), post.amount, post.day + post.day_off,
        post.debit, post.credit,
        coalesce(d.entries, 0) + 1 + post.debit_seq_off,
        (coalesce(d.debits - d.credits, 0) + post.amount)
            * CASE d.normal_side WHEN 'credit' THEN -1 ELSE 1 END + post.debit_balance_off,
        coalesce(d.debits, 0) + post.amount + post.debit_turnover_off,
        coalesce(c.entries, 0) + 1 + post.credit_seq_off,
        (coalesce(c.credits - c.debits, 0) + post.amount)
            * CASE c.normal_side WHEN 'debit' THEN -1 ELSE 1 END + post.credit_balance_off,
        coalesce(c.credits, 0) + post.amount + post.credit_turnover_off;
END
$$;

-- The next statement of an account, which had one for January 2020, with nothing in it.
CREATE FUNCTION fixture.issue(number bigint DEFAULT 2, from_day date DEFAULT '2020-02-01',
    to_day date DEFAULT '2020-02-29', opening bigint DEFAULT 0, debits bigint DEFAULT 0,
    credits bigint DEFAULT 0, closing bigint DEFAULT 0, lines bigint DEFAULT 0,
    supersedes bigint DEFAULT NULL, reason text DEFAULT NULL, known bigint DEFAULT 0,
    run text DEFAULT NULL, by text DEFAULT 'carlos',
    digest bytea DEFAULT decode(repeat('00', 32), 'hex'), signature text DEFAULT 'signed',
    name text DEFAULT 'second', account integer DEFAULT 1) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO statements (pledge_id, account, number, id, from_day, to_day, known_journal,
        known_at, opening, total_debits, total_credits, closing, lines, supersedes, reason, run_id,
        issued_by, identity, issued_at, digest, checkpoint, signature)
    VALUES (fixture.id('fides'), issue.account, issue.number, fixture.id(issue.name),
        issue.from_day, issue.to_day, issue.known, now(), issue.opening, issue.debits,
        issue.credits, issue.closing, issue.lines, issue.supersedes, issue.reason,
        fixture.id(issue.run), issue.by, 'i|carlos', now(), issue.digest, 'signed',
        issue.signature);
$$;

-- A journal of two transfers, the second the same again or back; what is wrong is on the second.
CREATE FUNCTION fixture.post_twice(debit integer, credit integer, back boolean,
    debit_seq_off integer DEFAULT 0, debit_balance_off integer DEFAULT 0,
    debit_turnover_off integer DEFAULT 0, credit_seq_off integer DEFAULT 0,
    credit_balance_off integer DEFAULT 0, credit_turnover_off integer DEFAULT 0) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    p pledges;
    d accounts;
    c accounts;
    toward integer;
    away integer;
BEGIN
    SELECT * INTO p FROM pledges WHERE id = fixture.id('fides');
    INSERT INTO journals (pledge_id, number, id, kind, effective_date, recorded_at, transfers,
                          actor)
    VALUES (p.id, p.journals + 1, fixture.id('twice'), 'budget', '2026-01-30',
            p.last_recorded_at + '1 second', 2, 'petra');
    SELECT * INTO d FROM accounts WHERE pledge_id = p.id AND number = debit;
    SELECT * INTO c FROM accounts WHERE pledge_id = p.id AND number = credit;
    toward := CASE d.normal_side WHEN 'credit' THEN -1 ELSE 1 END;
    away := CASE c.normal_side WHEN 'debit' THEN -1 ELSE 1 END;
    INSERT INTO transfers
    SELECT p.id, p.journals + 1, 1, 'USD', 5, date '2026-01-30', d.number, c.number,
           d.entries + 1, toward * (d.debits - d.credits + 5), d.debits + 5,
           c.entries + 1, away * (c.credits - c.debits + 5), c.credits + 5
    UNION ALL
    SELECT p.id, p.journals + 1, 2, 'USD', 3, date '2026-01-30', d.number, c.number,
           d.entries + 2 + debit_seq_off,
           toward * (d.debits - d.credits + 8) + debit_balance_off,
           d.debits + 8 + debit_turnover_off,
           c.entries + 2 + credit_seq_off,
           away * (c.credits - c.debits + 8) + credit_balance_off,
           c.credits + 8 + credit_turnover_off
    WHERE NOT back
    UNION ALL
    SELECT p.id, p.journals + 1, 2, 'USD', 3, date '2026-01-30', c.number, d.number,
           c.entries + 2 + credit_seq_off,
           away * (c.credits - c.debits + 2) + credit_balance_off,
           c.debits + 3 + credit_turnover_off,
           d.entries + 2 + debit_seq_off,
           toward * (d.debits - d.credits + 2) + debit_balance_off,
           d.credits + 3 + debit_turnover_off
    WHERE back;
END
$$;
";

/// USD 700 and credits of 300, of which 500 came; JP has 100, gives 90 to a creator, has 100 more:
/// so 110 are there now, and 10 were between the 20th and the 25th. Of another pledge a creator has
/// 50, 40 of it bound by a contract, of which 5 were taken back again and 10 are held. Of a third
/// it is owed 30, of which 5 were paid and 10 are to be; and a campaign spent 20 on the 10th of
/// February, of which 5 were refunded.
const STORY: &str = "
SELECT announce('fides', 70000, 30000);
SELECT announce('other', 100, 100);
INSERT INTO creators (id, reference, market, enrolled_at) VALUES
    (id('hanako'), 'JP-1', 'JP', now()), (id('joe'), 'US-1', 'US', now());
INSERT INTO creator_persons VALUES (id('hanako'), '花子'), (id('joe'), 'Joe');
INSERT INTO creator_bank_details VALUES (id('joe'), 1, 'Joe', '1', NULL, 'petra', now());
INSERT INTO lots (pledge_id, id, instalment_id, unit, face, kind, valid_from, expires_at, issued_on)
VALUES (id('fides'), id('lot'), id('fides credits'), 'ADC:TIKTOK:USD', 30000, 'free',
        '2026-01-01', '2026-12-31', '2026-01-01');
SELECT open('fides', 1, '1010', 'USD');
SELECT open('fides', 2, '1110', 'USD', instalment => 'fides cash');
SELECT open('fides', 3, '3100', 'USD');
SELECT open('fides', 4, '3110', 'USD');
SELECT open('fides', 5, '3120', 'USD', market => 'JP');
SELECT open('fides', 6, '3130', 'USD', market => 'JP', creator => 'hanako');
SELECT post('fides', 2, 3, 70000, '2026-01-01', kind => 'agreement');
SELECT post('fides', 1, 2, 50000, '2026-01-05', kind => 'receipt', subject => 'fides cash',
            bank_reference => 'BANK-1');
SELECT post('fides', 3, 4, 50000, '2026-01-05', kind => 'receipt');
SELECT post('fides', 4, 5, 10000, '2026-01-06');
SELECT post('fides', 5, 6, 9000, '2026-01-20', kind => 'allocation', name => 'allocation',
            subject => 'allocation');
SELECT post('fides', 4, 5, 10000, '2026-01-25');
SELECT announce('cancelled', 100, 100);
UPDATE pledges SET state = 'cancelled' WHERE id = id('cancelled');
INSERT INTO pledge_events VALUES (id('cancelled'), id('withdrawn'), 'cancelled', '2026-01-02',
    now(), 'petra', 'Withdrawn', NULL, NULL);
INSERT INTO ad_accounts VALUES (id('other'), id('tokyo'), 'TIKTOK', 'A-1', 'Tokyo',
    'ADC:TIKTOK:USD', 'JP', 'Asia/Tokyo', '2026-01-01');
INSERT INTO obligations (pledge_id, id, kind, reference, unit, amount, creator_id, market,
    starts_on, ends_on)
VALUES (id('other'), id('contract'), 'contract', 'C-1', 'USD', 40, id('hanako'), 'JP',
    '2026-01-26', '2026-03-31');
SELECT open('other', 1, '1010', 'USD');
SELECT open('other', 2, '3120', 'USD', market => 'JP');
SELECT open('other', 3, '3130', 'USD', market => 'JP', creator => 'hanako');
SELECT open('other', 4, '3140', 'USD', market => 'JP', creator => 'hanako',
            obligation => 'contract');
SELECT open('other', 5, '1950', 'USD');
SELECT post('other', 1, 2, 60, '2026-01-05');
SELECT post('other', 2, 3, 50, '2026-01-06', kind => 'allocation', name => 'other allocation',
            subject => 'other allocation');
SELECT post('other', 3, 4, 40, '2026-01-26', kind => 'obligation', name => 'contract',
            subject => 'contract');
SELECT post('other', 4, 3, 5, '2026-01-27', kind => 'reversal', reverses => 3, reason => 'Late',
            document => 'doc');
INSERT INTO holds (pledge_id, subject, account, amount) VALUES (id('other'), id('payout'), 4, 10);
INSERT INTO exchange_rates VALUES (id('fx'), 'USD', 'JPY', '2025-01-20', 15025000000, 'ECB',
    'carlos', now());
INSERT INTO withholding_rules VALUES (id('rule'), 'CH', 'JP', 'service', '2025-01-01', 204200,
    'Article 212', 'carlos', now());
SELECT announce('payer', 100, 100);
SELECT open('payer', 1, '1010', 'USD');
SELECT open('payer', 2, '5110', 'USD', market => 'JP');
SELECT open('payer', 3, '2120', 'USD', market => 'JP', creator => 'hanako');
SELECT open('payer', 4, '3110', 'USD');
SELECT post('payer', 1, 4, 60, '2026-01-05');
SELECT post('payer', 2, 3, 30, '2026-01-28', kind => 'invoice');
SELECT post('payer', 3, 1, 5, '2026-01-29', kind => 'payment', subject => 'paid',
            bank_reference => 'B-1');
INSERT INTO payouts
SELECT id('payer'), id(name), id('hanako'), 'JP', 'USD', amount, 'USD', amount, name, NULL, 'petra',
       now(), '2027-01-01' FROM (VALUES ('paid', 5), ('waiting', 10)) AS it (name, amount);
INSERT INTO payout_events (pledge_id, payout_id, seq, state, at, actor, journal, bank_reference)
VALUES (id('payer'), id('paid'), 1, 'approved', now(), 'aiko', NULL, NULL),
       (id('payer'), id('paid'), 2, 'sent', now(), 'paola', NULL, NULL),
       (id('payer'), id('paid'), 3, 'settled', now(), 'petra', 3, 'B-1');
INSERT INTO stated_rates VALUES (id('payer'), 2, 'JPY', 15025000000, 'ECB', '2026-01-28');
INSERT INTO holds (pledge_id, subject, account, amount)
VALUES (id('payer'), id('waiting'), 3, 10), (id('payer'), id('waiting'), 1, 10);
SELECT open('payer', 5, '2120', 'JPY', market => 'JP', creator => 'hanako');
INSERT INTO revaluations VALUES (id('payer'), id('valued'), 'JPY', 5, '2026-01-31', 1, 0, 0, 0, 0,
    15025000000, 'ECB', '2025-01-20', NULL, 'carlos', '2026-02-01');
INSERT INTO idempotency_keys VALUES (id('key'), id('request'), now(), 'answer');
SELECT announce('spent', 100, 100);
INSERT INTO lots (pledge_id, id, instalment_id, unit, face, kind, valid_from, expires_at,
                  issued_on)
VALUES (id('spent'), id('spent lot'), id('spent credits'), 'ADC:TIKTOK:USD', 100, 'free',
        '2026-01-01', '2026-06-30', '2026-01-01');
INSERT INTO ad_accounts VALUES (id('spent'), id('shibuya'), 'TIKTOK', 'A-1', 'Shibuya',
    'ADC:TIKTOK:USD', 'JP', 'Asia/Tokyo', '2026-01-01');
INSERT INTO obligations (pledge_id, id, kind, reference, unit, amount, creator_id, market,
    starts_on, ends_on, ad_account_id, campaign)
VALUES (id('spent'), id('campaign'), 'campaign', 'K-1', 'ADC:TIKTOK:USD', 50, id('hanako'), 'JP',
        '2026-01-26', '2026-03-31', id('shibuya'), 'K-1'),
       (id('spent'), id('bond'), 'contract', 'C-1', 'USD', 50, id('hanako'), 'JP',
        '2026-01-26', '2026-03-31', NULL, NULL);
SELECT open('spent', 1, '1010', 'USD');
SELECT open('spent', 2, '3120', 'USD', market => 'JP');
SELECT post('spent', 1, 2, 60, '2026-01-05');
WITH u AS (INSERT INTO spend_uses
    VALUES (id('spent'), id('campaign'), '2026-02-10', 1, 0, id('spent lot'), 20))
INSERT INTO spend_lines VALUES (id('spent'), id('campaign'), '2026-02-10', 1, id('line'),
    id('shibuya'), 'final', 20, 0, 20, 0, NULL, id('import'), 1);
SELECT post('spent', 1, 2, 1, '2026-02-20', kind => 'refund', name => 'refund');
INSERT INTO spend_refunds
VALUES (id('spent'), id('campaign'), '2026-02-10', 'IVT-1', id('refund'), 5, false);
UPDATE pledges SET state = 'active', agreed_on = '2026-01-01' WHERE id = id('fides');
INSERT INTO identities VALUES (id('grace'), 'Grace', 'person', 'adele', '2026-01-01'),
    (id('robot'), 'Robot', 'machine', 'adele', '2026-01-01');
INSERT INTO identity_subjects VALUES ('i', 'grace', id('grace'), 'i', 'adele', '2026-01-01');
INSERT INTO role_grants
SELECT id(name), id(identity), role, '2026-01-02', NULL, 'i', 'adele', '2026-01-02'
FROM (VALUES ('prepares', 'robot', 'preparer'), ('audited', 'robot', 'auditor'),
             ('signs', 'grace', 'preparer')) AS it (name, identity, role);
INSERT INTO role_ends VALUES (id('audited'), 'Over', 'adele', '2026-01-03');
INSERT INTO identity_events VALUES (id('robot'), 1, 'suspended', 'Away', 'adele', '2026-01-03');
INSERT INTO revocations VALUES (id('revoked'), 'x', NULL, NULL, NULL, 'Lost', 'adele', now());
INSERT INTO api_tokens VALUES (id('token'), id('robot'), 'i', 's', 'n', sha256('token'), 'auditor',
    '', '', '', 'i', 'adele', '2026-01-05', '2026-06-01');
INSERT INTO api_token_uses VALUES (id('token'), '2026-01-06');
INSERT INTO approvals
SELECT id('fides'), id(name), action, NULL, NULL, maker, '/v1/x', '{}', now(), '[]',
       repeat('a', 64), 'x', needed, false, '2025-01-01', until
FROM (VALUES ('asked', 'budget', 'petra', 2, '2100-01-01'::timestamptz),
             ('late', 'budget', 'petra', 1, '2025-02-01'),
             ('stated', 'threshold', 'carlos', 1, '2100-01-01'))
    AS it (name, action, maker, needed, until);
INSERT INTO approval_decisions VALUES (id('fides'), id('stated'), 1, 'approved', 'aiko', now(),
    repeat('a', 64), NULL, '{}');
INSERT INTO thresholds VALUES (id('fides'), id('limit'), 'budget', 'USD', 100, 1, '2026-01-01',
    'carlos', now(), id('stated'));
INSERT INTO approvals
SELECT id('payer'), id('paying'), 'payout', NULL, NULL, 'petra', '/v1/x', '{}', now(), '[]',
       repeat('a', 64), 'x', 1, false, '2025-01-01', '2100-01-01';
INSERT INTO audit_events
VALUES (id('seen'), now(), 'read', 'petra', 'i|petra', 'GET /v1/creators', NULL, NULL, NULL, NULL,
        NULL, NULL, NULL);
INSERT INTO personal_data_reads VALUES (id('hanako'), id('seen'), 'names');
INSERT INTO period_events
VALUES (id('fides'), id('closed'), '2020-01-31', 'hard-closed', 'waived', 'Nothing', NULL, NULL, 0,
        'carlos', now(), NULL);
INSERT INTO statement_runs
VALUES (id('fides'), id('run'), '2020-12-31', 1, now(), NULL, 'carlos', 'i|carlos', now());
INSERT INTO statement_run_accounts VALUES (id('fides'), id('run'), 1);
SELECT issue(1, '2020-01-01', '2020-01-31', name => 'issued');
";

/// Who tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    /// A superuser who owns everything.
    Owner,
    /// The role the service takes on.
    Service,
}

/// Whether something was refused, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// It was let through.
    Not,
    /// By a rule of that name.
    Rule(String),
    /// For want of rights.
    Denied,
    /// By something without a name.
    Unnamed(String),
}

impl Refused {
    fn read(error: Error) -> Self {
        let Error::DatabaseError(_, info) = error else {
            return Refused::Unnamed(error.to_string());
        };
        let message = info.message();
        let rights = [
            "permission denied",
            "must be owner",
            "must be superuser",
            "must be able to",
        ];
        match info.constraint_name() {
            Some(rule) => Refused::Rule(rule.to_owned()),
            None if rights.iter().any(|start| message.starts_with(start)) => Refused::Denied,
            None => Refused::Unnamed(message.to_owned()),
        }
    }
}

/// A ledger in which the story above happened.
pub(super) struct Ledger {
    pub(super) database: TestDatabase,
    connection: AsyncPgConnection,
}

impl Ledger {
    pub(super) async fn new() -> Self {
        let database = TestDatabase::create().await;
        let mut connection = database.connect().await;
        connection.batch_execute(WORDS).await.unwrap();
        connection.batch_execute(STORY).await.unwrap();
        Ledger {
            database,
            connection,
        }
    }

    /// Tries something in a transaction that is then taken back.
    pub(super) async fn attempt(&mut self, who: As, sql: &str) -> Refused {
        let role = match who {
            As::Owner => "",
            As::Service => "SET LOCAL ROLE almoner_service;",
        };
        let sql = format!("BEGIN; {role} {sql}; SET CONSTRAINTS ALL IMMEDIATE;");
        let tried = self.connection.batch_execute(&sql).await;
        self.connection.batch_execute("ROLLBACK").await.unwrap();
        tried.map_or_else(Refused::read, |()| Refused::Not)
    }

    /// Does something for good, as the owner.
    pub(super) async fn prepare(&mut self, sql: &str) {
        self.connection.batch_execute(sql).await.unwrap();
    }

    pub(super) async fn finish(self) {
        drop(self.connection);
        self.database.drop().await;
    }
}
