// What every browser test shares: the program on a free port with a folder of its own, a browser that reports every
// console error and CSP violation, and axe.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const root = path.resolve(import.meta.dirname, '../..');
const binary = process.env.DRELWA_BINARY ?? path.join(root, 'target/debug/drelwa');

/** Starts `drelwa demo --json`; resolves with what its first line says. */
export async function startDemo() {
  const data = mkdtempSync(path.join(tmpdir(), 'drelwa-demo-'));
  const child = spawn(binary, ['demo', '--json', '--listen', '127.0.0.1:0', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const first = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', chunk => { text += chunk; const end = text.indexOf('\n'); if (end >= 0) resolve(text.slice(0, end)); });
    child.on('exit', code => reject(new Error(`drelwa stopped with ${code}: ${text}`)));
    setTimeout(() => reject(new Error('drelwa was not ready within two minutes')), 120_000).unref();
  });
  const stop = () => new Promise(done => {
    child.removeAllListeners('exit');
    child.on('exit', () => { rmSync(data, { recursive: true, force: true }); done(); });
    child.kill('SIGTERM');
  });
  return { ...JSON.parse(first), data, stop };
}

/** A browser of one person's own. Errors on the console and refused content are kept in `troubles`. */
export async function openBrowser(options = {}) {
  const profile = mkdtempSync(path.join(tmpdir(), 'drelwa-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium', headless: true, viewport: { width: 1280, height: 900 }, ...options,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const troubles = [];
  const page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', m => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) troubles.push(`${page.url()}: ${m.text()}`); });
  page.on('pageerror', e => troubles.push(`${page.url()}: ${e}`));
  const close = async () => { await context.close(); rmSync(profile, { recursive: true, force: true }); };
  return { page, context, troubles, close };
}

/** Runs axe on the page as it stands; throws at anything serious or critical. */
export async function axe(page) {
  // Evaluated through the debugger, which the page's own policy does not bind.
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  const bad = found.violations.filter(v => ['serious', 'critical'].includes(v.impact));
  if (bad.length) {
    const lines = bad.map(v => `${v.impact} ${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map(n => `    ${n.target} ${n.html.slice(0, 160)}`).join('\n'));
    throw new Error(`${page.url()}\n${lines.join('\n')}`);
  }
}

/** Presses Tab until the wanted element has the focus. */
export async function tabTo(page, selector, most = 120) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(s => document.activeElement?.matches(s), selector)) return;
  }
  throw new Error(`${selector} was not reached with Tab on ${page.url()}`);
}
