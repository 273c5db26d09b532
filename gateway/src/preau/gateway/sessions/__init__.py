"""The browsers' sessions: a refresh token in a cookie, exchanged at identity for short access tokens."""
