"""Who may come in: users, sessions, tokens, passwords, and what ends with them."""
