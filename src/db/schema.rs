//! The tables and views as the migrations make them. A test compares this with the catalogue.
#![allow(missing_docs)]

diesel::table! {
    account_days (pledge_id, account, day) {
        pledge_id -> Uuid,
        account -> Int4,
        day -> Date,
        debits -> Int8,
        credits -> Int8,
        first_seq -> Int8,
        last_seq -> Int8,
    }
}

diesel::table! {
    accounts (pledge_id, number) {
        pledge_id -> Uuid,
        number -> Int4,
        id -> Uuid,
        code -> Text,
        unit -> Text,
        unit_kind -> Text,
        normal_side -> Text,
        may_overdraw -> Bool,
        market -> Nullable<Text>,
        creator_id -> Nullable<Uuid>,
        instalment_id -> Nullable<Uuid>,
        lot_id -> Nullable<Uuid>,
        debits -> Int8,
        credits -> Int8,
        entries -> Int8,
        last_day -> Nullable<Date>,
        obligation_id -> Nullable<Uuid>,
        ad_account_id -> Nullable<Uuid>,
        platform -> Nullable<Text>,
        dimensions -> Text,
        address -> Text,
        pledged_unit -> Nullable<Text>,
        held -> Int8,
    }
}

diesel::table! {
    ad_accounts (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        platform -> Text,
        reference -> Text,
        name -> Text,
        unit -> Text,
        market -> Text,
        time_zone -> Text,
        opened_on -> Date,
    }
}

diesel::table! {
    actions (name) {
        name -> Text,
        takes_two -> Bool,
    }
}

diesel::table! {
    approval_decisions (pledge_id, approval_id, seq) {
        pledge_id -> Uuid,
        approval_id -> Uuid,
        seq -> Int2,
        verdict -> Text,
        actor -> Text,
        at -> Timestamptz,
        digest -> Nullable<Text>,
        reason -> Nullable<Text>,
        result -> Nullable<Text>,
        identity -> Nullable<Text>,
    }
}

diesel::table! {
    approval_figures (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        state -> Text,
        ended -> Bool,
    }
}

diesel::table! {
    approvals (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        action -> Text,
        unit -> Nullable<Text>,
        amount -> Nullable<Int8>,
        maker -> Text,
        path -> Text,
        body -> Text,
        asked_at -> Timestamptz,
        posting -> Text,
        digest -> Text,
        summary -> Text,
        needed -> Int2,
        reserved -> Bool,
        proposed_at -> Timestamptz,
        expires_at -> Timestamptz,
        maker_identity -> Nullable<Text>,
        by_controller -> Bool,
    }
}

diesel::table! {
    allocations (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        creator_id -> Uuid,
        market -> Text,
        unit -> Text,
        amount -> Int8,
        released -> Int8,
        effective_date -> Date,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    chart (code) {
        code -> Text,
        name -> Text,
        normal_side -> Text,
        may_overdraw -> Bool,
    }
}

diesel::table! {
    chart_dimensions (code, dimensions) {
        code -> Text,
        dimensions -> Text,
    }
}

diesel::table! {
    chart_unit_kinds (code, kind) {
        code -> Text,
        kind -> Text,
    }
}

diesel::table! {
    creator_bank_details (creator_id, version) {
        creator_id -> Uuid,
        version -> Int2,
        holder -> Text,
        account -> Text,
        bank -> Nullable<Text>,
        actor -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    creator_erasures (creator_id) {
        creator_id -> Uuid,
        erased_at -> Timestamptz,
        actor -> Text,
        reason -> Text,
        document_uri -> Text,
        document_sha256 -> Text,
    }
}

diesel::table! {
    creator_persons (creator_id) {
        creator_id -> Uuid,
        name -> Text,
    }
}

diesel::table! {
    creators (id) {
        id -> Uuid,
        reference -> Text,
        market -> Text,
        enrolled_at -> Timestamptz,
    }
}

diesel::table! {
    entries (pledge_id, account, seq) {
        pledge_id -> Uuid,
        account -> Int4,
        seq -> Int8,
        journal -> Int8,
        line -> Int2,
        unit -> Text,
        effective_date -> Date,
        debit -> Int8,
        credit -> Int8,
        balance -> Int8,
        turnover -> Int8,
        counterpart -> Int4,
    }
}

diesel::table! {
    exchange_rates (id) {
        id -> Uuid,
        base -> Text,
        quote -> Text,
        day -> Date,
        rate_e8 -> Int8,
        source -> Text,
        stated_by -> Text,
        stated_at -> Timestamptz,
    }
}

diesel::table! {
    holds (pledge_id, subject, account) {
        pledge_id -> Uuid,
        subject -> Uuid,
        account -> Int4,
        amount -> Int8,
        expires_on -> Nullable<Date>,
    }
}

diesel::table! {
    idempotency_keys (key) {
        key -> Uuid,
        fingerprint -> Uuid,
        answered_at -> Timestamptz,
        answer -> Bytea,
    }
}

diesel::table! {
    instalments (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        reference -> Text,
        position -> Int2,
        unit -> Text,
        amount -> Int8,
        due_date -> Date,
        condition -> Nullable<Text>,
        condition_met_on -> Nullable<Date>,
        condition_document_uri -> Nullable<Text>,
        condition_document_sha256 -> Nullable<Text>,
        received -> Int8,
        written_off -> Int8,
    }
}

diesel::table! {
    job_runs (id) {
        id -> Uuid,
        job -> Text,
        started_at -> Timestamptz,
        ended_at -> Timestamptz,
        outcome -> Text,
        found -> Int4,
        done -> Int4,
        refused -> Int4,
        actor -> Text,
        instance -> Uuid,
    }
}

diesel::table! {
    jobs (name) {
        name -> Text,
        purpose -> Text,
    }
}

diesel::table! {
    journals (pledge_id, number) {
        pledge_id -> Uuid,
        number -> Int8,
        id -> Uuid,
        kind -> Text,
        effective_date -> Date,
        recorded_at -> Timestamptz,
        transfers -> Int2,
        actor -> Text,
        subject -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        note -> Nullable<Text>,
        bank_reference -> Nullable<Text>,
        document_uri -> Nullable<Text>,
        document_sha256 -> Nullable<Text>,
        reverses -> Nullable<Int8>,
        approval_id -> Nullable<Uuid>,
        salt -> Uuid,
    }
}

diesel::table! {
    log_checkpoints (log, size) {
        log -> Uuid,
        size -> Int8,
        root -> Bytea,
        note -> Text,
        signed_at -> Timestamptz,
        head -> Nullable<Int8>,
    }
}

diesel::table! {
    log_cosignatures (log, size, witness) {
        log -> Uuid,
        size -> Int8,
        witness -> Text,
        line -> Text,
        cosigned_at -> Timestamptz,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    log_key_ends (key) {
        key -> Text,
        until -> Timestamptz,
    }
}

diesel::table! {
    log_keys (key) {
        key -> Text,
        since -> Timestamptz,
    }
}

diesel::table! {
    log_leaves (log, first) {
        log -> Uuid,
        first -> Int8,
        hashes -> Bytea,
    }
}

diesel::table! {
    log_tiles (log, level, number) {
        log -> Uuid,
        level -> Int2,
        number -> Int8,
        hashes -> Bytea,
        root -> Bytea,
    }
}

diesel::table! {
    log_timestamps (log, size) {
        log -> Uuid,
        size -> Int8,
        reply -> Bytea,
        stamped_at -> Timestamptz,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    lot_campaigns (pledge_id, lot_id, campaign) {
        pledge_id -> Uuid,
        lot_id -> Uuid,
        campaign -> Text,
        position -> Int2,
    }
}

diesel::table! {
    lot_events (pledge_id, lot_id, number) {
        pledge_id -> Uuid,
        lot_id -> Uuid,
        number -> Int2,
        kind -> Text,
        expires_at -> Date,
        reason -> Text,
        document_uri -> Text,
        document_sha256 -> Text,
        actor -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    lot_figures (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        markets -> Array<Text>,
        campaigns -> Array<Text>,
        in_pool -> Int8,
        placed -> Int8,
        held -> Int8,
        lapsed -> Int8,
        revoked -> Int8,
        ended_by -> Nullable<Text>,
        has_lapsed -> Bool,
    }
}

diesel::table! {
    lot_markets (pledge_id, lot_id, market) {
        pledge_id -> Uuid,
        lot_id -> Uuid,
        market -> Text,
        position -> Int2,
    }
}

diesel::table! {
    lots (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        instalment_id -> Uuid,
        unit -> Text,
        face -> Int8,
        kind -> Text,
        valid_from -> Date,
        expires_at -> Date,
        issued_on -> Date,
        document_uri -> Nullable<Text>,
        document_sha256 -> Nullable<Text>,
        scope_markets -> Int2,
        scope_campaigns -> Int2,
        fair_value_ppm -> Nullable<Int4>,
        fair_value_technique -> Nullable<Text>,
    }
}

diesel::table! {
    markets (code) {
        code -> Text,
        name -> Text,
        currency -> Text,
    }
}

diesel::table! {
    obligation_figures (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        obligated -> Int8,
        released -> Int8,
        remaining -> Int8,
        held -> Int8,
        clawed_back -> Int8,
    }
}

diesel::table! {
    obligations (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        reference -> Text,
        unit -> Text,
        amount -> Int8,
        creator_id -> Uuid,
        market -> Text,
        deliverables -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Date,
        ad_account_id -> Nullable<Uuid>,
        campaign -> Nullable<Text>,
        code_expires_on -> Nullable<Date>,
        document_uri -> Nullable<Text>,
        document_sha256 -> Nullable<Text>,
    }
}

diesel::table! {
    pledge_events (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        state -> Text,
        effective_date -> Date,
        recorded_at -> Timestamptz,
        actor -> Text,
        reason -> Text,
        document_uri -> Nullable<Text>,
        document_sha256 -> Nullable<Text>,
    }
}

diesel::table! {
    payout_events (pledge_id, payout_id, seq) {
        pledge_id -> Uuid,
        payout_id -> Uuid,
        seq -> Int2,
        state -> Text,
        at -> Timestamptz,
        actor -> Text,
        journal -> Nullable<Int8>,
        reason -> Nullable<Text>,
        bank_reference -> Nullable<Text>,
        identity -> Nullable<Text>,
    }
}

diesel::table! {
    payout_figures (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        state -> Text,
        events -> Int2,
        moved_at -> Nullable<Timestamptz>,
        reason -> Nullable<Text>,
        approved_by -> Nullable<Text>,
        payment -> Nullable<Int8>,
        bank_reference -> Nullable<Text>,
        paid -> Int8,
        charged -> Int8,
        carried -> Int8,
    }
}

diesel::table! {
    payouts (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        creator_id -> Uuid,
        market -> Text,
        unit -> Text,
        amount -> Int8,
        bank_unit -> Text,
        bank_amount -> Int8,
        reference -> Text,
        batch -> Nullable<Text>,
        proposed_by -> Text,
        proposed_at -> Timestamptz,
        hold_expires_on -> Date,
        rate_e8 -> Nullable<Int8>,
        rate_source -> Nullable<Text>,
        rate_day -> Nullable<Date>,
        proposer_identity -> Nullable<Text>,
        approval_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    payout_hands (pledge_id, payout_id) {
        pledge_id -> Uuid,
        payout_id -> Uuid,
        name -> Text,
        identity -> Nullable<Text>,
        did -> Text,
    }
}

diesel::table! {
    platform_balances (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        ad_account_id -> Uuid,
        as_of -> Date,
        amount -> Int8,
        document_uri -> Text,
        document_sha256 -> Text,
        actor -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    platform_profiles (platform, version) {
        platform -> Text,
        version -> Int4,
        valid_from -> Date,
        pool_to_account -> Bool,
        account_to_pool -> Bool,
        account_to_account -> Bool,
        order_of_use -> Text,
        final_after_days -> Int4,
        tolerance -> Int8,
    }
}

diesel::table! {
    pledge_markets (pledge_id, market) {
        pledge_id -> Uuid,
        market -> Text,
        position -> Int2,
    }
}

diesel::table! {
    pledge_units (pledge_id, unit) {
        pledge_id -> Uuid,
        unit -> Text,
        amount -> Int8,
        position -> Int2,
    }
}

diesel::table! {
    pledges (id) {
        id -> Uuid,
        reference -> Text,
        donor -> Text,
        recipient -> Text,
        purpose -> Text,
        functional_unit -> Text,
        total -> Int8,
        state -> Text,
        agreed_on -> Nullable<Date>,
        created_at -> Timestamptz,
        journals -> Int8,
        transferred -> Int8,
        last_recorded_at -> Nullable<Timestamptz>,
        hold_changes -> Int8,
        exchange_differences -> Text,
        thresholds -> Int4,
        soft_closed_until -> Nullable<Date>,
        closed_until -> Nullable<Date>,
    }
}

diesel::table! {
    revaluations (pledge_id, unit, account, month_end, revision) {
        pledge_id -> Uuid,
        id -> Uuid,
        unit -> Text,
        account -> Int4,
        month_end -> Date,
        revision -> Int2,
        owed -> Int8,
        carried -> Int8,
        valued -> Int8,
        difference -> Int8,
        rate_e8 -> Int8,
        rate_source -> Text,
        rate_day -> Date,
        journal -> Nullable<Int8>,
        actor -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    secrets (purpose) {
        purpose -> Text,
        secret -> Bytea,
    }
}

diesel::table! {
    stated_rates (pledge_id, journal) {
        pledge_id -> Uuid,
        journal -> Int8,
        unit -> Text,
        rate_e8 -> Int8,
        source -> Text,
        day -> Date,
    }
}

diesel::table! {
    spend_attributions (pledge_id, obligation_id, day, revision, number) {
        pledge_id -> Uuid,
        obligation_id -> Uuid,
        day -> Date,
        revision -> Int4,
        number -> Int2,
        id -> Uuid,
    }
}

diesel::table! {
    spend_clearings (pledge_id, obligation_id, day, revision, id) {
        pledge_id -> Uuid,
        obligation_id -> Uuid,
        day -> Date,
        revision -> Int4,
        id -> Uuid,
        amount -> Int8,
    }
}

diesel::table! {
    spend_lines (pledge_id, obligation_id, day, revision) {
        pledge_id -> Uuid,
        obligation_id -> Uuid,
        day -> Date,
        revision -> Int4,
        id -> Uuid,
        ad_account_id -> Uuid,
        state -> Text,
        spend -> Int8,
        cash_spend -> Int8,
        voucher_spend -> Int8,
        suspended -> Int8,
        journal -> Nullable<Int8>,
        import_id -> Uuid,
        line -> Int4,
        lot_id -> Nullable<Uuid>,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    spend_refunds (pledge_id, obligation_id, day, reference) {
        pledge_id -> Uuid,
        obligation_id -> Uuid,
        day -> Date,
        reference -> Text,
        id -> Uuid,
        amount -> Int8,
        in_cash -> Bool,
    }
}

diesel::table! {
    spend_uses (pledge_id, obligation_id, day, revision, attribution, place) {
        pledge_id -> Uuid,
        obligation_id -> Uuid,
        day -> Date,
        revision -> Int4,
        place -> Int2,
        lot_id -> Uuid,
        amount -> Int8,
        attribution -> Int2,
    }
}

diesel::table! {
    thresholds (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        action -> Text,
        unit -> Text,
        above -> Int8,
        approvals -> Int2,
        valid_from -> Date,
        stated_by -> Text,
        stated_at -> Timestamptz,
        approval_id -> Uuid,
    }
}

diesel::table! {
    time_zones (name) {
        name -> Text,
    }
}

diesel::table! {
    transfers (pledge_id, journal, line) {
        pledge_id -> Uuid,
        journal -> Int8,
        line -> Int2,
        unit -> Text,
        amount -> Int8,
        effective_date -> Date,
        debit_account -> Int4,
        credit_account -> Int4,
        debit_seq -> Int8,
        debit_balance -> Int8,
        debit_turnover -> Int8,
        credit_seq -> Int8,
        credit_balance -> Int8,
        credit_turnover -> Int8,
    }
}

diesel::table! {
    units (code) {
        code -> Text,
        kind -> Text,
        minor_digits -> Int2,
        currency -> Text,
        platform -> Nullable<Text>,
        name -> Text,
    }
}

diesel::table! {
    withholding_rules (id) {
        id -> Uuid,
        payer_country -> Text,
        payee_country -> Text,
        payment_kind -> Text,
        valid_from -> Date,
        rate_ppm -> Int4,
        legal_reference -> Text,
        stated_by -> Text,
        stated_at -> Timestamptz,
    }
}

diesel::table! {
    api_token_uses (token_id) {
        token_id -> Uuid,
        last_used_at -> Timestamptz,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> Uuid,
        identity_id -> Uuid,
        issuer -> Text,
        subject -> Text,
        name -> Text,
        hash -> Bytea,
        roles -> Text,
        scopes -> Text,
        pledges -> Text,
        markets -> Text,
        issued_by_issuer -> Text,
        issued_by -> Text,
        issued_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    identities (id) {
        id -> Uuid,
        name -> Text,
        kind -> Text,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    identity_events (identity_id, seq) {
        identity_id -> Uuid,
        seq -> Int2,
        state -> Text,
        reason -> Text,
        actor -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    identity_subjects (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        identity_id -> Uuid,
        recorded_by_issuer -> Text,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    register_versions (sole) {
        sole -> Bool,
        version -> Int8,
    }
}

diesel::table! {
    revocations (id) {
        id -> Uuid,
        token_id -> Nullable<Text>,
        issuer -> Nullable<Text>,
        subject -> Nullable<Text>,
        identity_id -> Nullable<Uuid>,
        reason -> Text,
        revoked_by -> Text,
        revoked_at -> Timestamptz,
    }
}

diesel::table! {
    role_ends (grant_id) {
        grant_id -> Uuid,
        reason -> Text,
        ended_by -> Text,
        ended_at -> Timestamptz,
    }
}

diesel::table! {
    role_grants (id) {
        id -> Uuid,
        identity_id -> Uuid,
        role -> Text,
        valid_from -> Timestamptz,
        valid_until -> Nullable<Timestamptz>,
        granted_by_issuer -> Text,
        granted_by -> Text,
        granted_at -> Timestamptz,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Uuid,
        recorded_at -> Timestamptz,
        outcome -> Text,
        actor -> Text,
        identity -> Text,
        deed -> Text,
        address -> Nullable<Text>,
        request_id -> Nullable<Text>,
        pledge_id -> Nullable<Uuid>,
        journal_id -> Nullable<Uuid>,
        key -> Nullable<Uuid>,
        code -> Nullable<Text>,
        detail -> Nullable<Text>,
    }
}

diesel::table! {
    period_events (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        month_end -> Date,
        state -> Text,
        reconciliation -> Nullable<Text>,
        reason -> Nullable<Text>,
        document_uri -> Nullable<Text>,
        document_sha256 -> Nullable<Text>,
        provisional_lines -> Int8,
        actor -> Text,
        recorded_at -> Timestamptz,
        approval_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    statement_runs (pledge_id, id) {
        pledge_id -> Uuid,
        id -> Uuid,
        to_day -> Date,
        known_journal -> Int8,
        known_at -> Timestamptz,
        reason -> Nullable<Text>,
        issued_by -> Text,
        identity -> Text,
        issued_at -> Timestamptz,
    }
}

diesel::table! {
    statement_run_accounts (pledge_id, run_id, account) {
        pledge_id -> Uuid,
        run_id -> Uuid,
        account -> Int4,
    }
}

diesel::table! {
    statements (pledge_id, account, number) {
        pledge_id -> Uuid,
        account -> Int4,
        number -> Int8,
        id -> Uuid,
        from_day -> Date,
        to_day -> Date,
        known_journal -> Int8,
        known_at -> Timestamptz,
        opening -> Int8,
        total_debits -> Int8,
        total_credits -> Int8,
        closing -> Int8,
        available -> Nullable<Int8>,
        lines -> Int8,
        supersedes -> Nullable<Int8>,
        reason -> Nullable<Text>,
        run_id -> Nullable<Uuid>,
        issued_by -> Text,
        identity -> Text,
        issued_at -> Timestamptz,
        digest -> Bytea,
        checkpoint -> Text,
        signature -> Text,
    }
}

diesel::table! {
    personal_data_reads (creator_id, event_id) {
        creator_id -> Uuid,
        event_id -> Uuid,
        what -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    audit_events,
    period_events,
    statement_run_accounts,
    statement_runs,
    statements,
    personal_data_reads,
    api_token_uses,
    api_tokens,
    identities,
    identity_events,
    identity_subjects,
    register_versions,
    revocations,
    role_ends,
    role_grants,
    account_days,
    accounts,
    actions,
    approval_decisions,
    approval_figures,
    approvals,
    ad_accounts,
    allocations,
    chart,
    chart_dimensions,
    chart_unit_kinds,
    creator_bank_details,
    creator_erasures,
    creator_persons,
    creators,
    entries,
    exchange_rates,
    holds,
    idempotency_keys,
    instalments,
    job_runs,
    jobs,
    journals,
    log_checkpoints,
    log_cosignatures,
    log_key_ends,
    log_keys,
    log_leaves,
    log_tiles,
    log_timestamps,
    lot_campaigns,
    lot_events,
    lot_figures,
    lot_markets,
    lots,
    markets,
    obligation_figures,
    obligations,
    pledge_events,
    payout_events,
    payout_figures,
    payout_hands,
    payouts,
    platform_balances,
    platform_profiles,
    pledge_markets,
    pledge_units,
    pledges,
    revaluations,
    secrets,
    stated_rates,
    spend_attributions,
    spend_clearings,
    spend_lines,
    spend_refunds,
    spend_uses,
    thresholds,
    time_zones,
    transfers,
    units,
    withholding_rules,
);
