"""Why a booking or a cancellation is refused, until when it was possible, and who can override."""
