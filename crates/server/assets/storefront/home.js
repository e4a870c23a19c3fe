// The home page: the block "For you", and all clothes by department, ordered in the browser by the
// size and departments that the visitor chose.

import * as api from './api.js';
import * as state from './state.js';
import { block } from './recommend.js';
import { card, department, el, message } from './view.js';

const PAGE = 24;

const grid = document.getElementById('grid');
const more = document.getElementById('more');
let items = [];
let shown = PAGE;

export async function start() {
  const wanted = new URLSearchParams(location.search).get('category') ?? '';
  const all = api.catalog();
  const first = block({
    section: document.getElementById('for-you'),
    placement: 'home',
    count: 8,
    plain: async () => (await all).items.filter((item) => item.in_stock && !item.sensitive).slice(0, 8),
  });
  try {
    const catalog = await all;
    items = mixed(catalog.items.filter((item) => within(item, wanted)));
    chips(catalog.categories, wanted);
    draw();
  } catch (error) {
    grid.replaceChildren();
    grid.after(message(`${error.message} Please reload the page in a moment.`));
  }
  more.addEventListener('click', () => {
    const from = shown;
    shown += PAGE;
    draw();
    grid.children[from]?.querySelector('a').focus();
  });
  addEventListener('preferences', draw);
  await first;
}

const within = (item, wanted) =>
  !wanted || item.categories.some((category) => category === wanted || category.startsWith(`${wanted}/`));

/** The shelf in an order without meaning, the same for everyone, so that like does not stand by like. */
function mixed(found) {
  const place = (id) => [...id].reduce((sum, letter) => Math.imul(sum ^ letter.codePointAt(0), 16777619) >>> 0, 2166136261);
  return found.map((item) => [place(item.id), item]).sort(([a], [b]) => a - b).map(([, item]) => item);
}

function chips(categories, wanted) {
  const side = wanted.split('/')[0];
  for (const link of document.querySelectorAll('.site-nav a')) {
    if (new URL(link.href).searchParams.get('category') === (side || null)) link.setAttribute('aria-current', 'page');
  }
  const names = categories.map((category) => category.name).filter((name) => !side || name.startsWith(`${side}/`));
  const label = (name) => (side ? department(name) : name.replace('/', ' · '));
  document.getElementById('chips').replaceChildren(
    ...[side, ...names].map((name) =>
      el(
        'li',
        {},
        el(
          'a',
          { class: 'chip', href: name ? `/?category=${encodeURIComponent(name)}#clothes` : '/#clothes', 'aria-current': name === wanted ? 'page' : null },
          name === side ? 'All' : label(name),
        ),
      ),
    ),
  );
  if (wanted) document.getElementById('clothes-title').textContent = wanted.replace('/', ' · ');
}

/** Whether the item comes in the chosen size; shoes and one-size things always may. */
function fits(item, size) {
  const sizes = (item.attributes.size ?? '').split(', ');
  return !size || !sizes.some((name) => /^(XS|S|M|L|XL)$/.test(name)) || sizes.includes(size);
}

function draw() {
  const { size, categories } = state.preferences();
  const liked = (item) => item.categories.some((category) => categories.includes(department(category)));
  const rank = (item) => (item.in_stock ? 0 : 4) + (fits(item, size) ? 0 : 2) + (!categories.length || liked(item) ? 0 : 1);
  const ordered = items.map((item, at) => ({ item, at, rank: rank(item) })).sort((a, b) => a.rank - b.rank || a.at - b.at);
  grid.replaceChildren(
    ...ordered.slice(0, shown).map(({ item }) => card(item, { note: fits(item, size) ? '' : `Not in size ${size}`, noteKind: 'hint' })),
  );
  more.hidden = ordered.length <= shown;
  const chosen = [size && `size ${size}`, ...categories].filter(Boolean).join(', ');
  document.getElementById('order-note').textContent = chosen
    ? `${ordered.length} items, ordered for ${chosen}, right in your browser.`
    : `${ordered.length} items, the same order for everyone.`;
}
