"""Events from outside: verified by the view, stored once per (source, account, id), handled later.

Nouns: WebhookEvent, ParsedWebhook.  Verbs: receive, handle, sweep, prune.

Lives in `public`, so that an event is stored even while its academy is in maintenance. The unique key, not a look-up, makes
a repeated delivery a no-op. An event whose handling fails is tried for days, with growing pauses, and again as soon as its
source answers. Apps in higher layers register a handler per source in their listeners; handlers are idempotent.
"""
