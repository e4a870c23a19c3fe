// The page that checks proofs, as a browser shows it, and whether it says what the program says.
//
//     node verifier.mjs ADDRESS FOLDER
//
// ADDRESS is the origin of a shop. FOLDER has `cases.json`: for each case its files, the key of the
// log, and whether `confidant verify` took it; it takes pictures. Prints one line for each group of
// assertions and ends with 1 at the first that does not hold.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Visitor, launch } from './storefront-visitor.mjs';

const [base, folder] = process.argv.slice(2);
const cases = JSON.parse(fs.readFileSync(path.join(folder, 'cases.json')));
const TITLES = { en: 'Check a proof', de: 'Einen Nachweis prüfen', es: 'Comprobar una prueba', fr: 'Vérifier une preuve', it: 'Verificare una prova', nb: 'Kontroller et bevis', nl: 'Een bewijs controleren', pl: 'Sprawdź dowód' };

const browser = await launch();
const arrive = async (how = {}) => {
  const visitor = await Visitor.arrive(browser, { base, shots: folder, ...how });
  await visitor.page.goto(`${base}/verify`);
  await visitor.page.waitForSelector('#form:not([hidden])');
  return visitor;
};

/** Checks the files of a case and gives the state of the page with its reason. */
async function checks({ page }, { files, key }) {
  await page.fill('#key', key);
  await page.setInputFiles('#files', files.map((name) => path.join(folder, name)));
  await page.evaluate(() => document.getElementById('result').replaceChildren());
  await page.click('button');
  await page.waitForSelector('#result .verdict');
  return page.$eval('#result', ({ dataset }) => ({ state: dataset.state, code: dataset.code }));
}

const groups = {
  async 'it says of every file what the program says'() {
    const visitor = await arrive();
    for (const one of cases) {
      const { state, code } = await checks(visitor, one);
      assert.equal(state === 'good', one.good, `${one.name}: ${state} ${code}`);
      console.log(`  ${one.name}: ${state}${one.good ? '' : ` (${code})`}`);
    }
    assert.ok(cases.filter(({ good }) => !good).length >= 10);
    await visitor.leaves();
  },

  async 'it is accessible in every language, in light and dark, from 320 px on'() {
    for (const [number, [locale, title]] of Object.entries(TITLES).entries()) {
      const visitor = await arrive({ locale, width: number % 2 ? 320 : 1280, dark: number % 4 > 1 });
      assert.equal(await visitor.page.title(), title);
      assert.equal(await visitor.page.getAttribute('html', 'lang'), locale);
      for (const one of [cases.find(({ good }) => good), cases.find(({ good }) => !good)]) {
        await checks(visitor, one);
        await visitor.accessible(`verifier-${locale}-${one.good}`);
      }
      await visitor.leaves();
    }
  },

  async 'nothing but the page itself is asked for, and nothing can be'() {
    const visitor = await arrive();
    const asked = [];
    visitor.page.on('request', (request) => asked.push(request.url()));
    await checks(visitor, cases[0]);
    assert.deepEqual(asked, []);
    const reached = await visitor.page.evaluate(() => fetch('/v1/log').then(() => true, () => false));
    assert.equal(reached, false);
    await visitor.context.close();
  },

  async 'it works by keyboard and by dropping'() {
    const visitor = await arrive({ width: 320 });
    const { page } = visitor;
    const good = cases.find(({ good: holds, files }) => holds && files.length === 1);
    const text = fs.readFileSync(path.join(folder, good.files[0]), 'utf8');
    await page.keyboard.press('Tab');
    await page.keyboard.insertText(good.key);
    const dropped = await page.evaluateHandle((content) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], 'records.json', { type: 'application/json' }));
      return transfer;
    }, text);
    await page.dispatchEvent('#drop', 'drop', { dataTransfer: dropped });
    assert.equal(await page.textContent('#names'), 'records.json');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#result[data-state=good]');
    await visitor.leaves();
  },
};

let failed = false;
for (const [name, group] of Object.entries(groups)) {
  try {
    await group();
    console.log(`ok ${name}`);
  } catch (error) {
    failed = true;
    console.log(`FAILED ${name}\n${error.stack}`);
    break;
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
