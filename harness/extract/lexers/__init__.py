"""One lexer a page format: formats know nothing of languages."""
