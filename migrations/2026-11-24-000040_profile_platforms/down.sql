DROP TABLE platform_profiles;
