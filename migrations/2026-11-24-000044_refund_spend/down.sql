DROP TRIGGER spend_lines_refunds ON spend_lines;
DROP TABLE spend_refunds;
DROP FUNCTION check_spend_refunds(), check_refund_posted();
