-- What a platform lets happen to its credits, as it published it: versions are added, each from a
-- day on, and none is ever changed.
CREATE TABLE platform_profiles (
    platform text NOT NULL,
    version integer NOT NULL,
    valid_from date NOT NULL,
    pool_to_account boolean NOT NULL,
    account_to_pool boolean NOT NULL,
    account_to_account boolean NOT NULL,
    -- Which of several lots is used first: fefo is first-expiring-first-out, then oldest, then id.
    order_of_use text NOT NULL,
    -- How many days after its own a day's spend is final.
    final_after_days integer NOT NULL,
    -- By how much a report may differ from the ledger, in minor digits.
    tolerance bigint NOT NULL,
    CONSTRAINT platform_profiles_pkey PRIMARY KEY (platform, version),
    CONSTRAINT platform_profiles_day_unique UNIQUE (platform, valid_from),
    CONSTRAINT platform_profiles_platform_shape CHECK (platform ~ '^[A-Z]{2,16}$'),
    CONSTRAINT platform_profiles_version_positive CHECK (version > 0),
    CONSTRAINT platform_profiles_order_of_use CHECK (order_of_use IN ('fefo')),
    CONSTRAINT platform_profiles_bounds_not_negative
        CHECK (final_after_days >= 0 AND tolerance >= 0)
);

CREATE TRIGGER platform_profiles_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON platform_profiles FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO platform_profiles VALUES
    ('TIKTOK', 1, '2020-01-01', true, false, false, 'fefo', 3, 0),
    ('META', 1, '2020-01-01', true, false, false, 'fefo', 28, 0),
    ('GOOGLE', 1, '2020-01-01', true, false, false, 'fefo', 3, 0);

GRANT SELECT ON platform_profiles TO almoner_service;
