"""The addresses of the provider: those that programs know have no language, those that persons read have one."""

from django.urls import path

from mandat.web.openid import authorize, consent, discovery, facts, leaving, token

#: For programs, and the door that persons are sent to.
endpoints = ([
    path(".well-known/openid-configuration", discovery.configuration, name="configuration"),
    path("openid/cles", discovery.keys, name="keys"),
    path("openid/autoriser", authorize.authorize, name="authorize"),
    path("openid/jeton", token.token, name="token"),
    path("openid/revoquer", token.revoke, name="revoke"),
    path("openid/verifier", facts.introspect, name="introspect"),
    path("openid/personne", facts.userinfo, name="userinfo"),
    path("openid/sortir", leaving.leave, name="leave"),
], "openid")  # fmt: skip

#: For persons.
pages = ([
    path("partager", consent.consent, name="consent"),
    path("partager/suite", consent.go_on, name="go_on"),
    path("quitter", leaving.confirm, name="confirm_leaving"),
], "entry")  # fmt: skip
