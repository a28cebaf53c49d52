// From nothing to a live, verified account, as those people do it who do it: an administrator, whoever oversees, the lead,
// an author, and a citizen who asks whether it is real. Once for a ministry, once for a gewog.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, confirmed, mail, press, signIn, sound, startBrowser, startDemo, until } from './lib.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const PASSWORD = 'takin-cedar-barley-lantern-7731';

/** The administrator adds somebody and asks for a role; whoever oversees approves it; the person comes in by the mail. */
async function joins({ admin, oversight }, { name, email, agency, role }) {
  await admin.goto(`${demo.address}/people/new`);
  await admin.fill('#name', name);
  await admin.fill('#email', email);
  await choose(admin, '#agency', agency);
  await admin.selectOption('#employment', 'civil-servant');
  await press(admin, 'form[action="/people"] .btn');
  const person = (await admin.locator('main form[action$="/roles"]').getAttribute('action')).replace(/\/roles$/, '');
  await admin.selectOption(`form[action="${person}/roles"] #role`, role);
  await choose(admin, `form[action="${person}/roles"] #agency`, agency);
  await admin.fill('#purpose', `The work of the ${role}`);
  await press(admin, `form[action="${person}/roles"] .btn`);
  await press(admin, `form[action="${person}/invitation"] .btn`);

  await oversight.goto(`${demo.address}/roles`);
  await oversight.locator('a[href^="/roles/"]', { hasText: name }).first().click();
  await confirmed(oversight, 'confirm', demo.people.oversight['sign-in'].password);
  await press(oversight, 'form[action$="/approval"] .btn');

  const [link] = await mail(demo, email, /http:\/\/\S+\/set-up\/[\w-]+/);
  const page = await browser.window();
  await page.goto(link);
  await page.fill('#password', PASSWORD);
  await press(page, 'main form .btn');
  if (!new URL(page.url()).pathname.startsWith('/desk')) {
    await page.goto(`${demo.address}/sign-in?lang=en`);
    await page.fill('#email', email);
    await page.fill('#password', PASSWORD);
    await press(page, 'form[action="/sign-in"] button');
  }
  return { page, id: person.split('/').pop(), name };
}

/** The lead is appointed by an order, with a term. */
async function appointed(admin, lead, agency) {
  await admin.goto(`${demo.address}/team`);
  if (await admin.locator('.filters #agency').count()) {
    await choose(admin, '.filters #agency', agency);
    await press(admin, '.filters button');
  }
  const form = admin.locator('form[action$="/appointments"]');
  await form.locator('#person').selectOption(lead.id);
  await form.locator('#order_ref').fill('Order 12/2026');
  await form.locator('#grade').fill('P2');
  const day = years => `${new Date().getFullYear() + years}-01-01`;
  await form.locator('#from').fill(day(0));
  await form.locator('#until').fill(day(3));
  await press(admin, 'form[action$="/appointments"] .btn');
  assert.ok((await admin.innerText('main')).includes('Order 12/2026'));
}

/** A plan is written by one person and comes into force by another. All that is of plans stands here. */
async function planInForce(author, lead, title) {
  await author.goto(`${demo.address}/plans/new`);
  await press(author, 'form[action="/plans"] .btn');
  const plan = new URL(author.url()).pathname.replace('/steps/1', '');
  await author.fill('#title', title);
  // The model is complete: each step is looked at and kept.
  for (const step of [1, 2, 3, 4, 5]) {
    assert.equal(new URL(author.url()).pathname, `${plan}/steps/${step}`);
    await sound(author);
    await press(author, `button[name="next"][value="${step < 5 ? 'on' : 'done'}"]`);
  }
  await sound(author);
  await press(author, `form[action="${plan}/submission"] .btn`);
  assert.equal(await author.locator(`form[action="${plan}/approval"]`).count(), 0, 'who wrote it may not approve it');
  await lead.goto(`${demo.address}/desk`);
  await lead.locator(`a[href="${plan}"]`).first().click();
  await lead.waitForURL(`**${plan}`);
  await press(lead, `form[action="${plan}/approval"] .btn`);
  assert.equal(await lead.locator(`form[action="${plan}/approval"]`).count(), 0, 'it is approved');
  await sound(lead);
}

/** Asked for by one, approved by another. Gives its page. The own channel and the practice network need no review of a platform
 * and no settings; a server that others wrote is walked in `elsewhere.test.mjs`. */
async function account(author, lead, { platform, handle, url = '' }) {
  await author.goto(`${demo.address}/accounts/new`);
  await choose(author, '#platform', platform);
  await author.fill('#handle', handle);
  await author.fill('#url', url);
  if (url) {
    await author.fill('#purpose', 'News about services');
    await author.fill('#scope', 'Everybody the agency serves');
    await author.fill('#per_week', '3');
  }
  await press(author, 'form[action="/accounts"] .btn');
  const page = new URL(author.url()).pathname;
  await sound(author);
  assert.equal(await author.locator(`form[action="${page}/approval"]`).count(), 0, 'who asked may not approve');
  await lead.goto(`${demo.address}/desk`);
  await lead.locator(`a[href="${page}"]`).first().click();
  await lead.waitForURL(`**${page}`);
  await press(lead, `form[action="${page}/approval"] .btn`);
  return page;
}

/** The public's question: is this one real? Gives the answer: how it is marked, and its words. */
async function official(visitor, address) {
  await visitor.goto(`${demo.address}/verify?lang=en`);
  await visitor.fill('main #url', address);
  await Promise.all([visitor.waitForNavigation(), visitor.locator('main form:has(#url) button').first().click()]);
  await sound(visitor);
  const banner = visitor.locator('main .banner').first();
  return { official: /\bok\b/.test(await banner.getAttribute('class')), words: await banner.innerText() };
}

async function fromNothing({ agency, code, slug, title }) {
  const window = () => browser.window();
  const [admin, oversight, visitor] = await Promise.all([window(), window(), window()]);
  await Promise.all([signIn(admin, demo, 'administrator'), signIn(oversight, demo, 'oversight')]);
  const url = `https://practice.example/@${slug}`;
  const before = await official(visitor, url);
  assert.ok(!before.official && before.words.includes('Not known to us'), before.words);

  const lead = await joins({ admin, oversight }, { name: `Lead ${slug}`, email: `lead@${slug}.example`, agency, role: 'lead' });
  await appointed(admin, lead, agency);
  const author = await joins({ admin, oversight }, { name: `Author ${slug}`, email: `author@${slug}.example`, agency, role: 'author' });

  await planInForce(author.page, lead.page, title);
  const site = await account(author.page, lead.page, { platform: 'site', handle: agency });
  await lead.page.goto(`${demo.address}${site}`);
  assert.match(await lead.page.innerText('h1 .tag'), /live/i, 'the own channel is live as soon as it is approved');
  await sound(lead.page);

  // On a network of others the author brings the key, which shows that the account is the agency's.
  const practice = await account(author.page, lead.page, { platform: 'simulator', handle: slug, url });
  await author.page.goto(`${demo.address}${practice}`);
  await author.page.fill('#secret', slug);
  await confirmed(author.page, 'confirm_connect', PASSWORD);
  await press(author.page, `form[action="${practice}/connection"] .btn`);
  await until('the account is live', async () => {
    await author.page.goto(`${demo.address}${practice}`);
    return /live/i.test(await author.page.innerText('h1 .tag'));
  });
  await sound(author.page);

  // Now anybody may ask, and the register names who stands behind it.
  for (const address of [url, `@${slug}@practice.example`]) {
    const told = await official(visitor, address);
    assert.ok(told.official && told.words.includes('Official') && told.words.includes(agency), told.words);
  }
  const other = await official(visitor, `${url}-2`);
  assert.ok(!other.official && other.words.includes('Not known to us'), other.words);
  await visitor.goto(`${demo.address}/agencies/${code}?lang=en`);
  assert.ok((await visitor.innerText('main')).includes(slug), 'the agency names its account on its own page');
  await sound(visitor);
  await Promise.all([admin, oversight, visitor, lead.page, author.page].map(p => p.context().close()));
  assert.deepEqual(browser.troubles.splice(0), []);
}

test('a ministry, from nothing to a live and verified account', () => fromNothing({ agency: 'Ministry of Finance', code: 'MoF', slug: 'mof-bhutan', title: 'Finance in plain words' }));
test('a gewog, from nothing to a live and verified account', () => fromNothing({ agency: 'Chhume Gewog', code: 'BT-33-02', slug: 'gewog-two', title: 'Notices of the gewog' }));
