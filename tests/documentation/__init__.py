"""The pages in docs/, held beside what they tell of."""
