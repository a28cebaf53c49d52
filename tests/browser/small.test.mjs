// A small body: whoever writes for a gewog does the work on five screens, on a telephone, in Dzongkha.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { axe, habits, signIn, startBrowser, startDemo } from './lib.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const PHONE = { width: 360, height: 740 };
const THUMB = 44;
const FEW = ['/desk', '/posts/new', '/inbox', '/accounts', '/compliance'];
/** Where pictures are kept, when somebody wants to look at them. */
const pictures = process.env.DRELWA_PICTURES;

/** What is pressed and is smaller than a thumb; links within a sentence are exempt, as in the guidelines. */
const tooSmall = page => page.evaluate(thumb => {
  const wrong = [];
  const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden' && !e.closest('details:not([open]) > :not(summary)') && !e.closest('.vh,.skip');
  for (const e of document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')) {
    if (!shown(e)) continue;
    const inText = e.matches('a') && [...(e.parentElement?.childNodes ?? [])].some(n => n.nodeType === 3 && n.data.trim().length > 1);
    if (inText) continue;
    const target = e.matches('[type=checkbox],[type=radio]') ? e.closest('label') ?? e : e;
    const { width, height } = target.getBoundingClientRect();
    if (width < thumb - 0.5 || height < thumb - 0.5) wrong.push(`${Math.round(width)} by ${Math.round(height)}: ${e.outerHTML.slice(0, 110)}`);
  }
  return wrong;
}, THUMB);

/** How far the page can be moved sideways, and what sticks out. */
const sideways = page => page.evaluate(() => {
  const over = document.documentElement.scrollWidth - innerWidth;
  const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('[popover]'));
  return over > 0 || wide.length ? [`${over} px too wide: ${wide.slice(0, 3).map(e => e.outerHTML.slice(0, 100)).join(' | ')}`] : [];
});

test('a gewog officer works on five screens, on a telephone, in Dzongkha', async () => {
  const page = await browser.window({ viewport: PHONE, hasTouch: true, isMobile: true });
  await signIn(page, demo, 'clerk', 'dz');
  await page.waitForURL('**/desk');
  const bar = page.locator('header nav > ul').first().locator('a');
  assert.deepEqual(await bar.evaluateAll(all => all.map(a => a.getAttribute('href'))), FEW);
  const wrong = [];
  for (const [at, href] of FEW.entries()) {
    await Promise.all([page.waitForNavigation(), bar.nth(at).tap()]);
    assert.ok(new URL(page.url()).pathname.startsWith(href), page.url());
    await page.evaluate(() => document.fonts.ready);
    const place = `${new URL(page.url()).pathname}:`;
    const words = await bar.nth(at).innerText();
    if (!/[\u0f00-\u0fff]/.test(words)) wrong.push(`${place} “${words}” is not in Dzongkha`);
    // Words of the bar are short enough to stand whole.
    const cut = await bar.locator('span').evaluateAll(all => all.filter(s => s.scrollWidth > s.clientWidth).map(s => s.textContent));
    if (cut.length) wrong.push(`${place} cut off: ${cut.join(', ')}`);
    if (await bar.nth(at).getAttribute('aria-current') !== 'page') wrong.push(`${place} its own line is not marked`);
    const found = [...await sideways(page), ...await tooSmall(page), ...await axe(page), ...await habits(page, 'dz')];
    wrong.push(...found.map(f => `${place} ${f}`));
    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: path.join(pictures, `small-${at + 1}.png`) });
      await page.screenshot({ path: path.join(pictures, `small-${at + 1}-whole.png`), fullPage: true });
    }
  }
  // Everything else is one touch further.
  await page.tap('.nav-more');
  const rest = page.locator('#nav-rest a');
  await rest.first().waitFor({ state: 'visible' });
  if (pictures) await page.screenshot({ path: path.join(pictures, 'small-6-more.png') });
  const hrefs = await rest.evaluateAll(all => all.map(a => a.getAttribute('href')));
  for (const other of ['/posts', '/posts/calendar', '/plans', '/figures', '/team', '/me']) assert.ok(hrefs.includes(other), `${other} is not behind “More”: ${hrefs}`);
  wrong.push(...(await tooSmall(page)).map(f => `more: ${f}`), ...(await axe(page)).map(f => `more: ${f}`));
  await Promise.all([page.waitForNavigation(), page.tap('#nav-rest a[href="/plans"]')]);
  wrong.push(...(await sideways(page)).map(f => `/plans: ${f}`));
  wrong.push(...browser.troubles.splice(0));
  await page.context().close();
  assert.deepEqual(wrong, []);
});
