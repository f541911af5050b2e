"""One dated chance to attend a page: seats, price, times. Noun: Offering.

An offering hangs on the base page, so that any page type can be attended; its key is a UUID, so that copying a page
gives its offerings new keys. How many seats are taken is counted by commerce, under the lock of the offering's row; it
is never stored here.
"""
