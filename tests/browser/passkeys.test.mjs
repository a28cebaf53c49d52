// Passkeys, with the browser's own virtual authenticator. They are bound to a name, so the program is reached by one here.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freePort, mail, signIn, sound, startBrowser, startDemo } from './lib.mjs';

let demo, browser;
before(async () => {
  const port = await freePort();
  [demo, browser] = await Promise.all([startDemo(['--listen', `127.0.0.1:${port}`, '--public-url', `http://localhost:${port}`]), startBrowser()]);
});
after(async () => { await browser?.close(); await demo?.stop(); });
test.afterEach(() => assert.deepEqual(browser.troubles.splice(0), []));

/** A window with an authenticator that keeps passkeys and knows its person. */
async function withAuthenticator() {
  const page = await browser.window();
  const devices = await page.context().newCDPSession(page);
  await devices.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', { options });
  return { page, devices, authenticatorId };
}

async function add(page, name) {
  await page.goto(`${demo.address}/me/passkeys`);
  await page.fill('#name', name);
  await page.click('form[data-passkey-make] button');
  await page.waitForSelector(`th:has-text("${name}")`);
}

async function signOut(page) {
  await page.context().clearCookies();
  await page.goto(`${demo.address}/sign-in`);
}

const useIt = page => page.click('form[action="/sign-in/passkey"] button');

test('a passkey is added, signs in without an address and after one, and is removed', async () => {
  const { page, devices, authenticatorId } = await withAuthenticator();
  const { email } = (await signIn(page, demo, 'author'))['sign-in'];
  await page.goto(`${demo.address}/me/passkeys`);
  await sound(page);
  await add(page, 'Work laptop');
  assert.equal(await page.inputValue('#name'), '');
  await sound(page);
  await mail(demo, email, /“Work laptop” was added/);
  assert.equal((await devices.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length, 1);

  // The same device again: the browser says that it is there.
  await page.fill('#name', 'Twice');
  await page.click('form[data-passkey-make] button');
  await page.waitForSelector('.errors:has-text("holds a passkey of your account already")');

  for (const address of ['', email]) {
    await signOut(page);
    await page.fill('#email', address);
    await useIt(page);
    await page.waitForURL(/\/desk$/);
  }
  await page.goto(`${demo.address}/me`);
  assert.match(await page.innerText('main'), /passkey/);

  await page.goto(`${demo.address}/me/passkeys?lang=dz`);
  await sound(page, 'dz');
  await page.goto(`${demo.address}/me/confirm?lang=en`);
  await sound(page);
  await page.click('form[action="/me/confirm/passkey"] button');
  await page.waitForURL(/\/desk$/);
  await page.goto(`${demo.address}/me/passkeys`);
  await page.click('form[action="/me/passkeys/removed"] button');
  await page.waitForSelector('.empty');

  // The device still offers it; here it opens nothing any more.
  await signOut(page);
  await useIt(page);
  await page.waitForSelector('.errors:has-text("opens no account here")');
  await sound(page);
  await page.context().close();
});

test('the passkey of somebody else is refused, and a device without one says so', async () => {
  const { page, devices, authenticatorId } = await withAuthenticator();
  await signIn(page, demo, 'approver');
  await add(page, 'Key');
  await signOut(page);
  await page.fill('#email', demo.people.moderator['sign-in'].email);
  await useIt(page);
  // The device has none of that person's.
  await page.waitForSelector('.errors:has-text("No passkey was used")');
  assert.equal(await page.inputValue('#email'), demo.people.moderator['sign-in'].email);
  await devices.send('WebAuthn.clearCredentials', { authenticatorId });
  await page.fill('#email', '');
  await useIt(page);
  await page.waitForSelector('.errors:has-text("No passkey was used")');
  await page.context().close();
});

test('without scripts the page says what passkeys need, and the password works', async () => {
  const page = await browser.window({ javaScriptEnabled: false });
  await page.goto(`${demo.address}/sign-in`);
  assert.match(await page.innerText('main'), /Passkeys need a browser that runs scripts/);
  assert.equal(await page.locator('form[action="/sign-in/passkey"] button').isVisible(), false);
  await signIn(page, demo, 'author');
  await page.goto(`${demo.address}/me/passkeys`);
  assert.match(await page.innerText('main'), /One-time codes work in every browser/);
  assert.equal(await page.locator('form[data-passkey-make] button').isVisible(), false);
  await page.context().close();
});
