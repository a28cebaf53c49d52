// Every page somebody can reach by its links, for everybody: a visitor, a citizen, and one person of each role. Each is
// looked at in both languages, wide and narrow, and so is what an empty form answers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { asCitizen, axe, habits, overflow, signIn, startBrowser, startDemo } from './lib.mjs';

/** Of pages made by one template, so many are looked at; more where they differ by state. */
const MOST = 1;
const MOST_BY_STATE = 4;
const BY_STATE = /^\/(posts|p|inbox|plans|accounts|decisions|moderation\/decisions|moderation\/messages)\/#$/;
const WIDE = { width: 1280, height: 900 };

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

/** The template behind an address: numbers and codes count as one. */
const shape = url => {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.replace(/\/\d{6,}(?=\/|$)/g, '/#').replace(/\/(agencies|clauses|platforms)\/[^/]+/, '/$1/#').replace(/^\/media\/.*/, '');
  return path + [...searchParams.keys()].filter(k => k !== 'lang').sort().map(k => `?${k}`).join('');
};
const isPage = url => !/\.(atom|rss|xml|json|csv|png|svg|ico|txt|pdf)$|^\/(api|log\/(checkpoint|tile|vkey|proof)|media|assets|metrics|healthz|readyz)\b/.test(new URL(url).pathname);
/** What tells two pages of one template apart: their forms, what is marked, what is empty. */
const face = page => page.evaluate(() => [...document.querySelectorAll('main :is(form,.tag,.banner,.empty,table,dl)')].map(e =>
  e.tagName + (e.getAttribute('action') ?? '').replace(/\d{6,}/g, '#') + e.className).sort().filter((x, i, a) => x !== a[i - 1]).join('|'));

async function look(page, url, wrong) {
  for (const lang of ['en', 'dz']) {
    const at = new URL(url);
    at.searchParams.set('lang', lang);
    await page.setViewportSize(WIDE);
    await page.goto(at.href);
    await check(page, lang, wrong);
  }
}

async function check(page, lang, wrong) {
  const say = found => found.forEach(f => wrong.push(`${shape(page.url())} ${f}`));
  say([...await habits(page, lang), ...await axe(page)]);
  say([await overflow(page, 320)].filter(Boolean));
  await page.setViewportSize({ width: 360, height: 740 });
  say([...await axe(page), ...await habits(page, lang)]);
}

const sent = new Set();

/** Sends every form that asks for words without any; looks at the answer. */
async function empty(page, url, wrong) {
  await page.setViewportSize(WIDE);
  await page.goto(url);
  const forms = await page.evaluate(() => [...document.querySelectorAll('main form[method=post]')].map((f, i) => [f, i])
    .filter(([f]) => f.querySelector('textarea,input:not([type=hidden],[type=checkbox],[type=radio],[type=file])')).map(([, i]) => i));
  for (const i of forms) {
    await page.goto(url);
    const action = await page.locator('main form[method=post]').nth(i).evaluate(f => (f.getAttribute('action') ?? location.pathname).replace(/\d{6,}/g, '#'));
    if (sent.has(action)) continue;
    sent.add(action);
    const lang = await page.evaluate(() => document.documentElement.lang);
    const button = page.locator('main form[method=post]').nth(i).locator('button:not(.vh)').first();
    await page.evaluate(n => {
      const form = document.querySelectorAll('main form[method=post]')[n];
      // One part that opens may lie in another.
      for (let e = form; (e = e.parentElement?.closest('details'));) e.open = true;
      for (const e of form.querySelectorAll('textarea,input:not([type=hidden],[type=checkbox],[type=radio],[type=file])')) e.value = '';
    }, i);
    const [answer] = await Promise.all([page.waitForNavigation(), button.click()])
      .catch(e => { throw new Error(`${url} form ${i} (${action}): ${e.message}`); });
    if (answer && answer.status() >= 400) {
      if (!/^text\/html/.test(answer.headers()['content-type'] ?? '')) continue;
      if (answer.status() >= 500) wrong.push(`${url} form ${i} empty: ${answer.status()}`);
      await check(page, lang, wrong);
      await page.setViewportSize(WIDE);
    }
  }
}

const looked = new Map();

async function walk(page, wrong, forms) {
  const queue = ['/', '/desk', '/agencies', '/verify', '/policy', '/rules', '/me', '/agencies?q=nothing-like-this'].map(p => demo.address + p);
  const seen = new Set(queue);
  let pages = 0;
  while (queue.length) {
    const url = queue.shift();
    const at = new URL(url);
    at.searchParams.set('lang', 'en');
    // A file to keep is no page.
    const answer = await page.goto(at.href).catch(e => { if (!/Download is starting/.test(e.message)) throw e; });
    if (!answer || !/^text\/html/.test(answer.headers()['content-type'] ?? '')) continue;
    if (answer.status() >= 500) wrong.push(`${url}: ${answer.status()}`);
    const landed = shape(page.url());
    const links = await page.evaluate(() => [...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0]));
    const key = `${answer.status()} ${landed}`;
    const faces = looked.get(key) ?? looked.set(key, new Set()).get(key);
    const one = await face(page);
    if (!faces.has(one) && faces.size < (BY_STATE.test(landed) ? MOST_BY_STATE : MOST)) {
      faces.add(one);
      pages += 1;
      await look(page, page.url(), wrong);
      if (forms) await empty(page, url, wrong);
    }
    for (const link of links) {
      const to = new URL(link);
      to.searchParams.delete('lang');
      if (to.origin !== demo.address || seen.has(to.href) || !isPage(to.href)) continue;
      // Lists are long: of one template not more than a few dozen are opened.
      const alike = [...seen].filter(s => shape(s) === shape(to.href)).length;
      if (alike >= (BY_STATE.test(shape(to.href)) ? 24 : 3)) continue;
      seen.add(to.href);
      queue.push(to.href);
    }
  }
  return pages;
}

const reporting = (name, enter) => test(name, async t => {
  const wrong = [];
  const page = await browser.window();
  await enter(page);
  const pages = await walk(page, wrong, true);
  t.diagnostic(`${pages} pages looked at`);
  wrong.push(...browser.troubles.splice(0));
  await page.context().close();
  const each = [...new Set(wrong.map(w => w.replace(/\d{6,}/g, '#')))];
  if (each.length) assert.fail(`${each.length} things wrong\n  ${each.slice(0, 60).join('\n  ')}`);
});

describe('every page', { concurrency: 3 }, () => {
  reporting('a visitor', async () => {});
  reporting('a citizen', page => asCitizen(page, demo));
  for (const role of ['author', 'lead', 'moderator', 'approver', 'records', 'oversight', 'administrator']) reporting(role, page => signIn(page, demo, role));
});
