DROP VIEW obligation_figures;
CREATE VIEW obligation_figures AS
SELECT o.pledge_id, o.id,
       (o.amount - reversed_of(j.pledge_id, j.number, 1::smallint))::bigint AS obligated,
       coalesce((SELECT sum(given.amount - reversed_of(given.pledge_id, given.journal, given.line))
                 FROM journals r
                 JOIN transfers given ON given.pledge_id = r.pledge_id AND given.journal = r.number
                                     AND given.debit_account = p.number
                 WHERE r.pledge_id = o.pledge_id AND r.subject = o.id
                   AND r.kind IN ('obligation-release', 'advance-return')), 0)::bigint AS released,
       (p.credits - p.debits)::bigint AS remaining, p.held
FROM obligations o
JOIN journals j ON j.id = o.id
JOIN accounts p ON p.pledge_id = o.pledge_id AND p.obligation_id = o.id
               AND p.code IN ('3140', '3240');
GRANT SELECT ON obligation_figures TO almoner_service;
DROP INDEX journals_clawbacks;
DROP TRIGGER pledges_closed_empty ON pledges;
DROP TRIGGER pledges_ended ON pledges;
DROP FUNCTION check_nothing_left();
DROP FUNCTION refuse_ended();
DROP TABLE pledge_events;
ALTER TABLE pledges
    DROP CONSTRAINT pledges_state,
    DROP CONSTRAINT pledges_agreed_on,
    ADD CONSTRAINT pledges_state CHECK (state IN ('announced', 'agreed', 'active')),
    ADD CONSTRAINT pledges_agreed_on CHECK ((state = 'announced') = (agreed_on IS NULL));
