DROP TABLE platform_balances;
