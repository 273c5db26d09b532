"""What is booked at a site, a date at a time, and the rules that go with it."""
