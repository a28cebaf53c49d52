// A post and what follows it: written, put in order and counted, approved as a whole, sent part by part, corrected and
// withdrawn. In English with scripts and the keyboard, in Dzongkha without scripts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { overflow, press, signIn, sound, startBrowser, startDemo, tabTo, until } from './lib.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });
test.afterEach(() => assert.deepEqual(browser.troubles.splice(0), []));

const said = {
  en: { post: ['The road to Gasa is closed.', 'མགར་ས་གི་གཞུང་ལམ་ བསྡམས་ཡོདཔ།'], first: 'Take the lower road: https://roads.example/gasa', second: 'It opens on Friday.', better: 'It opens on Saturday.' },
  dz: { post: ['The ferry at Samdrup does not run.', 'བསམ་གྲུབ་ཀྱི་གྲུ་ མི་འགྱོ།'], first: 'ཟམ་པའི་ཐོག་ལས་འགྱོ། https://roads.example/samdrup', second: 'ནངས་པ་ ལོག་འགྱོ།', better: 'གནངས་ཚེ་ ལོག་འགྱོ།' },
};

/** Whether the focus is where the work goes on, after a button that sends the form. */
const atWork = (page, id) => page.waitForFunction(id => document.activeElement?.id === id, id);
const asks = (page, then) => press(page, `button[name=then][value="${then}"]`);
const values = (page, names) => Promise.all(names.map(name => page.inputValue(`[name="${name}"]`)));

/** Waits until every part is out on every account, in the version asked for. */
async function out(page, post, word, many) {
  await until(`all of ${post}`, async () => {
    await page.goto(`${demo.address}${post}/deliveries`);
    const parts = await page.locator('main article').all();
    const told = await Promise.all(parts.map(p => p.innerText()));
    return parts.length === many && told.every(t => word.test(t));
  });
}

async function written(author, words, { lang, scripts }) {
  const field = `part_${lang}`;
  await author.goto(`${demo.address}/posts/new`);
  await author.fill('#text_en', words.post[0]);
  await author.fill('#text_dz', words.post[1]);
  for (const box of await author.locator('input[name=accounts]').all()) await box.check();

  // The second is written first, then put behind the other; an empty one is left out, another taken out.
  if (scripts) {
    await tabTo(author, 'button[name=then][value=part]');
    await Promise.all([author.waitForNavigation(), author.keyboard.press('Enter')]);
    await atWork(author, 'part_en-2');
  } else await asks(author, 'part');
  await author.fill(`#${field}-2`, words.second);
  await asks(author, 'part');
  await author.fill(`#${field}-3`, words.first);
  await asks(author, 'up-3');
  if (scripts) await atWork(author, 'part_en-2');
  assert.deepEqual(await values(author, [`${field}-2`, `${field}-3`, 'text_en']), [words.first, words.second, words.post[0]]);
  await asks(author, 'part');
  await author.fill('#part_en-4', 'Not wanted.');
  await asks(author, 'out-4');
  assert.equal(await author.locator('#part_en-4').count(), 0);
  assert.equal(await author.locator('input[name=accounts]:not(:checked)').count(), 0, 'what was chosen stays chosen');
  if (!scripts) return;

  // Each is counted as the platform counts answers, while it is typed; one that is too long is told apart.
  await sound(author, lang);
  assert.equal(await overflow(author, 360), '');
  await author.setViewportSize({ width: 1280, height: 900 });
  const card = author.locator('.pv[data-limit]:not([hidden])').first();
  const limit = Number(await card.getAttribute('data-limit'));
  assert.match(await card.locator('[data-part="3"] .num').innerText(), new RegExp(`${limit - words.second.length}\\b`));
  await author.fill('#part_en-3', 'a'.repeat(limit + 1));
  assert.ok(await card.locator('[data-when=long]').isVisible() && await card.locator('[data-when=ready]').isHidden());
  await author.click('button[name=then][value=submit]');
  await author.waitForSelector('.errors a[href="#parts"]');
  await sound(author, lang);
  await author.fill('#part_en-3', words.second);

  // Enter in a line keeps the draft; it sends nothing for approval.
  await author.focus('#alt_en');
  await Promise.all([author.waitForURL(/\/posts\/\d+$/), author.keyboard.press('Enter')]);
  const post = new URL(author.url()).pathname;
  assert.equal(await author.locator(`form[action="${post}/submission"]`).count(), 1, 'it is a draft');
  await sound(author, lang);
  await author.goto(`${demo.address}${post}/edit`);
}

async function thread({ lang, scripts }) {
  const words = said[lang];
  const window = () => browser.window({ javaScriptEnabled: scripts });
  const good = page => (scripts ? sound(page, lang) : undefined);
  const [author, approver, reader] = await Promise.all([window(), window(), window()]);
  await Promise.all([signIn(author, demo, 'author', lang), signIn(approver, demo, 'approver', lang)]);
  await written(author, words, { lang, scripts });
  await author.click('button[name=then][value=submit]');
  await author.waitForURL(/\/posts\/\d+$/);
  const post = new URL(author.url()).pathname;

  // Whoever approves sees all of it, for each account.
  await approver.goto(`${demo.address}${post}`);
  const cards = await approver.locator('.pv').all();
  for (const text of await Promise.all(cards.map(c => c.innerText()))) assert.ok(text.indexOf(words.first) < text.indexOf(words.second) && text.includes(words.first), text);
  await good(approver);
  await press(approver, `form[action="${post}/approval"] button`);

  // In English it was kept twice on the way. Our own site shows one text; each other account has three deliveries, one after the other.
  const many = 1 + 3 * (cards.length - 1);
  await out(approver, post, lang === 'en' ? /version out\s+2/i : /བཏང་བའི་ཐོན་རིམ།\s+༡/, many);
  await good(approver);
  await reader.goto(`${demo.address}/p/${post.split('/').pop()}?lang=${lang}`);
  const shown = await reader.innerText('main');
  assert.ok(shown.includes(words.first) && shown.includes(words.second));
  await good(reader);

  // A correction of what follows says what was wrong, and is approved like the post.
  await author.goto(`${demo.address}${post}/correction`);
  await author.fill(`#part_${lang}-3`, words.better);
  await good(author);
  await author.click('form[action$="/correction"] button');
  await author.waitForSelector('.errors a[href="#note"]');
  assert.equal(await author.inputValue(`#part_${lang}-3`), words.better, 'what was typed stays');
  await author.fill('#note', 'The day was wrong.');
  await press(author, 'form[action$="/correction"] button');
  await approver.goto(`${demo.address}${post}`);
  assert.ok((await approver.innerText('main')).includes(words.better));
  await press(approver, `form[action="${post}/approval"] button`);
  await out(approver, post, lang === 'en' ? /version out\s+3/i : /བཏང་བའི་ཐོན་རིམ།\s+༢/, many);

  // Withdrawn without a reason: refused where it is asked for. With one, all parts go.
  const why = '#reason-withdraw';
  if (!scripts) await approver.goto(`${demo.address}${post}`);
  else {
    await approver.goto(`${demo.address}${post}`);
    await approver.click(`details:has(form[action="${post}/withdrawal"]) summary`);
    await approver.click(`form[action="${post}/withdrawal"] button`);
    await approver.waitForSelector(`.errors a[href="${why}"]`);
    assert.ok(await approver.locator(why).isVisible());
    await sound(approver, lang);
    await approver.fill(why, 'It was another road.');
    await press(approver, `form[action="${post}/withdrawal"] button`);
    await out(approver, post, /taken down/, many);
    await sound(approver, lang);
  }
  await Promise.all([author, approver, reader].map(p => p.context().close()));
}

test('a post in several parts, from the first word to its withdrawal', () => thread({ lang: 'en', scripts: true }));
test('the same in Dzongkha, without scripts', () => thread({ lang: 'dz', scripts: false }));
