// What every browser test shares: the program on a free port with a folder of its own, one browser with a window for
// each person, and what every page must keep to.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = process.env.DRELWA_BINARY ?? path.join(root, 'target/debug/drelwa');
const PATIENCE = 30_000;

/** A port that nobody listens at now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => { const { port } = probe.address(); probe.close(() => resolve(port)); });
  });
}

/** Starts `drelwa demo --json`; gives what its first line says, its data folder, and how to stop it. */
export async function startDemo(settings = ['--listen', '127.0.0.1:0']) {
  const data = mkdtempSync(path.join(tmpdir(), 'drelwa-demo-'));
  const child = spawn(binary, ['demo', '--json', ...settings, '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = () => child.kill('SIGKILL');
  process.on('exit', end);
  const first = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', chunk => { text += chunk; const at = text.indexOf('\n'); if (at >= 0) resolve(text.slice(0, at)); });
    child.on('error', reject);
    child.on('exit', code => reject(new Error(`drelwa stopped with ${code}: ${text}`)));
    setTimeout(() => reject(new Error('drelwa was not ready within five minutes')), 300_000).unref();
  });
  const stop = () => new Promise(done => {
    process.off('exit', end);
    child.removeAllListeners('exit');
    child.on('exit', () => { rmSync(data, { recursive: true, force: true }); done(); });
    child.kill('SIGTERM');
  });
  return { ...JSON.parse(first), data, stop };
}

/** One browser; `window()` opens a window with cookies of its own. Console errors and refused content go to `troubles`. */
export async function startBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env.DRELWA_CHROMIUM ?? '/usr/bin/chromium', headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--force-color-profile=srgb', '--font-render-hinting=none'],
  });
  const troubles = [];
  const window = async (options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', timezoneId: 'Asia/Thimphu', reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    // To try a style sheet or a script without building the program again: the folder they lie in.
    if (process.env.DRELWA_ASSETS) await page.route('**/assets/*/*.{css,js,svg}', route => route.fulfill({ path: path.join(process.env.DRELWA_ASSETS, path.basename(new URL(route.request().url()).pathname)) }));
    // A page of an error answers with its status, which the browser writes to the console: that is not one.
    page.on('console', m => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) troubles.push(`${page.url()}: ${m.text()}`); });
    page.on('pageerror', e => troubles.push(`${page.url()}: ${e}`));
    page.on('requestfailed', r => { if (r.failure()?.errorText !== 'net::ERR_ABORTED') troubles.push(`${page.url()}: ${r.url()} ${r.failure()?.errorText}`); });
    return page;
  };
  return { window, troubles, close: () => browser.close() };
}

/** Signs a member of staff in by the form. */
export async function signIn(page, demo, role, lang = 'en') {
  const who = demo.people[role];
  await page.goto(`${demo.address}/sign-in?lang=${lang}`);
  await page.fill('#email', who['sign-in'].email);
  await page.fill('#password', who['sign-in'].password);
  await page.click('form[action="/sign-in"] button');
  await page.waitForURL(u => !u.pathname.startsWith('/sign-in'));
  return who;
}

/** Sets the session of a citizen whom the story knows; the walk by mail is a test of its own. */
export async function asCitizen(page, demo, lang = 'en') {
  const url = demo.address;
  await page.context().addCookies([{ name: 'drelwa', value: demo.people.citizen.token, url }, { name: 'lang', value: lang, url }]);
}

/** Presses a button and waits for the page that follows; it must not be the form again. */
export async function press(page, button) {
  const [answer] = await Promise.all([page.waitForNavigation(), page.locator(button).first().click()]);
  const wrong = await page.locator('.errors').allInnerTexts();
  assert.ok(answer.ok() && !wrong.length, `${page.url()} after ${button}: ${answer.status()} ${wrong}`);
}

/** Some acts ask again that it is you. */
export async function confirmed(page, name, password) {
  const field = page.locator(`#${name}`);
  if (await field.count()) await field.fill(password);
}

/** The option of a select that is this, or whose words hold it. */
export async function choose(page, select, words) {
  const value = await page.locator(`${select} option`).evaluateAll((all, w) => (all.find(o => o.value === w) ?? all.find(o => o.textContent.includes(w)))?.value, words);
  assert.ok(value !== undefined, `${select} offers no ${words}`);
  await page.selectOption(select, value);
}

/** Asks again until there is an answer; what is waited for is a condition, never a time. */
export async function until(what, ask, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not come about within ${patience / 1000} seconds`);
    await new Promise(done => setTimeout(done, 100));
  }
}

function decoded(raw) {
  const text = raw.replace(/\r\n/g, '\n');
  const at = text.indexOf('\n\n');
  const [head, body] = [text.slice(0, at), text.slice(at + 2)];
  if (/^content-transfer-encoding:\s*base64/im.test(head)) return `${head}\n\n${Buffer.from(body, 'base64').toString('utf8')}`;
  if (!/^content-transfer-encoding:\s*quoted-printable/im.test(head)) return text;
  const joined = body.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return `${head}\n\n${Buffer.from(joined, 'latin1').toString('utf8')}`;
}

/** Waits for a mail to this address that matches, newest first. */
export function mail(demo, to, wanted) {
  const folder = path.join(demo.data, 'mail');
  return until(`a mail to ${to} with ${wanted}`, () => {
    if (!existsSync(folder)) return undefined;
    const all = readdirSync(folder).filter(f => f.endsWith('.eml')).sort().reverse();
    const texts = all.map(f => decoded(readFileSync(path.join(folder, f), 'utf8')));
    return texts.find(t => t.includes(to) && wanted.test(t))?.match(wanted);
  });
}

/** Runs axe on the page as it stands; gives what is serious or critical. */
export async function axe(page) {
  // Evaluated through the debugger, which the page's own policy does not bind.
  if (!(await page.evaluate(() => Boolean(window.axe)))) await page.evaluate(axeSource);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v =>
    `${v.impact} ${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map(n => `      ${n.target} ${n.html.slice(0, 160)}`).join('\n'));
}

/** What every page keeps to, beyond axe: gives what it does not. */
export async function habits(page, lang) {
  return page.evaluate(wanted => {
    const wrong = [];
    const h1 = document.querySelectorAll('h1').length;
    if (h1 !== 1) wrong.push(`${h1} headings of the first level`);
    if (document.documentElement.lang !== wanted) wrong.push(`the page is in ${document.documentElement.lang}, not in ${wanted}`);
    if (!document.title.trim()) wrong.push('no title');
    if (!document.querySelector('a.skip[href="#main"]') || !document.getElementById('main')) wrong.push('no link that skips to the content');
    // A word that is missing shows as its key, as in “posts-nav”; attributes are looked at too.
    for (const e of document.querySelectorAll('h1,h2,h3,a,button,label,legend,th,dt,summary,.hint,.lede,.tag')) {
      const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join(' ');
      if (/^(shell|people|posts|plans|accounts|publishing|inbox|moderation|public_site|metrics|records|ledger|policy|agencies|compliance|platforms)-[a-z0-9-]+$/.test(text)) wrong.push(`a word is missing: ${text}`);
    }
    // Targets of 24 px: controls and links that stand alone; links within a sentence are exempt.
    const shown = e => { const s = getComputedStyle(e); return s.visibility !== 'hidden' && !e.closest('details:not([open]) > :not(summary)') && e.getClientRects().length > 0; };
    for (const e of document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')) {
      if (!shown(e) || e.matches('.skip,.vh') || e.closest('.vh')) continue;
      const inText = e.matches('a,button.link') && [...(e.parentElement?.childNodes ?? [])].some(n => n.nodeType === 3 && n.data.trim().length > 1);
      const label = e.matches('[type=checkbox],[type=radio]') ? e.closest('label') ?? e : e;
      const box = label.getBoundingClientRect();
      if (!inText && getComputedStyle(e).display !== 'inline' && (box.width < 23.5 || box.height < 23.5)) wrong.push(`a target of ${Math.round(box.width)} by ${Math.round(box.height)}: ${e.outerHTML.slice(0, 120)}`);
    }
    for (const img of document.images) if (img.complete && img.naturalWidth === 0 && shown(img)) wrong.push(`a picture does not load: ${img.src}`);
    for (const icon of document.querySelectorAll('svg.icon')) if (shown(icon) && icon.getBBox().width === 0) wrong.push(`an icon is not drawn: ${icon.innerHTML}`);
    // Cookies and the address aside, nothing comes from elsewhere.
    for (const e of performance.getEntriesByType('resource')) if (new URL(e.name).origin !== location.origin) wrong.push(`fetched from elsewhere: ${e.name}`);
    return wrong;
  }, lang);
}

/** How much wider the page is than its window of so many pixels. */
export async function overflow(page, width) {
  await page.setViewportSize({ width, height: 800 });
  return page.evaluate(() => {
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over <= 0) return '';
    const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll'));
    return `${over} px too wide at ${innerWidth}: ${wide.slice(0, 3).map(e => e.outerHTML.slice(0, 100)).join(' | ')}`;
  });
}

/** Fails unless the page keeps to everything, as it stands. */
export async function sound(page, lang = 'en') {
  const wrong = [...await axe(page), ...await habits(page, lang)];
  if (wrong.length) throw new Error(`${page.url()} (${lang})\n  ${wrong.join('\n  ')}`);
}

/** Looked at in both languages and on a telephone; ends in English, wide. */
export async function seen(page) {
  const at = new URL(page.url());
  for (const lang of ['dz', 'en']) {
    at.searchParams.set('lang', lang);
    await page.goto(at.href);
    await sound(page, lang);
    assert.equal(await overflow(page, 360), '', at.href);
    await page.setViewportSize({ width: 1280, height: 900 });
  }
}

/** Presses Tab until the wanted element has the focus, which must be visible. */
export async function tabTo(page, selector, most = 150) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(s => {
      const e = document.activeElement;
      if (!e?.matches(s)) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(e);
      const box = e.getBoundingClientRect();
      return { ring: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2, within: box.bottom > 0 && box.top < innerHeight };
    }, selector);
    if (!at) continue;
    if (!at.ring || !at.within) throw new Error(`the focus on ${selector} cannot be seen on ${page.url()}`);
    return;
  }
  throw new Error(`${selector} was not reached with Tab on ${page.url()}`);
}

/** A PNG of one colour, made here so that no file has to be kept. */
export function picture(width = 640, height = 360, [r, g, b] = [42, 74, 160]) {
  const crcOf = bytes => { let c = ~0; for (const x of bytes) { c ^= x; for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1; } return ~c >>> 0; };
  const chunk = (name, data) => {
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length, 0); out.write(name, 4, 'latin1'); data.copy(out, 8);
    out.writeUInt32BE(crcOf(out.subarray(4, 8 + data.length)), 8 + data.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0); head.writeUInt32BE(height, 4); head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.of(0), Buffer.from(Array.from({ length: width }, () => [r, g, b]).flat())]);
  const data = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const buffer = Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
  return { name: 'picture.png', mimeType: 'image/png', buffer };
}
