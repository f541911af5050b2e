"""Emails to people: texts that editors can change, each sent once.

Nouns: MessageTemplate, Delivery.  Verb: send.

A MessageTemplate replaces the default text in templates/mail. The unique key of a Delivery guarantees "one email per
order" however often a webhook is repeated.
"""
