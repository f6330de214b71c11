DROP TABLE ad_accounts;
