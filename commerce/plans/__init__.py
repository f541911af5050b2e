"""What is sold: a plan opens courses for a price. Nouns: Plan, Coupon.

A plan with a price of nothing is how a course is free. Prices are integer minor units with a currency.
"""
