// Slack's side of Sign in with Slack by npm's oauth2-mock-server, which signs, and forges where it is told to.
// Usage: node openid.mjs '{"port", "clientId", "issuer"}'. A browser says with `as`, `home`, `email`, `now` and `forge`
// who it is signed in as, when, and which forgery its token is to be.

import { constants, createCipheriv, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes, sign } from 'node:crypto';
import { OAuth2Server } from 'oauth2-mock-server';

const { port, clientId, issuer } = JSON.parse(process.argv[2]);

const server = new OAuth2Server(undefined, undefined, {
  endpoints: {
    authorize: '/openid/connect/authorize',
    token: '/api/openid.connect.token',
    userinfo: '/api/openid.connect.userInfo',
    jwks: '/openid/connect/keys',
  },
});
const jwk = await server.issuer.keys.generate('RS256', { kid: 'slack-1' });
const ours = createPrivateKey({ key: jwk, format: 'jwk' });
const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });

// --- forgeries of claims: well signed, and wrong

const USER = 'https://slack.com/user_id';
const TEAM = 'https://slack.com/team_id';
const somebody = (id) => (claims) => ({ ...claims, sub: id, [USER]: id });
const without = (name) => ({ [name]: _, ...rest }) => rest;

const CLAIMS = {
  'no nonce': without('nonce'),
  'another nonce': (claims) => ({ ...claims, nonce: 'f'.repeat(64) }),
  'a list of nonces': (claims) => ({ ...claims, nonce: [claims.nonce] }),
  'another audience': (claims) => ({ ...claims, aud: 'another' }),
  'an audience beside ours': (claims) => ({ ...claims, aud: [claims.aud, 'another'] }),
  'an empty audience': (claims) => ({ ...claims, aud: [] }),
  'made for another party': (claims) => ({ ...claims, azp: 'another' }),
  'over': (claims) => ({ ...claims, exp: claims.iat - 120 }),
  'over as text': (claims) => ({ ...claims, exp: String(claims.exp) }),
  'without an end': without('exp'),
  'from the future': (claims) => ({ ...claims, iat: claims.iat + 3600 }),
  'issuer over http': (claims) => ({ ...claims, iss: issuer.replace('https:', 'http:') }),
  'issuer with a slash': (claims) => ({ ...claims, iss: `${issuer}/` }),
  'look-alike issuer': (claims) => ({ ...claims, iss: issuer.replace('a', 'а') }),
  'no workspace': without(TEAM),
  'another workspace': (claims) => ({ ...claims, [TEAM]: 'T0OTHER' }),
  'the workspace in small letters': (claims) => ({ ...claims, [TEAM]: claims[TEAM].toLowerCase() }),
  'subject and user differ': (claims) => ({ ...claims, sub: 'U0TOM' === claims.sub ? 'U0JOSIE' : 'U0TOM' }),
  'look-alike user': (claims) => somebody(claims.sub.replace('O', 'О'))(claims),
  'user with a hidden letter': (claims) => somebody(`${claims.sub}\u200b`)(claims),
  'user in small letters': (claims) => somebody(claims.sub.toLowerCase())(claims),
  'user with a space': (claims) => somebody(`${claims.sub} `)(claims),
  'a list of users': (claims) => somebody([claims.sub])(claims),
};

// --- forgeries of the signature: right claims, and not Slack's

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const signed = (header, claims, key = theirs.privateKey, hash = 'RSA-SHA256') => {
  const content = `${part(header)}.${part(claims)}`;
  return `${content}.${sign(hash, Buffer.from(content), key).toString('base64url')}`;
};
const hmac = (header, claims, secret) => {
  const content = `${part(header)}.${part(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
};
const pem = createPublicKey(ours).export({ type: 'spki', format: 'pem' });
const published = createPublicKey(theirs.publicKey.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' });
const RS256 = { alg: 'RS256', typ: 'JWT', kid: jwk.kid };

const SIGNATURES = {
  'alg none': (claims) => `${part({ ...RS256, alg: 'none' })}.${part(claims)}.`,
  'alg None, with the signature': (claims, token) => [part({ ...RS256, alg: 'None' }), part(claims), token.split('.')[2]].join('.'),
  'HS256 with the public key': (claims) => hmac({ ...RS256, alg: 'HS256' }, claims, pem),
  'HS256 with the key set': (claims) => hmac({ ...RS256, alg: 'HS256' }, claims, JSON.stringify(published)),
  'HS256 with nothing': (claims) => hmac({ ...RS256, alg: 'HS256' }, claims, ''),
  'unknown kid': (claims) => signed({ ...RS256, kid: 'slack-2' }, claims),
  'no kid': (claims) => signed({ alg: 'RS256', typ: 'JWT' }, claims, ours),
  'kid is a path': (claims) => signed({ ...RS256, kid: '../../dev/null' }, claims),
  'another key under its kid': (claims) => signed(RS256, claims),
  'its own key in the header': (claims) => signed({ ...RS256, jwk: published }, claims),
  'an address of keys in the header': (claims) => signed({ ...RS256, jku: 'http://127.0.0.1:9/keys' }, claims),
  'RS512': (claims) => signed({ ...RS256, alg: 'RS512' }, claims, ours, 'RSA-SHA512'),
  'RS256 that is RS512': (claims) => signed(RS256, claims, ours, 'RSA-SHA512'),
  'no signature': (_claims, token) => token.replace(/[^.]*$/, ''),
  'half a signature': (_claims, token) => token.slice(0, -20),
  'claims of another': (claims, token) => [token.split('.')[0], part(somebody('U0TOM')(claims)), token.split('.')[2]].join('.'),
  'nested': (_claims, token) => signed({ ...RS256, cty: 'JWT' }, token, ours),
  'nested in a claim': (claims, token) => signed(RS256, { id_token: token, iss: issuer, aud: clientId, exp: claims.exp, iat: claims.iat }, ours),
  'encrypted': (_claims, token) => encrypted(token),
  'two tokens': (_claims, token) => `${token}.${token}`,
  'as JSON': (claims, token) => ({ payload: part(claims), protected: token.split('.')[0], signature: token.split('.')[2] }),
  'unknown critical header': (claims) => signed({ ...RS256, crit: ['more'], more: true }, claims, ours),
  'not text': () => 7,
};

// RFC 7516 §7.1: to Slack's own public key, so that only the form is wrong.
function encrypted(token) {
  const header = part({ alg: 'RSA-OAEP', enc: 'A256GCM', cty: 'JWT', kid: jwk.kid });
  const [key, nonce] = [randomBytes(32), randomBytes(12)];
  const wrapped = publicEncrypt({ key: createPublicKey(ours), padding: constants.RSA_PKCS1_OAEP_PADDING }, key);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(header));
  const content = Buffer.concat([cipher.update(token), cipher.final()]);
  return [header, ...[wrapped, nonce, content, cipher.getAuthTag()].map((each) => each.toString('base64url'))].join('.');
}

// --- the provider

const sessions = new Map(); // by code, each for one use
const current = new WeakMap(); // by token request

server.service.on('beforeAuthorizeRedirect', ({ url }, request) => {
  sessions.set(url.searchParams.get('code'), request.query);
});

server.service.on('beforeTokenSigning', (token, request) => {
  const session = sessions.get(request.body.code);
  if (!session) return;
  const { as: sub, home, email, now, forge } = session;
  const iat = Number(now);
  const claims = { iss: issuer, sub, aud: clientId, iat, exp: iat + 300, nonce: session.nonce, [USER]: sub, [TEAM]: home, email, email_verified: true };
  current.set(request, { session, claims });
  for (const name of Object.keys(token.payload)) delete token.payload[name];
  Object.assign(token.payload, (CLAIMS[forge] ?? ((same) => same))(claims));
});

server.service.on('beforeResponse', (response, request) => {
  const found = current.get(request);
  sessions.delete(request.body.code);
  if (!found) {
    response.body = { ok: false, error: 'invalid_code' };
    return;
  }
  const { session, claims } = found;
  const forge = SIGNATURES[session.forge];
  response.body = { ok: true, access_token: `xoxp-${session.as}`, token_type: 'Bearer', id_token: forge ? forge(claims, response.body.id_token) : response.body.id_token };
});

server.service.addRoute('GET', '/forgeries', (_request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify([...Object.keys(CLAIMS), ...Object.keys(SIGNATURES)]));
});

await server.start(port, '127.0.0.1');
server.issuer.url = issuer;
console.log('listening');
