DROP TABLE creators;
