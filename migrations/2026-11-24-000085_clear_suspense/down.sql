DROP TRIGGER journals_clearing_stays ON journals;
DROP FUNCTION check_clearing_stays;
DROP TABLE spend_clearings;
DROP FUNCTION check_spend_clearing;
ALTER TABLE journals
    DROP CONSTRAINT journals_kind,
    ADD CONSTRAINT journals_kind CHECK (kind IN (
        'agreement', 'condition-met', 'receipt', 'lot-issue', 'write-off', 'support-cost',
        'budget', 'budget-return', 'allocation', 'release', 'reversal', 'obligation',
        'obligation-release', 'invoice', 'payment', 'payment-return', 'advance', 'liquidation',
        'advance-return', 'placement', 'spend', 'ad-tax', 'overspill', 'platform-payment',
        'refund', 'expiry', 'revocation', 'expiry-correction', 'clawback', 'recovery', 'bad-debt',
        'donor-due', 'donor-payment', 'support-cost-draw', 'reserve', 'reserve-return', 'tax-payment', 'suspense',
        'revaluation'));
