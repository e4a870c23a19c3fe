// The product page: the item, the cart button and "Goes well with this".

import * as api from './api.js';
import { header } from './app.js';
import * as state from './state.js';
import { block } from './recommend.js';
import { department, el, message, money, picture, say } from './view.js';

const TELL_MS_MAX = 2000;
const SHOWN = ['material', 'color', 'pattern', 'size'];

export async function start() {
  const id = decodeURIComponent(location.pathname.split('/')[2] ?? '');
  const loading = api.item(id);
  const blocks = block({
    section: document.getElementById('goes-with'),
    placement: 'complete_the_look',
    count: 4,
    item: () => id,
    plain: () => plain(loading),
    before: () => told(loading),
  });
  try {
    draw(await loading);
  } catch (error) {
    document.getElementById('title').textContent = error.status === 404 ? 'This item is not here' : 'The item could not be loaded';
    document.getElementById('facts').replaceChildren(message(error.message), el('a', { href: '/' }, 'Back to all clothes'));
    document.getElementById('buy').hidden = true;
  }
  await blocks;
}

/** Other items of the department; beside a sensitive item, of the whole shop. */
async function plain(loading) {
  const item = await loading;
  const items = await api.someItems(item.sensitive ? '' : item.categories[0], 12);
  return items.filter((other) => other.id !== item.id && other.in_stock && !other.sensitive).slice(0, 4);
}

let toldIn = 'anonymous';

/** Notes the look once in each tier that the visitor chooses while on this page. */
async function told(loading) {
  const tier = state.tier();
  if (tier === toldIn) return;
  toldIn = tier;
  // A shop that does not take the look still gets asked: the block must not wait for ever.
  const moment = new Promise((resolve) => setTimeout(resolve, TELL_MS_MAX));
  await Promise.race([loading.then(seen).catch(() => {}), moment]);
}

/** In the tier `visit` the look stays in this tab; only `history` sends it. */
async function seen(item) {
  state.look(item);
  if (state.tier() === 'history' && !item.sensitive) {
    await api.track('Product Viewed', state.browserId(), { product_id: item.id });
  }
}

function draw(item) {
  document.title = `${item.title} · Larkfold`;
  document.getElementById('title').textContent = item.title;
  document.getElementById('brand').textContent = item.brand ?? '';
  document.getElementById('price').textContent = money(item.price);
  document.getElementById('frame').replaceChildren(picture(item, item.title, true));
  const [path = ''] = item.categories;
  document.getElementById('crumb').replaceChildren(
    el('a', { href: `/?category=${encodeURIComponent(path)}#clothes` }, `${path.split('/')[0]} · ${department(path)}`),
  );
  const facts = SHOWN.filter((name) => item.attributes[name]).flatMap((name) => [
    el('dt', {}, name === 'size' ? 'Sizes' : name[0].toUpperCase() + name.slice(1)),
    el('dd', {}, item.attributes[name]),
  ]);
  document.getElementById('facts').replaceChildren(el('dl', { class: 'facts' }, ...facts));
  document.getElementById('sensitive').hidden = !item.sensitive;
  const buy = document.getElementById('buy');
  buy.disabled = !item.in_stock;
  buy.textContent = item.in_stock ? 'Add to cart' : 'Sold out';
  buy.addEventListener('click', () => add(item));
}

function add(item) {
  state.setCart([...state.cart().filter((id) => id !== item.id), item.id]);
  header();
  say(`${item.title} is in your cart.`);
  if (state.tier() === 'history' && !item.sensitive) {
    api.track('Product Added', state.browserId(), { product_id: item.id }).catch((error) => say(error.message));
  }
}
