"""When meetings take place: by rules, beside them, with each other, and because a plan asks for them."""
