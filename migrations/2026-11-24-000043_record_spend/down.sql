DROP TABLE spend_uses, spend_lines;
DROP FUNCTION check_spend_lines(), check_spend_uses();
DROP INDEX obligations_by_campaign;
ALTER TABLE obligations DROP CONSTRAINT obligations_id_and_ad_account;
