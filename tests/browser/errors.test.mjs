// When something is wrong: every form says so at its top, takes the focus there, keeps what was typed, and loses nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mail, signIn, sound, startBrowser, startDemo } from './lib.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });
test.afterEach(() => assert.deepEqual(browser.troubles.splice(0), []));

const focusOnErrors = page => page.waitForFunction(() => document.activeElement?.classList.contains('errors'));

for (const lang of ['en', 'dz']) {
  test(`a wrong password is said at the top, and the address stays (${lang})`, async () => {
    const page = await browser.window();
    await page.goto(`${demo.address}/sign-in?lang=${lang}`);
    await page.fill('#email', demo.people.author['sign-in'].email);
    await page.fill('#password', 'not the password');
    await page.click('form[action="/sign-in"] button');
    await page.waitForSelector('.errors[role=alert]');
    assert.equal(await page.inputValue('#email'), demo.people.author['sign-in'].email);
    assert.equal(await page.inputValue('#password'), '');
    await sound(page, lang);
    await page.context().close();
  });

  test(`an empty form names each field, and its links lead there (${lang})`, async () => {
    const page = await browser.window();
    await signIn(page, demo, 'author', lang);
    await page.goto(`${demo.address}/posts/new`);
    await page.click('button[name=then][value=submit]');
    await focusOnErrors(page);
    await sound(page, lang);
    const link = page.locator('.errors a[href^="#"]').first();
    const target = (await link.getAttribute('href')).slice(1);
    await link.click();
    assert.ok(await page.evaluate(id => document.activeElement?.id === id || document.getElementById(id)?.contains(document.activeElement) || location.hash === `#${id}`, target));
    assert.ok(await page.locator(`#${target}`).count(), `there is no field ${target}`);
    await page.context().close();
  });
}

test('of two who edit one draft, the second sees what the first wrote and loses nothing', async () => {
  const [one, two] = [await browser.window(), await browser.window()];
  await Promise.all([signIn(one, demo, 'author'), signIn(two, demo, 'author')]);
  await one.goto(`${demo.address}/posts/new`);
  await one.fill('#text_en', 'First words.');
  await one.click('button[name=then][value=save]');
  await one.waitForURL(/\/posts\/\d+$/);
  const edit = `${one.url()}/edit`;
  await Promise.all([one.goto(edit), two.goto(edit)]);
  await one.fill('#text_en', 'What the first wrote.');
  await two.fill('#text_en', 'What the second wrote.');
  await one.click('button[name=then][value=save]');
  await one.waitForURL(/\/posts\/\d+$/);
  await two.click('button[name=then][value=save]');
  await focusOnErrors(two);
  assert.equal(await two.inputValue('#text_en'), 'What the second wrote.');
  assert.match(await two.innerText('.banner'), /What the first wrote\./);
  await sound(two);
  // Having seen it, the second may save.
  await two.click('button[name=then][value=save]');
  await two.waitForURL(/\/posts\/\d+$/);
  assert.match(await two.innerText('main'), /What the second wrote\./);
  await Promise.all([one.context().close(), two.context().close()]);
});

test('a link by mail is good once', async () => {
  const page = await browser.window();
  const email = 'once@citizen.example';
  await page.goto(`${demo.address}/citizen/sign-in?next=/agencies`);
  await page.fill('#email', 'not an address');
  await page.click('form[action="/citizen/sign-in"] button');
  await page.waitForSelector('.errors');
  await sound(page);
  await page.fill('#email', email);
  await page.click('form[action="/citizen/sign-in"] button');
  await page.waitForSelector('[role=status]');
  const [link] = await mail(demo, email, /http:\/\/\S+\/citizen\/enter\/\S+/);
  await page.goto(link);
  await page.fill('#name', 'x');
  await page.click('main form button');
  await page.waitForSelector('.errors');
  await sound(page);
  await page.fill('#name', 'Tashi');
  await page.click('main form button');
  await page.waitForURL(/\/agencies$/);
  await page.goto(link);
  assert.equal(await page.locator('#name').count(), 0, 'a spent link shows no form');
  await sound(page);
  await page.goto(`${demo.address}/citizen/enter/nothing`);
  await sound(page);
  await page.context().close();
});

test('what is not there, and what one may not see, says so and shows the way on', async () => {
  const page = await browser.window();
  for (const path of ['/posts/1', '/no-such-page', '/agencies/NOBODY', '/p/1']) {
    const answer = await page.goto(`${demo.address}${path}`);
    assert.ok([401, 403, 404].includes(answer.status()) || page.url().includes('/sign-in'), `${path}: ${answer.status()}`);
    await sound(page);
    assert.ok(await page.locator('main a').count());
  }
  await signIn(page, demo, 'administrator');
  const answer = await page.goto(`${demo.address}/posts`);
  assert.equal(answer.status(), 403);
  await sound(page);
  await page.context().close();
});
