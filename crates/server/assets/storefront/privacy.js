// The side panel "How this shop knows you": three tiers, consent, preferences, what is remembered.

import * as api from './api.js';
import { lastBasis, reload } from './recommend.js';
import * as state from './state.js';
import { el, say } from './view.js';
import { NOTICE, TEACH, TIERS } from './words.js';

const SIZES = ['XS', 'S', 'M', 'L', 'XL'];
const DEPARTMENTS = ['Dresses', 'Skirts', 'Shirts', 'Trousers', 'Knitwear', 'Jackets', 'Shoes', 'Accessories'];

let panel;
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
    navigator.globalPrivacyControl === true &&
      el(
        'p',
        { class: 'badge' },
        el('strong', {}, 'Opt-out signal honored. '),
        'Your browser asks not to be tracked across shops (Global Privacy Control). Nothing is sold or shared. You may still choose below.',
      ),
    el('fieldset', { class: 'tiers' }, el('legend', {}, 'Choose how much'), ...Object.keys(TIERS).map(tierChoice)),
    el('div', { 'data-part': 'consent', hidden: true }),
    el('p', { class: 'change', role: 'status', 'data-part': 'status' }),
    el('section', { 'aria-labelledby': 'memory-title' }, el('h3', { id: 'memory-title' }, 'What is remembered now'), el('div', { 'data-part': 'memory' })),
    preferencesForm(),
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
  document.body.append(dialog);
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
  part('consent').hidden = true;
  drawMemory(tier);
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
    if (state.tier() === 'history') {
      const known = state.remembered();
      const none = { Personalization: false, SharedLearning: false };
      await api.putConsents(known.browser, none, await api.digest(NOTICE + TEACH)).catch((error) => {
        // A shop that does not know this browser has nothing to withdraw.
        if (!error.refused) throw error;
      });
      state.setRemembered({ ...known, active: false, teach: false });
    }
    state.setVisit(name === 'visit');
    return `You are now “${TIERS[name].name}”.`;
  });
  return undefined;
}

/** Does one change, then asks all blocks again and says what changed. */
async function step(change) {
  tell('One moment …');
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
  }
}

/** Consent is a click on a button of its own; refusing looks and weighs the same. */
function ask() {
  const teach = el('input', { type: 'checkbox', id: 'teach' });
  const yes = el('button', { type: 'button', class: 'button', onclick: () => consent(teach.checked) }, 'Yes, remember me');
  const no = el('button', { type: 'button', class: 'button', onclick: refuse }, 'No, do not remember');
  const box = part('consent');
  box.replaceChildren(
    el('div', { class: 'consent', role: 'group', 'aria-label': 'Consent' }, el('p', {}, NOTICE), el('label', { class: 'check' }, teach, el('span', {}, TEACH)), el('div', { class: 'pair' }, yes, no)),
  );
  box.hidden = false;
  tell('Please say yes or no. Nothing changes until you do.');
  box.scrollIntoView({ block: 'nearest' });
}

function refuse() {
  const checked = state.tier();
  draw();
  panel.querySelector(`input[value="${checked}"]`).focus();
  tell(`Nothing changed. You are still “${TIERS[checked].name}”.`);
}

async function consent(teach) {
  const before = state.remembered();
  await step(async () => {
    const choices = { Personalization: true, SharedLearning: teach };
    const notice = await api.digest(NOTICE + TEACH);
    const answer = await api.putConsents(before?.browser ?? null, choices, notice).catch((error) => {
      // The shop has forgotten this browser, so it starts afresh with a new number.
      if (!before || !error.refused) throw error;
      return api.putConsents(null, choices, notice);
    });
    state.setRemembered({
      browser: answer.browser,
      erase_handle: answer.erase_handle ?? before?.erase_handle,
      active: true,
      teach,
    });
    return `The shop remembers you from now on${teach ? ' and learns from your visits' : ''}.`;
  });
  panel.querySelector(`input[value="${state.tier()}"]`).focus();
}

function drawMemory(tier) {
  const recent = state.recent();
  const known = state.remembered();
  const history = lastBasis()?.inputs.find((input) => input.kind === 'history')?.count ?? 0;
  const { size, categories } = state.preferences();
  const place = (text) => el('span', { class: 'place' }, text);
  const rows = [
    recent.length > 0 && ['Recent browsing', `${recent.length} ${recent.length === 1 ? 'item' : 'items'}`, 'this tab'],
    tier === 'history' && ['History', history ? `${history} items used last time` : 'begins with the next item you open', 'at the shop, sealed'],
    known && !known.active && ['Earlier history', 'locked and not used; “Erase me” deletes it', 'at the shop, sealed'],
    known && ['Random number of this browser', `${known.browser.slice(0, 8)}…`, 'this browser and the shop'],
    size && ['Size', size, 'stays in your browser'],
    categories.length > 0 && ['Departments', categories.join(', '), 'stays in your browser'],
  ].filter(Boolean);
  const memory = part('memory');
  memory.replaceChildren(
    rows.length
      ? el('dl', { class: 'facts' }, ...rows.flatMap(([name, value, where]) => [el('dt', {}, name), el('dd', {}, value, ' ', place(where))]))
      : el('p', {}, 'Nothing. The cart of this tab is all there is.'),
  );
  if (tier === 'visit') memory.append(el('button', { type: 'button', class: 'quiet', onclick: () => choose('anonymous') }, 'End visit and clear this tab'));
  if (tier === 'history') {
    const teach = el('input', { type: 'checkbox', onchange: (event) => consent(event.currentTarget.checked) });
    teach.checked = known.teach;
    memory.append(el('label', { class: 'check' }, teach, el('span', {}, TEACH)));
  }
}

function preferencesForm() {
  const { size, categories } = state.preferences();
  const select = el('select', { id: 'size', name: 'size' }, el('option', { value: '' }, 'No size'), ...SIZES.map((name) => el('option', { value: name }, name)));
  select.value = size;
  const boxes = DEPARTMENTS.map((name) => {
    const box = el('input', { type: 'checkbox', name: 'department', value: name });
    box.checked = categories.includes(name);
    return el('label', { class: 'check' }, box, el('span', {}, name));
  });
  const form = el(
    'form',
    { class: 'preferences', 'aria-labelledby': 'preferences-title' },
    el('h3', { id: 'preferences-title' }, 'Your size and departments ', el('span', { class: 'place' }, 'stays in your browser')),
    el('p', {}, 'Orders the shop’s shelves for you right here. It is never sent.'),
    el('label', { for: 'size' }, 'Size'),
    select,
    el('fieldset', { class: 'boxes' }, el('legend', {}, 'Departments'), ...boxes),
  );
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', () => {
    const data = new FormData(form);
    state.setPreferences({ size: data.get('size'), categories: data.getAll('department') });
    drawMemory(state.tier());
    dispatchEvent(new Event('preferences'));
    tell('Your shelves are in your order. Nothing was sent.');
  });
  return form;
}

async function startErase() {
  const { confirmErase } = await import('./receipt.js');
  confirmErase(async () => {
    // A fresh form and memory list: nothing of before may stay on the page.
    panel.querySelector('form').replaceWith(preferencesForm());
    draw();
    dispatchEvent(new Event('preferences'));
    tell(`Erased. You are “Anonymous” again. ${await reload()}`);
    say('You are Anonymous again.');
  });
}
