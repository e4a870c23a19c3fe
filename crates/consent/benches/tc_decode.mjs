// The reference codec of the IAB: decodes the text of its argument as often as each line of its
// input says, and answers how many nanoseconds that took.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(join(process.env.CONFIDANT_NODE_MODULES, "of-benches.cjs"));
const { TCString } = require("@iabtechlabtcf/core");
const [, , text] = process.argv;

let vendors = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const start = process.hrtime.bigint();
  for (let left = Number(line); left > 0; left -= 1) {
    vendors += TCString.decode(text).vendorConsents.size;
  }
  process.stdout.write(`${process.hrtime.bigint() - start}\n`);
}
if (vendors < 0) throw new Error("never: the sum keeps the loop alive");
