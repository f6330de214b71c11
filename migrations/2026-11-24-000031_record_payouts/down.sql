DROP VIEW payout_figures;
DROP TABLE payout_events;
DROP TABLE payouts;
DROP FUNCTION check_payout_held();
DROP FUNCTION check_payout_event();
