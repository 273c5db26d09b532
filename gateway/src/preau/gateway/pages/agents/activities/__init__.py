"""Sites, activities and their deadlines."""
