ALTER TABLE pledges DROP COLUMN exchange_differences;
