// The main job with the keyboard alone: Tab, Enter, Space, arrows and typing. Every element that is reached must show
// that it has the focus, within the window.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mail, picture, startBrowser, startDemo, tabTo, until } from './lib.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const NEWS = 'Tickets for the archery final from Friday at the gate.';
const NEWS_DZ = 'མདའ་རྩེད་ཀྱི་ཞུགས་འཛིན་ གཟའ་སྤེན་པ་ལས་ སྒོ་ཁར་འཐོབ།';
const QUESTION = 'Do children pay?';
const ANSWER = 'Children below twelve go in free.';

/** Presses a key that leads to another page. */
const leads = (page, key = 'Enter') => Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);

async function type(page, selector, text) {
  await tabTo(page, selector);
  await page.keyboard.insertText(text);
}

async function enter(page, role) {
  const { email, password } = demo.people[role]['sign-in'];
  await page.goto(`${demo.address}/sign-in`);
  await type(page, '#email', email);
  await type(page, '#password', password);
  await leads(page);
}

async function go(page, path) {
  await page.goto(demo.address + path);
}

test('the main job with the keyboard alone', async () => {
  const [author, approver, citizen, moderator, lead] = await Promise.all([1, 2, 3, 4, 5].map(() => browser.window()));
  // Said long before it is needed: the browser must know that nobody will see the window of the system.
  const chosen = new Promise(choose => author.once('filechooser', choose));
  await enter(author, 'author');

  // The first stop is the link that leads past the navigation; after it, the next stop is in the content.
  await author.keyboard.press('Tab');
  assert.ok(await author.evaluate(() => document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().left >= 0));
  await author.keyboard.press('Enter');
  await author.keyboard.press('Tab');
  assert.ok(await author.evaluate(() => document.activeElement.closest('main')), 'the skip link leads into the content');

  await tabTo(author, 'main a[href="/posts/new"]');
  await leads(author);
  await type(author, '#text_en', NEWS);
  await type(author, '#text_dz', NEWS_DZ);
  await tabTo(author, '#file');
  // What opens next is a window of the system, where a file is chosen with the keyboard as in every program.
  await author.keyboard.press('Enter');
  await (await chosen).setFiles(picture());
  await type(author, '#alt_en', 'A plain board');
  await type(author, '#alt_dz', 'བརྡ་བྱང་།');
  await tabTo(author, 'button[name=then][value=submit]');
  await leads(author);
  const post = new URL(author.url()).pathname;
  assert.match(post, /^\/posts\/\d+$/);

  await enter(approver, 'approver');
  await go(approver, '/posts?state=submitted');
  await tabTo(approver, `a[href="${post}"]`);
  await leads(approver);
  await tabTo(approver, `form[action="${post}/approval"] button`);
  await leads(approver, 'Space');
  assert.equal(await approver.locator(`form[action="${post}/approval"]`).count(), 0);

  const id = post.split('/').pop();
  await until('the post is public', async () => { await go(citizen, '/'); return citizen.locator(`a[href="/p/${id}"]`).count(); });
  await tabTo(citizen, `a[href="/p/${id}"]`);
  await leads(citizen);
  await tabTo(citizen, '#comment a[href^="/citizen/sign-in"]');
  await leads(citizen);
  await type(citizen, '#email', 'keys@citizen.example');
  await leads(citizen);
  const [link] = await mail(demo, 'keys@citizen.example', /http:\/\/\S+\/citizen\/enter\/\S+/);
  await citizen.goto(link);
  await type(citizen, '#name', 'Yeshi');
  await leads(citizen);
  await type(citizen, '#text', QUESTION);
  await tabTo(citizen, '#comment button');
  await leads(citizen);
  assert.ok((await citizen.innerText('#comments')).includes(QUESTION));

  // j and k walk through the inbox; Tab alone does too.
  await enter(moderator, 'moderator');
  await go(moderator, '/inbox');
  const message = await moderator.locator('a[href^="/inbox/"]', { hasText: QUESTION }).getAttribute('href');
  await tabTo(moderator, `a[href="${message}"]`);
  await leads(moderator);
  await type(moderator, '#text', ANSWER);
  await tabTo(moderator, `form[action="${message}/answers"] button`);
  await leads(moderator);
  await go(approver, message);
  await tabTo(approver, 'form[action^="/answers/"][action$="/approval"] button');
  await leads(approver);
  await until('the answer is public', async () => { await go(citizen, `/p/${id}`); return (await citizen.innerText('#comments')).includes(ANSWER); });

  // A decision: radio buttons with the arrows, a reason, and an appeal that somebody else decides.
  await go(moderator, message);
  await tabTo(moderator, 'a[href^="/moderation/messages/"]');
  await leads(moderator);
  await pick(moderator, 'action', 'collapse');
  await pick(moderator, 'ground', 'MG-8');
  await type(moderator, '#reason', 'It has nothing to do with the final.');
  await tabTo(moderator, 'form[action^="/moderation/messages/"] .actions button');
  await leads(moderator);
  const decision = new URL(moderator.url()).pathname.split('/').pop();
  await go(citizen, `/decisions/${decision}`);
  await type(citizen, '#text', 'The price is what people ask first.');
  await tabTo(citizen, `form[action="/decisions/${decision}/appeal"] button`);
  await leads(citizen);
  await enter(lead, 'lead');
  await go(lead, `/moderation/decisions/${decision}`);
  await type(lead, '#areason', 'The question is about the final.');
  await tabTo(lead, 'button[name=outcome][value=overturn]');
  await leads(lead);
  await mail(demo, 'keys@citizen.example', /The question is about the final\./);
  assert.deepEqual(browser.troubles.splice(0), []);
});

/** Reaches a group of radio buttons with Tab, and the wanted one with the arrows. */
async function pick(page, name, value) {
  await tabTo(page, `input[name=${name}]`);
  await page.keyboard.press('Space');
  for (let i = 0; i < 20; i++) {
    if (await page.evaluate(([n, v]) => document.querySelector(`input[name=${n}]:checked`)?.value === v, [name, value])) return;
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`${value} was not reached with the arrows`);
}

test('on a telephone the other pages open from “More” with the keyboard', async () => {
  const page = await browser.window({ viewport: { width: 375, height: 780 } });
  await enter(page, 'lead');
  await tabTo(page, '.nav-more');
  await page.keyboard.press('Enter');
  await tabTo(page, '#nav-rest a[href="/plans"]');
  await leads(page);
  assert.equal(new URL(page.url()).pathname, '/plans');
  assert.ok(await page.evaluate(() => document.querySelector('.nav-more').classList.contains('here')));
  await page.keyboard.press('Tab');
  assert.deepEqual(browser.troubles.splice(0), []);
});
