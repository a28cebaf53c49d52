// An account on a server that somebody else wrote, in the browser: its platform was reviewed, the account is asked for,
// approved, proven with its key and set up; a post is published there, a citizen answers there, is answered, and the post
// is taken down. DRELWA_TEST_MASTODON_URL, _TOKEN (the agency's account) and _CITIZEN_TOKEN tell where.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, confirmed, press, signIn, sound, startBrowser, startDemo, until } from './lib.mjs';

const [server, key, citizenKey] = ['URL', 'TOKEN', 'CITIZEN_TOKEN'].map(name => process.env[`DRELWA_TEST_MASTODON_${name}`]);

let demo, browser;
before(async () => {
  assert.ok(server && key && citizenKey, 'no server of others was started');
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
});
after(async () => { await browser?.close(); await demo?.stop(); });

/** One call to the server itself, past our program. */
async function theirs(path, token, body) {
  const method = body ? 'POST' : 'GET';
  const answer = await fetch(server + path, { method, body: body && JSON.stringify(body), headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}
const words = status => status.content.replace(/<[^>]*>/g, ' ');

/** Asks for the account and gives its page. */
async function askedFor(author, them) {
  await author.goto(`${demo.address}/accounts/new?lang=en`);
  await choose(author, '#platform', 'mastodon');
  await author.fill('#handle', them.acct);
  await author.fill('#url', them.url);
  await author.click('form[action="/accounts"] .btn');
  await author.waitForSelector('.errors');
  await sound(author);
  for (const [field, text] of [['purpose', 'Roads in plain words'], ['scope', 'All roads, for everybody'], ['per_week', '5'], ['apart', 'A server of its own']]) await author.fill(`#${field}`, text);
  await press(author, 'form[action="/accounts"] .btn');
  return new URL(author.url()).pathname;
}

/** Brings the key of an account; gives what is wrong with it, if anything. */
async function connects(author, page, secret) {
  await author.goto(`${demo.address}${page}`);
  await author.fill('#base_url', server);
  await author.fill('#secret', secret);
  await confirmed(author, 'confirm_connect', demo.people.author['sign-in'].password);
  await Promise.all([author.waitForNavigation(), author.click(`form[action="${page}/connection"] .btn`)]);
  assert.ok(!(await author.content()).includes(secret), 'a key is never shown');
  return (await author.locator('.errors').allInnerTexts()).join(' ');
}

/** Writes a post for this one account, has it approved, and waits until it is there. */
async function published(author, approver, page, text) {
  await author.goto(`${demo.address}/posts/new?lang=en`);
  await author.fill('#text_en', text.en);
  await author.fill('#text_dz', text.dz);
  const account = page.split('/').pop();
  for (const box of await author.locator('input[name=accounts]').all()) await box.setChecked(await box.getAttribute('value') === account);
  await author.click('button[name=then][value=submit]');
  await author.waitForURL(/\/posts\/\d+$/);
  const post = new URL(author.url()).pathname;
  await approver.goto(`${demo.address}${post}?lang=en`);
  await press(approver, `form[action="${post}/approval"] button`);
  await until('the post on the server', async () => {
    await approver.goto(`${demo.address}${post}/deliveries`);
    return (await approver.locator(`article a[href^="${server}"]`).count()) > 0;
  }, 60_000);
  await sound(approver);
  return post;
}

test('an account on a server of others, from its request to a removed post', async () => {
  const window = () => browser.window();
  const [author, lead, approver, oversight, visitor] = await Promise.all([window(), window(), window(), window(), window()]);
  await Promise.all([signIn(author, demo, 'author'), signIn(lead, demo, 'lead'), signIn(approver, demo, 'approver'), signIn(oversight, demo, 'oversight')]);
  const them = await theirs('/api/v1/accounts/verify_credentials', key);

  // Whoever oversees has reviewed the platform: the page says what was looked at and what was decided.
  await oversight.goto(`${demo.address}/desk/platforms/mastodon?lang=en`);
  await sound(oversight);
  assert.match(await oversight.innerText('h1 .tag'), /approved|allowed|may be used/i);

  const page = await askedFor(author, them);
  await sound(author);
  assert.equal(await author.locator(`form[action="${page}/approval"]`).count(), 0, 'who asked may not approve');
  await lead.goto(`${demo.address}${page}?lang=en`);
  await press(lead, `form[action="${page}/approval"] .btn`);

  // A key that is none, and one of somebody else, prove nothing.
  for (const wrong of ['not-a-key', citizenKey]) assert.notEqual(await connects(author, page, wrong), '');
  await sound(author);
  assert.equal(await connects(author, page, key), '');
  await author.goto(`${demo.address}${page}`);
  assert.match(await author.innerText('h1 .tag'), /live/i);
  for (let n = await author.locator(`form[action="${page}/checks"]`).count(); n > 0; n--) await press(author, `form[action="${page}/checks"] .btn`);
  assert.equal(await author.locator('#item .tag.warn').count(), 0, 'every setting was looked at');
  await sound(author);
  await visitor.goto(`${demo.address}/verify?lang=en&url=${encodeURIComponent(them.url)}`);
  assert.match(await visitor.locator('main .banner').first().innerText(), /Official/);
  await sound(visitor);

  const text = { en: 'The road to Laya is open again. Drive slowly.', dz: 'ལ་ཡག་གི་གཞུང་ལམ་ ལོག་ཁ་ཕྱེ་ཡི།' };
  const post = await published(author, approver, page, text);
  const all = async () => (await theirs(`/api/v1/accounts/${them.id}/statuses`, key)).filter(s => words(s).includes('The road to Laya'));
  const [there, ...more] = await all();
  assert.ok(words(there).includes(text.dz) && more.length === 0, 'once, in the approved words');

  // A citizen asks there; the question comes in, is answered, and the answer stands under it.
  const question = await theirs('/api/v1/statuses', citizenKey, { status: `@${them.username} Is the pass clear of snow?`, in_reply_to_id: there.id });
  const message = await until('the question in the inbox', async () => {
    await author.goto(`${demo.address}/inbox?lang=en`);
    const link = author.locator('a[href^="/inbox/"]', { hasText: 'Is the pass clear of snow?' }).first();
    return (await link.count()) ? link.getAttribute('href') : undefined;
  }, 150_000);
  await author.goto(`${demo.address}${message.split('?')[0]}`);
  await sound(author);
  await author.fill('#text', 'Yes, since this morning.');
  await press(author, 'form[action$="/answers"] button');
  await approver.goto(author.url());
  await press(approver, 'form[action^="/answers/"][action$="/approval"] button');
  await until('the answer on the server', async () => {
    const mine = await theirs(`/api/v1/accounts/${them.id}/statuses`, key);
    return mine.some(s => words(s).includes('Yes, since this morning.') && s.in_reply_to_id === question.id);
  }, 60_000);

  // Withdrawn: what the server could not remove is told, not hidden.
  await approver.goto(`${demo.address}${post}`);
  await approver.click(`details:has(form[action="${post}/withdrawal"]) summary`);
  await approver.fill(`form[action="${post}/withdrawal"] [name=reason]`, 'The road is closed again');
  await press(approver, `form[action="${post}/withdrawal"] button`);
  await until('the outcome of the removal', async () => {
    await approver.goto(`${demo.address}${post}/deliveries`);
    return (await all()).length === 0 || (await approver.locator('article .err').count()) > 0;
  }, 60_000);
  if ((await all()).length > 0) assert.match(await approver.locator('article .err').first().innerText(), /remove|taken? down/i);
  await sound(approver);
  assert.deepEqual(browser.troubles.splice(0), []);
});
