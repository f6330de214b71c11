-- Who did what, when and from where, and what came of it: every write, by the transaction that
-- wrote it; every refusal for want of right, of funds or for the state of things; every read of
-- personal data, before it is answered. Ids rise with time, so that the trail is read by them.
CREATE TABLE audit_events (
    id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    outcome text NOT NULL,
    actor text NOT NULL,
    identity text NOT NULL,
    deed text NOT NULL, -- a method and an address with placeholders, or a job
    address text,
    request_id text,
    pledge_id uuid,
    journal_id uuid,
    key uuid, -- of what was done: that of its answer in idempotency_keys
    code text,
    detail text,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id),
    CONSTRAINT audit_events_outcome CHECK (outcome IN ('done', 'refused', 'read')),
    CONSTRAINT audit_events_person_stated CHECK (actor <> '' AND identity <> '' AND deed <> ''),
    CONSTRAINT audit_events_done_answered CHECK ((outcome = 'done') = (key IS NOT NULL)),
    CONSTRAINT audit_events_refused_for_reason
        CHECK ((outcome = 'refused') = (code IS NOT NULL) AND (code IS NULL) = (detail IS NULL)),
    CONSTRAINT audit_events_posted_when_done CHECK (journal_id IS NULL OR outcome = 'done')
);

-- What isn't ordinary is rare, and what is looked for first.
CREATE INDEX audit_events_not_done ON audit_events (outcome, id) WHERE outcome <> 'done';

-- Whose personal data was read, by which entry of the trail.
CREATE TABLE personal_data_reads (
    creator_id uuid NOT NULL,
    event_id uuid NOT NULL,
    what text NOT NULL,
    CONSTRAINT personal_data_reads_pkey PRIMARY KEY (creator_id, event_id),
    CONSTRAINT personal_data_reads_event_exists
        FOREIGN KEY (event_id) REFERENCES audit_events (id),
    CONSTRAINT personal_data_reads_creator_exists
        FOREIGN KEY (creator_id) REFERENCES creators (id),
    CONSTRAINT personal_data_reads_what CHECK (what IN ('names', 'bank-details', 'account'))
);

CREATE INDEX personal_data_reads_by_event ON personal_data_reads (event_id);

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER personal_data_reads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON personal_data_reads FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON audit_events, personal_data_reads TO almoner_service;
