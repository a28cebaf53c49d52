// A sound recording: refused without its words, approved with them, heard by everybody, and gone when it is withdrawn.
// A podcast: asked for, approved, described with its picture, and an episode of it from the form to whoever listens.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { choose, overflow, picture, press, signIn, sound, startBrowser, startDemo, until } from './lib.mjs';

let demo, browser, folder;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); folder = mkdtempSync(path.join(tmpdir(), 'drelwa-tone-')); });
after(async () => { await browser?.close(); await demo?.stop(); if (folder) rmSync(folder, { recursive: true, force: true }); });

const RATE = 8000;
const SECONDS = 2;

/** A tone as a WAV file: one byte for each sample. */
function tone() {
  const samples = RATE * SECONDS;
  const wav = Buffer.alloc(44 + samples);
  wav.write('RIFF', 0); wav.writeUInt32LE(36 + samples, 4); wav.write('WAVEfmt ', 8); wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22); wav.writeUInt32LE(RATE, 24); wav.writeUInt32LE(RATE, 28);
  wav.writeUInt16LE(1, 32); wav.writeUInt16LE(8, 34); wav.write('data', 36); wav.writeUInt32LE(samples, 40);
  for (let i = 0; i < samples; i++) wav[44 + i] = 128 + Math.round(60 * Math.sin(i / 8));
  const file = path.join(folder, 'tone.wav');
  writeFileSync(file, wav);
  return file;
}

const send = page => Promise.all([page.waitForNavigation(), page.click('button:has-text("Send for approval")')]);

test('a recording is published with its words, urgently, and withdrawn', async () => {
  const author = await browser.window();
  await signIn(author, demo, 'author');
  await author.goto(`${demo.address}/posts/new`);
  for (const box of await author.locator('input[name="accounts"]').all()) {
    const label = await box.evaluate(e => e.closest('label')?.textContent ?? '');
    if (!label.includes('Public site')) await box.uncheck();
  }
  await author.fill('#text_en', 'To listen to: the new clinic');
  await author.fill('#text_dz', 'གསརཔ་སྨན་ཁང་།');
  await author.locator('summary', { hasText: 'Film or sound recording' }).click();
  await author.setInputFiles('input[name="recording_file"]', tone());
  await send(author);
  assert.match(await author.locator('.errors').innerText(), /neither captions nor a transcript/);
  assert.equal(await author.locator('audio').count(), 1, 'the file that was sent is kept');
  await sound(author);
  await author.fill('textarea[name="said_en"]', 'The new clinic opens on Monday.');
  await send(author);
  assert.equal(await author.locator('.errors').count(), 0);
  const id = new URL(author.url()).pathname.match(/\/posts\/(\d+)/)[1];

  const approver = await browser.window();
  await signIn(approver, demo, 'approver');
  await approver.goto(`${demo.address}/posts/${id}`);
  await approver.locator('summary', { hasText: 'Urgent' }).click();
  await approver.fill('#urgent', 'It opens in an hour');
  await sound(approver);
  assert.equal(await overflow(approver, 320), '');
  await press(approver, 'button:has-text("Approve and send it first")');

  const citizen = await browser.window();
  await until('the post', async () => (await citizen.goto(`${demo.address}/p/${id}`)).status() === 200);
  const played = await citizen.evaluate(async () => {
    const audio = document.querySelector('audio');
    audio.muted = true;
    await audio.play();
    await new Promise(done => { audio.ontimeupdate = () => audio.currentTime > 0 && done(); });
    return audio.duration;
  });
  assert.equal(played, SECONDS);
  await citizen.locator('summary', { hasText: 'Transcript' }).click();
  assert.ok(await citizen.getByText('The new clinic opens on Monday.').isVisible());
  await sound(citizen);
  assert.equal(await overflow(citizen, 320), '');
  await citizen.goto(`${demo.address}/p/${id}?lang=dz`);
  await sound(citizen, 'dz');
  const file = await citizen.locator('audio').evaluate(e => e.currentSrc || e.src || e.querySelector('source')?.src);

  await approver.goto(`${demo.address}/posts/${id}`);
  assert.ok(await approver.getByText('It opens in an hour').isVisible(), 'why it was urgent stands in its story');
  await approver.locator('summary', { hasText: 'Withdraw the post' }).click();
  await approver.fill('#reason-withdraw', 'The opening was moved');
  await press(approver, `form[action="/posts/${id}/withdrawal"] button.btn`);
  await approver.click('.banner a');
  assert.equal(new URL(approver.url()).pathname, `/posts/${id}/deliveries`, 'where it is gone is told there');
  await sound(approver);
  await until('the file to be gone', async () => (await fetch(file)).status === 404);
  assert.deepEqual(browser.troubles, []);
});

/** Sound in both languages and not wider than a phone, and back to how it was. */
async function shown(page) {
  const at = new URL(page.url());
  for (const lang of ['dz', 'en']) {
    at.searchParams.set('lang', lang);
    await page.goto(at.href);
    await sound(page, lang);
    assert.equal(await overflow(page, 320), '', page.url());
  }
}

test('a podcast is described, takes no words alone, and is heard', async () => {
  const [author, lead, approver, citizen] = await Promise.all([1, 2, 3, 4].map(() => browser.window()));
  await Promise.all([signIn(author, demo, 'author'), signIn(lead, demo, 'lead'), signIn(approver, demo, 'approver')]);
  await author.goto(`${demo.address}/accounts/new`);
  await choose(author, '#platform', 'podcast');
  await author.fill('#handle', 'Health in plain words');
  await press(author, 'form[action="/accounts"] button.btn');
  const account = author.url().match(/accounts\/(\d+)/)[1];
  await lead.goto(`${demo.address}/accounts/${account}`);
  await press(lead, `form[action="/accounts/${account}/approval"] button`);

  // What is wrong is told at once, and what was typed stays; saving says that it was saved.
  await author.goto(`${demo.address}/accounts/${account}/podcast`);
  await author.fill('#description', 'What keeps us well, told in two minutes.');
  await author.fill('#email', 'nobody');
  await author.setInputFiles('#file', picture(200, 200));
  const save = () => Promise.all([author.waitForNavigation(), author.click(`form[action="/accounts/${account}/podcast"] button.btn`)]);
  await save();
  assert.match(await author.locator('.errors').innerText(), /not an e-mail address[^]*square/);
  await sound(author);
  assert.equal(await author.inputValue('#description'), 'What keeps us well, told in two minutes.');
  await author.fill('#email', 'podcast@moh.example');
  await author.setInputFiles('#file', picture(1400, 1400));
  await save();
  assert.match(await author.locator('[role=status]').innerText(), /^Saved\./);
  assert.ok(await author.locator('main img').evaluate(e => e.complete && e.naturalWidth === 1400));
  await shown(author);

  // A new post does not go there before it has something to hear.
  await author.goto(`${demo.address}/posts/new`);
  for (const box of await author.locator('input[name=accounts]').all()) await box.uncheck();
  await author.check(`input[name=accounts][value="${account}"]`);
  await author.fill('#text_en', 'Clean hands\nHow to wash them, and when.');
  await author.fill('#text_dz', 'ལགཔ་གཙང་མ།');
  const card = author.locator(`.pv[data-account="${account}"]`);
  const told = () => card.locator('.tag:visible, .err:visible').allInnerTexts();
  assert.deepEqual(await told(), ['Something is missing', 'Podcast · Health in plain words takes no post without a film or sound recording.']);
  await sound(author);
  await author.locator('summary', { hasText: 'Film or sound recording' }).click();
  await author.setInputFiles('input[name="recording_file"]', tone());
  assert.deepEqual(await told(), ['Ready']);
  await author.fill('textarea[name="said_en"]', 'WEBVTT\n\n00:00.000 --> 00:02.000\nWash your hands.');
  await author.fill('textarea[name="said_dz"]', 'ལགཔ་འཁྱུ་དགོ།');
  await send(author);
  assert.equal(await author.locator('.errors').count(), 0);
  const id = new URL(author.url()).pathname.match(/\/posts\/(\d+)/)[1];
  await approver.goto(`${demo.address}/posts/${id}`);
  await press(approver, `form[action="/posts/${id}/approval"] button`);

  await until('the episode', async () => {
    await citizen.goto(`${demo.address}/agencies/MoH/podcast`);
    return await citizen.locator('audio').count() === 1;
  });
  await shown(citizen);
  const feed = await citizen.evaluate(async () => {
    const link = document.querySelector('link[rel=alternate][type="application/rss+xml"][href^="/podcasts/"]');
    return new DOMParser().parseFromString(await (await fetch(link.href)).text(), 'application/xml').documentElement.outerHTML;
  });
  assert.match(feed, /^<rss[^]*Health in plain words[^]*<item>[^]*Clean hands/);
  const heard = await citizen.evaluate(async () => {
    const audio = document.querySelector('audio');
    await new Promise((done, failed) => { audio.onloadedmetadata = done; audio.onerror = failed; audio.preload = 'metadata'; });
    return audio.duration;
  });
  assert.equal(heard, SECONDS);
  assert.deepEqual(browser.troubles, []);
});
