-- What the service does by itself, and each time it did.
CREATE TABLE jobs (
    name text NOT NULL,
    purpose text NOT NULL,
    CONSTRAINT jobs_pkey PRIMARY KEY (name)
);

INSERT INTO jobs (name, purpose) VALUES
    ('expiry', 'Lets credits lapse whose lot has ended'),
    ('hold-expiry', 'Voids payouts whose hold has run out');

CREATE TABLE job_runs (
    id uuid NOT NULL,
    job text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    outcome text NOT NULL,
    found integer NOT NULL,
    done integer NOT NULL,
    refused integer NOT NULL,
    actor text NOT NULL,
    instance uuid NOT NULL,
    CONSTRAINT job_runs_pkey PRIMARY KEY (id),
    CONSTRAINT job_runs_job_exists FOREIGN KEY (job) REFERENCES jobs (name),
    CONSTRAINT job_runs_start_before_end CHECK (started_at <= ended_at),
    CONSTRAINT job_runs_outcome CHECK (outcome IN ('done', 'failed')),
    CONSTRAINT job_runs_counts_not_negative CHECK (found >= 0 AND done >= 0 AND refused >= 0),
    CONSTRAINT job_runs_actor_stated CHECK (actor <> '')
);

CREATE INDEX job_runs_by_job ON job_runs (job, id);

CREATE TRIGGER jobs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON jobs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER job_runs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON job_runs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON jobs TO almoner_service;
GRANT SELECT, INSERT ON job_runs TO almoner_service;
