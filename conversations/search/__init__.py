"""Finding what was said: words, the rows they are kept in, what is asked, and what is shown of a hit."""
