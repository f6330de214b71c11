-- The chart of accounts. `dimensions` says what an account of that code is kept by: m market,
-- c creator, i instalment, l lot. A credit unit on a cash-only code has no row to refer to.
CREATE TABLE chart (
    code text NOT NULL,
    name text NOT NULL,
    normal_side text NOT NULL,
    may_overdraw boolean NOT NULL,
    dimensions text NOT NULL,
    CONSTRAINT chart_pkey PRIMARY KEY (code),
    CONSTRAINT chart_normal_side CHECK (normal_side IN ('debit', 'credit')),
    CONSTRAINT chart_rules UNIQUE (code, normal_side, may_overdraw, dimensions)
);

CREATE TABLE chart_unit_kinds (
    code text NOT NULL,
    kind text NOT NULL,
    CONSTRAINT chart_unit_kinds_pkey PRIMARY KEY (code, kind),
    CONSTRAINT chart_unit_kinds_kind CHECK (kind IN ('cash', 'credits')),
    CONSTRAINT chart_unit_kinds_code_exists FOREIGN KEY (code) REFERENCES chart (code)
);

INSERT INTO chart (code, name, normal_side, may_overdraw, dimensions) VALUES
    ('1010', 'Bank', 'debit', false, ''),
    ('1110', 'Pledge receivable, cash', 'debit', false, 'i'),
    ('1210', 'Pledge receivable, credits', 'debit', false, 'i'),
    ('1310', 'Ad credits held in the platform''s pool', 'debit', false, 'l'),
    ('2300', 'Refundable advance, cash', 'credit', false, 'i'),
    ('2310', 'Refundable advance, credits', 'credit', false, 'i'),
    ('3100', 'Purse: pledged, not yet funded, cash', 'credit', false, ''),
    ('3110', 'Purse: funded, unallocated, cash', 'credit', false, ''),
    ('3120', 'Purse: market budget, cash', 'credit', false, 'm'),
    ('3130', 'Purse: creator allocation, cash', 'credit', false, 'mc'),
    ('3190', 'Purse: programme support cost', 'credit', false, ''),
    ('3200', 'Purse: pledged, not yet funded, credits', 'credit', false, ''),
    ('3210', 'Purse: funded, unallocated, credits', 'credit', false, ''),
    ('3220', 'Purse: market budget, credits', 'credit', false, 'm'),
    ('3230', 'Purse: creator allocation, credits', 'credit', false, 'mc'),
    ('4910', 'Restriction released, cash', 'credit', false, ''),
    ('5810', 'Bank fees', 'debit', false, '');

INSERT INTO chart_unit_kinds (code, kind)
SELECT code, CASE WHEN code IN ('1210', '1310', '2310') OR code LIKE '32__'
                  THEN 'credits' ELSE 'cash' END
FROM chart;

-- An account counts one unit of one pledge. Figures are cumulative and kept by the transfers'
-- trigger alone; what is available is derived from them.
CREATE TABLE accounts (
    pledge_id uuid NOT NULL,
    number integer NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    unit text NOT NULL,
    unit_kind text NOT NULL,
    normal_side text NOT NULL,
    may_overdraw boolean NOT NULL,
    market text,
    creator_id uuid,
    instalment_id uuid,
    lot_id uuid,
    dimensions text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN market IS NULL THEN '' ELSE 'm' END ||
        CASE WHEN creator_id IS NULL THEN '' ELSE 'c' END ||
        CASE WHEN instalment_id IS NULL THEN '' ELSE 'i' END ||
        CASE WHEN lot_id IS NULL THEN '' ELSE 'l' END) STORED,
    -- What the account is kept by, in one word: its natural key within the pledge.
    address text NOT NULL GENERATED ALWAYS AS (
        code || ' ' || unit || coalesce(' ' || market, '') || coalesce(' ' || creator_id::text, '')
        || coalesce(' ' || instalment_id::text, '') || coalesce(' ' || lot_id::text, '')) STORED,
    debits bigint NOT NULL DEFAULT 0,
    credits bigint NOT NULL DEFAULT 0,
    entries bigint NOT NULL DEFAULT 0,
    last_day date,
    CONSTRAINT accounts_pkey PRIMARY KEY (pledge_id, number),
    CONSTRAINT accounts_id_unique UNIQUE (id),
    -- The pledge comes second here alone. With it first, a plan made while there were few accounts
    -- may find an account of a number by this key, going through every account of the pledge.
    CONSTRAINT accounts_address_unique UNIQUE (address, pledge_id),
    CONSTRAINT accounts_number_positive CHECK (number > 0),
    CONSTRAINT accounts_no_overdraft CHECK (
        may_overdraw OR CASE normal_side WHEN 'debit' THEN debits >= credits
                                         ELSE credits >= debits END),
    CONSTRAINT accounts_rules_of_chart FOREIGN KEY (code, normal_side, may_overdraw, dimensions)
        REFERENCES chart (code, normal_side, may_overdraw, dimensions),
    CONSTRAINT accounts_unit_kind_of_unit
        FOREIGN KEY (unit, unit_kind) REFERENCES units (code, kind),
    CONSTRAINT accounts_unit_kind_allowed
        FOREIGN KEY (code, unit_kind) REFERENCES chart_unit_kinds (code, kind),
    CONSTRAINT accounts_unit_of_pledge
        FOREIGN KEY (pledge_id, unit) REFERENCES pledge_units (pledge_id, unit),
    CONSTRAINT accounts_market_of_pledge
        FOREIGN KEY (pledge_id, market) REFERENCES pledge_markets (pledge_id, market),
    CONSTRAINT accounts_creator_of_market
        FOREIGN KEY (creator_id, market) REFERENCES creators (id, market),
    CONSTRAINT accounts_unit_of_instalment FOREIGN KEY (pledge_id, instalment_id, unit)
        REFERENCES instalments (pledge_id, id, unit),
    CONSTRAINT accounts_unit_of_lot FOREIGN KEY (pledge_id, lot_id, unit)
        REFERENCES lots (pledge_id, id, unit)
) WITH (fillfactor = 50);

-- Debits and credits per account and effective day: what a balance on a date is read from. Between
-- its first and last entry all entries of the day lie (with others, if any was backdated), so that a
-- statement reads its own days and not the whole account.
CREATE TABLE account_days (
    pledge_id uuid NOT NULL,
    account integer NOT NULL,
    day date NOT NULL,
    debits bigint NOT NULL,
    credits bigint NOT NULL,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    CONSTRAINT account_days_pkey PRIMARY KEY (pledge_id, account, day),
    CONSTRAINT account_days_entries_in_order CHECK (first_seq > 0 AND first_seq <= last_seq),
    CONSTRAINT account_days_account_exists
        FOREIGN KEY (pledge_id, account) REFERENCES accounts (pledge_id, number)
) WITH (fillfactor = 50);

CREATE FUNCTION open_account_empty() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.debits <> 0 OR NEW.credits <> 0 OR NEW.entries <> 0 OR NEW.last_day IS NOT NULL THEN
        PERFORM refuse('accounts_open_empty', 'an account opens with nothing in it');
    END IF;
    RETURN NEW;
END
$$;

-- Figures follow from transfers. The transfers' own trigger writes them from one level down, which
-- the triggers that call this tell from writing by hand.
CREATE FUNCTION refuse_figures_by_hand() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse(TG_TABLE_NAME || '_kept_by_transfers',
        format('the figures in %s follow from transfers and are not written by hand',
               TG_TABLE_NAME));
    RETURN NULL;
END
$$;

CREATE TRIGGER chart_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chart
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER chart_unit_kinds_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chart_unit_kinds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accounts_open_empty BEFORE INSERT ON accounts
    FOR EACH ROW EXECUTE FUNCTION open_account_empty();
CREATE TRIGGER accounts_kept_by_transfers BEFORE UPDATE ON accounts
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_figures_by_hand();
CREATE TRIGGER accounts_append_only BEFORE DELETE OR TRUNCATE ON accounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_days_kept_by_transfers BEFORE INSERT OR UPDATE ON account_days
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_figures_by_hand();
CREATE TRIGGER account_days_append_only BEFORE DELETE OR TRUNCATE ON account_days
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON chart, chart_unit_kinds, accounts, account_days TO almoner_service;
GRANT INSERT (pledge_id, number, id, code, unit, unit_kind, normal_side, may_overdraw, market,
              creator_id, instalment_id, lot_id) ON accounts TO almoner_service;
