"""The page cache: responses that are the same for every visitor, kept and sent again without being made anew.

policy        decides which requests and responses take part, and under which key
store         holds entries: in the process, and in the cache server behind it
middleware    looks entries up, makes and keeps them, and serves expired ones while the database is away
wsgi          repeats finished responses before Django is entered
invalidation  makes entries stale when a public model is saved

What an anonymous visitor gets depends only on the key: academy, path, query as it came, scheme and host, and below `/api/`
the language and an origin that the academy allows. This holds by construction: while an entry is made every other header of
the request is hidden. A request with a cookie that anything here reads, or with a token, adds nothing.

An entry is valid under the academy's version (academies.tenants.cache_version), read before it was made. Whoever changes
something that visitors see bumps the version, and every entry is stale at once, in every process. A response that changes by
itself, because a registration closes, is kept until that moment.

Visitors can't fill the store. Queries with a name that no page reads are not kept, nor are other spellings of a host or a
number; an academy has a fixed share of the process and a fixed number of slots in the cache server, and responses to queries
have slots of their own, so that invented searches push out nothing but other searches.

While the database is away, an expired entry is served for PAGE_CACHE_STALE_SECONDS more, marked as stale, if the academy's
version is still the one it was made under. What an editor changed or withdrew since is never served.
"""
