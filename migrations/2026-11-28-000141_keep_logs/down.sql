DROP TABLE log_checkpoints, log_tiles, log_leaves;
DROP FUNCTION check_log_checkpoint(), check_log_leaves(), log_size(uuid);
