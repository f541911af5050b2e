"""Messages to people: what is said, to whom, once.

Nouns: Wording, Delivery.  Verb: send.

A wording is what editors rewrite; where they haven't, the file in templates/mail stands. A delivery row's unique key is
what makes "one mail per order" hold however often a webhook repeats.
"""
