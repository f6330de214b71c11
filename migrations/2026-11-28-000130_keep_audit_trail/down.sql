DROP TABLE personal_data_reads;
DROP TABLE audit_events;
