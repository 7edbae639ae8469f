"""Blocks: a mail as typed data. Pure: JSON in, MJML out; `rules.compile_source` makes both parts of that."""
