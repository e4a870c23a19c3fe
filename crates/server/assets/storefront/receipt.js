// "Erase me": asks once, erases, and shows the signed receipt.

import * as state from './state.js';
import { el } from './view.js';

const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

/** Asks, erases, shows the receipt, then calls `erased`. */
export function confirmErase(erased) {
  const status = el('p', { class: 'change', role: 'status' });
  const yes = el('button', { type: 'button', class: 'button' }, 'Erase everything');
  const no = el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, 'Keep it');
  const dialog = el(
    'dialog',
    { class: 'sheet', 'aria-labelledby': 'sheet-title' },
    el('h2', { id: 'sheet-title', tabindex: -1 }, 'Erase everything about you?'),
    el(
      'div',
      { class: 'sheet-body' },
      el('p', {}, 'The shop deletes your history and its key, and takes your visits out of what it has learned. This browser forgets its number, your size and your departments. This cannot be undone.'),
      status,
      el('div', { class: 'pair' }, yes, no),
    ),
  );
  yes.addEventListener('click', async () => {
    yes.disabled = true;
    status.textContent = 'Erasing …';
    try {
      const answer = await run();
      show(dialog, answer);
      erased();
    } catch (error) {
      yes.disabled = false;
      status.textContent = `${error.message} You can try again.`;
    }
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Erases at the shop first; the browser forgets its handle only after the shop answered. */
async function run() {
  const answer = await globalThis.confidant?.erase();
  state.forget();
  return answer;
}

function show(dialog, answer) {
  const heading = dialog.querySelector('h2');
  const body = dialog.querySelector('.sheet-body');
  const close = el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, 'Done');
  const foot = (...buttons) => el('div', { class: 'pair sheet-foot' }, ...buttons);
  if (!answer) {
    heading.textContent = 'Nothing was kept at the shop';
    body.replaceChildren(el('p', {}, 'The shop has nothing under this browser’s number, so there was nothing to erase there. This browser was cleared as well.'), foot(close));
  } else {
    heading.textContent = 'You are forgotten';
    body.replaceChildren(...receipt(answer), foot(download(answer), close));
  }
  dialog.scrollTo(0, 0);
  heading.focus();
}

function receipt({ id, receipt: signed }) {
  const facts = JSON.parse(signed.payload);
  const { model, tombstone } = facts;
  return [
    el('p', {}, `Asked for and done on ${date(facts.completed)}. Request ${short(id)}`),
    el('h3', {}, 'Deleted'),
    el('ul', {}, ...deleted(facts)),
    el('h3', {}, 'Kept, and why'),
    el(
      'ul',
      {},
      ...facts.kept.map(({ table, what, basis, until_day: day }) => entry(title(table), `${what} Kept under ${basis}; if there is any, it is gone by ${date(day)}.`)),
      entry('A mark without a name', `${tombstone.why} Gone by ${date(tombstone.until_day)}.`),
      entry('Backups from before', `They can still hold the sealed data. Gone by ${date(facts.backups_clear)}.`),
    ),
    el('h3', {}, 'What the shop had learned'),
    el(
      'p',
      {},
      model.sessions_unlearned + model.orders_unlearned
        ? `${plural(model.sessions_unlearned, 'visit', 'visits')} and ${plural(model.orders_unlearned, 'order', 'orders')} of yours taken out exactly, as if never learned.`
        : 'No visit and no order of yours was in it.',
    ),
    el('p', { class: 'mono' }, `${short(model.fingerprint_before)} → ${short(model.fingerprint_after)}`),
    el('h3', {}, 'Not undone'),
    el('ul', {}, ...facts.not_undone.map((line) => el('li', {}, line))),
    el('h3', {}, 'Check it yourself'),
    el('p', {}, 'The receipt is signed. Download it and verify it on any computer, without a network:'),
    el('p', { class: 'mono' }, `confidant verify receipt ${file(id)}`),
    el('p', {}, 'To be sure who signed it, add --key and ', el('a', { href: '/v1/receipt-key', target: '_blank' }, 'the key that the shop publishes'), '.'),
    el('details', {}, el('summary', {}, 'What the signature shows, and what it does not'), el('ul', {}, ...facts.words.map((line) => el('li', {}, line)))),
  ];
}

function deleted({ deleted: tables, keys_destroyed: keys }) {
  const empty = tables.filter(({ rows }) => !rows).map(({ table }) => title(table));
  return [
    ...tables.filter(({ rows }) => rows).map(({ table, what, rows }) => entry(`${title(table)}: ${plural(rows, 'row', 'rows')}`, what)),
    keys > 0 && entry(`${plural(keys, 'key', 'keys')} destroyed`, 'Without them, what was sealed cannot be read.'),
    entry('In this browser', 'Size, departments, last items and the random number.'),
    empty.length > 0 && entry(`${empty.join(', ')}: nothing`, 'There was no row of yours.'),
  ].filter(Boolean);
}

const entry = (name, words) => el('li', {}, el('strong', {}, name), el('span', {}, words));
const title = (table) => table.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());
const short = (print) => `${print.slice(0, 12)}…`;
const file = (id) => `receipt-${id.slice(0, 8)}.json`;

const date = (day) => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day));

function download({ id, receipt: signed }) {
  const blob = new Blob([JSON.stringify(signed, null, 2)], { type: 'application/json' });
  return el('a', { class: 'button', href: URL.createObjectURL(blob), download: file(id) }, 'Download receipt');
}
