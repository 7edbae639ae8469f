"""What the accounts room stores, and the libraries behind its door (core.register)."""
