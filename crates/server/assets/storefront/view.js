// Builds the pieces of a page. Text is always set as text, never as markup.

/** An element with attributes (`on…` are listeners) and children. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'class') node.className = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const formats = new Map();

/** `49.90 EUR` as the visitor's language writes it. */
export function money(price) {
  if (!price) return '';
  if (!formats.has(price.currency)) {
    formats.set(price.currency, new Intl.NumberFormat(document.documentElement.lang, { style: 'currency', currency: price.currency }));
  }
  const format = formats.get(price.currency);
  return format.format(price.minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

/** Only paths and web addresses become links, whatever a catalog says. */
const safe = (link, otherwise) => (/^(\/(?!\/)|https?:\/\/)/.test(link ?? '') ? link : otherwise);

export const picture = (item, alt, eager) =>
  el('img', {
    src: safe(item.image, '/assets/favicon.svg'),
    alt,
    width: 320,
    height: 400,
    loading: eager ? 'eager' : 'lazy',
    decoding: 'async',
  });

/** One product card; `note` is the reason of a recommendation or a hint of the grid. */
export function card(item, { note, noteKind = 'reason', eager, heading = 'h3' } = {}) {
  return el(
    'li',
    { class: 'card', 'data-item': item.id },
    el(
      'a',
      { href: safe(item.url, `/p/${encodeURIComponent(item.id)}`) },
      el('span', { class: 'frame' }, picture(item, '', eager), !item.in_stock && el('span', { class: 'tag' }, 'Sold out')),
      el(heading, { class: 'card-title' }, item.title),
    ),
    el('p', { class: 'card-price' }, money(item.price), item.brand && el('span', { class: 'brand' }, item.brand)),
    note && el('p', { class: `card-note ${noteKind}` }, note),
  );
}

/** Puts a calm message where content would be. */
export const message = (text) => el('p', { class: 'message', role: 'status' }, text);

/** Says something to everyone, screen readers included, without moving the page. */
export function say(text) {
  const toast = document.getElementById('toast');
  toast.textContent = text;
  toast.classList.toggle('shown', Boolean(text));
  clearTimeout(say.timer);
  say.timer = setTimeout(() => toast.classList.remove('shown'), 6000);
}

/** The last part of a category path, with its side when both sides have it. */
export const department = (path) => path.split('/').pop();
