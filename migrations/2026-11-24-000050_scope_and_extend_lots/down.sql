DROP VIEW lot_figures;
DROP TABLE lot_events;
DROP FUNCTION check_lot_event;
DROP TRIGGER lots_scope_complete ON lots;
DROP TABLE lot_campaigns, lot_markets;
DROP FUNCTION check_lot_scope;
DROP FUNCTION local_day;
DROP FUNCTION lot_ends;
DROP INDEX accounts_of_lots;
DROP INDEX journals_lapses;
ALTER TABLE lots
    DROP COLUMN scope_markets,
    DROP COLUMN scope_campaigns,
    DROP COLUMN fair_value_ppm,
    DROP COLUMN fair_value_technique;
