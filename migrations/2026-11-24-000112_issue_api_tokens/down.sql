DROP TABLE api_token_uses, api_tokens;
DROP FUNCTION check_api_token();
DROP FUNCTION check_api_token_use();
