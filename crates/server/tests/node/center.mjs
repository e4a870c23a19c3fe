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
