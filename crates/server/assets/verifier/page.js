// The page around the checks: files in, words out. Nothing leaves the browser.

import { Refused, check } from './proof.js';
import { choose } from './words.js';

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search).get('language');
const { language, words } = choose(asked ? [asked] : navigator.languages);
let files = [];

document.documentElement.lang = language;
document.title = words.title;
for (const one of document.querySelectorAll('[data-word]')) one.textContent = words[one.dataset.word];

const add = (parent, name, text) => {
  const one = document.createElement(name);
  one.textContent = text;
  parent.append(one);
  return one;
};
const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};
const say = (state, text) => {
  const result = $('result');
  result.replaceChildren();
  result.dataset.state = state;
  add(result, 'p', text).className = 'verdict';
  return result;
};

function take(list) {
  files = [...list];
  $('names').textContent = files.map((file) => file.name).join(', ');
}

function show(records) {
  const waiting = records.filter((one) => one.waits).length;
  const proven = records.length - waiting;
  const signed = records.length === 1 && records[0].signer && records[0].index === undefined;
  const verdict = signed ? words.signed : words.proven.replace('{}', proven).replace('{}', waiting);
  const result = say(proven ? 'good' : 'waits', verdict);
  for (const one of records) {
    const box = add(result, 'article', '');
    add(box, 'h3', one.waits ? `${one.kind}: ${words.waits}` : one.kind);
    if (one.index !== undefined) {
      const when = new Date(one.hour * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
      add(box, 'p', `${words.leaf} ${one.index} / ${one.size}, ${when} UTC, ${one.origin}`);
    }
    if (one.signer) add(box, 'p', `${words.signer} ${one.signer}`);
    add(box, 'pre', pretty(one.record)).tabIndex = 0;
  }
}

async function run(event) {
  event.preventDefault();
  if (files.length === 0) return say('bad', words.nofile);
  try {
    const read = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
    return show(await check(read, $('key').value));
  } catch (error) {
    const code = error instanceof Refused ? error.code : 'malformed';
    const result = say('bad', words.refused);
    result.dataset.code = code;
    return add(result, 'p', words.why[code] ?? words.why.malformed);
  }
}

$('files').addEventListener('change', (event) => take(event.target.files));
const drop = $('drop');
for (const name of ['dragenter', 'dragover']) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
drop.addEventListener('dragleave', () => drop.classList.remove('over'));
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  take(event.dataTransfer.files);
});
$('form').addEventListener('submit', run);
$('form').hidden = false;
