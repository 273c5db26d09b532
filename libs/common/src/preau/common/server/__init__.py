"""The HTTP server of every process: uvicorn, with bounds on what one client may take of it."""
