// Signing in through a provider of accounts in a real browser: what its policy on forms, cookies and other sites allows. The
// provider is the certified one of `tests/peers`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, root, sound, startBrowser, startDemo } from './lib.mjs';

let demo, browser, issuer, ended;
before(async () => {
  const port = await freePort();
  const secret = randomBytes(16).toString('hex');
  const script = path.join(root, 'tests/peers/issuer.mjs');
  // By another name than ours, as in life: cookies and forms must get across sites.
  const child = spawn(process.execPath, [script, `http://127.0.0.1:${port}`, '0', 'localhost'], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, TEST_CLIENT_SECRET: secret } });
  process.on('exit', () => child.kill('SIGKILL'));
  ended = () => new Promise(done => { child.on('exit', done); child.kill('SIGTERM'); });
  issuer = await new Promise((resolve, reject) => { child.stdout.once('data', text => resolve(String(text).trim())); child.once('exit', reject); });
  const settings = ['--oidc-issuer', issuer, '--oidc-client-id', 'drelwa', '--oidc-client-secret', secret, '--oidc-name', 'Gov ID'];
  [demo, browser] = await Promise.all([startDemo(['--listen', `127.0.0.1:${port}`, ...settings]), startBrowser()]);
});
after(async () => { await browser?.close(); await demo?.stop(); await ended?.(); });
test.afterEach(() => assert.deepEqual(browser.troubles.splice(0), []));

const next = told => fetch(`${issuer}/test/next`, { method: 'POST', body: JSON.stringify(told) });

test('a person signs in with the provider, shows again that it is they, and signs out in both places', async () => {
  const { email } = demo.people.author['sign-in'];
  await next({ sub: 'author-1', email, amr: ['pwd', 'mfa'] });
  const page = await browser.window();
  await page.goto(`${demo.address}/sign-in`);
  await sound(page);
  await page.focus('#provider a.btn');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/desk$/);
  await page.goto(`${demo.address}/me`);
  await sound(page);
  assert.ok((await page.textContent('main')).includes('provider of accounts, with second factor'));

  await page.goto(`${demo.address}/me/confirm?next=/me/passkeys`);
  await sound(page);
  await page.click('#provider a.btn');
  await page.waitForURL(/\/me\/passkeys$/);

  // The answer of the provider a second time.
  await page.goto(`${demo.address}/sign-in/provider/back?code=x&state=made-up`);
  await sound(page);
  assert.ok((await page.textContent('main')).includes('Begin it again here'));

  await page.goto(`${demo.address}/me`);
  await page.click('form[action="/sign-out"] button');
  await page.waitForURL(url => url.href.startsWith(`${issuer}/session/end`));
  await page.click('button');
  await page.waitForURL(/\/sign-in(\?.*)?$/);
  await page.goto(`${demo.address}/me`);
  await page.waitForURL(/\/sign-in\?next=/);
});
