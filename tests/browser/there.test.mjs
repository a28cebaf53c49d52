// An account is connected by signing in at its platform, in a real browser: what the policy on forms and the session's cookie
// allow on the way to another site and back. The platform is a small server of the test's own that gives codes as Mastodon does.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { choose, confirmed, press, signIn, sound, startBrowser, startDemo } from './lib.mjs';

const app = { client_id: 'drelwa-1', client_secret: randomBytes(16).toString('hex') };
const codes = new Map();
const key = randomBytes(16).toString('hex');
let server, base, demo, browser;

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return new URLSearchParams(text);
}

async function answer(request, response) {
  const { pathname, searchParams: asked } = new URL(request.url, base);
  const json = (value, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const call = `${request.method} ${pathname}`;
  if (call === 'POST /api/v1/apps') return json(app);
  if (call === 'GET /oauth/authorize') {
    response.writeHead(200, { 'content-type': 'text/html' });
    return response.end('<!doctype html><html lang="en"><title>Roads</title><h1>Permit Drelwa?</h1><form method="post"><button name="do" value="yes">Yes</button><button name="do" value="no">No</button></form>');
  }
  if (call === 'POST /oauth/authorize') {
    const back = new URL(asked.get('redirect_uri'));
    back.searchParams.set('state', asked.get('state'));
    if ((await body(request)).get('do') === 'yes') {
      const code = randomBytes(8).toString('hex');
      codes.set(code, asked);
      back.searchParams.set('code', code);
    } else back.searchParams.set('error', 'access_denied');
    return response.writeHead(302, { location: back.href }).end();
  }
  if (call === 'POST /oauth/token') {
    const sent = await body(request), given = codes.get(sent.get('code'));
    codes.delete(sent.get('code'));
    const proof = createHash('sha256').update(sent.get('code_verifier') ?? '').digest('base64url');
    const good = given && sent.get('client_secret') === app.client_secret && given.get('code_challenge') === proof && given.get('redirect_uri') === sent.get('redirect_uri');
    return good ? json({ access_token: key, token_type: 'Bearer', scope: given.get('scope'), created_at: 1 }) : json({ error: 'invalid_grant' }, 400);
  }
  if (call === 'GET /api/v1/accounts/verify_credentials' && request.headers.authorization === `Bearer ${key}`) {
    return json({ id: '7', username: 'roads', acct: 'roads', display_name: 'Roads', url: `${base}/@roads` });
  }
  return json({ error: 'Record not found' }, 404);
}

before(async () => {
  server = createServer(answer);
  // By another name than ours, as in life: the cookie must come along from another site.
  await new Promise(done => server.listen(0, done));
  base = `http://localhost:${server.address().port}`;
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
});
after(async () => { await browser?.close(); await demo?.stop(); server?.close(); });
test.afterEach(() => assert.deepEqual(browser.troubles.splice(0), []));

/** Asks for the account, has it approved, and gives its page. */
async function approved(author, lead) {
  await author.goto(`${demo.address}/accounts/new?lang=en`);
  await choose(author, '#platform', 'mastodon');
  const fields = { handle: '@roads', url: `${base}/@roads`, purpose: 'Roads in plain words', scope: 'All roads, for everybody', per_week: '5', apart: 'A server of its own' };
  for (const [field, text] of Object.entries(fields)) await author.fill(`#${field}`, text);
  await press(author, 'form[action="/accounts"] .btn');
  const page = new URL(author.url()).pathname;
  await lead.goto(`${demo.address}${page}?lang=en`);
  await press(lead, `form[action="${page}/approval"] .btn`);
  return page;
}

test('an officer goes to the platform, signs in, and comes back to an account that is live', async () => {
  const [author, lead] = await Promise.all([browser.window(), browser.window()]);
  await Promise.all([signIn(author, demo, 'author'), signIn(lead, demo, 'lead')]);
  const page = await approved(author, lead);
  const leave = async () => {
    await author.goto(`${demo.address}${page}?lang=en`);
    await sound(author);
    await confirmed(author, 'confirm_sign_in', demo.people.author['sign-in'].password);
    await press(author, `form[action="${page}/sign-in"] .btn`);
    await sound(author);
    assert.ok((await author.innerText('#leave')).includes('localhost'), 'where one goes is said');
    await author.click('#leave');
    await author.waitForURL(url => url.href.startsWith(`${base}/oauth/authorize`));
  };
  await leave();
  await author.click('button[value=no]');
  await author.waitForURL(/\/accounts\/callback/);
  assert.match(await author.innerText('.errors'), /was not permitted/);
  await sound(author);

  await leave();
  await author.click('button[value=yes]');
  await author.waitForURL(url => url.pathname === page);
  assert.match(await author.innerText('h1 .tag'), /live/i);
  assert.ok(!(await author.content()).includes(key), 'the key is never shown');
  await sound(author);
});

test('an administrator enters an app, and sees the address to come back to', async () => {
  const admin = await browser.window();
  await signIn(admin, demo, 'administrator');
  await admin.goto(`${demo.address}/accounts/apps?lang=en`);
  await sound(admin);
  assert.ok((await admin.innerText('main')).includes(`${demo.address}/accounts/callback`));
  await admin.click('form[action="/accounts/apps"] .btn');
  await admin.waitForSelector('.errors');
  await sound(admin);
  await choose(admin, '#platform', 'youtube');
  await admin.fill('#client_id', '4711.apps.example');
  await admin.fill('#client_secret', 'not-to-be-shown');
  await confirmed(admin, 'confirm_app', demo.people.administrator['sign-in'].password);
  await press(admin, 'form[action="/accounts/apps"] .btn');
  const shown = await admin.content();
  assert.ok(shown.includes('4711.apps.example') && !shown.includes('not-to-be-shown'));
  await sound(admin);
});
