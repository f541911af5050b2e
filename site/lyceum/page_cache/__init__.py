"""The page cache: answers that are the same for every stranger, kept and given again without making them anew.

policy      decides which requests and responses take part, and under which key
store       holds entries: in the process, and in the cache server behind it
middleware  looks entries up, makes and keeps them, and serves expired ones while the database is away
wsgi        repeats finished responses before Django is entered

What a stranger gets depends only on what the key holds: academy, path, query as it came, scheme and host, and below
`/api/` the language and an origin that the academy lets in. This holds by construction: while an entry is made every
other header of the request is hidden. A request with a cookie that anything here reads, or with a token, adds nothing.

An entry is valid under the academy's mark (academies.tenants.cache_version), read before it was made. Whoever changes
something that strangers see touches the mark, and every entry is stale at once, in every process. A response that
changes by itself, because a registration closes, is kept until that moment.

Strangers can't fill the store. Queries with a name that no page reads are not kept, nor are other spellings of a host
or a number; an academy has a fixed share of the process and a fixed number of places in the cache server, and answers to
queries have places of their own, so that invented searches push out nothing but other searches.

While the database is away, an entry that has expired is served for PAGE_CACHE_STALE_SECONDS more, marked as stale, if the
academy's mark is still the one it was made under. What an editor changed or took back since is never served.
"""
