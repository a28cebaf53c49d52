// The main job as those people do it who do it: an author, an approver, a moderator, a citizen, and somebody who decides
// the appeal. In English, in Dzongkha, and with scripts turned off.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mail, picture, signIn, sound, startBrowser, startDemo, until } from './lib.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

/** Words that differ in each walk, so that one finds what it wrote. */
const said = {
  en: { en: 'Bridge at Bazam closed on Tuesday morning.', dz: 'བཱ་ཟམ་གྱི་ཟམ་པ་ གཟའ་ལྷག་པའི་དྲོ་པ་ བསྡམ་འོང་།', comment: 'Does the school bus go?', answer: 'Yes, by the lower road.', bad: 'Buy cheap watches at example dot com', appeal: 'I only asked where to buy a watch.' },
  dz: { en: 'Library open on Sundays from December.', dz: 'དཔེ་མཛོད་ཁང་ གཟའ་ཟླ་བ་ལུ་ཡང་ སྒོ་ཕྱེ་འོང་།', comment: 'ཆུ་ཚོད་ག་དེམ་ཅིག་ལུ་ཕྱེཝ་སྨོ?', answer: 'དྲོ་པ་ཆུ་ཚོད་༩་ལས་ ཕྱི་རུ་ཆུ་ཚོད་༥་ཚུན།', bad: 'དངུལ་མགྱོགས་པར་འཐོབ་ཐབས། ང་ལུ་བྲིས།', appeal: 'ང་གིས་གཡོ་སྒྱུ་མ་འབད།' },
};
const REASON = 'It is an advertisement and has nothing to do with the notice.';

async function mainJob({ lang, scripts, name }) {
  const words = said[lang];
  const text = scripts ? words : { ...words, en: `${words.en} (2)`, comment: `${words.comment} (2)`, bad: `${words.bad} (2)` };
  const window = () => browser.window({ javaScriptEnabled: scripts });
  // Axe needs scripts; without them the pages were looked at by the other walks.
  const good = page => (scripts ? sound(page, lang) : undefined);
  const [author, approver, moderator, citizen, lead] = await Promise.all([window(), window(), window(), window(), window()]);
  await Promise.all([signIn(author, demo, 'author', lang), signIn(approver, demo, 'approver', lang), signIn(moderator, demo, 'moderator', lang), signIn(lead, demo, 'lead', lang)]);

  // The author writes in two languages, with a picture and what it shows, and submits.
  await author.goto(`${demo.address}/posts/new`);
  await author.fill('#text_en', text.en);
  await author.fill('#text_dz', text.dz);
  if (scripts) assert.ok((await author.innerText('.pv >> nth=0')).includes(text.en), 'the preview follows what is typed');
  const boxes = await author.locator('input[name=accounts]').all();
  for (const box of boxes) await box.check();
  await author.setInputFiles('#file', picture());
  await author.fill('#alt_en', 'A blue board with the notice');
  await author.fill('#alt_dz', 'བརྡ་བྱང་སྔོན་པོ།');
  await good(author);
  await author.click('button[name=then][value=submit]');
  await author.waitForURL(/\/posts\/\d+$/);
  const post = new URL(author.url()).pathname;
  const id = post.split('/').pop();
  assert.equal(await author.locator(`form[action="${post}/approval"]`).count(), 0, 'the author may not approve');
  await good(author);

  // The approver finds it, reads it, and approves exactly that version.
  await approver.goto(`${demo.address}/posts?state=submitted`);
  await approver.click(`a[href="${post}"]`);
  await approver.waitForURL(`**${post}`);
  for (const words of [text.en, text.dz]) assert.ok((await approver.innerText('main')).includes(words));
  assert.equal(await approver.locator('.pics img').evaluate(i => i.alt), 'A blue board with the notice');
  await good(approver);
  await approver.click(`form[action="${post}/approval"] button`);
  await approver.waitForURL(`**${post}`);
  assert.equal(await approver.locator(`form[action="${post}/approval"]`).count(), 0);

  // It goes out: the deliveries say so, and it is on the public site.
  await until('the post is out', async () => {
    await approver.goto(`${demo.address}${post}/deliveries`);
    const tags = await approver.locator('article h2 .tag:not(.practice)').all();
    const tones = await Promise.all(tags.map(t => t.getAttribute('class')));
    return tones.length === boxes.length && tones.every(t => /good|live/.test(t));
  });
  await good(approver);
  await citizen.goto(`${demo.address}/?lang=${lang}`);
  await citizen.locator(`a[href="/p/${id}"]`).first().click();
  await citizen.waitForURL(`**/p/${id}`);
  assert.ok((await citizen.innerText('main')).includes(text[lang]));
  await good(citizen);

  // A citizen signs in by a link that comes by mail, and is back where the comment is written.
  const email = `${name}@citizen.example`;
  await citizen.click('#comment a[href^="/citizen/sign-in"]');
  await citizen.fill('#email', email);
  await good(citizen);
  await citizen.click('form[action="/citizen/sign-in"] button');
  await citizen.waitForSelector('[role=status]');
  const [link] = await mail(demo, email, /http:\/\/\S+\/citizen\/enter\/\S+/);
  await citizen.goto(link);
  await citizen.fill('#name', 'Tashi Wangdi');
  await good(citizen);
  await citizen.click('main form button');
  await citizen.waitForURL(new RegExp(`/p/${id}`));
  const comment = async words => {
    await citizen.goto(`${demo.address}/p/${id}`);
    await citizen.fill('#text', words);
    await citizen.click('form#comment button');
    await citizen.waitForURL(new RegExp(`/p/${id}`));
    assert.ok((await citizen.innerText('#comments')).includes(words));
  };
  await comment(text.comment);
  await good(citizen);
  await comment(text.bad);

  // The moderator answers the question; the answer waits until somebody else has read it.
  const open = async (page, words) => {
    await page.goto(`${demo.address}/inbox`);
    await page.locator('a[href^="/inbox/"]', { hasText: words }).first().click();
    await page.waitForURL(/\/inbox\/\d+$/);
    return new URL(page.url()).pathname;
  };
  const question = await open(moderator, text.comment);
  assert.ok(await moderator.locator('.inbox [aria-current]').count() <= 1, 'of the messages beside it, only this one is marked');
  await good(moderator);
  await moderator.fill('#text', text.answer);
  await moderator.click(`form[action="${question}/answers"] button`);
  await moderator.waitForURL(`**${question}`);
  await citizen.goto(`${demo.address}/p/${id}`);
  assert.ok(!(await citizen.innerText('#comments')).includes(text.answer), 'nobody else has read the answer yet');
  await approver.goto(`${demo.address}${question}`);
  await good(approver);
  await approver.locator('form[action^="/answers/"][action$="/approval"] button').click();
  await approver.waitForURL(`**${question}`);
  await until('the answer is public', async () => {
    await citizen.goto(`${demo.address}/p/${id}`);
    return (await citizen.innerText('#comments')).includes(text.answer);
  });
  await good(citizen);

  // The moderator hides the other comment, by a ground and with a reason; the citizen is told and appeals.
  await open(moderator, text.bad);
  await moderator.click('a[href^="/moderation/messages/"]');
  await moderator.check('input[name=action][value=hide]');
  await moderator.check('input[name=ground][value="MG-5"]');
  await moderator.fill('#reason', REASON);
  await good(moderator);
  await moderator.click('form[action^="/moderation/messages/"] button');
  await moderator.waitForURL(/\/moderation\/decisions\/\d+$/);
  await good(moderator);
  const decision = new URL(moderator.url()).pathname.split('/').pop();
  await citizen.goto(`${demo.address}/p/${id}`);
  assert.ok(!(await citizen.innerText('#comments')).includes(text.bad), 'the comment is hidden');
  const [notice] = await mail(demo, email, new RegExp(`http://\\S+/decisions/${decision}`));
  await citizen.goto(notice);
  assert.ok((await citizen.innerText('main')).includes(REASON));
  await good(citizen);
  await citizen.fill('#text', text.appeal);
  await citizen.click(`form[action="/decisions/${decision}/appeal"] button`);
  await citizen.waitForURL(`**/decisions/${decision}`);
  await good(citizen);

  // Who decided may not decide the appeal; the lead does, and the comment is back.
  await moderator.goto(`${demo.address}/moderation/decisions/${decision}`);
  assert.equal(await moderator.locator('form[action^="/moderation/appeals/"]').count(), 0);
  await lead.goto(`${demo.address}/moderation`);
  await lead.click(`a[href="/moderation/decisions/${decision}"]`);
  await lead.fill('#areason', 'A question about a shop is no fraud.');
  await good(lead);
  await lead.click('button[name=outcome][value=overturn]');
  await lead.waitForURL(`**/moderation/decisions/${decision}`);
  await mail(demo, email, /A question about a shop is no fraud\./);
  await until('the comment is back', async () => {
    await citizen.goto(`${demo.address}/p/${id}`);
    return (await citizen.innerText('#comments')).includes(text.bad);
  });
  await citizen.goto(`${demo.address}/decisions/${decision}`);
  await good(citizen);

  // All of it stands where the records officer reads it: who wrote, who approved, who decided, by what ground.
  const records = await window();
  await signIn(records, demo, 'records', lang);
  await records.goto(`${demo.address}${post}`);
  const story = await records.innerText('.timeline');
  for (const role of ['author', 'approver']) assert.ok(story.includes(demo.people[role].name), `${role} in ${story}`);
  await records.goto(`${demo.address}/moderation/decisions/${decision}`);
  for (const words of [REASON, demo.people.moderator.name, demo.people.lead.name]) assert.ok((await records.innerText('main')).includes(words));
  await good(records);
  await Promise.all([author, approver, moderator, citizen, lead, records].map(p => p.context().close()));
  assert.deepEqual(browser.troubles.splice(0), []);
}

test('the main job, in English', () => mainJob({ lang: 'en', scripts: true, name: 'english' }));
test('the main job, in Dzongkha', () => mainJob({ lang: 'dz', scripts: true, name: 'dzongkha' }));
test('the main job, with scripts turned off', () => mainJob({ lang: 'en', scripts: false, name: 'plain' }));
