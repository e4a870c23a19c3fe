// The banner and the preferences as visitors of a shop meet them.
//
//     node banner.mjs FOLDER
//
// Prints the origin of a shop of its own, then reads the server's address and write key from
// standard input, one line each. FOLDER takes what was shown, and pictures when CONFIDANT_PICTURES
// is set. Prints one line for each group of assertions and ends with 1 at the first that does not
// hold.

import assert from 'node:assert/strict';
import readline from 'node:readline';
import { groups as met } from './banner-groups.mjs';
import { groups as switches } from './banner-switches.mjs';
import { shop } from './banner-page.mjs';
import { Guest } from './banner-guest.mjs';
import { launch } from './storefront-visitor.mjs';

const [folder] = process.argv.slice(2);
const own = await shop();
console.log(own.origin);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const server = (await lines.next()).value;
const writeKey = (await lines.next()).value;
process.stdin.destroy();
assert.ok(server && writeKey, 'the server did not say where it is');
own.use(server, writeKey);

const browser = await launch();
const arrive = (how) => Guest.arrive(browser, { shop: own, server, shots: folder, ...how });

try {
  for (const [name, group] of Object.entries({ ...met, ...switches })) {
    const started = performance.now();
    const more = await group({ arrive, shop: own, server }).catch((error) => {
      error.message = `${name}: ${error.message}`;
      throw error;
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`ok  ${name}${more ? ` (${more})` : ''}, ${seconds} s`);
  }
} finally {
  await browser.close();
  own.close();
}
