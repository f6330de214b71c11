DROP TABLE account_days;
DROP TABLE accounts;
DROP TABLE chart_unit_kinds;
DROP TABLE chart;
DROP FUNCTION refuse_figures_by_hand();
DROP FUNCTION open_account_empty();
