// A provider of accounts that others wrote and certified (oidc-provider), on a free port of this machine, with accounts that
// the test makes up. Arguments: the program's address, a port (0: a free one), the name it goes by. The first line printed is the provider's own address.
// Whom it lets in next, and how it misbehaves, is told by POST /test/next: { sub, email, verified, groups, amr, nonce, remember }.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../browser/package.json', import.meta.url));
const there = async name => import(pathToFileURL(require.resolve(name)));
const { Provider } = await there('oidc-provider');
const { generateKeyPair, exportJWK } = await there('jose');

const [program, wanted = '0', name = '127.0.0.1'] = process.argv.slice(2);
const people = new Map();
let next = {};

const server = createServer();
await new Promise(ready => server.listen(Number(wanted), '127.0.0.1', ready));
const issuer = `http://${name}:${server.address().port}`;

const key = async alg => ({ ...await exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey), alg, use: 'sig', kid: randomBytes(8).toString('hex') });
const secret = process.env.TEST_CLIENT_SECRET;
// Its own page of this name asks for letters from elsewhere.
const logoutSource = (ctx, form) => { ctx.body = `<!doctype html><html lang="en"><title>Logout</title><h1>Logout</h1>${form}<button form="op.logoutForm" name="logout" value="yes">Sign out</button></html>`; };
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'drelwa', client_secret: secret, require_auth_time: true, grant_types: ['authorization_code'], response_types: ['code'],
    redirect_uris: [`${program}/sign-in/provider/back`], post_logout_redirect_uris: [`${program}/sign-in`],
  }],
  jwks: { keys: [await key('RS256')] },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  scopes: ['openid', 'email', 'profile'],
  claims: { openid: ['sub', 'amr', 'acr', 'auth_time'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => { const p = people.get(sub); return { sub, email: p.email, email_verified: p.verified, name: p.name, groups: p.groups }; },
  }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true, logoutSource } },
  pkce: { required: () => true },
  renderError: (ctx, out) => { ctx.type = 'json'; ctx.body = out; },
});
const theirs = provider.callback();

/** Lets in whoever the test named, and has them agree to everything. */
async function interact(request, response) {
  const { prompt, params, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    if (next.refuse) return provider.interactionFinished(request, response, { error: 'access_denied' });
    return provider.interactionFinished(request, response, { login: { accountId: next.sub, amr: next.amr, remember: true, ts: Math.floor(Date.now() / 1000) } });
  }
  const grant = (grantId && await provider.Grant.find(grantId)) || new provider.Grant({ accountId: next.sub, clientId: params.client_id });
  const { missingOIDCScope, missingOIDCClaims } = prompt.details;
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
  if (missingOIDCClaims) grant.addOIDCClaims(missingOIDCClaims);
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

async function told(request, response) {
  let text = '';
  for await (const piece of request) text += piece;
  next = JSON.parse(text);
  if (next.sub) people.set(next.sub, { verified: true, groups: [], ...next });
  response.end('{}');
}

server.on('request', async (request, response) => {
  try {
    if (request.url.startsWith('/test/next')) return await told(request, response);
    if (request.url.startsWith('/interaction/')) return await interact(request, response);
    // A token with the answer to another question: signed and good, but for its nonce.
    if (next.nonce) request.url = request.url.replace(/([?&]nonce=)[^&]*/, `$1${next.nonce}`);
    return theirs(request, response);
  } catch (error) {
    console.error(error);
    response.statusCode = 500;
    return response.end(String(error));
  }
});
console.log(issuer);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
