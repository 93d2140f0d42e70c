"""The server without HTTP: board, peers, supervisor, scheduler, accounts."""
