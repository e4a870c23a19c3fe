// The side panel "How this shop knows you": three tiers, preferences, what is remembered. Whether the
// shop may remember is asked by the banner's own preferences, `window.confidant`.

import * as api from './api.js';
import { form, traits } from './preferences.js';
import { lastBasis, refusal, reload } from './recommend.js';
import * as state from './state.js';
import { el, say } from './view.js';
import { TIERS } from './words.js';

let panel;
let stepping = false;
let refreshHeader = () => {};

/** Opens the panel; focus goes back to `opener` when it closes. */
export function open(opener, header) {
  refreshHeader = header;
  panel ??= build();
  draw();
  tell('');
  panel.addEventListener('close', () => opener.focus(), { once: true });
  panel.showModal();
}

const part = (name) => panel.querySelector(`[data-part="${name}"]`);

function build() {
  const heading = el('h2', { id: 'panel-title' }, 'How this shop knows you');
  const dialog = el(
    'dialog',
    { class: 'panel', 'aria-labelledby': 'panel-title' },
    el('header', { class: 'panel-head' }, heading, el('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Close')),
    state.signals().length > 0 &&
      el(
        'p',
        { class: 'badge' },
        el('strong', {}, 'Opt-out signal honored. '),
        'Your browser asks not to be sold or shared (Global Privacy Control). The shop does neither, and remembers nothing unless you choose it below.',
      ),
    el('fieldset', { class: 'tiers' }, el('legend', {}, 'Choose how much'), ...Object.keys(TIERS).map(tierChoice)),
    el('p', { class: 'change', role: 'status', 'data-part': 'status' }),
    el('section', { 'aria-labelledby': 'memory-title' }, el('h3', { id: 'memory-title' }, 'What is remembered now'), el('div', { 'data-part': 'memory' })),
    el('div', { 'data-part': 'preferences' }),
    el(
      'section',
      { 'aria-labelledby': 'center-title', 'data-part': 'center' },
      el('h3', { id: 'center-title' }, 'Privacy center'),
      el('p', {}, 'Pages of their own, where you see and correct every entry, take everything with you, and see who looked.'),
      el('button', { type: 'button', class: 'button', onclick: openCenter }, 'Open the privacy center'),
    ),
    el(
      'section',
      { class: 'erase', 'aria-labelledby': 'erase-title' },
      el('h3', { id: 'erase-title' }, 'Erase me'),
      el('p', {}, 'Deletes what the shop and this browser keep about you, takes it out of what the shop has learned, and gives you a signed receipt.'),
      el('button', { type: 'button', class: 'button', onclick: startErase }, 'Erase me'),
    ),
  );
  // A click beside the panel closes it; the dialog itself has no padding, so its target is the backdrop.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.querySelector('[data-part="preferences"]').append(form(preferred));
  document.body.append(dialog);
  globalThis.confidant?.on('change', chosen);
  return dialog;
}

function tierChoice(name) {
  const { name: label, line } = TIERS[name];
  return el(
    'label',
    { class: 'tier' },
    el('input', { type: 'radio', name: 'tier', value: name, onchange: () => choose(name) }),
    el('span', {}, el('strong', {}, label), el('span', { class: 'tier-line' }, line)),
  );
}

/** Shows the state of now; called after every change. */
function draw() {
  const tier = state.tier();
  panel.querySelector(`input[value="${tier}"]`).checked = true;
  drawMemory(tier);
  part('preferences').querySelector('.place').textContent = tier === 'history' ? 'this browser, and sealed at the shop' : 'stays in your browser';
  refreshHeader();
}

function tell(text) {
  const status = part('status');
  status.textContent = text;
  if (text) status.scrollIntoView({ block: 'nearest' });
}

async function choose(name) {
  if (name === state.tier()) return draw();
  if (name === 'history') return ask();
  await step(async () => {
    const took = state.tier() === 'history' ? await takeBack() : '';
    state.setVisit(name === 'visit');
    return `You are now “${TIERS[name].name}”.${took}`;
  });
  return undefined;
}

/** Taking consent back erases what rested on it; says so. */
async function takeBack() {
  await globalThis.confidant.withdraw();
  return ' The shop erased what it kept, together with its key.';
}

/** The banner's script holds the handle of this browser; with it, it gets a link that works once. */
async function openCenter() {
  try {
    const gone = await globalThis.confidant?.center();
    if (!gone) tell('Nothing is remembered about this browser, so there is nothing to show. Choose “Remember me” first.');
  } catch {
    tell('The privacy center could not be opened. Nothing was changed.');
  }
}

/** Does one change, then asks all blocks again and says what changed. */
async function step(change) {
  tell('One moment …');
  stepping = true;
  try {
    const done = await change();
    draw();
    tell(`${done} ${await reload()}`);
    drawMemory(state.tier());
    return true;
  } catch (error) {
    draw();
    tell(error.message);
    return false;
  } finally {
    stepping = false;
  }
}

/** Asks in the banner's preferences; until there is a yes nothing changes. */
function ask() {
  draw();
  tell('Please say yes or no. Nothing changes until you do.');
  if (globalThis.confidant) globalThis.confidant.open().catch(() => tell('The privacy settings could not be loaded. Nothing was changed.'));
  else tell('The privacy settings could not be loaded. Nothing was changed.');
}

/** After a choice in the preferences: everything follows, and is said. */
async function chosen() {
  if (!panel.open || stepping || document.querySelector('dialog.sheet[open]')) return;
  await step(async () => {
    if (state.tier() !== 'history') return `You are now “${TIERS[state.tier()].name}”.`;
    await offer();
    return `The shop remembers you from now on${state.teaches() ? ' and learns from your visits' : ''}.`;
  });
}

/** Size and departments, as far as any were chosen, belong to what is remembered by consent. */
async function offer() {
  const { size, categories } = state.preferences();
  if (size || categories.length) await api.identify(state.browserId(), traits(state.preferences()));
}

/** After a change of size or departments: the shelves follow here, the shop only by consent. */
async function preferred() {
  drawMemory(state.tier());
  dispatchEvent(new Event('preferences'));
  if (state.tier() !== 'history') return tell('Your shelves are in your order. Nothing was sent.');
  await step(async () => {
    await api.identify(state.browserId(), traits(state.preferences()));
    return 'Your shelves are in your order, and the shop remembers it.';
  });
  return undefined;
}

function drawMemory(tier) {
  const recent = state.recent();
  const known = state.browserId();
  const basis = lastBasis();
  const history = basis?.inputs.find((input) => input.kind === 'history')?.count ?? 0;
  const { size, categories } = state.preferences();
  const place = (text) => el('span', { class: 'place' }, text);
  const both = tier === 'history' ? 'this browser, and sealed at the shop' : 'stays in your browser';
  const used = history ? `${history} ${history === 1 ? 'item' : 'items'} used last time` : 'begins with the next item you open';
  const rows = [
    recent.length > 0 && ['Recent browsing', `${recent.length} ${recent.length === 1 ? 'item' : 'items'}`, 'this tab'],
    tier === 'history' && ['History', used, 'at the shop, sealed'],
    size && ['Size', size, both],
    categories.length > 0 && ['Departments', categories.join(', '), both],
    known && ['Random number of this browser', `${known.slice(0, 8)}…`, 'this browser and the shop'],
  ].filter(Boolean);
  const memory = part('memory');
  memory.replaceChildren(
    rows.length
      ? el('dl', { class: 'facts' }, ...rows.flatMap(([name, value, where]) => [el('dt', {}, name), el('dd', {}, value, ' ', place(where))]))
      : el('p', {}, 'Nothing. The cart of this tab is all there is.'),
  );
  if (tier === 'visit') memory.append(el('button', { type: 'button', class: 'quiet', onclick: () => choose('anonymous') }, 'End visit and clear this tab'));
  if (tier !== 'history') return;
  if (basis?.refused) memory.append(el('p', { class: 'signal' }, refusal(basis.refused)));
  memory.append(
    el('p', {}, state.teaches() ? 'Your finished visits teach the shop, too.' : 'Your visits do not teach the shop.'),
    el('button', { type: 'button', class: 'quiet', onclick: ask }, 'Privacy settings'),
  );
}

async function startErase() {
  const { confirmErase } = await import('./receipt.js');
  confirmErase(async () => {
    // A fresh form and memory list: nothing of before may stay on the page.
    part('preferences').replaceChildren(form(preferred));
    draw();
    dispatchEvent(new Event('preferences'));
    tell(`Erased. You are “Anonymous” again. ${await reload()}`);
    say('You are Anonymous again.');
  });
}
