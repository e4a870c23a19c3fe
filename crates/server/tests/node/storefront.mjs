// The storefront of the demo as visitors meet it.
//
//     node storefront.mjs ADDRESS FOLDER
//
// ADDRESS is the origin of a running demo. FOLDER takes pictures and the receipt. Prints one line
// for each group of assertions and ends with 1 at the first that does not hold.

import assert from 'node:assert/strict';
import path from 'node:path';
import zlib from 'node:zlib';
import { Visitor, launch, only } from './storefront-visitor.mjs';

const [base, folder] = process.argv.slice(2);
const SCRIPT_BYTES_MAX = 20_000;
const WIDTHS = [1280, 320];

const { items } = await (await fetch(`${base}/demo/items?limit=500`)).json();
const plain = items.filter((item) => item.in_stock && !item.sensitive);
const [beanie] = plain;
const dress = plain.find((item) => item.categories.includes('Women/Dresses'));
const page = (item) => `/p/${encodeURIComponent(item.id)}`;
const events = (visitor) => visitor.sent.filter(({ path }) => ['/v1/track', '/v1/identify', '/v1/page', '/v1/batch'].includes(path));

const browser = await launch();
const arrive = (how) => Visitor.arrive(browser, { base, shots: folder, ...how });

const groups = {
  async 'first-load script is small'() {
    const visitor = await arrive();
    await visitor.open('/');
    const names = await visitor.page.evaluate(() =>
      performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.endsWith('.js')),
    );
    let bytes = 0;
    for (const name of new Set(names)) bytes += zlib.gzipSync(await (await fetch(name)).text()).length;
    assert.ok(names.length > 3 && bytes <= SCRIPT_BYTES_MAX, `${names.length} scripts, ${bytes} bytes`);
    await visitor.leaves();
    return `${bytes} bytes in gzip, ${new Set(names).size} files`;
  },

  async 'every page is accessible, steady and gives reasons'() {
    for (const width of WIDTHS) {
      const visitor = await arrive({ width });
      for (const [name, place] of [['home', '/'], ['product', page(beanie)], ['cart', '/cart']]) {
        if (name === 'cart') await visitor.page.click('#buy');
        await visitor.open(place);
        await visitor.steady(name);
        const reasons = await visitor.reasons();
        assert.ok(reasons.length >= 4 && reasons.every(Boolean), `${name}: ${reasons}`);
        await visitor.page.click('.why summary');
        await visitor.accessible(name);
      }
      assert.deepEqual(await visitor.storage(), only([], ['cart']));
      await visitor.leaves();
    }
  },

  async 'dark pages are accessible'() {
    for (const width of WIDTHS) {
      const visitor = await arrive({ width, dark: true });
      await visitor.open('/');
      await visitor.accessible('home');
      await visitor.open(page(beanie));
      await visitor.openPanel();
      await visitor.accessible('panel');
      await visitor.chooses('history', 'Please say yes or no');
      await visitor.preferences().waitFor();
      await visitor.accessible('consent');
      await visitor.leaves();
    }
  },

  async 'a tier changes the basis at once; two tiers send and keep nothing'() {
    const visitor = await arrive();
    await visitor.open(page(beanie));
    assert.match(await visitor.why(), /Anonymous\. Nothing about you is kept/);
    assert.deepEqual(await visitor.storage(), only([], []));
    await visitor.openPanel();
    await visitor.chooses('visit', 'You are now “This visit”');
    assert.match(await visitor.why(), /This visit\..*One item you looked at in this visit/);
    await visitor.open(page(dress));
    assert.match(await visitor.why(), /The last 2 items you looked at in this visit/);
    assert.deepEqual(await visitor.storage(), only([], ['recent', 'visit']));
    await visitor.openPanel();
    await visitor.chooses('anonymous', 'You are now “Anonymous”');
    assert.match(await visitor.why(), /Anonymous\. Nothing about you is kept/);
    assert.deepEqual(await visitor.storage(), only([], []));
    assert.deepEqual(visitor.sent.filter(({ path }) => path !== '/v1/recommendations'), []);
    await visitor.leaves();
  },

  async 'the keyboard alone opens, consents and closes; focus returns'() {
    const visitor = await arrive({ width: 320 });
    const { keyboard } = visitor.page;
    const focused = () => visitor.page.evaluate(() => {
      let at = document.activeElement;
      while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      const { id, name, value, textContent } = at;
      return id || (name && name !== 'tier' ? `${name} ${value}` : value) || textContent;
    });
    const tabTo = async (wanted) => {
      for (let step = 0; step < 40; step += 1) {
        if ((await focused()) === wanted) return;
        await keyboard.press('Tab');
      }
      assert.fail(`the keyboard does not reach ${wanted}`);
    };
    await visitor.open('/');
    await tabTo('privacy');
    await keyboard.press('Enter');
    await visitor.page.waitForSelector('.panel[open]');
    await visitor.accessible('panel');
    await tabTo('anonymous');
    await keyboard.press('ArrowDown');
    await visitor.told('You are now “This visit”');
    await keyboard.press('ArrowDown');
    await visitor.told('Please say yes or no');
    await visitor.preferences().waitFor();
    await visitor.accessible('consent');
    await tabTo('Personalization no');
    await keyboard.press('ArrowDown');
    await tabTo('SharedLearning no');
    await keyboard.press('ArrowDown');
    await tabTo('Save');
    await keyboard.press('Enter');
    await visitor.told('The shop remembers you from now on and learns from your visits');
    assert.equal(await focused(), 'history');
    await keyboard.press('Escape');
    assert.equal(await focused(), 'privacy');
    assert.equal(await visitor.page.textContent('#tier-name'), 'Remember me');
    await visitor.leaves();
  },

  async 'remembered: a look counts in its own answer, size and departments by consent only'() {
    const visitor = await arrive();
    await visitor.open('/');
    await visitor.openPanel();
    await visitor.page.check('input[value="Knitwear"]');
    await visitor.told('Nothing was sent');
    assert.deepEqual(events(visitor), []);
    await visitor.accepts();
    assert.deepEqual(events(visitor).at(-1)?.body.traits, { sizes: [], preferred_categories: ['Women/Knitwear', 'Men/Knitwear'] });
    const [yes] = visitor.sent.filter(({ path }) => path === '/v1/consents');
    assert.deepEqual(yes.body.acknowledged_signals, []);
    await visitor.page.selectOption('#size', 'M');
    await visitor.told('the shop remembers it');
    assert.match(await visitor.why(), /Your favorite departments/);
    await visitor.accessible('remembered');
    for (const [item, words] of [[beanie, /One item of your history/], [dress, /2 items of your history/]]) {
      visitor.sent.length = 0;
      await visitor.open(page(item));
      assert.deepEqual(visitor.sent.map(({ path }) => path), ['/v1/track', '/v1/recommendations']);
      assert.match(await visitor.why(), words);
    }
    assert.deepEqual(await visitor.storage(), only(['confidant', 'preferences'], ['recent']));
    await visitor.open('/');
    assert.ok((await visitor.reasons()).some((reason) => reason.includes(beanie.title) || reason.includes(dress.title)));
    const [first] = await visitor.ids();
    assert.match(items.find(({ id }) => id === first).categories.join(), /Knitwear/, 'favorite departments come first');
    await visitor.openPanel();
    await visitor.page.uncheck('input[value="Knitwear"]');
    await visitor.told('the shop remembers it');
    assert.doesNotMatch(await visitor.why(), /Your favorite departments/);
    await visitor.chooses('anonymous', 'The shop erased what it kept');
    assert.match(await visitor.why(), /Anonymous\. Nothing about you is kept/);
    visitor.sent.length = 0;
    await visitor.open(page(beanie));
    assert.deepEqual(visitor.sent.map(({ path }) => path), ['/v1/recommendations']);
    assert.equal(visitor.sent[0].query.get('browser'), null);
    await visitor.leaves();
  },

  async 'the opt-out signal is honored, and outranked only by who was told'() {
    for (const width of WIDTHS) {
      const visitor = await arrive({ width, gpc: true });
      await visitor.open(page(beanie));
      await visitor.openPanel();
      assert.match(await visitor.page.textContent('.badge'), /Opt-out signal honored/);
      await visitor.accessible('gpc-panel');
      await visitor.chooses('history', 'Please say yes or no');
      assert.match(await visitor.page.textContent('confidant-preferences .signal'), /Global Privacy Control.*counts above the signal/s);
      await visitor.accessible('gpc-consent');
      await visitor.saysYes();
      const [yes] = visitor.sent.filter(({ path }) => path === '/v1/consents');
      assert.deepEqual(yes.body.acknowledged_signals, ['gpc']);
      assert.match(await visitor.why(), /Remember me\..*One item of your history/);
      await visitor.leaves();
    }
    // A yes from before the signal does not outrank it: the page does not even ask with the number.
    const later = await arrive();
    await later.open('/');
    await later.openPanel();
    await later.accepts();
    await later.sendsSignal();
    later.sent.length = 0;
    await later.open(page(beanie));
    assert.match(await later.why(), /Anonymous\. Nothing about you is kept/);
    assert.ok(later.sent.every(({ path, query }) => path === '/v1/recommendations' && !query.get('browser')));
    await later.openPanel();
    await later.accepts();
    assert.deepEqual(later.sent.filter(({ path }) => path === '/v1/consents').at(-1).body.acknowledged_signals, ['gpc']);
    assert.match(await later.why(), /Remember me\./);
    await later.leaves();
  },

  async 'a shop whose API fails still sells'() {
    for (const width of WIDTHS) {
      const halting = await arrive({ width, failing: '**/v1/recommendations*' });
      await halting.open('/');
      await halting.steady('home without recommendations');
      assert.ok((await halting.reasons()).every((reason) => reason === 'From the shelf, not chosen for you'));
      await halting.accessible('no-recommendations');
      await halting.leaves();
      const silent = await arrive({ width, failing: /\/(v1|demo)\// });
      await silent.open('/');
      assert.match(await silent.page.textContent('#clothes .message'), /did not answer/);
      await silent.accessible('no-api');
      await silent.open(page(beanie));
      assert.equal(await silent.page.textContent('#title'), 'The item could not be loaded');
      await silent.accessible('no-api-product');
      await silent.leaves();
    }
  },

  async 'erase me: a receipt to verify, and nothing left'() {
    for (const width of WIDTHS) {
      const visitor = await arrive({ width });
      await visitor.open(page(beanie));
      await visitor.openPanel();
      await visitor.accepts({ teach: true });
      await visitor.page.selectOption('#size', 'M');
      await visitor.told('the shop remembers it');
      await visitor.open(page(dress));
      await visitor.openPanel();
      await visitor.page.click('.erase button');
      await visitor.accessible('erase');
      await visitor.page.click('.sheet button:has-text("Erase everything")');
      await visitor.page.waitForSelector('.sheet h2:has-text("You are forgotten")');
      await visitor.told('You are “Anonymous” again');
      const sheet = await visitor.page.textContent('.sheet');
      assert.match(sheet, /History event: 2 rows/);
      assert.match(sheet, /Consent evidence.*GDPR Art\. 7\(1\).*gone by \w+ \d+, \d{4}/);
      await visitor.accessible('receipt');
      const [file] = await Promise.all([visitor.page.waitForEvent('download'), visitor.page.click('text=Download receipt')]);
      assert.ok(sheet.includes(`confidant verify receipt ${file.suggestedFilename()}`));
      await file.saveAs(path.join(folder, `receipt-${width}.json`));
      assert.deepEqual(await visitor.storage(), only([], []));
      await visitor.page.click('.sheet button:has-text("Done")');
      assert.match(await visitor.why(), /Anonymous\. Nothing about you is kept/);
      assert.equal(await visitor.page.inputValue('#size'), '');
      await visitor.leaves();
    }
  },
};

try {
  for (const [name, group] of Object.entries(groups)) {
    const started = performance.now();
    const more = await group().catch((error) => {
      error.message = `${name}: ${error.message}`;
      throw error;
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`ok  ${name}${more ? ` (${more})` : ''}, ${seconds} s`);
  }
} finally {
  await browser.close();
}
