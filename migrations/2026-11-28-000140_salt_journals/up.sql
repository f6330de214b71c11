-- A random value for each journal, which goes into its leaf in the log: whoever has a hash of it can't
-- guess at what is in it. The database makes it, and it commits with the posting; nobody else sets it.
ALTER TABLE journals ADD COLUMN salt uuid NOT NULL DEFAULT gen_random_uuid();

REVOKE INSERT ON journals FROM almoner_service;
GRANT INSERT (pledge_id, number, id, kind, effective_date, recorded_at, transfers, actor, subject, reason,
              note, bank_reference, document_uri, document_sha256, reverses, approval_id)
    ON journals TO almoner_service;
