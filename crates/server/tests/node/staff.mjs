// The pages for staff as a browser shows them.
//
//     node staff.mjs ADDRESS FOLDER
//
// ADDRESS is the origin of a staff listener, STAFF_KEY its key. FOLDER takes pictures. Prints one
// line for each group of assertions and ends with 1 at the first that does not hold.

import assert from 'node:assert/strict';
import { Visitor, launch, only } from './storefront-visitor.mjs';

const [base, folder] = process.argv.slice(2);
const login = { username: 'anna', password: process.env.STAFF_KEY };
const LOOKS = [
  { width: 1280 },
  { width: 320 },
  { width: 1280, dark: true },
  { width: 320, dark: true },
];

const browser = await launch();
const arrive = (how) => Visitor.arrive(browser, { base, shots: folder, login, ...how });
const cards = (visitor) =>
  visitor.page.$$eval('.card', (all) => Object.fromEntries(all.map((card) => [card.querySelector('h3').firstChild.textContent.trim(), card.querySelector('.verdict').textContent])));

const groups = {
  async 'every page and state is accessible, in light and dark, from 320 px on'() {
    for (const look of LOOKS) {
      const visitor = await arrive(look);
      for (const name of ['consents', 'replay']) {
        await visitor.page.goto(`${base}/staff/pages/${name}`);
        await visitor.steady(name);
        await visitor.accessible(`staff-${name}`);
      }
      await visitor.page.goto(`${base}/staff/pages/notices`);
      await visitor.accessible('staff-notices');
      for (const paper of ['notice?format=html&language=de', 'dpia?format=html&language=pl']) {
        await visitor.page.goto(`${base}/staff/pages/notices/${paper}`);
        await visitor.accessible(`staff-notices-${paper.slice(0, 4)}`);
      }
      await visitor.page.goto(`${base}/staff/pages/replay`);
      await visitor.page.selectOption('[name="choice.Marketing"]', 'given');
      await visitor.page.selectOption('[name="choice.SharedLearning"]', 'given');
      await visitor.page.fill('[name="consent_mode"]', '{"ad_storage": "denied"}');
      await visitor.page.fill('[name="tcf"]', 'no TC string');
      await visitor.page.click('button');
      await visitor.page.waitForSelector('#decision');
      await visitor.accessible('staff-decision');
      await visitor.page.fill('[name="tcf"]', '');
      await visitor.page.click('button');
      await visitor.page.waitForSelector('.kept');
      await visitor.accessible('staff-kept');
      await visitor.page.fill('[name="event"]', '{');
      await visitor.page.click('button');
      await visitor.page.waitForSelector('[role="alert"]');
      await visitor.accessible('staff-wrong');
      // A browser counts the status of the last answer as an error.
      visitor.wrong = visitor.wrong.filter((line) => !line.includes('422'));
      assert.equal(await visitor.page.evaluate(() => document.scripts.length), 0);
      assert.deepEqual(await visitor.storage(), only([], []));
      await visitor.leaves();
    }
  },

  async 'the keyboard alone decides; what was filled in stays'() {
    const visitor = await arrive({});
    await visitor.page.goto(`${base}/staff/pages/replay`);
    await visitor.page.focus('#jurisdiction');
    await visitor.page.keyboard.type('US-CA');
    await visitor.page.focus('#gpc');
    await visitor.page.keyboard.press('Space');
    await visitor.page.focus('button');
    await visitor.page.keyboard.press('Enter');
    await visitor.page.waitForSelector('#decision');
    assert.equal(await visitor.page.inputValue('#jurisdiction'), 'US-CA');
    assert.ok(await visitor.page.isChecked('#gpc'));
    const decided = await cards(visitor);
    assert.deepEqual(
      [decided.Personalization, decided.Marketing, decided.OrderFulfilment],
      ['refused', 'refused', 'allowed'],
    );
    assert.match(await visitor.page.textContent('#decision'), /gpc\s+says no: Sec-GPC/);
    await visitor.leaves();
  },

  async 'without the key there is nothing'() {
    const visitor = await arrive({ login: { username: 'anna', password: 'wrong' } });
    const answer = await visitor.page.goto(`${base}/staff/pages/replay`);
    assert.equal(answer.status(), 401);
    assert.doesNotMatch(await visitor.page.content(), /Replay tester/);
    visitor.wrong = visitor.wrong.filter((line) => !line.includes('401'));
    await visitor.leaves();
  },
};

try {
  for (const [name, group] of Object.entries(groups)) {
    await group().catch((error) => {
      error.message = `${name}: ${error.message}`;
      throw error;
    });
    console.log(`ok  ${name}`);
  }
} finally {
  await browser.close();
}
