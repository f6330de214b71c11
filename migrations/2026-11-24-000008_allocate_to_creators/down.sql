DROP VIEW allocations;
