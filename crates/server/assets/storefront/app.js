// Starts the page that the shell names: home, product or cart.

import { cart, tier } from './state.js';
import { TIERS } from './words.js';
import { say } from './view.js';

const pages = {
  home: () => import('./home.js'),
  product: () => import('./product.js'),
  cart: () => import('./cart.js'),
};

/** The header's cart count and privacy label. */
export function header() {
  const count = cart().length;
  document.getElementById('cart-count').textContent = count;
  document.getElementById('cart-label').textContent = `Cart, ${count} ${count === 1 ? 'item' : 'items'}`;
  document.getElementById('tier-name').textContent = TIERS[tier()].name;
}

header();
// Coming back with the back button shows the cart and tier of now.
addEventListener('pageshow', (event) => event.persisted && location.reload());

// A choice in the banner, the preferences or another tab counts on this page at once.
globalThis.confidant?.on('change', async () => {
  header();
  if (document.querySelector('dialog.panel[open], dialog.sheet[open]')) return;
  const blocks = await import('./recommend.js');
  await blocks.reload();
});

document.getElementById('privacy').addEventListener('click', async (event) => {
  const opener = event.currentTarget;
  try {
    const panel = await import('./privacy.js');
    panel.open(opener, header);
  } catch {
    say('The privacy panel could not be loaded. Please try again.');
  }
});
document.getElementById('privacy').disabled = false;

pages[document.body.dataset.page]()
  .then((page) => page.start())
  .catch(() => say('The shop could not be loaded. Please try again in a moment.'));
