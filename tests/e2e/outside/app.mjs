// Acme Records, a business app that knows nothing of Countersign: npm's certified oidc-provider signs people in, and
// records wait for their one approver. Usage: node app.mjs '{"port", "issuer", "client", "accessTokenSeconds"}'.

import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const { port, issuer, client, accessTokenSeconds } = JSON.parse(process.argv[2]);

const provider = new Provider(issuer, {
  clients: [{ ...client, grant_types: ['authorization_code', 'refresh_token'] }],
  cookies: { keys: ['only for this run'] },
  scopes: ['openid', 'offline_access', 'records'],
  claims: { email: ['email'], profile: ['name', 'preferred_username'] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: { AccessToken: accessTokenSeconds, AuthorizationCode: 60, RefreshToken: 3600, Grant: 3600, Session: 3600, Interaction: 600 },
  features: { introspection: { enabled: true }, revocation: { enabled: true } },
  findAccount: (_ctx, login) => ({
    accountId: login,
    claims: () => ({ sub: login, email: `${login}@acme.com`, name: login, preferred_username: login }),
  }),
});

// What happened at the token endpoint, for the test to look at: the server's own events, not our reading of requests.
const journal = [];
const note = (event, facts) => journal.push({ event, ...facts });
provider.on('grant.success', (ctx) => note('granted', { type: ctx.oidc.params.grant_type }));
provider.on('grant.error', (ctx, error) => note('grant refused', { type: ctx.oidc.params?.grant_type, error: error.message }));
provider.on('refresh_token.saved', (token) => note('refresh token', { token: token.jti }));
provider.on('access_token.saved', (token) => note('access token', { token: token.jti }));

const records = new Map();

const routes = [
  ['GET', /^\/records\/([\w-]+)$/, read],
  ['POST', /^\/records\/([\w-]+)\/approval$/, approve],
  ['PUT', /^\/desk\/records\/([\w-]+)$/, open], // the app's own desk; no sign-in there
  ['GET', /^\/desk\/records\/([\w-]+)$/, show],
  ['GET', /^\/desk\/journal$/, () => [200, journal]],
];

async function read(id, request) {
  const account = await caller(request);
  return account ? show(id) : [401, { error: 'invalid_token' }];
}

async function approve(id, request) {
  const account = await caller(request);
  if (!account) return [401, { error: 'invalid_token' }];
  const record = records.get(id);
  if (!record) return [404, { error: 'not_found', message: 'There is no such record.' }];
  if (record.approver !== account) return [403, { error: 'forbidden', message: `Only ${record.approver} may approve ${id}.` }];
  if (record.approved_by) return [409, { error: 'approved', message: `${id} is approved already.` }];
  record.approved_by = account;
  return [200, record];
}

async function open(id, request) {
  records.set(id, { id, approver: JSON.parse(await body(request)).approver, approved_by: null });
  return show(id);
}

function show(id) {
  const record = records.get(id);
  return record ? [200, record] : [404, { error: 'not_found', message: 'There is no such record.' }];
}

async function caller(request) {
  const [, value] = /^Bearer ([\w-]+)$/.exec(request.headers.authorization ?? '') ?? [];
  const token = value && (await provider.AccessToken.find(value));
  return token?.scopes.has('records') ? token.accountId : undefined;
}

async function body(request) {
  const chunks = await Array.fromAsync(request);
  return Buffer.concat(chunks).toString();
}

const signIn = provider.callback();

async function answer(request, response) {
  for (const [method, path, handle] of routes) {
    const [, id] = path.exec(request.url) ?? [null];
    if (request.method === method && path.test(request.url)) {
      const [status, content] = await handle(id, request);
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(content));
      return;
    }
  }
  signIn(request, response);
}

createServer(answer).listen(port, '127.0.0.1', () => console.log('listening'));
