// Talks to the shop's own server. Every call is same-origin, without cookies, and says in its
// arguments everything that leaves the browser.

const RECOMMEND_MS_MAX = 2000;
const CALL_MS_MAX = 8000;

let settings;

/** A calm sentence for people, with the server's own words when it sent some (RFC 9457). */
export class ShopError extends Error {
  constructor(text, status = 0) {
    super(text);
    this.status = status;
  }
}

async function call(path, { method = 'GET', body, ms = CALL_MS_MAX, key } = {}) {
  const headers = { accept: 'application/json' };
  if (key) headers.authorization = `Bearer ${key}`;
  if (body) headers['content-type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(ms),
      // An event must survive the click that leaves the page.
      keepalive: method === 'POST',
    });
  } catch {
    throw new ShopError('The shop did not answer. Nothing was changed.');
  }
  const text = await answer.text().catch(() => '');
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    throw new ShopError('The shop sent an answer that could not be read.');
  }
  if (!answer.ok) {
    throw new ShopError(value?.detail || value?.title || `The shop refused (${answer.status}).`, answer.status);
  }
  return value;
}

/** The public write key of the shop, its name and currency. */
export function config() {
  settings ??= call('/demo/config.json');
  return settings;
}

const withKey = async (path, options) => call(path, { ...options, key: (await config()).write_key });

/**
 * The whole catalog, page by page. The department that a visitor looks at is chosen in the
 * browser, so the server never hears of it.
 */
export async function catalog() {
  const limit = 500;
  const items = [];
  let categories = [];
  for (;;) {
    const page = await call(`/demo/items?limit=${limit}&offset=${items.length}`);
    items.push(...page.items);
    categories = page.categories;
    if (page.items.length < limit) return { items, categories };
  }
}

export const item = (id) => call(`/demo/items/${encodeURIComponent(id)}`);

/** A few items of one department, for the plain block when recommendations are away. */
export const someItems = async (category, count) =>
  (await call(`/demo/items?category=${encodeURIComponent(category)}&limit=${count}&offset=0`)).items;

/** Recommendations; given up after two seconds, because the page is complete without them. */
export async function recommendations({ placement, item: current, recent, browser, tier, count }) {
  const query = new URLSearchParams({ placement, tier, count, lang: document.documentElement.lang });
  if (current) query.set('item', current);
  if (recent?.length) query.set('recent', recent.join(','));
  if (browser) query.set('browser', browser);
  await config();
  return withKey(`/v1/recommendations?${query}`, { ms: RECOMMEND_MS_MAX });
}

const event = (path, browser, what) => {
  const now = new Date().toISOString();
  return withKey(path, {
    method: 'POST',
    body: { anonymousId: browser, messageId: uuid(), timestamp: now, sentAt: now, ...what },
  });
};

/** One event of the Segment spec. Callers send it in the tier `history` only. */
export const track = (name, browser, properties) => event('/v1/track', browser, { event: name, properties });

/** Tells the shop size and favorite categories; in the tier `history` only. */
export const identify = (browser, traits) => event('/v1/identify', browser, { traits });

/** A version 4 UUID; `crypto.randomUUID` is missing on plain http. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
