-- What people do with money, by which thresholds are stated; and whether it always takes two.
CREATE TABLE actions (
    name text NOT NULL,
    takes_two boolean NOT NULL,
    CONSTRAINT actions_pkey PRIMARY KEY (name)
);

INSERT INTO actions (name, takes_two) VALUES
    ('agreement', false), ('condition-met', false), ('receipt', false), ('lot-issue', false),
    ('write-off', true), ('support-cost', false), ('support-cost-draw', false), ('budget', false),
    ('budget-return', false), ('allocation', false), ('release', false), ('obligation', false),
    ('obligation-release', false), ('invoice', false), ('advance', false), ('liquidation', false),
    ('advance-return', false), ('payout', false), ('tax-payment', false),
    ('platform-payment', false), ('ad-tax', false), ('placement', true), ('refund', false),
    ('attribution', false), ('suspense-clearing', false), ('revocation', false),
    ('clawback', false), ('recovery', false), ('bad-debt', true), ('donor-due', false),
    ('donor-payment', false), ('reserve', false), ('reserve-return', false), ('reversal', false),
    ('threshold', true);

-- A write that waits for somebody else: the request as it was sent, and what it would post. What
-- becomes of it is in its decisions. What is held for it is held for its id.
CREATE TABLE approvals (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    action text NOT NULL,
    unit text,
    amount bigint,
    maker text NOT NULL,
    path text NOT NULL,
    body text NOT NULL,
    asked_at timestamptz NOT NULL,
    posting text NOT NULL,
    digest text NOT NULL,
    summary text NOT NULL,
    needed smallint NOT NULL,
    reserved boolean NOT NULL,
    proposed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT approvals_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT approvals_id_unique UNIQUE (id),
    CONSTRAINT approvals_pledge_exists FOREIGN KEY (pledge_id) REFERENCES pledges (id),
    CONSTRAINT approvals_action_exists FOREIGN KEY (action) REFERENCES actions (name),
    CONSTRAINT approvals_amount_in_unit CHECK ((unit IS NULL) = (amount IS NULL)),
    CONSTRAINT approvals_maker_stated CHECK (maker <> ''),
    CONSTRAINT approvals_digest_whole CHECK (digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT approvals_needed_within CHECK (needed BETWEEN 1 AND 3),
    CONSTRAINT approvals_expire_later CHECK (expires_at > proposed_at)
);

CREATE INDEX approvals_by_expiry ON approvals (expires_at);

-- What was decided of it, in order. As long as fewer approve than it takes, it waits.
CREATE TABLE approval_decisions (
    pledge_id uuid NOT NULL,
    approval_id uuid NOT NULL,
    seq smallint NOT NULL,
    verdict text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    digest text,
    reason text,
    result text,
    CONSTRAINT approval_decisions_pkey PRIMARY KEY (pledge_id, approval_id, seq),
    CONSTRAINT approval_decisions_approval_exists
        FOREIGN KEY (pledge_id, approval_id) REFERENCES approvals (pledge_id, id),
    CONSTRAINT approval_decisions_verdict
        CHECK (verdict IN ('approved', 'rejected', 'withdrawn', 'expired')),
    CONSTRAINT approval_decisions_actor_stated CHECK (actor <> ''),
    CONSTRAINT approval_decisions_reason_stated
        CHECK ((verdict IN ('rejected', 'withdrawn')) = (reason IS NOT NULL))
);

-- Nobody is two of those who decide.
CREATE UNIQUE INDEX approval_decisions_by_different_people
    ON approval_decisions (pledge_id, approval_id, actor)
    WHERE verdict IN ('approved', 'rejected');

-- One after the other, in time, and by the right person.
CREATE FUNCTION check_approval_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    approval approvals;
    before bigint;
    approved bigint;
BEGIN
    SELECT * INTO approval FROM approvals
    WHERE pledge_id = NEW.pledge_id AND id = NEW.approval_id;
    SELECT count(*), count(*) FILTER (WHERE verdict = 'approved') INTO before, approved
    FROM approval_decisions
    WHERE pledge_id = NEW.pledge_id AND approval_id = NEW.approval_id AND seq < NEW.seq;
    IF NEW.seq <> before + 1 OR before <> approved OR approved >= approval.needed THEN
        PERFORM refuse('approval_decisions_in_order',
            'decisions are numbered one after the other, and nothing is decided after the last');
    END IF;
    IF NEW.verdict IN ('approved', 'rejected') AND NEW.actor = approval.maker THEN
        PERFORM refuse('approval_decisions_by_another',
            'what one person asked for another approves or rejects');
    END IF;
    IF NEW.verdict = 'withdrawn' AND NEW.actor <> approval.maker THEN
        PERFORM refuse('approval_decisions_withdrawn_by_maker',
            'what one person asked for nobody else withdraws');
    END IF;
    IF (NEW.verdict = 'expired') <> (NEW.at >= approval.expires_at) THEN
        PERFORM refuse('approval_decisions_in_time',
            'something is decided before it expires, and expires no sooner');
    END IF;
    IF NEW.verdict = 'approved' AND NEW.digest IS DISTINCT FROM approval.digest THEN
        PERFORM refuse('approval_decisions_as_shown',
            'whoever approves names the digest of what would be posted');
    END IF;
    RETURN NULL;
END
$$;

-- At commit, when holds are set: nothing is held any more for what was decided.
CREATE FUNCTION check_approval_let_go() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.verdict <> 'approved'
        OR NEW.seq >= (SELECT needed FROM approvals
                       WHERE pledge_id = NEW.pledge_id AND id = NEW.approval_id))
       AND EXISTS (SELECT FROM holds WHERE pledge_id = NEW.pledge_id
                   AND subject = NEW.approval_id AND amount > 0)
    THEN
        PERFORM refuse('approval_decisions_let_go',
            'nothing is held any more for what was posted, rejected, withdrawn or expired');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER approval_decisions_in_order AFTER INSERT ON approval_decisions
    FOR EACH ROW EXECUTE FUNCTION check_approval_decision();
CREATE CONSTRAINT TRIGGER approval_decisions_let_go AFTER INSERT ON approval_decisions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_approval_let_go();

-- How far an approval has come. One that nobody decided in time has expired, noted or not.
CREATE VIEW approval_figures AS
SELECT a.pledge_id, a.id,
       CASE WHEN last.verdict IS NOT NULL
                 AND (last.verdict <> 'approved' OR last.seq >= a.needed) THEN last.verdict
            WHEN a.expires_at <= clock_timestamp() THEN 'expired'
            ELSE 'pending' END AS state,
       last.verdict IS NOT NULL
           AND (last.verdict <> 'approved' OR last.seq >= a.needed) AS ended
FROM approvals a
LEFT JOIN LATERAL (
    SELECT d.verdict, d.seq FROM approval_decisions d
    WHERE d.pledge_id = a.pledge_id AND d.approval_id = a.id ORDER BY d.seq DESC LIMIT 1) AS last
    ON true;

-- Whether the transaction that asks approved that, as the last of those it takes, for that maker.
CREATE FUNCTION is_approved_now(pledge uuid, approval uuid, made_by text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM approvals a
        JOIN approval_decisions d ON d.pledge_id = a.pledge_id AND d.approval_id = a.id
                                 AND d.seq = a.needed AND d.verdict = 'approved'
        WHERE a.pledge_id = pledge AND a.id = approval AND a.maker = made_by
          AND d.xmin = pg_current_xact_id()::xid)
$$;

-- What was posted by an approval names it.
ALTER TABLE journals ADD COLUMN approval_id uuid;

CREATE INDEX journals_by_approval ON journals (pledge_id, approval_id)
    WHERE approval_id IS NOT NULL;

CREATE FUNCTION check_journal_approved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.approval_id IS NULL THEN
        PERFORM refuse('journals_by_two_people',
            'credits are placed, and what will not come is written off, by two people');
    ELSIF NOT is_approved_now(NEW.pledge_id, NEW.approval_id, NEW.actor) THEN
        PERFORM refuse('journals_approved',
            'what names an approval is posted by it, once, when as many approved as it takes');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER journals_posted_as_approved AFTER INSERT ON journals FOR EACH ROW
    WHEN (NEW.approval_id IS NOT NULL OR NEW.kind IN ('placement', 'write-off', 'bad-debt'))
    EXECUTE FUNCTION check_journal_approved();

-- Above which amount an action needs approval, by how many, and from which day on. Of those that
-- began on the same day the last one stated counts.
CREATE TABLE thresholds (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    action text NOT NULL,
    unit text NOT NULL,
    above bigint NOT NULL,
    approvals smallint NOT NULL,
    valid_from date NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL,
    approval_id uuid NOT NULL,
    CONSTRAINT thresholds_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT thresholds_action_exists FOREIGN KEY (action) REFERENCES actions (name),
    CONSTRAINT thresholds_unit_of_pledge
        FOREIGN KEY (pledge_id, unit) REFERENCES pledge_units (pledge_id, unit),
    CONSTRAINT thresholds_above_not_negative CHECK (above >= 0),
    CONSTRAINT thresholds_approvals_within CHECK (approvals BETWEEN 1 AND 3)
);

-- How many a pledge has: read with its row, so that whoever waited for that sees how many it is.
ALTER TABLE pledges ADD COLUMN thresholds integer NOT NULL DEFAULT 0;

CREATE FUNCTION state_threshold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT is_approved_now(NEW.pledge_id, NEW.approval_id, NEW.stated_by) THEN
        PERFORM refuse('thresholds_approved',
            'a threshold that one person states is approved by another');
    END IF;
    UPDATE pledges SET thresholds = thresholds + 1 WHERE id = NEW.pledge_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER thresholds_approved AFTER INSERT ON thresholds
    FOR EACH ROW EXECUTE FUNCTION state_threshold();

DROP TRIGGER pledges_kept_by_transfers ON pledges;
CREATE TRIGGER pledges_kept_by_transfers
    BEFORE UPDATE OF journals, transferred, last_recorded_at, hold_changes, thresholds ON pledges
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_figures_by_hand();

CREATE TRIGGER actions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON actions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approvals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON approvals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON approval_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER thresholds_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON thresholds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO jobs (name, purpose) VALUES
    ('approval-expiry', 'Lets what nobody approved in time expire, and frees what it held');

GRANT SELECT ON actions, approval_figures TO almoner_service;
GRANT SELECT, INSERT ON approvals, approval_decisions, thresholds TO almoner_service;
