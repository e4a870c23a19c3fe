// A guest of a shop that has the banner: Chromium with a fresh profile, watched.

import assert from 'node:assert/strict';
import path from 'node:path';
import { RULES, axe, sendSignal, watch } from './storefront-visitor.mjs';

const PATIENCE_MS = 15_000;

/** Runs in every page before its own scripts: what the page asks for, and which days pass. */
function keepWatch(days) {
  const real = Date.now;
  Date.now = () => real() + days * 864e5;
}

export class Guest {
  /** Everything that was wrong. */
  wrong = [];
  /** Requests to the server as `{method, path, query, body}`, preflights left out. */
  sent = [];

  static async arrive(browser, { shop, server, shots, width = 1280, dark = false, gpc = false, failing = null, motion = false, days = 0, height = 800 }) {
    const one = new Guest();
    Object.assign(one, { shop, server, shots, width, dark, failing });
    one.context = await browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: motion ? 'no-preference' : 'reduce',
    });
    one.context.setDefaultTimeout(PATIENCE_MS);
    await one.context.addInitScript(watch);
    if (days) await one.context.addInitScript(keepWatch, days);
    if (gpc) await one.sendsSignal();
    if (failing) await one.fails(failing);
    one.page = await one.context.newPage();
    one.listen();
    return one;
  }

  listen() {
    this.context.on('request', (request) => {
      const url = new URL(request.url());
      if (url.origin === this.server && request.method() !== 'OPTIONS') {
        this.sent.push({ method: request.method(), path: url.pathname, query: url.searchParams, body: request.postDataJSON() });
      } else if (![this.server, this.shop.origin].includes(url.origin) && !url.href.startsWith('about:')) {
        this.wrong.push(`left the shop: ${url.href}`);
      }
    });
    this.page.on('pageerror', (error) => this.wrong.push(String(error)));
    this.page.on('console', (message) => {
      const told = message.text();
      const expected = this.failing && (told.includes('net::ERR_FAILED') || told.includes('Failed to fetch'));
      if (['error', 'warning'].includes(message.type()) && !expected) this.wrong.push(told);
    });
  }

  async sendsSignal() {
    await this.context.addInitScript(sendSignal);
    await this.context.setExtraHTTPHeaders({ 'Sec-GPC': '1' });
  }

  async fails(what) {
    this.failing = what;
    await this.context.route(what, (route) => route.abort());
  }

  async recovers() {
    await this.context.unroute(this.failing);
  }

  /** Opens the shop and waits until the script has its notice, or has given up. */
  async open(query = {}) {
    const away = this.failing && this.page.waitForEvent('requestfailed');
    await this.page.goto(`${this.shop.origin}/?${new URLSearchParams(query)}`);
    if (away) return void (await away.catch(() => null));
    await this.page.evaluate(() => new Promise((ready) => confidant.on('ready', ready)));
  }

  banner() {
    return this.page.locator('confidant-banner .banner');
  }

  panel() {
    return this.page.locator('confidant-preferences dialog');
  }

  async press(name) {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async picks(purpose, value) {
    await this.page.locator(`confidant-preferences input[name="${purpose}"][value="${value}"]`).check();
  }

  async leavesOut(feature) {
    await this.page.locator(`confidant-preferences input[name="${feature}"]`).check();
  }

  async letsIn(feature) {
    await this.page.locator(`confidant-preferences input[name="${feature}"]`).uncheck();
  }

  /** What the server has on record about a browser. */
  record(id) {
    return this.page.evaluate(
      async ([server, browser]) => {
        const key = document.querySelector('[data-write-key]').dataset.writeKey;
        return (await fetch(`${server}/v1/consents?browser=${browser}`, { headers: { authorization: `Bearer ${key}` } })).json();
      },
      [this.server, id],
    );
  }

  consents() {
    return this.page.evaluate(() => confidant.consents());
  }

  allowed() {
    return this.page.evaluate(() => Object.entries(confidant.consents()).flatMap(([name, yes]) => (yes ? [name] : [])));
  }

  /** The data layer as plain values; commands as lists. */
  layer() {
    return this.page.evaluate(() => dataLayer.map((one) => ('length' in one ? [...one] : one)));
  }

  stored() {
    return this.page.evaluate(() => JSON.parse(localStorage.getItem('confidant')));
  }

  /** Names of everything that the browser keeps for the shop. */
  storage() {
    return this.page.evaluate(async () => [
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
      ...(await indexedDB.databases()).map((one) => one.name),
      ...(await caches.keys()),
      ...document.cookie.split(';').filter(Boolean),
    ]);
  }

  puts() {
    return this.sent.filter(({ method }) => method !== 'GET');
  }

  /** A picture, where somebody wants to look at them. */
  async shot(name) {
    if (!process.env.CONFIDANT_PICTURES) return;
    const label = `${this.width}${this.dark ? '-dark' : ''}-${name}.png`;
    await this.page.screenshot({ path: path.join(this.shots, label) });
  }

  async accessible(name) {
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), RULES);
    const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
    assert.deepEqual(told, [], `${name} at ${this.width}`);
    const overflow = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `${name} at ${this.width} scrolls sideways by ${overflow}`);
    const inner = await this.page.evaluate(() =>
      ['confidant-banner', 'confidant-preferences', 'confidant-switches'].flatMap((host) => {
        const box = document.querySelector(host)?.shadowRoot.querySelector('.banner, dialog[open], section');
        if (!box) return [];
        // A page can keep a place for its scroll bar; nothing may lie under it.
        return [box.scrollWidth - box.clientWidth, box.getBoundingClientRect().right - document.documentElement.clientWidth - 0.5];
      }),
    );
    assert.ok(inner.every((by) => by <= 0), `${name} at ${this.width}: the panel scrolls sideways by ${inner}`);
    await this.shot(name);
  }

  async leaves() {
    await this.context.close();
    assert.deepEqual(this.wrong, []);
  }
}
