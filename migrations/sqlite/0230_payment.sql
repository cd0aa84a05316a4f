-- Each creditor has his own ids of payments: two who both have a payment A1 mean two.
DROP VIEW bi_payment;
CREATE TABLE payment_now (
    id           INTEGER PRIMARY KEY,
    creditor_id  BIGINT NOT NULL REFERENCES creditor (id),
    external_id  TEXT   NOT NULL,
    debt_id      BIGINT NOT NULL REFERENCES debt (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency     TEXT   NOT NULL,
    paid_at      BIGINT NOT NULL,
    received_at  BIGINT NOT NULL,
    UNIQUE (creditor_id, external_id)
);
INSERT INTO payment_now (id, creditor_id, external_id, debt_id, amount_minor, currency, paid_at, received_at)
    SELECT y.id, d.creditor_id, y.external_id, y.debt_id, y.amount_minor, y.currency, y.paid_at, y.received_at
    FROM payment y JOIN debt d ON d.id = y.debt_id;
DROP TABLE payment;
ALTER TABLE payment_now RENAME TO payment;
CREATE INDEX payment_debt ON payment (debt_id);
CREATE INDEX payment_paid ON payment (paid_at);
CREATE VIEW bi_payment AS SELECT y.external_id AS payment, d.external_id AS debt, k.name AS creditor, y.amount_minor, y.currency,
    strftime('%Y-%m-%dT%H:%M:%SZ', y.paid_at / 1000000, 'unixepoch') AS paid_at, strftime('%Y-%m-%dT%H:%M:%SZ', y.received_at / 1000000, 'unixepoch') AS received_at FROM payment y JOIN debt d ON d.id = y.debt_id
    JOIN creditor k ON k.id = d.creditor_id;

-- Payments that were taken back: bounced, charged back. The row moved here from `payment`, so that nothing counts it
-- any more; the same payment told again is known. Append-only.
CREATE TABLE payment_reversal (
    id           INTEGER PRIMARY KEY,
    creditor_id  BIGINT NOT NULL REFERENCES creditor (id),
    payment      TEXT   NOT NULL,
    debt_id      BIGINT NOT NULL REFERENCES debt (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency     TEXT   NOT NULL,
    paid_at      BIGINT NOT NULL,
    received_at  BIGINT NOT NULL,
    reversed_at  BIGINT NOT NULL,
    told_at      BIGINT NOT NULL,
    why          TEXT   NOT NULL,
    UNIQUE (creditor_id, payment)
);
CREATE INDEX payment_reversal_debt ON payment_reversal (debt_id);
CREATE TRIGGER payment_reversal_is_never_changed BEFORE UPDATE ON payment_reversal
BEGIN SELECT RAISE(ABORT, 'payments taken back are append-only'); END;
CREATE TRIGGER payment_reversal_is_never_deleted BEFORE DELETE ON payment_reversal
BEGIN SELECT RAISE(ABORT, 'payments taken back are append-only'); END;
