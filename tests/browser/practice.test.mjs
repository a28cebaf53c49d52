// Training: what goes wrong on the practice network is chosen on its page, a post meets it, a citizen's words are written there
// and come into the inbox, and a platform that is down is told with the ways that are left.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { choose, overflow, press, seen, signIn, sound, startBrowser, startDemo, until } from './lib.mjs';

let demo, browser;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});
test.afterEach(() => assert.deepEqual(browser.troubles.splice(0), []));

async function api(role, path, body) {
  const answer = await fetch(`${demo.address}/api/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${demo.people[role].token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

/** A post of the author's agency to one practice account, approved by somebody else. */
async function posted(account, en) {
  const post = await api('author', '/posts', { agency: account.agency, texts: { en, dz: 'ཤར་ལམ་ཁ་ཕྱེ་ཡོད།' }, accounts: [account.id], media: [] });
  await api('author', `/posts/${post.id}/submission`, { version: 1 });
  await api('approver', `/posts/${post.id}/approval`, { version: 1 });
  return post.id;
}

test('somebody trains: an answer is lost, a citizen writes, and the platform is down', async () => {
  const page = await browser.window();
  await signIn(page, demo, 'author');
  await page.goto(`${demo.address}/practice?lang=en`);
  await seen(page);
  const account = (await api('author', '/accounts')).items.find(a => a.practice && a.handle.includes('moh-bhutan'));
  const card = page.locator(`#a${account.id}`);
  const opened = async word => {
    const part = card.locator('details', { has: page.locator('summary', { hasText: word }) });
    if (!(await part.getAttribute('open') !== null)) await part.locator('summary').click();
    return part;
  };

  // Nothing chosen and no number: both are said, what was typed stays, and the links lead to the fields.
  let form = await opened('Let something go wrong');
  await form.locator('input[name=times]').fill('often');
  await form.locator('button').click();
  await page.waitForSelector('.errors a[href="#fault"]');
  assert.equal(await page.locator('#times').inputValue(), 'often');
  await sound(page);
  assert.equal(await overflow(page, 360), '');
  await page.setViewportSize({ width: 1280, height: 900 });

  // An answer that is lost: the post is out once, and found.
  await page.check('input[name=fault][value=drop-after]');
  await page.fill('#times', '1');
  await press(page, `form[action="/practice/${account.id}/faults"] button`);
  await page.waitForURL(/\/practice#a\d+$/);
  assert.match(await card.innerText(), /Answer lost/);
  const post = await posted(account, 'The eastern road is open');
  await until('the post is found', async () => {
    const states = (await api('author', `/posts/${post}/deliveries`)).items.map(d => d.state);
    return states.length > 0 && states.every(s => s === 'sent');
  });
  await page.goto(`${demo.address}/practice?lang=en`);
  assert.equal(await card.getByText('The eastern road is open').count(), 1 + 1, 'once among what stands there, once to write under');
  assert.doesNotMatch(await card.innerText(), /Answer lost/);
  await page.goto(`${demo.address}/posts/${post}/deliveries`);
  await seen(page);

  // A citizen writes under it, and it comes in.
  await page.goto(`${demo.address}/practice?lang=en`);
  form = await opened('Write as a citizen');
  await form.locator('button').click();
  await page.waitForSelector('.errors a[href="#author"]');
  await sound(page);
  await page.fill('#author', 'Sonam');
  await choose(page, '#post', 'The eastern road is open');
  await page.fill('#text', 'Also for lorries?');
  await press(page, `form[action="/practice/${account.id}/comments"] button`);
  assert.match(await card.innerText(), /Sonam: Also for lorries\?/);
  await until('the inbox has it', async () => (await api('author', '/messages')).items.some(m => m.text === 'Also for lorries?' && m.post === post), 150_000);
  await page.goto(`${demo.address}/inbox?lang=en`);
  await page.locator('.msgs a', { hasText: 'Also for lorries?' }).click();
  await seen(page);

  // The platform is down: what is due waits, and whoever looks is told where people can be reached.
  await page.goto(`${demo.address}/practice?lang=en`);
  await opened('Let something go wrong');
  await card.locator('input[name=fault][value=outage]').check();
  await card.locator('input[name=times]').fill('0');
  await press(page, `form[action="/practice/${account.id}/faults"] button`);
  const waiting = await Promise.all([1, 2, 3, 4].map(n => posted(account, `Slide at kilometre ${n}`)));
  await until('the platform is away', async () => (await api('author', '/servers-away')).items.length);
  await page.goto(`${demo.address}/publishing/servers?lang=en`);
  await seen(page);
  assert.match(await page.innerText('main'), /does not answer[\s\S]*People can also be reached here:/);
  await page.goto(`${demo.address}/posts/${waiting[3]}/deliveries`);
  await seen(page);
  await page.goto(`${demo.address}/practice`);
  await seen(page);
  await press(page, `form[action="/practice/${account.id}/faults/removal"] button`);
  assert.doesNotMatch(await card.innerText(), /Platform down/);
});
