DROP TABLE withholding_rules;
