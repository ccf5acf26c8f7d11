"""App files whose word on signing in has one mistake each."""

from tests.unit.catalog.broken_files import Broken

SERVICENOW = "apps/servicenow.yaml"
SALESFORCE = "apps/salesforce.yaml"
_IDENTITY = """identity:
  request:
    method: GET
    url: ${api_base}/api/now/table/sys_user
"""
_OAUTH = "oauth:\n  # t_CreateEndpoint"
_KEY = """credential:
  help_url: https://www.expensify.com/tools/integrations/
  hint: It is under Integrations.
  fields:
    user_id: {label: partnerUserID, pattern: "[a-z]{1,100}", secret: false}
    user_secret: {label: partnerUserSecret}
"""
_SITES = """  sites:
    request:
      method: GET
      url: https://${settings.instance}.service-now.com/sites
    list: "@"
    id: id
    name: name
    api_base: url
"""
_END_OF_REVOCATION = "    token: refresh_token\n    ends: token\n"

BROKEN_SIGN_INS = [
    Broken(
        "an account of our own that would be anybody's own",
        SERVICENOW,
        "  email: result[0].email\n",
        "  email: result[0].email\n  ours: result[0].company == 'acme'\n",
        at="  ours: result[0].company",
        what="it names no setting, so it would be the same for every company",
        instead="write one of ${settings.instance}",
    ),
    Broken(
        "a site of our own that is told by what its person says",
        SERVICENOW,
        "  refresh_rotates: false\n",
        "  refresh_rotates: false\n" + _SITES + "    ours: id == ${account.id}\n",
        at="    ours: id == ",
        what="${account.id} is not known here",
        instead="write one of ${settings.instance}",
        also=3,
    ),
    Broken(
        "two ways to sign in",
        SERVICENOW,
        _OAUTH,
        "account_url: https://www.expensify.com/\n" + _KEY + _OAUTH,
        at="credential:",
        what="there are both oauth and a credential",
        instead="write exactly one of oauth and credential",
    ),
    Broken(
        "a key whose end nobody is told",
        SERVICENOW,
        _OAUTH,
        _KEY + _OAUTH,
        at="credential:",
        what="nobody is told where a key is deleted",
        instead="add account_url: the page where a person deletes it in the app",
        also=1,
    ),
    Broken(
        "a key that may be empty",
        SERVICENOW,
        _OAUTH,
        "account_url: https://www.expensify.com/\n" + _KEY.replace("{1,100}", "*") + _OAUTH,
        at="    user_id: {",
        what="the pattern lets an empty value in",
        instead="ask for at least one character, as in [!-~]{1,100}",
        also=1,
    ),
    Broken(
        "a part of a key in an address",
        SERVICENOW,
        _IDENTITY,
        "account_url: https://www.expensify.com/\n"
        + _KEY
        + _IDENTITY.replace("table/sys_user", "table/${credential.user_secret}"),
        at="    url: ${api_base}/api/now/table/${credential.user_secret}",
        what="${credential.user_secret} stands in an address",
        instead="send it in json, form or headers",
        also=1,
    ),
    Broken(
        "a secret where it could be shown",
        SERVICENOW,
        "  login: result[0].user_name\n",
        "  login: ${credential.user_secret}\n",
        at="  login: ${credential.user_secret}",
        what="${credential.user_secret} stands where it could be shown",
        instead="use only parts with secret: false, and only in identity",
        change=(_OAUTH, "account_url: https://www.expensify.com/\n" + _KEY + _OAUTH),
        also=1,
    ),
    Broken(
        "a part of a key that is not there",
        SERVICENOW,
        _IDENTITY,
        "account_url: https://www.expensify.com/\n"
        + _KEY
        + _IDENTITY
        + "    headers:\n      X-Key: ${credential.password}\n",
        at="      X-Key:",
        what="${credential.password} is not known here",
        instead="write one of ${api_base}, ${credential.user_id}, ${credential.user_secret}, ${settings.instance}",
        also=1,
    ),
    Broken(
        "a key's app that claims",
        SERVICENOW,
        _IDENTITY,
        "account_url: https://www.expensify.com/\n"
        + _KEY
        + _IDENTITY.replace(":\n  request", ":\n  claims_of: token_answer\n  request"),
        at="  claims_of: token_answer",
        what="a key carries no claims",
        instead="remove claims_of, and ask the app with a request",
        also=1,
    ),
    Broken(
        "nothing that says who signed in",
        SALESFORCE,
        "  request:\n    method: GET\n    url: ${api_base}/services/oauth2/userinfo\n",
        "",
        at="identity:",
        what="there is no request, so nothing would say who signed in",
        instead="add request, or claims_of",
    ),
    Broken(
        "a claim that does not come",
        SERVICENOW,
        "      sysparm_query: sys_id=javascript:gs.getUserID()\n",
        "      sysparm_query: sys_id=${claims.sub}\n",
        at="sysparm_query: sys_id=${claims.sub}",
        what="${claims.sub} is not known here",
        instead="write one of ${api_base}, ${settings.instance}",
    ),
    Broken(
        "an issuer of what names none",
        SERVICENOW,
        _IDENTITY,
        _IDENTITY.replace(":\n  request", ":\n  issuer: ${api_base}\n  request"),
        at="  issuer: ${api_base}",
        what="only a JSON Web Token names an issuer",
        instead="write claims_of: id_token, or remove issuer",
    ),
    Broken(
        "sites beside a fixed address",
        SALESFORCE,
        "  api_base: instance_url\n",
        "  api_base: instance_url\n"
        + _SITES.replace("${settings.instance}.service-now", "${settings.domain}.my.salesforce"),
        at="  api_base: instance_url",
        what="where the API is follows from the chosen site",
        instead="remove oauth.api_base, or oauth.sites",
        also=1,
    ),
    Broken(
        "sites that are asked for where they lead to",
        SERVICENOW,
        _END_OF_REVOCATION,
        _END_OF_REVOCATION + _SITES.replace("https://${settings.instance}.service-now.com", "${api_base}"),
        at="      url: ${api_base}/sites",
        what="${api_base} is not known here",
        instead="write one of ${settings.instance}",
        also=2,
    ),
    Broken(
        "an identity that needs the site before it is chosen",
        SERVICENOW,
        _END_OF_REVOCATION,
        _END_OF_REVOCATION + _SITES,
        at="    url: ${api_base}/api/now/table/sys_user",
        what="${api_base} is not known here",
        instead="write one of ${settings.instance}",
        also=1,
    ),
    Broken(
        "a site's query that is none",
        SERVICENOW,
        _END_OF_REVOCATION,
        _END_OF_REVOCATION + _SITES.replace("    id: id\n", "    id: id[\n"),
        at="    id: id[",
        what="this is not JMESPath: Invalid jmespath expression: Incomplete expression",
        instead="see jmespath.org; put text in '…' and numbers in `…`",
        also=2,
    ),
    Broken(
        "a refresh at another host",
        SALESFORCE,
        "  api_base: instance_url\n",
        "  api_base: instance_url\n  refresh_endpoint: ${api_base}.example.com/token\n",
        at="  refresh_endpoint:",
        what="what follows ${api_base} would change the host",
        instead="write a / after it",
    ),
    Broken(
        "a token endpoint that a token answer would name",
        SERVICENOW,
        "  token_endpoint: https://${settings.instance}.service-now.com/",
        "  token_endpoint: ${api_base}/",
        at="  token_endpoint: ${api_base}/",
        what="${api_base} is not known here",
        instead="write one of ${settings.instance}",
    ),
    Broken(
        "an introspection elsewhere",
        SERVICENOW,
        "  pkce: true\n",
        "  pkce: true\n  introspection_endpoint: https://evil.example/introspect\n",
        at="  introspection_endpoint:",
        what="the host evil.example is not among the app's hosts",
        instead="add it under hosts, or correct the address",
    ),
    Broken(
        "a token request of another form",
        SERVICENOW,
        "  pkce: true\n",
        "  pkce: true\n  token_request: xml\n",
        at="  token_request: xml",
        what='"xml" is no token_request',
        instead="write one of form, json",
    ),
    Broken(
        "a form field that is a number",
        SERVICENOW,
        "        token: ${token}\n",
        "        token: ${token}\n        count: 3\n",
        at="        count: 3",
        what="count must be text or a mapping or a list",
        instead="write what the schema says: see the schema",
    ),
    Broken(
        "an app that nothing makes ask",
        SERVICENOW,
        "  asks_who: false\n",
        "  asks_who: true\n",
        at="  asks_who:",
        what="nothing makes the app ask: whoever is signed in there already would pass silently",
        instead="add authorization_parameters: prompt (or max_age); or asks_unprompted: true where the vendor says so; "
        "or remove it, and Countersign's page asks",
    ),
    Broken(
        "an app that is told to ask nothing",
        SERVICENOW,
        "  asks_who: false\n",
        "  authorization_parameters: {prompt: none}\n  asks_who: true\n",
        at="  asks_who:",
        what="nothing makes the app ask: whoever is signed in there already would pass silently",
        instead="add authorization_parameters: prompt (or max_age); or asks_unprompted: true where the vendor says so; "
        "or remove it, and Countersign's page asks",
    ),
    Broken(
        "a reason without what it is for",
        SERVICENOW,
        "  asks_who: false\n",
        "  asks_who: false\n  asks_unprompted: true\n",
        at="  asks_unprompted:",
        what="it says why asks_who is true, and asks_who is not",
        instead="write asks_who: true, or remove it",
    ),
]
