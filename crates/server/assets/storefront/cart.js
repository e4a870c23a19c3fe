// The cart page: what is in it, an order that costs nothing, and "You may also like".

import * as api from './api.js';
import { header } from './app.js';
import { block, reload } from './recommend.js';
import * as state from './state.js';
import { el, message, money, picture, say } from './view.js';

const list = document.getElementById('cart-items');
const order = document.getElementById('order');
let items = [];

// What is in the cart is known before what it looks like: its lines take their room at once.
list.replaceChildren(...state.cart().map(() => el('li', { class: 'line empty' })));
document.getElementById('cart-foot').hidden = false;
document.getElementById('also-like').hidden = false;

export async function start() {
  const blocks = block({
    section: document.getElementById('also-like'),
    placement: 'cart',
    count: 4,
    item: () => state.cart().at(-1),
    plain: async () => (await api.someItems('', 24)).filter((item) => item.in_stock && !item.sensitive).slice(0, 4),
  });
  const found = await Promise.allSettled(state.cart().map((id) => api.item(id)));
  items = found.filter((one) => one.status === 'fulfilled').map((one) => one.value);
  if (found.length > items.length) list.before(message('Some items of your cart could not be loaded.'));
  draw();
  order.addEventListener('click', buy);
  await blocks;
}

function draw() {
  list.replaceChildren(
    ...items.map((item) =>
      el(
        'li',
        { class: 'line' },
        el('a', { href: item.url, class: 'line-picture', tabindex: -1, 'aria-hidden': 'true' }, picture(item, '', true)),
        el('div', {}, el('h2', { class: 'card-title' }, el('a', { href: item.url }, item.title)), el('p', { class: 'card-price' }, money(item.price))),
        el('button', { type: 'button', class: 'quiet', onclick: () => remove(item), 'aria-label': `Remove ${item.title}` }, 'Remove'),
      ),
    ),
  );
  const total = items.reduce((sum, item) => sum + (item.price?.minor ?? 0), 0);
  document.getElementById('cart-empty').hidden = items.length > 0;
  document.getElementById('cart-total').textContent = items.length ? `Total ${money({ minor: total, currency: items[0].price.currency })}` : '';
  order.hidden = items.length === 0;
}

async function tell(event, properties) {
  if (state.tier() !== 'history') return;
  await api.track(event, state.browserId(), properties).catch((error) => say(error.message));
}

async function remove(item) {
  items = items.filter((other) => other.id !== item.id);
  state.setCart(items.map((other) => other.id));
  header();
  draw();
  document.getElementById('cart-title').focus();
  say(`${item.title} was removed.`);
  if (!item.sensitive) await tell('Product Removed', { product_id: item.id });
  await reload();
}

async function buy() {
  const bought = items.filter((item) => !item.sensitive).map((item) => ({ product_id: item.id }));
  items = [];
  state.setCart([]);
  header();
  draw();
  document.getElementById('cart-empty').textContent = 'Thank you! This is a demo: nothing was charged and nothing will be sent.';
  document.getElementById('cart-title').focus();
  if (bought.length) await tell('Order Completed', { products: bought });
  await reload();
}
