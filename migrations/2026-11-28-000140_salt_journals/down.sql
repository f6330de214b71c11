REVOKE INSERT (pledge_id, number, id, kind, effective_date, recorded_at, transfers, actor, subject, reason,
               note, bank_reference, document_uri, document_sha256, reverses, approval_id)
    ON journals FROM almoner_service;
GRANT INSERT ON journals TO almoner_service;
ALTER TABLE journals DROP COLUMN salt;
