DROP TABLE allocations;
DROP FUNCTION check_allocations();
