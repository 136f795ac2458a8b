"""The way of a message: inbox, study, ledger, outbox, gate, post room, sweeper. The rows are the truth."""
