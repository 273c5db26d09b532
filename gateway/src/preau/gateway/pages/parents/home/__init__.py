"""The first page, and the pages that the law asks for."""
