-- What is lost or gained when somebody is paid in another currency: the pledge says whether its reserve
-- bears it, or the budget of the market that is paid.
ALTER TABLE pledges
    ADD COLUMN exchange_differences text NOT NULL DEFAULT 'reserve',
    ADD CONSTRAINT pledges_exchange_differences
        CHECK (exchange_differences IN ('reserve', 'market'));

GRANT INSERT (exchange_differences) ON pledges TO almoner_service;
