// Makes the pictures in docs/screens: the main screens as somebody who works with them sees them, with the story of the
// demonstration in them. `node screens.mjs NAME…` makes only those whose name begins so.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { asCitizen, root, signIn, startBrowser, startDemo } from './lib.mjs';

const folder = process.env.DRELWA_SCREENS ?? path.join(root, 'docs/screens');
const MOST_BYTES = 250_000;
const DESK = { width: 1280, height: 860 };
const PHONE = { width: 375, height: 780 };
const only = process.argv.slice(2);

/** Opens the first link that leads to such an address. */
const follow = (selector, text) => async page => {
  const link = page.locator(selector, text ? { hasText: text } : {}).first();
  await page.goto(new URL(await link.getAttribute('href'), page.url()).href);
};
const water = 'After the heavy rain';

/** name, who, path, and what is done before the picture is taken. */
const SCREENS = [
  ['sign-in', undefined, '/sign-in'],
  ['desk', 'author', '/desk'],
  ['calendar', 'author', '/posts/calendar'],
  ['compose', 'author', '/posts/new', compose],
  ['compose-parts', 'author', '/posts/new', compose, follows],
  ['post-approval', 'approver', '/posts?state=submitted', follow('table.list tbody a')],
  ['deliveries', 'author', '/posts?q=vaccination', follow('table.list tbody a[href^="/posts/"]'), page => page.goto(`${page.url()}/deliveries`)],
  ['inbox', 'moderator', '/inbox'],
  ['thread', 'moderator', '/inbox', follow('.msgs a')],
  ['moderation-decision', 'moderator', '/inbox', follow('.msgs a'), follow('a[href^="/moderation/messages/"]'), decide],
  ['public-home', undefined, '/'],
  ['public-post', undefined, '/', follow('a[href^="/p/"]', water)],
  ['verify', undefined, '/verify', verify],
  ['agencies', undefined, '/agencies'],
  ['plan', 'author', '/plans', follow('table.list tbody a, main .card a[href^="/plans/"]')],
  ['plan-builder', 'author', '/plans', follow('table.list tbody a, main .card a[href^="/plans/"]'), page => page.goto(`${page.url()}/steps/2`)],
  ['account', 'author', '/accounts', follow('main a[href^="/accounts/"]:not([href$="/new"])')],
  ['platform', undefined, '/platforms/mastodon'],
  ['team', 'lead', '/team'],
  ['people', 'administrator', '/people'],
  ['compliance-map', 'oversight', '/compliance'],
  ['compliance-agency', 'oversight', '/compliance', follow('main a[href^="/compliance/agencies/"]')],
  ['phone-desk', 'author', '/desk', { size: PHONE }],
  ['phone-inbox', 'moderator', '/inbox', { size: PHONE }],
  ['phone-compose', 'author', '/posts/new', { size: PHONE }, compose],
  ['phone-public-home', undefined, '/', { size: PHONE }],
  ['phone-public-post', undefined, '/', { size: PHONE }, follow('a[href^="/p/"]', water)],
  ['dz-desk', 'author', '/desk', { lang: 'dz' }],
  ['dz-compose', 'author', '/posts/new', { lang: 'dz' }, compose],
  ['dz-public-home', undefined, '/', { lang: 'dz' }],
  ['dz-phone-inbox', 'moderator', '/inbox', { lang: 'dz', size: PHONE }],
  ['dz-phone-public-post', undefined, '/', { lang: 'dz', size: PHONE }, follow('a[href^="/p/"]', 'ཆུ་')],
];

async function compose(page) {
  await page.fill('#text_en', 'Free flu vaccination from Monday at every hospital. Children under five and people above 60 first. Bring your health card.');
  await page.fill('#text_dz', 'གཟའ་མིག་དམར་ལས་ སྨན་ཁང་ཚུ་ནང་ ཆམ་ནད་བཀག་ཐབས་སྨན་ཁབ་ རིན་མེད་ཐོག་བཙུགས་འོང་།');
  for (const box of await page.locator('input[name=accounts]').all()) await box.check();
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
}

async function follows(page) {
  await Promise.all([page.waitForNavigation(), page.click('button[name=then][value=part]')]);
  await page.fill('#part_en-2', 'Where and when, hospital by hospital: https://moh.gov.bt/flu');
  await page.fill('#part_dz-2', 'སྨན་ཁང་རེ་རེའི་དུས་ཚོད་: https://moh.gov.bt/flu');
  await page.evaluate(() => { document.activeElement?.blur(); document.getElementById('text_dz').scrollIntoView(); });
}

async function verify(page) {
  await page.fill('main #url', '@moh-bhutan@practice.example');
  await page.locator('main form[action="/verify"] button, main form button').first().click();
  await page.waitForSelector('.banner');
}

async function decide(page) {
  await page.check('input[name=action][value=hide]');
  await page.check('input[name=ground][value="MG-5"]');
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
}

const [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
const windows = new Map();

async function windowOf(role, lang, size) {
  const key = `${role} ${lang}`;
  if (!windows.has(key)) {
    const page = await browser.window({ deviceScaleFactor: 1 });
    if (role === 'citizen') await asCitizen(page, demo, lang);
    else if (role) await signIn(page, demo, role, lang);
    windows.set(key, page);
  }
  const page = windows.get(key);
  await page.setViewportSize(size);
  return page;
}

let failed = 0;
try {
  mkdirSync(folder, { recursive: true });
  for (const [name, role, where, ...steps] of SCREENS) {
    if (only.length && !only.some(o => name.startsWith(o))) continue;
    const options = steps.find(s => typeof s === 'object') ?? {};
    const lang = options.lang ?? 'en';
    try {
      const page = await windowOf(role, lang, options.size ?? DESK);
      await page.goto(`${demo.address}${where}${where.includes('?') ? '&' : '?'}lang=${lang}`);
      for (const step of steps) if (typeof step === 'function') await step(page);
      await page.evaluate(() => document.fonts.ready);
      const file = path.join(folder, `${name}.png`);
      await page.screenshot({ path: file, animations: 'disabled', caret: 'hide', fullPage: Boolean(process.env.DRELWA_WHOLE) });
      execFileSync('pngquant', ['--force', '--skip-if-larger', '--speed', '1', '--strip', '--output', file, '128', file], { stdio: 'ignore' });
      const size = statSync(file).size;
      if (size > MOST_BYTES) throw new Error(`${size} bytes are too many`);
      console.log(`${name}.png ${Math.round(size / 1024)} KB`);
    } catch (e) {
      failed += 1;
      console.error(`${name}: ${e.message.split('\n').slice(0, 4).join(' ')}`);
    }
  }
} finally {
  await browser.close();
  await demo.stop();
}
for (const trouble of browser.troubles) console.error(trouble);
process.exit(failed || browser.troubles.length ? 1 : 0);
