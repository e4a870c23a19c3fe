// A visitor: Chromium with a fresh profile, watched while it shops.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const { CONFIDANT_NODE_MODULES, CONFIDANT_CHROMIUM } = process.env;
assert.ok(CONFIDANT_NODE_MODULES && CONFIDANT_CHROMIUM, 'run `cargo xtask test`, which installs what tests need');
const require = createRequire(path.join(CONFIDANT_NODE_MODULES, 'any.js'));
const { chromium } = require('playwright-core');
export const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const PATIENCE_MS = 15_000;
const SHIFT_MAX = 0.02;

export const launch = () => chromium.launch({ executablePath: CONFIDANT_CHROMIUM, args: FLAGS });

/** Runs in every page before its own scripts. */
export function watch() {
  globalThis.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
}

export function sendSignal() {
  Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true, configurable: true });
}

/** One person with one tab. */
export class Visitor {
  /** Everything that was wrong: errors of the console, foreign requests. */
  wrong = [];
  /** Requests of the API as `{method, path, body}`. */
  sent = [];

  static async arrive(browser, { base, shots, width = 1280, dark = false, gpc = false, failing = null, login, locale }) {
    const one = new Visitor();
    Object.assign(one, { base, shots, width, dark, failing });
    one.context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      httpCredentials: login,
      locale,
    });
    one.context.setDefaultTimeout(PATIENCE_MS);
    await one.context.addInitScript(watch);
    if (gpc) await one.sendsSignal();
    if (failing) await one.context.route(failing, (route) => route.abort());
    one.page = await one.context.newPage();
    one.listen();
    return one;
  }

  listen() {
    this.context.on('request', (request) => {
      const url = new URL(request.url());
      if (url.origin !== this.base) this.wrong.push(`left the origin: ${url.href}`);
      if (url.pathname.startsWith('/v1/') && !['/v1/banner.js', '/v1/notice'].includes(url.pathname)) {
        this.sent.push({ method: request.method(), path: url.pathname, query: url.searchParams, body: request.postDataJSON() });
      }
    });
    this.page.on('pageerror', (error) => this.wrong.push(String(error)));
    this.page.on('console', (message) => {
      const aborted = this.failing && message.text().includes('net::ERR_FAILED');
      if (['error', 'warning'].includes(message.type()) && !aborted) this.wrong.push(message.text());
    });
  }

  /** From now on this browser sends the opt-out signal, to scripts and in headers. */
  async sendsSignal() {
    await this.context.addInitScript(sendSignal);
    await this.context.setExtraHTTPHeaders({ 'Sec-GPC': '1' });
  }

  async open(place) {
    await this.page.goto(this.base + place);
    await this.settled();
  }

  settled() {
    return this.page.waitForFunction(() => !document.querySelector('[aria-busy], #privacy[disabled]') && (!globalThis.confidant || dataLayer.some((one) => one.event)));
  }

  async openPanel() {
    await this.page.click('#privacy');
    await this.page.waitForSelector('.panel[open]');
  }

  closePanel() {
    return this.page.keyboard.press('Escape');
  }

  /** Waits until the panel says something. */
  async told(words) {
    await this.page.waitForFunction((text) => document.querySelector('[data-part="status"]')?.textContent.includes(text), words);
  }

  async chooses(tier, words) {
    await this.page.click(`input[value="${tier}"]`);
    await this.told(words);
  }

  /** Says yes in the preferences that the panel opens. */
  async accepts({ teach = false } = {}) {
    await this.chooses('history', 'Please say yes or no');
    await this.saysYes({ teach });
  }

  async saysYes({ teach = false } = {}) {
    await this.picks('Personalization', 'yes');
    await this.picks('SharedLearning', teach ? 'yes' : 'no');
    await this.page.getByRole('button', { name: 'Save', exact: true }).click();
    await this.told('The shop remembers you');
  }

  picks(purpose, value) {
    return this.page.locator(`confidant-preferences input[name="${purpose}"][value="${value}"]`).check();
  }

  /** The preferences of the banner's script, over the panel. */
  preferences() {
    return this.page.locator('confidant-preferences dialog[open]');
  }

  reasons() {
    return this.page.$$eval('.rec .card', (cards) => cards.map((card) => card.querySelector('.card-note')?.textContent ?? ''));
  }

  why() {
    return this.page.textContent('.why-body');
  }

  ids() {
    return this.page.$$eval('.rec .card', (cards) => cards.map((card) => card.dataset.item));
  }

  /** Everything that the browser keeps for this origin. */
  async storage() {
    const kept = await this.page.evaluate(async () => ({
      local: Object.keys(localStorage).sort(),
      session: Object.keys(sessionStorage).sort(),
      databases: (await indexedDB.databases()).map((one) => one.name),
      caches: await caches.keys(),
    }));
    return { ...kept, cookies: await this.context.cookies() };
  }

  async shot(name) {
    const label = `${this.width}${this.dark ? '-dark' : ''}-${name}.png`;
    await this.page.screenshot({ path: path.join(this.shots, label) });
  }

  /** No rule of WCAG A and AA is broken on the page as it stands; a picture is taken. */
  async accessible(name) {
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), RULES);
    const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
    assert.deepEqual(told, [], `${name} at ${this.width}`);
    const overflow = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `${name} at ${this.width} scrolls sideways by ${overflow}`);
    await this.shot(name);
  }

  async steady(name) {
    const shifted = await this.page.evaluate(() => globalThis.shifted);
    assert.ok(shifted <= SHIFT_MAX, `${name} at ${this.width} shifted by ${shifted}`);
  }

  /** Leaves; nothing may have gone wrong. */
  async leaves() {
    await this.context.close();
    assert.deepEqual(this.wrong, []);
  }
}

/** Storage of a browser that keeps only these. */
export const only = (local, session) => ({ local, session, databases: [], caches: [], cookies: [] });
