// The reference GPP codec, asked from outside. Reads lines of JSON on standard input, writes one
// line per line.
//
// In:  { "text": "…", "sections": [["usca", { "SaleOptOut": 1, … }], …] }
// Out: { "read": {…} | "error": "…", "written": "…" }
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// Modules lie where the test installed them, not beside this file.
const require = createRequire(process.env.CONFIDANT_NODE_MODULES + "/");
const { GppModel, RangeEntry } = require("@iabgpp/cmpapi");

const TIMES = ["Created", "LastUpdated"];

function value(field, plain) {
  if (TIMES.includes(field)) return new Date(plain);
  if (field === "PubRestrictions")
    return plain.map(({ key, type, ids }) => new RangeEntry(key, type, ids));
  return plain;
}

function write(sections) {
  const model = new GppModel();
  for (const [name, fields] of sections) {
    // A length comes before the lists that have it. The codec sets both times to now with every
    // other field, so they come last.
    const place = (field) => (TIMES.includes(field) ? 2 : field === "NumCustomPurposes" ? 0 : 1);
    const entries = Object.entries(fields).sort(([a], [b]) => place(a) - place(b));
    for (const [field, plain] of entries) model.setFieldValue(name, field, value(field, plain));
  }
  return model.encode();
}

function read(text) {
  try {
    return { read: new GppModel(text).toObject() };
  } catch (error) {
    return { error: String(error.message) };
  }
}

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { text, sections } = JSON.parse(line);
  console.log(JSON.stringify({ ...read(text), written: sections && write(sections) }));
}
