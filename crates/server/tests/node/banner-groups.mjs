// What must be true of banner and preferences, in groups.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const ALL_BYTES_MAX = 12_000;
const LANGUAGES = ['de', 'en', 'es', 'fr', 'it', 'nb', 'nl', 'pl', 'ar'];
const ASKED = ['Personalization', 'SharedLearning', 'Measurement', 'Marketing'];
const TYPES = ['ad_storage', 'ad_user_data', 'ad_personalization', 'analytics_storage', 'functionality_storage', 'personalization_storage', 'security_storage'];
const modes = (granted) => Object.fromEntries(TYPES.map((type) => [type, granted.includes(type) ? 'granted' : 'denied']));
const paths = (guest) => guest.sent.map(({ method, path: place }) => `${method} ${place}`);
const START = ['GET /v1/banner.js', 'GET /v1/notice'];

/** Everything that makes one button stronger than another. */
const looks = (locator) =>
  locator.evaluateAll((buttons) =>
    buttons.map((button) => {
      const { width, height } = button.getBoundingClientRect();
      const style = getComputedStyle(button);
      const names = ['color', 'backgroundColor', 'borderTopColor', 'borderTopWidth', 'fontSize', 'fontWeight', 'fontFamily', 'textDecoration', 'opacity', 'boxShadow', 'padding', 'cursor'];
      return JSON.stringify({ tag: button.localName, role: button.getAttribute('role'), width: Math.round(width), height: Math.round(height), style: names.map((name) => style[name]) });
    }),
  );

async function equal(guest, what) {
  // No button is under the pointer.
  await guest.page.mouse.move(0, 0);
  const found = await looks(guest.page.locator(`${what} .pair button.main`));
  assert.ok(found.length >= 2 && new Set(found).size === 1, `${what} at ${guest.width}: ${found.join('\n')}`);
}

/** Nothing is chosen before the person chooses. */
const ticked = (guest) => guest.page.locator('confidant-preferences input:checked').count();

const words = (guest, host) =>
  guest.page.evaluate((name) => {
    const texts = [];
    for (const node of document.querySelector(name).shadowRoot.querySelectorAll('h2,h3,p,li,legend,label,button')) {
      texts.push(node.getAttribute('aria-label') ?? node.textContent);
    }
    return texts;
  }, host);

const focused = (guest) =>
  guest.page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at.getAttribute('aria-label') ?? (at.value && at.name ? `${at.name} ${at.value}` : at.textContent);
  });

/** One language at one width: accessible, equal, nothing ticked; notes every word that was shown. */
async function meet(arrive, language, width, dark) {
  const guest = await arrive({ width, dark });
  await guest.open({ say: language });
  await guest.banner().waitFor();
  assert.equal(await guest.banner().evaluate((panel) => getComputedStyle(panel).animationName), 'none', 'motion is reduced');
  await guest.accessible(`banner-${language}`);
  await equal(guest, 'confidant-banner');
  const shown = await words(guest, 'confidant-banner');
  const [refuse, accept] = await guest.page.locator('confidant-banner .pair button').all();
  const [left, right] = [await refuse.boundingBox(), await accept.boundingBox()];
  if (left.y === right.y) assert.equal(left.x < right.x, language !== 'ar', 'the order follows the direction of writing');
  await guest.page.locator('confidant-banner .quiet').first().click();
  await guest.panel().waitFor();
  await guest.accessible(`preferences-${language}`);
  await equal(guest, 'confidant-preferences footer');
  assert.equal(await ticked(guest), 0);
  await guest.panel().evaluate((dialog) => dialog.scrollTo(0, 1e6));
  await guest.shot(`preferences-end-${language}`);
  shown.push(...(await words(guest, 'confidant-preferences')));
  if (width === 1280) {
    await guest.panel().locator('footer button').nth(1).click();
    await guest.panel().waitFor({ state: 'hidden' });
    await guest.page.click('[data-confidant-open]');
    await guest.panel().waitFor();
    await guest.accessible(`preferences-given-${language}`);
    shown.push(...(await words(guest, 'confidant-preferences')));
    await guest.leavesOut('purchase_history');
    await guest.picks('lasting', 'visit');
    await guest.panel().locator('.parts').last().scrollIntoViewIfNeeded();
    await guest.accessible(`preferences-narrowed-${language}`);
    const [put] = guest.puts();
    assert.equal(put.body.notice.language, language);
    fs.writeFileSync(path.join(guest.shots, `shown-${language}.json`), JSON.stringify({ digest: put.body.notice.digest, shown }));
  }
  await guest.leaves();
}

export const groups = {
  async 'the first page load is small, moves nothing, and tells nobody anything'({ arrive, server }) {
    for (const width of [1280, 320]) {
      const guest = await arrive({ width, motion: true });
      await guest.open();
      await guest.banner().waitFor();
      assert.equal(await guest.banner().evaluate((panel) => getComputedStyle(panel).animationName), 'rise');
      await guest.page.evaluate(() => Promise.all(document.querySelector('confidant-banner').shadowRoot.getAnimations().map((one) => one.finished)));
      assert.equal(await guest.page.evaluate(() => globalThis.shifted), 0);
      assert.deepEqual(paths(guest), START);
      assert.deepEqual(await guest.storage(), []);
      assert.deepEqual(await guest.allowed(), []);
      const [first, second] = await guest.layer();
      assert.deepEqual(first, ['consent', 'default', { ...modes([]), wait_for_update: 500 }]);
      assert.deepEqual(second, ['consent', 'update', modes(['security_storage'])]);
      await guest.leaves();
    }
    const bytes = async (place) => zlib.gzipSync(Buffer.from(await (await fetch(server + place)).arrayBuffer())).length;
    const [script, notice] = [await bytes('/v1/banner.js'), await bytes('/v1/notice?language=en')];
    assert.ok(script + notice < ALL_BYTES_MAX, `${script} + ${notice}`);
    return `script with styles ${script}, notice with texts ${notice} bytes in gzip`;
  },

  async 'every language, light and dark, wide and narrow: accessible, equal, nothing ticked, every word shown'({ arrive }) {
    const lanes = [
      [...LANGUAGES.map((language) => [language, 1280, false]), ['en', 1280, true]],
      [...LANGUAGES.map((language) => [language, 320, true]), ['en', 320, false]],
    ];
    await Promise.all(lanes.map(async (lane) => {
      for (const how of lane) await meet(arrive, ...how);
    }));
  },

  async 'the keyboard alone: order, Escape is no choice, focus returns, a choice per purpose'({ arrive }) {
    const guest = await arrive({ width: 320 });
    const { keyboard } = guest.page;
    await guest.open();
    await guest.banner().waitFor();
    const order = [];
    for (let step = 0; step < 4; step += 1) {
      await keyboard.press('Tab');
      order.push(await focused(guest));
    }
    assert.deepEqual(order, ['Refuse all', 'Accept all', 'Choose one by one', 'Close without choosing']);
    await keyboard.press('Shift+Tab');
    await keyboard.press('Enter');
    await guest.panel().waitFor();
    assert.equal(await focused(guest), 'Privacy settings');
    await keyboard.press('Escape');
    await guest.panel().waitFor({ state: 'hidden' });
    assert.equal(await focused(guest), 'Choose one by one');
    assert.ok(await guest.banner().isVisible());
    assert.deepEqual([await guest.storage(), guest.puts()], [[], []]);
    await keyboard.press('Enter');
    await guest.panel().waitFor();
    const tabTo = async (wanted) => {
      for (let step = 0; step < 30; step += 1) {
        if ((await focused(guest)) === wanted) return;
        await keyboard.press('Tab');
      }
      assert.fail(`the keyboard does not reach ${wanted}`);
    };
    await tabTo('Personalization no');
    await keyboard.press('ArrowRight');
    assert.equal(await focused(guest), 'Personalization yes');
    await tabTo('Marketing no');
    await keyboard.press('Space');
    await tabTo('Save');
    await keyboard.press('Enter');
    await guest.panel().waitFor({ state: 'hidden' });
    assert.deepEqual(await guest.allowed(), ['Personalization']);
    const [put] = guest.puts();
    assert.deepEqual(put.body.choices, { Personalization: true, Marketing: false });
    assert.equal(put.body.how, 'preferences');
    assert.match(await guest.page.textContent('confidant-preferences [role="status"].unseen'), /is saved/);
    // What was left open is neither refused nor asked again for now.
    await guest.open();
    assert.equal(await guest.banner().count(), 0);
    assert.deepEqual(Object.keys((await guest.stored()).open), ['SharedLearning', 'Measurement']);
    await guest.leaves();
  },

  async 'the keyboard closes the banner: no choice, and quiet in this tab only'({ arrive }) {
    for (const how of ['Escape', 'Enter']) {
      const guest = await arrive();
      await guest.open();
      await guest.banner().waitFor();
      await guest.page.getByRole('button', { name: 'Close without choosing' }).focus();
      await guest.page.keyboard.press(how);
      assert.equal(await guest.banner().count(), 0);
      assert.deepEqual([await guest.storage(), guest.puts(), await guest.allowed()], [['confidant-closed'], [], []]);
      await guest.open();
      assert.equal(await guest.banner().count(), 0);
      await guest.page.evaluate(() => confidant.show());
      assert.equal(await guest.banner().count(), 1);
      const other = await guest.context.newPage();
      await other.goto(guest.shop.origin);
      await other.locator('confidant-banner .banner').waitFor();
      await guest.leaves();
    }
  },

  async 'a no is kept without an id, told to nobody, and asked again after the interval of the law only'({ arrive }) {
    const guest = await arrive();
    await guest.open({ tags: 1 });
    await guest.press('Refuse all');
    assert.equal(await guest.banner().count(), 0);
    assert.deepEqual(paths(guest), START);
    assert.deepEqual(await guest.allowed(), []);
    const kept = await guest.stored();
    assert.deepEqual(Object.keys(kept).sort(), ['late', 'no', 'off', 'open', 'paused', 'yes']);
    assert.deepEqual([Object.keys(kept.no), kept.yes, kept.open, kept.late], [ASKED, {}, {}, []]);
    const [day, again] = kept.no.Marketing;
    assert.ok(again - day === 365 || again - day === 366, `${again - day} days`);
    assert.deepEqual(await guest.page.evaluate(() => globalThis.ran), []);
    assert.equal(guest.shop.asked.filter((place) => place.startsWith('/tag.js') || place.startsWith('/frame')).length, 0);
    await guest.open();
    assert.equal(await guest.banner().count(), 0);
    for (const [days, count] of [[again - day - 1, 0], [1, 1]]) {
      await guest.context.addInitScript((more) => { const now = Date.now; Date.now = () => now() + more * 864e5; }, days);
      await guest.open();
      assert.equal(await guest.banner().count(), count, `${days} days later`);
    }
    assert.deepEqual(guest.puts(), []);
    await guest.leaves();
  },

  async 'a yes is recorded with the notice; tags run once, in order, and Consent Mode follows'({ arrive }) {
    const guest = await arrive();
    await guest.open({ tags: 1, in: 'DE' });
    assert.deepEqual(await guest.page.evaluate(() => ran), []);
    guest.shop.asked.length = 0;
    await guest.page.click('[data-confidant-open]');
    await guest.picks('Measurement', 'yes');
    await guest.picks('Marketing', 'no');
    await guest.press('Save');
    await guest.page.waitForFunction(() => ran.includes('module'));
    assert.deepEqual(await guest.page.evaluate(() => ran), ['first', 'inline', 'slow', 'module']);
    assert.deepEqual(guest.shop.asked.filter((place) => place.startsWith('/frame')), []);
    const notice = await (await fetch(`${guest.server}/v1/notice?language=en&jurisdiction=DE`)).json();
    const [put] = guest.puts();
    assert.deepEqual(put.body.notice, { digest: notice.digest, language: 'en' });
    assert.deepEqual([put.body.browser, put.body.acknowledged_signals, put.body.for_days], [null, [], 395]);
    assert.equal(put.query.get('jurisdiction'), 'DE');
    assert.deepEqual((await guest.layer()).slice(-2), [
      ['consent', 'update', modes(['analytics_storage', 'security_storage'])],
      { event: 'confidant_consent', confidant: { Personalization: false, SharedLearning: false, PrivateAggregates: false, Measurement: true, Marketing: false, PersonalizedPricing: false } },
    ]);
    const kept = await guest.stored();
    assert.match(kept.browser, /^[0-9a-f]{32}$/);
    assert.ok(kept.handle && kept.yes.Measurement.until > Date.now() / 864e5 + 390);
    assert.equal(await guest.page.evaluate(() => confidant.browser), null, 'the id is for recommendations');
    await guest.page.click('[data-confidant-open]');
    await guest.press('Accept all');
    await guest.page.waitForFunction(() => ran.includes('both'));
    assert.equal(await guest.page.evaluate(() => confidant.browser), kept.browser);
    await guest.page.frameLocator('iframe').getByText('A map').waitFor();
    assert.deepEqual(await guest.page.evaluate(() => ran), ['first', 'inline', 'slow', 'module', 'both']);
    assert.deepEqual((await guest.layer()).at(-2), ['consent', 'update', modes(TYPES)]);
    // On the next page what is known counts before any other script, and before the server answers.
    await guest.open({ tags: 1, in: 'DE' });
    const [first, second] = await guest.layer();
    assert.deepEqual([first[1], second], ['default', ['consent', 'update', modes(TYPES)]]);
    await guest.page.waitForFunction(() => ran.length === 5);
    assert.equal(await guest.banner().count(), 0);
    // A tag that comes later runs, too.
    await guest.page.evaluate(() => {
      const late = document.createElement('script');
      late.type = 'text/plain';
      late.dataset.confidantPurpose = 'Measurement';
      late.dataset.src = '/tag.js?later';
      document.body.append(late);
    });
    await guest.page.waitForFunction(() => ran.at(-1) === 'later');
    await guest.leaves();
  },

  async 'a pause: said before the click, at once, and a yes brings all back under the same id'({ arrive }) {
    const guest = await arrive();
    await guest.open({ tags: 1 });
    await guest.press('Accept all');
    await guest.page.waitForFunction(() => confidant.consents().Marketing);
    const { browser } = await guest.stored();
    await guest.page.click('[data-confidant-open]');
    assert.match(await guest.page.textContent('confidant-preferences form'), /stays sealed and unread for at most 30 days/);
    await guest.press('Pause');
    await guest.panel().waitFor({ state: 'hidden' });
    assert.deepEqual(await guest.allowed(), []);
    const kept = await guest.stored();
    assert.deepEqual([kept.browser, kept.yes, kept.late, Object.keys(kept.paused).length], [browser, {}, [], 4]);
    const states = () =>
      guest.page.evaluate(
        async ([server, id]) => {
          const key = document.querySelector('[data-write-key]').dataset.writeKey;
          const answer = await fetch(`${server}/v1/consents?browser=${id}`, { headers: { authorization: `Bearer ${key}` } });
          return Object.values((await answer.json()).consents).map(({ state }) => state);
        },
        [guest.server, browser],
      );
    assert.deepEqual(await states(), ['paused', 'paused', 'paused', 'paused']);
    await guest.page.reload();
    assert.equal(await guest.banner().count(), 0);
    await guest.page.click('[data-confidant-open]');
    await guest.press('Accept all');
    await guest.page.waitForFunction(() => confidant.consents().Marketing);
    assert.deepEqual(await states(), ['given', 'given', 'given', 'given']);
    assert.deepEqual([(await guest.stored()).browser, (await guest.stored()).paused], [browser, {}]);
    await guest.leaves();
  },

  async 'parts of a yes are left out one by one, stay out under a new id, and come back by a click only'({ arrive }) {
    for (const [width, dark] of [[1280, true], [320, false]]) {
      const guest = await arrive({ width, dark });
      await guest.open({ in: 'DE' });
      await guest.press('Choose one by one');
      await guest.leavesOut('purchase_history');
      await guest.picks('Personalization', 'yes');
      await guest.accessible('preferences-left-out');
      await guest.press('Save');
      await guest.panel().waitFor({ state: 'hidden' });
      assert.deepEqual(guest.puts()[0].body.features, { purchase_history: false });
      // A tag manager knows no parts, so it is told no.
      assert.deepEqual((await guest.layer()).filter((one) => one[1] === 'update').at(-1)[2], modes(['security_storage']));
      assert.deepEqual(await guest.allowed(), ['Personalization']);
      const { browser, off } = await guest.stored();
      assert.deepEqual(off, ['purchase_history']);
      const standing = async () => Object.values((await guest.record((await guest.stored()).browser)).features).map(({ state }) => state);
      assert.deepEqual(await standing(), ['on', 'off', 'on']);
      // Who comes back finds it so; a yes under a new id leaves it out as well.
      await guest.open({ in: 'DE' });
      await guest.page.click('[data-confidant-open]');
      assert.equal(await guest.page.locator('confidant-preferences input[name="purchase_history"]').isChecked(), true);
      await guest.press('Withdraw and delete');
      await guest.panel().waitFor({ state: 'hidden' });
      assert.deepEqual((await guest.stored()).off, ['purchase_history']);
      await guest.page.evaluate(() => confidant.show());
      await guest.press('Accept all');
      await guest.page.waitForFunction(() => confidant.consents().Marketing);
      assert.deepEqual(guest.puts().at(-1).body.features, { purchase_history: false });
      assert.notEqual((await guest.stored()).browser, browser);
      // A server that cannot be reached changes nothing.
      await guest.fails('**/v1/consents*');
      await guest.page.click('[data-confidant-open]');
      await guest.leavesOut('browsing_history');
      await guest.press('Save');
      await guest.page.getByText('nothing was changed').waitFor();
      assert.deepEqual((await guest.stored()).off, ['purchase_history']);
      await guest.recovers();
      await guest.letsIn('browsing_history');
      await guest.letsIn('purchase_history');
      await guest.press('Save');
      await guest.panel().waitFor({ state: 'hidden' });
      assert.deepEqual(guest.puts().at(-1).body.features, { purchase_history: true });
      assert.deepEqual([await standing(), (await guest.stored()).off], [['on', 'on', 'on'], []]);
      await guest.leaves();
    }
    // Nobody gets an id for leaving something out of a silent yes; the next yes says it.
    const silent = await arrive();
    await silent.open({ in: 'US-CA' });
    await silent.press('Choose one by one');
    await silent.leavesOut('stated_preferences');
    await silent.press('Save');
    await silent.panel().waitFor({ state: 'hidden' });
    assert.deepEqual([silent.puts(), (await silent.stored()).off], [[], ['stated_preferences']]);
    await silent.page.click('[data-confidant-open]');
    await silent.picks('Personalization', 'yes');
    await silent.press('Save');
    await silent.panel().waitFor({ state: 'hidden' });
    assert.deepEqual(silent.puts()[0].body.features, { stated_preferences: false });
    await silent.leaves();
  },

  async 'a yes for this visit ends with it, one for 30 days after them'({ arrive }) {
    const guest = await arrive();
    await guest.open({ in: 'DE' });
    await guest.page.click('[data-confidant-open]');
    await guest.picks('Measurement', 'yes');
    await guest.picks('lasting', '30');
    await guest.press('Save');
    await guest.panel().waitFor({ state: 'hidden' });
    await guest.page.click('[data-confidant-open]');
    assert.equal(await guest.page.locator('confidant-preferences input[name="lasting"]:checked').count(), 0);
    await guest.picks('Measurement', 'no');
    await guest.picks('Personalization', 'yes');
    await guest.picks('lasting', 'visit');
    await guest.press('Save');
    await guest.panel().waitFor({ state: 'hidden' });
    const [month, visit] = guest.puts().map(({ body }) => [body.for_days, body.for]);
    assert.deepEqual([month, visit], [[30, undefined], [undefined, 'visit']]);
    const kept = await guest.stored();
    assert.ok(kept.yes.Personalization.visit && Date.now() - kept.seen < 60_000);
    // The next page asks whether the server knows of its end; nobody else's page asks anything.
    await guest.open({ in: 'DE' });
    assert.deepEqual([paths(guest).at(-1), await guest.allowed()], ['GET /v1/consents', ['Personalization']]);
    await guest.page.evaluate(
      async ([server, browser]) => {
        const key = document.querySelector('[data-write-key]').dataset.writeKey;
        await fetch(`${server}/v1/consents`, { method: 'PUT', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify({ browser, end_visit: true }) });
      },
      [guest.server, kept.browser],
    );
    await guest.open({ in: 'DE' });
    assert.deepEqual([await guest.allowed(), (await guest.stored()).yes, (await guest.stored()).seen], [[], {}, undefined]);
    // Half an hour without a step ends it in the browser, too, whoever can be reached.
    await guest.page.click('[data-confidant-open]');
    await guest.picks('Personalization', 'yes');
    await guest.picks('lasting', 'visit');
    await guest.press('Save');
    await guest.panel().waitFor({ state: 'hidden' });
    assert.deepEqual(await guest.allowed(), ['Personalization']);
    const later = (minutes) => guest.page.evaluate((more) => { const now = Date.now; Date.now = () => now() + more * 6e4; }, minutes);
    await later(29);
    await guest.page.click('h1');
    await later(29);
    assert.deepEqual(await guest.allowed(), ['Personalization']);
    await later(2);
    assert.deepEqual(await guest.allowed(), []);
    await guest.page.click('h1');
    assert.deepEqual((await guest.stored()).yes, {});
    await guest.leaves();
  },

  async 'taking a yes back: said before the click, at once, in every tab, and the id goes'({ arrive }) {
    const guest = await arrive();
    await guest.open({ tags: 1 });
    await guest.press('Accept all');
    await guest.page.waitForFunction(() => confidant.consents().Marketing);
    const { browser } = await guest.stored();
    const other = await guest.context.newPage();
    await other.goto(guest.shop.origin);
    await other.waitForFunction(() => confidant.consents().Marketing);
    await guest.page.click('[data-confidant-open]');
    const text = await guest.page.textContent('confidant-preferences form');
    assert.match(text, /stops at once, and what was kept for it is deleted at once.*cannot be brought back/s);
    await guest.press('Withdraw and delete');
    await guest.panel().waitFor({ state: 'hidden' });
    assert.deepEqual(await guest.allowed(), []);
    await other.waitForFunction(() => !confidant.consents().Marketing);
    assert.deepEqual((await guest.layer()).filter((one) => one[1] === 'update').at(-1), ['consent', 'update', modes(['security_storage'])]);
    const kept = await guest.stored();
    assert.deepEqual([kept.browser, kept.handle, kept.yes, kept.late], [undefined, undefined, {}, []]);
    assert.equal(await guest.page.getAttribute('iframe', 'src'), 'about:blank');
    const record = await guest.page.evaluate(
      async ([server, id]) => {
        const key = document.querySelector('[data-write-key]').dataset.writeKey;
        return (await fetch(`${server}/v1/consents?browser=${id}`, { headers: { authorization: `Bearer ${key}` } })).json();
      },
      [guest.server, browser],
    );
    assert.deepEqual(Object.values(record.consents).map(({ state }) => state), ['withdrawn', 'withdrawn', 'withdrawn', 'withdrawn']);
    await guest.leaves();
  },

  async 'Global Privacy Control: opt-in stays no, opt-out is visibly honored, and who was told may outrank it'({ arrive }) {
    for (const [width, dark] of [[1280, false], [320, true]]) {
      const german = await arrive({ width, dark, gpc: true });
      await german.open({ in: 'DE' });
      assert.equal(await german.banner().count(), 0);
      assert.deepEqual(await german.allowed(), []);
      await german.page.click('[data-confidant-open]');
      assert.match(await german.page.textContent('confidant-preferences .signal'), /counts as a no.*your yes counts above/s);
      await german.accessible('preferences-gpc');
      assert.equal(await ticked(german), 0);
      await german.picks('Personalization', 'yes');
      await german.press('Save');
      await german.panel().waitFor({ state: 'hidden' });
      assert.deepEqual(german.puts()[0].body.acknowledged_signals, ['gpc']);
      assert.deepEqual(await german.allowed(), ['Personalization']);
      await german.leaves();
      const californian = await arrive({ width, dark, gpc: true });
      await californian.open({ in: 'US-CA' });
      await californian.banner().waitFor();
      assert.match(await californian.banner().textContent(), /Opt-out honored/);
      assert.deepEqual(await californian.allowed(), []);
      await californian.accessible('honored');
      await californian.press('OK');
      assert.deepEqual(paths(californian), START);
      await californian.open({ in: 'US-CA' });
      assert.equal(await californian.banner().count(), 0);
      await californian.leaves();
    }
    const unknown = await arrive({ gpc: true });
    await unknown.open({ in: 'JP' });
    await unknown.page.click('[data-confidant-open]');
    assert.equal(await unknown.page.locator('confidant-preferences input[value="yes"]:not([disabled])').count(), 0);
    assert.equal(await unknown.page.locator('confidant-preferences footer button').count(), 2);
    await unknown.accessible('preferences-always-no');
    await unknown.leaves();
    // A signal that comes later takes away what was said before it.
    const later = await arrive();
    await later.open({ in: 'DE' });
    await later.press('Accept all');
    await later.page.waitForFunction(() => confidant.consents().Marketing);
    await later.sendsSignal();
    await later.open({ in: 'DE' });
    assert.deepEqual(await later.allowed(), []);
    await later.leaves();
  },

  async 'where silence is a yes by law it counts until a no, and the no sends nothing'({ arrive }) {
    const guest = await arrive();
    await guest.open({ in: 'US-CA', tags: 1 });
    await guest.banner().waitFor();
    assert.match(await guest.banner().textContent(), /Until you say no/);
    assert.deepEqual(await guest.allowed(), ASKED);
    assert.equal((await guest.stored()), null);
    await guest.page.click('[data-confidant-open]', { force: true });
    assert.equal(await ticked(guest), 0);
    await guest.accessible('preferences-opt-out');
    await guest.page.keyboard.press('Escape');
    await guest.press('Refuse all');
    assert.deepEqual([await guest.allowed(), guest.puts()], [[], []]);
    await guest.leaves();
  },

  async 'when the server fails nothing is allowed, nothing is lost, and it is said'({ arrive }) {
    for (const [width, dark] of [[1280, false], [320, true]]) {
      const silent = await arrive({ width, dark, failing: '**/v1/notice*' });
      await silent.open();
      assert.deepEqual([await silent.banner().count(), await silent.allowed()], [0, []]);
      await silent.page.click('[data-confidant-open]');
      await silent.page.getByText('could not be loaded').waitFor();
      await silent.accessible('no-notice');
      await silent.press('Close');
      await silent.recovers();
      await silent.page.click('[data-confidant-open]');
      await silent.panel().waitFor();
      await silent.leaves();
      const guest = await arrive({ width, dark });
      await guest.open();
      await guest.fails('**/v1/consents*');
      await guest.press('Accept all');
      await guest.page.getByText('nothing was changed').waitFor();
      await guest.accessible('failed');
      await equal(guest, 'confidant-banner');
      assert.deepEqual([await guest.storage(), await guest.allowed()], [[], []]);
      await guest.recovers();
      await guest.press('Accept all');
      await guest.page.waitForFunction(() => confidant.consents().Marketing);
      // A no stops the use here even so, and the server hears of it on the next page.
      await guest.fails('**/v1/consents*');
      await guest.page.click('[data-confidant-open]');
      await guest.press('Withdraw and delete');
      await guest.page.getByText('could not be reached').waitFor();
      await guest.page.getByText('could not be reached').scrollIntoViewIfNeeded();
      await guest.accessible('stopped');
      const marked = await guest.page.locator('confidant-preferences input:checked').evaluateAll((inputs) => inputs.map(({ value }) => value));
      assert.deepEqual(marked, ['no', 'no', 'no', 'no']);
      assert.deepEqual([await guest.allowed(), (await guest.stored()).late], [[], ASKED]);
      await guest.recovers();
      guest.failing = null;
      guest.sent.length = 0;
      await guest.open();
      await guest.page.waitForFunction(() => !JSON.parse(localStorage.getItem('confidant')).late.length);
      assert.deepEqual(guest.puts().map(({ body }) => [body.how, Object.values(body.choices)]), [['late', [false, false, false, false]]]);
      assert.equal((await guest.stored()).browser, undefined);
      guest.failing = 'before';
      await guest.leaves();
    }
  },

  async 'no script says yes for a person, and none learns what is shown'({ arrive }) {
    const pushed = await arrive();
    // Whatever the test asks a page counts as a gesture, so it only listens.
    const [said] = await Promise.all([pushed.page.waitForEvent('console'), pushed.page.goto(`${pushed.shop.origin}/?pushy`)]);
    assert.match(said.text(), /a yes needs a click/);
    assert.deepEqual(pushed.puts(), []);
    await pushed.leaves();
    const guest = await arrive();
    await guest.open({ in: 'DE' });
    await guest.banner().waitFor();
    await guest.press('Close without choosing');
    await guest.open({ in: 'DE' });
    const fails = (code) => guest.page.evaluate(async (text) => {
      const calls = {
        yes: () => confidant.set({ Marketing: true }),
        unasked: () => confidant.set({ PersonalizedPricing: true }),
        strange: () => confidant.set({ Support: true }),
        empty: () => confidant.set({}),
        shown: () => confidant.on('shown', () => {}),
        accept: () => confidant.on('accept', () => {}),
      };
      try {
        await calls[text]();
        return 'no error';
      } catch (error) {
        return error.message;
      }
    }, code);
    assert.match(await fails('yes'), /a yes needs the notice/);
    await guest.page.evaluate(() => confidant.show());
    assert.match(await fails('unasked'), /does not ask for this purpose/);
    assert.match(await fails('strange'), /choices are purposes/);
    assert.match(await fails('empty'), /choices are purposes/);
    assert.match(await fails('shown'), /events ready and change/);
    assert.match(await fails('accept'), /events ready and change/);
    assert.deepEqual(await guest.page.evaluate(() => [Object.isFrozen(confidant), Object.keys(confidant).sort()]), [true, ['browser', 'center', 'consents', 'erase', 'on', 'open', 'set', 'show', 'stranger', 'withdraw']]);
    // In a click of the page's own it counts, after the notice was shown.
    await guest.page.evaluate(() => {
      globalThis.heard = [];
      confidant.on('change', (now) => heard.push(now.Personalization));
      const yes = document.createElement('button');
      yes.textContent = 'Remember me';
      yes.addEventListener('click', () => confidant.set({ Personalization: true }, { days: 30 }));
      document.querySelector('main').append(yes);
    });
    await guest.press('Remember me');
    await guest.page.waitForFunction(() => heard.length === 1);
    assert.deepEqual([guest.puts()[0].body.for_days, guest.puts()[0].body.how], [30, 'script']);
    await guest.page.evaluate(() => confidant.withdraw());
    assert.deepEqual(await guest.page.evaluate(() => heard), [true, false]);
    await guest.leaves();
  },

  async 'a page can ask in its own moment, and erase everything with a receipt'({ arrive }) {
    const guest = await arrive();
    await guest.open({ show: 'manual' });
    assert.equal(await guest.banner().count(), 0);
    assert.equal(await guest.page.evaluate(() => confidant.erase()), null);
    assert.deepEqual(guest.puts(), []);
    // Nothing has changed, so nothing is said; the page of `open` listens before the server answers.
    assert.deepEqual(await guest.page.evaluate(() => globalThis.changes), []);
    await guest.page.evaluate(() => confidant.show());
    await guest.press('Accept all');
    await guest.page.waitForFunction(() => confidant.browser);
    await guest.fails('**/v1/erasures*');
    assert.equal(await guest.page.evaluate(() => confidant.erase().catch(() => 'failed')), 'failed');
    assert.ok((await guest.stored()).handle, 'the handle stays until the server has erased');
    await guest.recovers();
    const { receipt, status } = await guest.page.evaluate(() => confidant.erase());
    assert.deepEqual([status, typeof receipt.signature], ['done', 'string']);
    assert.deepEqual(await guest.page.evaluate(() => globalThis.changes), [true, false]);
    assert.deepEqual([await guest.storage(), await guest.allowed()], [[], []]);
    await guest.leaves();
  },
};
