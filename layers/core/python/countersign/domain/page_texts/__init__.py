"""Every word of every page that a browser is shown: plain text with ``{names}``, escaped where it lands.

``phrases``: what a page's text is, and what many pages share. ``sign_in``: the way to a connection. ``stops``: the ends
without one. ``facts``: the two identities and the code. ``shared``: where a connection for everyone is said otherwise.
``install``: the admin's pages.
"""
