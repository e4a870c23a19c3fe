// The recommendation blocks: ask, show with reasons, say why, and fall back to plain items.

import * as api from './api.js';
import * as state from './state.js';
import { card, el, say } from './view.js';
import { FEATURES, INPUTS, PLAIN_PURPOSES, PURPOSES, REFUSALS, REFUSED, TIERS } from './words.js';

// After so long the block shows plain items; an answer that still comes takes their place.
const FALLBACK_MS = 300;

const blocks = [];

/**
 * A block of a page: where it stands and what it is about. What the page itself tells the shop is
 * told in `before`, so that the answer already counts it.
 */
export function block({ section, placement, count, item, plain, before }) {
  const one = { section, placement, count, item, plain, before, ids: [], basis: null, plainShown: false };
  blocks.push(one);
  return load(one);
}

/** What the last answers were made from. */
export const lastBasis = () => blocks.find((one) => one.basis)?.basis ?? null;

/** Asks again after a change of tier and tells in a sentence what changed. */
export async function reload() {
  const before = blocks.map((one) => new Set(one.ids));
  await Promise.all(blocks.map(load));
  return blocks
    .map((one, index) => {
      const name = one.section.querySelector('h2').textContent;
      if (one.plainShown) return `“${name}”: recommendations did not answer, so plain items are shown.`;
      const fresh = one.ids.filter((id) => !before[index].has(id)).length;
      const what = fresh ? `${fresh} of ${one.ids.length} items are new` : 'the items stayed the same';
      return `“${name}”: ${what}.`;
    })
    .join(' ');
}

async function load(one) {
  const tier = state.tier();
  const list = one.section.querySelector('ul');
  list.setAttribute('aria-busy', 'true');
  const turn = (one.turn = (one.turn ?? 0) + 1);
  const open = () => one.turn === turn;
  const fallback = setTimeout(() => showPlain(one, list, open), FALLBACK_MS);
  await one.before?.();
  try {
    const answer = await api.recommendations({
      placement: one.placement,
      item: one.item?.(),
      recent: state.recent(),
      browser: tier === 'history' ? state.browserId() : undefined,
      tier,
      count: one.count,
    });
    if (!answer.items.length) throw new api.ShopError('empty');
    if (!open()) return;
    one.turn += 1; // Plain items that are still on their way come too late.
    one.ids = answer.items.map((found) => found.id);
    one.basis = answer.basis;
    one.plainShown = false;
    list.replaceChildren(...answer.items.map((found) => card(found.item, { note: found.reason?.text, eager: true })));
    why(one, tier);
  } catch {
    await showPlain(one, list, open);
  } finally {
    clearTimeout(fallback);
  }
  list.removeAttribute('aria-busy');
}

async function showPlain(one, list, open) {
  const items = await one.plain().catch(() => []);
  if (!open()) return;
  one.plainShown = true;
  one.basis = null;
  one.ids = items.map((item) => item.id);
  // Without even plain items the empty frames stay, so that nothing below moves.
  if (items.length) list.replaceChildren(...items.map((item) => card(item, { note: 'From the shelf, not chosen for you', eager: true })));
  else say('Recommendations could not be loaded.');
  one.section
    .querySelector('.why-body')
    .replaceChildren(el('p', {}, 'Recommendations did not answer in time. These are plain items of the shop; nothing about you was used.'));
}

function why(one, asked) {
  const { basis, section } = one;
  const inputs = basis.inputs.map(({ kind, count }) => el('li', {}, (INPUTS[kind] ?? ((n) => `${kind}: ${n}`))(count)));
  const purposes = basis.purposes.map((purpose) => el('li', {}, PURPOSES[purpose] ?? purpose));
  section.querySelector('.why-body').replaceChildren(
    el(
      'dl',
      { class: 'facts' },
      el('dt', {}, 'Mode'),
      el('dd', {}, `${TIERS[basis.tier]?.name ?? basis.tier}. ${TIERS[basis.tier]?.kept ?? ''}`),
      el('dt', {}, 'Used for this block'),
      el('dd', {}, inputs.length ? el('ul', {}, ...inputs) : 'Only what everyone sees. Nothing about you.'),
      el('dt', {}, 'Purpose'),
      el('dd', {}, purposes.length ? el('ul', {}, ...purposes) : PLAIN_PURPOSES[basis.tier] ?? PLAIN_PURPOSES.anonymous),
    ),
    ...(basis.not_used ?? []).map(({ feature, refused }) => el('p', {}, `${FEATURES[feature] ?? feature}: ${refusal(refused)}`)),
    ...(asked === basis.tier ? [] : [el('p', {}, lower(asked, basis.refused))]),
  );
}

/** Why the answer came in a more private mode than was chosen. */
function lower(asked, refused) {
  if (asked === 'visit' && !refused) return 'Your visit counts from the next item that you look at.';
  return `You chose “${TIERS[asked].name}”. ${refusal(refused)} You can choose again under “How this shop knows you”.`;
}

/** A refusal of the shop in plain words. */
export const refusal = (code) => REFUSALS[code] ?? REFUSED;
