"""What States return for the indicators of a round: on time, in the proper format, comparable or not."""
