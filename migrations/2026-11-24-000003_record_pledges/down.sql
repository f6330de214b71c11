DROP TABLE instalments;
DROP TABLE pledge_markets;
DROP TABLE pledge_units;
DROP TABLE pledges;
DROP FUNCTION refuse_restatement();
DROP FUNCTION check_pledge_sums();
