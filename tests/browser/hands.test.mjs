// What a platform leaves to people, and what is looked after beside the posts: a correction and a removal that only the
// platform's own application can make, what posts cost, where a platform calls us, and what was posted beside the program.
// X and Weibo are small servers of the test's own; in its policy pack both are for practice, so no review is needed.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { choose, confirmed, press, root, seen, signIn, startBrowser, startDemo, sound, until } from './lib.mjs';

const keys = { x: randomBytes(16).toString('hex'), weibo: randomBytes(16).toString('hex') };
/** What stands there, by id. */
const there = { x: new Map(), weibo: new Map() };
let server, base, pack, demo, browser;

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

/** X's API v2 and Weibo's open platform: the few calls that are made here, as their pages describe them. */
async function answer(request, response) {
  const { pathname } = new URL(request.url, base);
  const json = (value, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const call = `${request.method} ${pathname}`;
  const by = request.headers.authorization;
  if (by !== `Bearer ${keys.x}` && by !== `OAuth2 ${keys.weibo}`) return json({ title: 'Unauthorized', status: 401 }, 401);
  if (call === 'GET /2/users/me') return json({ data: { id: '7', name: 'Roads', username: 'roads' } });
  if (/^GET \/2\/users\/7\//.test(call)) return json({ meta: { result_count: 0 } });
  if (call === 'POST /2/tweets') {
    const { text } = JSON.parse(await body(request));
    const id = String(1_990_000_000_000_000_001n + BigInt(there.x.size));
    there.x.set(id, text);
    return json({ data: { id, text } }, 201);
  }
  const gone = call.match(/^DELETE \/2\/tweets\/(\d+)$/)?.[1];
  if (gone) return json({ data: { deleted: there.x.delete(gone) } });
  if (call === 'GET /2/account/get_uid.json') return json({ uid: 1404376560 });
  if (call === 'GET /2/users/show.json') return json({ id: 1404376560, idstr: '1404376560', screen_name: 'BhutanRoads' });
  if (call === 'POST /2/statuses/share.json') {
    const text = new URLSearchParams(await body(request)).get('status');
    const idstr = String(5_000_000_000_000_001n + BigInt(there.weibo.size));
    there.weibo.set(idstr, text);
    return json({ idstr, text, user: { idstr: '1404376560' } });
  }
  return json({ title: 'Not Found', status: 404 }, 404);
}

before(async () => {
  server = createServer(answer);
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${server.address().port}`;
  pack = mkdtempSync(path.join(tmpdir(), 'drelwa-pack-'));
  cpSync(path.join(root, 'packs/bhutan'), pack, { recursive: true });
  const file = path.join(pack, 'platforms.csv');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^((?:x|weibo),.*?),microblog,,to-review,/gm, '$1,simulator,,restricted,'));
  [demo, browser] = await Promise.all([startDemo(['--listen', '127.0.0.1:0', '--pack', pack]), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  server?.close();
  rmSync(pack, { recursive: true, force: true });
});
test.afterEach(() => assert.deepEqual(browser.troubles.splice(0), []));

let people;
async function staff() {
  if (people) return people;
  const roles = ['author', 'approver', 'lead'];
  people = Object.fromEntries(await Promise.all(roles.map(async role => {
    const page = await browser.window();
    await signIn(page, demo, role);
    return [role, page];
  })));
  for (const [platform, handle, url, key] of [['x', '@roads', 'https://x.com/roads', keys.x], ['weibo', '@BhutanRoads', 'https://weibo.com/u/1404376560', `211.156.0.1:${keys.weibo}`]]) {
    const { author, lead } = people;
    await author.goto(`${demo.address}/accounts/new?lang=en`);
    await choose(author, '#platform', platform);
    await author.fill('#handle', handle);
    await author.fill('#url', url);
    await press(author, 'form[action="/accounts"] .btn');
    const account = new URL(author.url()).pathname;
    await lead.goto(`${demo.address}${account}?lang=en`);
    await press(lead, `form[action="${account}/approval"] .btn`);
    await author.goto(`${demo.address}${account}?lang=en`);
    await author.fill('#base_url', base);
    await author.fill('#secret', key);
    await confirmed(author, 'confirm_connect', demo.people.author['sign-in'].password);
    await press(author, `form[action="${account}/connection"] .btn`);
    people[platform] = account;
  }
  return people;
}

/** Writes for these accounts, has it approved, and gives its page. */
async function approved({ author, approver }, accounts, en, dz) {
  await author.goto(`${demo.address}/posts/new?lang=en`);
  await author.fill('#text_en', en);
  await author.fill('#text_dz', dz);
  const wanted = accounts.map(a => a.split('/').pop());
  for (const box of await author.locator('input[name=accounts]').all()) await box.setChecked(wanted.includes(await box.getAttribute('value')));
  await author.click('button[name=then][value=submit]');
  await author.waitForURL(/\/posts\/\d+$/);
  const post = new URL(author.url()).pathname;
  await approver.goto(`${demo.address}${post}?lang=en`);
  await press(approver, `form[action="${post}/approval"] button`);
  return post;
}

/** Waits until the page of deliveries says so of this platform. */
async function told(page, post, platform, wanted) {
  return until(`${platform} of ${post}: ${wanted}`, async () => {
    await page.goto(`${demo.address}${post}/deliveries`);
    const card = page.locator('main article', { has: page.locator('h2', { hasText: platform }) });
    return (await card.count()) === 1 && wanted.test(await card.innerText()) ? card : undefined;
  });
}

test('the preview counts as X and Weibo do, and names a platform that lets nothing follow', async () => {
  const { author, ...accounts } = await staff();
  const card = account => author.locator(`.pv[data-account="${account.split('/').pop()}"]`);
  const [words, link, dz] = ['Road closed, see ', 'https://roads.example/a/rather/long/way/round', 'གཞུང་ལམ་བསྡམས།'];
  await author.goto(`${demo.address}/posts/new?lang=en`);
  await author.fill('#text_en', words + link);
  await author.fill('#text_dz', dz);
  const left = async account => Number((await card(account).locator('header .num').first().innerText()).match(/\d+/)[0]);
  const wanted = { x: 280 - dz.length - 2 - words.length - 23, weibo: 140 - dz.length - Math.ceil((2 + words.length + link.length) / 2) };
  for (const at of ['typed', 'counted by the program']) {
    assert.deepEqual({ x: await left(accounts.x), weibo: await left(accounts.weibo) }, wanted, at);
    if (at === 'typed') await press(author, 'button[name=then][value=part]');
  }
  assert.match(await card(accounts.weibo).locator('.err').innerText(), /lets nothing of ours follow a post/);
  assert.equal(await card(accounts.x).locator('.err').count(), 0);
  await author.fill('#part_en-2', 'Until Friday.');
  assert.ok(await card(accounts.weibo).locator('[data-when=long]').isVisible());
  assert.ok(await card(accounts.x).locator('[data-when=ready]').isVisible());
  await sound(author);
});

test('what only the app of a platform can do is asked of a person, and shown as done when they say so', async () => {
  const { author, approver, ...accounts } = await staff();
  const post = await approved({ author, approver }, [accounts.x, accounts.weibo], 'Road closed: https://roads.example/1', 'གཞུང་ལམ་བསྡམས།');
  for (const platform of ['X', 'Weibo']) await told(approver, post, platform, /version out\s+1/i);
  assert.deepEqual([there.x.size, there.weibo.size], [1, 1]);

  // A correction: neither lets a program change a post.
  await author.goto(`${demo.address}${post}/correction`);
  await author.fill('#text_en', 'Road open: https://roads.example/1');
  await author.fill('#note', 'It is open again.');
  await press(author, 'form[action$="/correction"] button');
  await approver.goto(`${demo.address}${post}`);
  await press(approver, `form[action="${post}/approval"] button`);
  const card = await told(author, post, 'X', /Replace by the correction/);
  await seen(author);
  await card.locator('a[href^="/publishing/by-hand/"]').click();
  await author.waitForURL(/\/by-hand\/\d+$/);
  assert.ok((await author.inputValue('#text')).endsWith('Road open: https://roads.example/1'));
  assert.ok(await author.locator(`#steps + ol a[href^="https://x.com/roads/status/"]`).count(), 'the way there');
  await author.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await author.click('button[data-copy]');
  await author.waitForFunction(() => document.getElementById('copied').textContent.length > 0);
  assert.equal(await author.evaluate(() => navigator.clipboard.readText()), await author.inputValue('#text'));
  await seen(author);
  await author.click('form[action^="/publishing/by-hand/"] button:not([formaction])');
  await author.waitForSelector('.errors a[href="#url"]');
  await sound(author);
  await author.fill('#note', 'Changed in the app');
  await press(author, 'form[action^="/publishing/by-hand/"] button:not([formaction])');
  await seen(author);
  await told(author, post, 'X', /version out\s+2/i);

  // At the other it cannot be done: said with the reason, and shown so.
  await author.goto(`${demo.address}/publishing/by-hand`);
  await seen(author);
  await author.click('main .msgs a');
  await author.waitForURL(/\/by-hand\/\d+$/);
  await author.click('button[formaction$="/refusal"]');
  await author.waitForSelector('.errors a[href="#note"]');
  await author.fill('#note', 'Weibo lets nobody change it');
  await press(author, 'button[formaction$="/refusal"]');
  await told(author, post, 'Weibo', /could not be done by hand: Weibo lets nobody/i);
  await seen(author);

  // Withdrawn: X is told by the program, Weibo by a person.
  await approver.goto(`${demo.address}${post}`);
  await approver.click(`details:has(form[action="${post}/withdrawal"]) summary`);
  await approver.fill('#reason-withdraw', 'The road was never closed');
  await press(approver, `form[action="${post}/withdrawal"] button`);
  await told(approver, post, 'X', /taken down/);
  assert.equal(there.x.size, 0);
  const left = await told(author, post, 'Weibo', /Take down/);
  await seen(author);
  await left.locator('a[href^="/publishing/by-hand/"]').click();
  await author.waitForURL(/\/by-hand\/\d+$/);
  assert.equal(await author.locator('#url, #text').count(), 0, 'there are no words to copy and no address to give');
  await seen(author);
  await press(author, 'form[action^="/publishing/by-hand/"] button:not([formaction])');
  await told(author, post, 'Weibo', /taken down/);
});

test('what posts cost is stated, ends where it was said, and goes on under a new limit', async () => {
  const { author, approver, lead, ...accounts } = await staff();
  const id = accounts.x.split('/').pop();
  const form = `form[action="/publishing/spending/${id}"]`;
  const state = async (price, most) => {
    await lead.goto(`${demo.address}/publishing/spending?lang=en`);
    await lead.click(`article:has(${form}) summary`);
    await lead.fill(`#price${id}`, price);
    await lead.fill(`#most${id}`, most);
    await lead.click(`${form} button`);
  };
  await lead.goto(`${demo.address}/publishing/spending`);
  await seen(lead);
  assert.match(await lead.innerText(`article:has(${form})`), /billed by the post/);
  await state('half', '');
  await lead.waitForSelector(`.errors a[href="#price${id}"]`);
  assert.equal(await lead.inputValue(`#price${id}`), 'half', 'what was typed stays');
  assert.ok(await lead.locator(`#price${id}[aria-invalid]`).isVisible());
  await sound(lead);
  await state('0.01', '0.01');
  await lead.waitForURL(/\/spending$/);
  const before = there.x.size;
  const first = await approved({ author, approver }, [accounts.x], 'Snow on the pass.', 'ལ་ཁར་ཁཝ།');
  await told(approver, first, 'X', /version out\s+1/i);
  const second = await approved({ author, approver }, [accounts.x], 'Ice on the pass.', 'ལ་ཁར་འཁྱགས།');
  const card = await told(approver, second, 'X', /cost more than this account may spend/);
  await seen(approver);
  assert.equal(there.x.size, before + 1);
  await lead.goto(`${demo.address}/publishing/spending`);
  await seen(lead);
  await state('0.01', '5');
  await lead.waitForURL(/\/spending$/);
  await press(approver, 'form[action$="/retry"] button');
  await told(approver, second, 'X', /version out\s+1/i);
  assert.equal(there.x.size, before + 2);
  await lead.goto(`${demo.address}/publishing/spending`);
  await lead.click(`article:has(${form}) summary`);
  await press(lead, `form[action="/publishing/spending/${id}/lifting"] button`);
  assert.ok(card);
});

test('a platform is let call: its secret is shown once, what is forged is told, and it is switched off', async () => {
  const { author } = await staff();
  await author.goto(`${demo.address}/accounts?lang=en`);
  await author.locator('main a[href^="/accounts/"]', { hasText: 'moh-bhutan' }).first().click();
  await author.waitForURL(/\/accounts\/\d+$/);
  const page = new URL(author.url()).pathname;
  await seen(author);
  const sets = async () => {
    await confirmed(author, 'confirm_hook', demo.people.author['sign-in'].password);
    await press(author, `form[action="${page}/hook"] button`);
    return author.innerText('#hook .secret');
  };
  const secret = await sets();
  const address = await author.innerText('#hook code');
  await sound(author);
  await author.goto(`${demo.address}${page}`);
  assert.ok(!(await author.content()).includes(secret), 'shown once');
  await seen(author);
  const words = JSON.stringify({ nothing: 'that can be read' });
  const calls = signature => fetch(address, { method: 'POST', body: words, headers: { 'content-type': 'application/json', 'x-practice-signature': signature } });
  const now = `${Date.now()}000`;
  assert.equal((await calls(`${now}.${'0'.repeat(64)}`)).status, 403);
  await author.goto(`${demo.address}${page}`);
  assert.match(await author.innerText('#hook'), /not signed with this secret/);
  await seen(author);
  const signed = `${now}.${createHmac('sha256', secret).update(`${now}.${words}`).digest('hex')}`;
  await calls(signed);
  const renewed = await sets();
  assert.notEqual(renewed, secret);
  assert.equal((await calls(signed)).status, 403, 'the secret before is worth nothing');
  await author.goto(`${demo.address}${page}`);
  await press(author, `form[action="${page}/hook/removal"] button`);
  assert.equal(await author.locator('#hook code').count(), 0);
  assert.ok([403, 404].includes((await calls(signed)).status));
});

test('what was posted beside the program is explained, with the reason', async () => {
  const { approver } = await staff();
  await approver.goto(`${demo.address}/publishing/outside?lang=en`);
  await seen(approver);
  await approver.click('main .msgs a');
  await approver.waitForURL(/\/outside\/\d+$/);
  await seen(approver);
  await approver.click('form[action$="/explanation"] button:not([formaction])');
  await approver.waitForSelector('.errors a[href="#reason"]');
  await sound(approver);
  await approver.fill('#reason', 'Sent from a telephone at the landslide');
  await press(approver, 'form[action$="/explanation"] button:not([formaction])');
  assert.match(await approver.innerText('main'), /Sent from a telephone at the landslide/);
  await seen(approver);
  await approver.goto(`${demo.address}/publishing/outside?state=explained`);
  assert.equal(await approver.locator('main .msgs a').count(), 1);
  await seen(approver);
});
