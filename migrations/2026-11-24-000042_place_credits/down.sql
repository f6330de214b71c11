DROP TRIGGER journals_placement ON journals;
DROP FUNCTION check_placement();
DROP INDEX accounts_of_ad_accounts;
