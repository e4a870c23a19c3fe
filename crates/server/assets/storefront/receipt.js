// "Erase me": asks once, erases, and shows the signed receipt.

import * as api from './api.js';
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
  const known = state.remembered();
  const answer = known && (await api.erase(known.browser, known.erase_handle).catch(unknown));
  state.forget();
  return answer;
}

/** A shop that does not know this browser has nothing of it; anything else can be tried again. */
function unknown(error) {
  if (!error.refused) throw error;
  return { said: error.message };
}

function show(dialog, answer) {
  const heading = dialog.querySelector('h2');
  const body = dialog.querySelector('.sheet-body');
  const close = el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, 'Done');
  if (!answer) {
    heading.textContent = 'Nothing was kept at the shop';
    body.replaceChildren(el('p', {}, 'You were never remembered, so there was nothing to erase there. This browser was cleared as well.'), el('div', { class: 'pair' }, close));
  } else if (answer.said) {
    heading.textContent = 'The shop does not know this browser';
    body.replaceChildren(
      el('p', {}, `It said: ${answer.said} So it has nothing to erase under this browser’s number. This browser was cleared.`),
      el('div', { class: 'pair' }, close),
    );
  } else if (!answer.receipt) {
    heading.textContent = 'Your request is being worked on';
    body.replaceChildren(el('p', {}, `Request ${answer.id}. This browser has already forgotten you.`), el('div', { class: 'pair' }, close));
  } else {
    heading.textContent = 'You are forgotten';
    body.replaceChildren(...receipt(answer), el('div', { class: 'pair' }, download(answer), close));
  }
  heading.focus();
}

function receipt({ id, receipt: signed }) {
  const facts = read(signed.payload);
  const kept = facts.kept ?? [];
  const name = `receipt-${id.slice(0, 8)}.json`;
  return [
    el('h3', {}, 'Deleted'),
    el(
      'ul',
      {},
      ...(facts.deleted ?? []).map(({ table, rows }) => el('li', {}, `${title(table)}: ${plural(rows, 'row', 'rows')}`)),
      el('li', {}, `${plural(facts.keys_destroyed ?? 0, 'key', 'keys')} destroyed`),
      el('li', {}, 'Size, departments, last items and the number in this browser'),
    ),
    el('h3', {}, 'Kept, and why'),
    kept.length
      ? el('ul', {}, ...kept.map(({ table, basis, until_day: day }) => el('li', {}, `${title(table)}: ${words(basis)}${day ? `, until ${date(day)}` : ''}`)))
      : el('p', {}, 'Nothing.'),
    facts.model && el('h3', {}, 'What the shop had learned'),
    facts.model &&
      el(
        'p',
        {},
        facts.model.before === facts.model.after
          ? 'Your visits were not in it; its fingerprint stays the same.'
          : 'Your visits were taken out; the fingerprint of the model changed.',
      ),
    facts.model && el('p', { class: 'mono' }, `${short(facts.model.before)} → ${short(facts.model.after)}`),
    el('h3', {}, 'Check it yourself'),
    el('p', {}, 'The receipt is signed. Download it and verify it on any computer, without a network:'),
    el('p', { class: 'mono' }, `confidant verify receipt ${name}`),
  ].filter(Boolean);
}

function read(payload) {
  try {
    return JSON.parse(payload);
  } catch {
    return {};
  }
}

const words = (name) => String(name).replaceAll('_', ' ');
const title = (name) => words(name).replace(/^./, (letter) => letter.toUpperCase());
const short = (print) => `${String(print).slice(0, 12)}…`;

/** A day is a number of days since 1970, or already text. */
const date = (day) => (Number.isInteger(day) ? new Date(day * 86_400_000).toISOString().slice(0, 10) : String(day));

function download({ id, receipt: signed }) {
  const file = new Blob([JSON.stringify(signed, null, 2)], { type: 'application/json' });
  return el('a', { class: 'button', href: URL.createObjectURL(file), download: `receipt-${id.slice(0, 8)}.json` }, 'Download receipt');
}
