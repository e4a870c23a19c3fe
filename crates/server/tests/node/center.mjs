// The privacy center as a browser shows it, entered from the shop.
//
//     node center.mjs ADDRESS FOLDER
//
// ADDRESS is the origin of a running demo. FOLDER takes pictures and downloads. Prints one line for
// each group of assertions and ends with 1 at the first that does not hold.

import assert from 'node:assert/strict';
import path from 'node:path';
import { Visitor, launch } from './storefront-visitor.mjs';

const [base, folder] = process.argv.slice(2);
const LANGUAGES = { en: 'How the shop knows you now', de: 'So kennt Sie der Shop gerade', es: 'Cómo le conoce', fr: 'Comment la boutique', it: 'Come il negozio', nb: 'Slik kjenner', nl: 'Zo kent', pl: 'Jak sklep' };
const PAGES = ['/', '/data', '/download', '/erase'];

const browser = await launch();

/** Somebody who is remembered, has looked at three things, and is in the center. */
async function guest(how = {}) {
  const visitor = await Visitor.arrive(browser, { base, shots: folder, ...how });
  await visitor.open('/');
  await visitor.openPanel();
  await visitor.accepts({ teach: true });
  await visitor.closePanel();
  for (const place of [0, 1, 2]) {
    await visitor.open('/');
    await visitor.page.locator('.card a').nth(place).click();
    await visitor.settled();
  }
  await visitor.open('/');
  await visitor.openPanel();
  await visitor.page.getByRole('button', { name: 'Open the privacy center' }).click();
  await visitor.page.waitForURL(/\/enter\?link=[0-9a-f]{64}$/);
  visitor.base = new URL(visitor.page.url()).origin;
  assert.notEqual(visitor.base, base, 'an origin of its own');
  visitor.wrong = visitor.wrong.filter((line) => !line.startsWith(`left the origin: ${visitor.base}`));
  return visitor;
}

const enters = (visitor) => Promise.all([visitor.page.waitForURL(`${visitor.base}/`), visitor.page.locator('main button').click()]);

/** Goes on by the keyboard until `target` has the focus. */
async function reach(page, target) {
  await target.waitFor();
  for (let steps = 0; steps < 80; steps += 1) {
    if (await target.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail('the keyboard does not reach it');
}

const groups = {
  async 'every page is accessible in every language, in light and dark, from 320 px on'() {
    const looks = Object.keys(LANGUAGES).map((locale, number) => ({ locale, width: number % 2 ? 320 : 1280, dark: number % 4 > 1 }));
    for (const look of looks) {
      const visitor = await guest(look);
      await visitor.accessible(`center-enter-${look.locale}`);
      await enters(visitor);
      assert.match(await visitor.page.textContent('h1'), new RegExp(LANGUAGES[look.locale]));
      for (const page of PAGES) {
        await visitor.page.goto(visitor.base + page);
        await visitor.steady(`center${page}`);
        await visitor.accessible(`center-${look.locale}-${page.slice(1) || 'overview'}`);
        assert.equal(await visitor.page.evaluate(() => document.scripts.length), 0);
        assert.equal(await visitor.page.evaluate(() => document.cookie), '', 'no script could read the session');
      }
      await visitor.leaves();
    }
  },

  async 'parts, periods and a stranger: by keyboard at 320 px in German, by pointer on a desk in English'() {
    const ways = [
      { look: { locale: 'de', width: 320 }, keys: true, leave: 'Weglassen und löschen', let: 'Zulassen', left: 'Weggelassen seit', save: 'So speichern', own: '30 Tage, Ihre eigene Grenze', begin: 'Für diesen Besuch fremd sein', strange: 'Für diesen Besuch sind Sie dem Shop fremd', end: 'Wieder bekannt sein', saved: 'gespeichert' },
      { look: { locale: 'en', width: 1280, dark: true }, keys: false, leave: 'Leave out and delete', let: 'Let in', left: 'Left out since', save: 'Keep it that way', own: '30 days, your own limit', begin: 'Be a stranger for this visit', strange: 'you are a stranger to the shop', end: 'Be known again', saved: 'Your choice is saved' },
    ];
    for (const way of ways) {
      const visitor = await guest(way.look);
      const { page } = visitor;
      await enters(visitor);
      // Reached by the keyboard alone, or by the pointer alone; each way leads back to the page.
      const press = async (name) => {
        const button = page.getByRole('button', { name, exact: true }).first();
        if (way.keys) await reach(page, button);
        await Promise.all([page.waitForEvent('load'), way.keys ? page.keyboard.press('Enter') : button.click()]);
        await page.getByRole('status').getByText(way.saved).waitFor();
      };
      const summary = page.locator('#browsing_history ~ details summary');
      if (way.keys) {
        await reach(page, summary);
        await page.keyboard.press('Enter');
      } else await summary.click();
      await page.locator('details[open] li').first().waitFor();
      const promised = await page.locator('details[open] li').allTextContents();
      await visitor.accessible(`center-${way.look.locale}-preview`);
      await press(way.leave);
      await page.getByText(way.left).waitFor();
      assert.deepEqual(await page.locator('section[aria-labelledby="with"] li').allTextContents(), promised, 'the page kept its word');
      await visitor.accessible(`center-${way.look.locale}-left-out`);
      await press(way.let);
      const period = page.locator('#keep-Personalization');
      if (way.keys) {
        await reach(page, period);
        await page.keyboard.press('Home');
      } else await period.selectOption('30');
      await press(way.save);
      assert.equal(await period.locator('option:checked').textContent(), way.own);
      await press(way.begin);
      await page.getByText(way.strange).waitFor();
      assert.equal(await page.locator('section[aria-labelledby="with"]').count(), 0, 'nothing is used');
      await visitor.accessible(`center-${way.look.locale}-stranger`);
      await press(way.end);
      await page.locator('section[aria-labelledby="with"]').waitFor();
      await page.goto(`${visitor.base}/data`);
      await page.locator('table.kept td').first().waitFor();
      await visitor.accessible(`center-${way.look.locale}-reads`);
      await visitor.leaves();
    }
  },

  async 'a person pauses, goes on, takes an entry out, takes all along and erases it, by keyboard alone'() {
    const visitor = await guest();
    const { page } = visitor;
    const press = async (name, exact = true) => {
      await page.getByRole('button', { name, exact }).first().focus();
      await page.keyboard.press('Enter');
    };
    await press('Continue');
    await page.waitForURL(`${visitor.base}/`);
    await page.getByText('With your history').waitFor();
    await press('Pause');
    await page.waitForURL(/\?saved/);
    await page.getByText('Resting since').waitFor();
    await press('Go on');
    await page.getByText('With your history').waitFor();

    await page.goto(`${visitor.base}/data`);
    const entries = () => page.locator('.entries li').count();
    const before = await entries();
    assert.ok(before >= 3, `${before} entries`);
    await press('Take out', false);
    await page.waitForURL(/said=out/);
    assert.equal(await entries(), before - 1);

    await page.goto(`${visitor.base}/download`);
    const [file] = await Promise.all([page.waitForEvent('download'), press('Download')]);
    await file.saveAs(path.join(folder, 'my-data.zip'));
    assert.equal(file.suggestedFilename(), 'my-data.zip');

    await page.goto(`${visitor.base}/erase`);
    await press('Erase everything now');
    assert.equal(page.url(), `${visitor.base}/erase`, 'the box has to be ticked');
    await page.getByRole('checkbox').focus();
    await page.keyboard.press('Space');
    await press('Erase everything now');
    await page.getByRole('heading', { name: 'Everything is erased' }).waitFor();
    await visitor.accessible('center-erased');
    const [receipt] = await Promise.all([page.waitForEvent('download'), press('Download the receipt')]);
    await receipt.saveAs(path.join(folder, 'center-receipt.json'));
    await page.goto(`${visitor.base}/`);
    await page.getByText('The shop uses nothing about you').waitFor();
    await press('Leave');
    await page.getByRole('heading', { name: 'You have left' }).waitFor();
    const gone = await page.goto(`${visitor.base}/data`);
    assert.equal(gone.status(), 401);
    await visitor.accessible('center-closed');
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
