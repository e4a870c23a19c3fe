// What pages may call, and the start.

let isReady = false;

function on(name, listener) {
  if (!listeners[name]) throw new Error('confidant: there are the events ready and change');
  listeners[name].add(listener);
  if (name === 'ready' && isReady) queueMicrotask(() => listener(consents()));
  return () => listeners[name].delete(listener);
}

/**
 * A choice made in the page's own words. A yes needs a notice that was shown on this page and a
 * click: no script says yes for a person.
 */
async function set(choices, { days, visit } = {}) {
  const names = Object.keys(choices);
  const strange = names.find((name) => !PURPOSES.includes(name) || typeof choices[name] !== 'boolean');
  if (strange || !names.length) throw new Error('confidant: choices are purposes with true or false');
  if (names.some((name) => choices[name])) {
    if (!shown) throw new Error('confidant: a yes needs the notice: call show() or open() first');
    if (navigator.userActivation?.isActive === false) throw new Error('confidant: a yes needs a click');
    const asked = notice.purposes.map(({ purpose }) => purpose);
    if (names.some((name) => choices[name] && !asked.includes(name))) throw new Error('confidant: the notice does not ask for this purpose');
  }
  await load();
  const became = await choose(choices, 'script', { days, visit });
  if (became !== 'saved') throw new Error(`confidant: ${notice.status[became]}`);
  if (!unanswered()) done();
  return consents();
}

/** Takes every yes back; what was kept for it is deleted. */
async function withdraw() {
  const given = Object.keys(record.yes);
  return given.length ? set(Object.fromEntries(given.map((purpose) => [purpose, false]))) : consents();
}

/**
 * Erases everything under this browser's id; gives the server's answer with the signed receipt, or
 * null where the server has nothing under it.
 */
async function erase() {
  const { browser, handle } = record;
  let answer = null;
  if (browser && handle) {
    answer = await send('POST', 'erasures', {}, { browser, erase_handle: handle }).catch((error) => {
      // A server that does not know the id has nothing of it; anything else can be tried again.
      if (![403, 404, 422].includes(error.status)) throw error;
      return null;
    });
  }
  record = { yes: {}, no: {}, open: {}, paused: {}, late: [], off: [] };
  keep();
  tell();
  return answer;
}

/**
 * Goes to the privacy center as this browser: a link that works once. Null where the server has
 * nothing under this browser's id. Logged-in customers get their link from the shop's server.
 */
async function center(scope = 'all') {
  const { browser, handle } = record;
  if (!browser || !handle) return null;
  const { url } = await send('POST', 'privacy-center/links', {}, { browser, erase_handle: handle, scope });
  location.assign(url);
  return url;
}

/**
 * A stranger until this visit is over: nothing that was allowed is used, nothing new is kept, and
 * nothing is deleted. Counts here at once; the server hears of it where it knows this browser.
 */
async function stranger(yes = true) {
  const now = Date.now();
  record.strange = yes ? { since: now, seen: now } : undefined;
  keep();
  tell();
  if (record.browser) await send('PUT', 'consents', { jurisdiction }, { browser: record.browser, stranger: yes });
  return consents();
}

window.confidant = Object.freeze({
  consents,
  show,
  open,
  set,
  withdraw,
  erase,
  center,
  stranger,
  on,
  /** The random id of this browser, for events and recommendations; null without a yes. */
  get browser() {
    return ['Personalization', 'SharedLearning'].some(allowed) ? record.browser ?? null : null;
  },
});

document.addEventListener('click', (event) => {
  step();
  if (!event.target.closest?.('[data-confidant-open]')) return;
  event.preventDefault();
  open().catch(() => {});
});

// A choice in another tab counts here at once.
addEventListener('storage', ({ key }) => {
  if (key !== KEY && key !== null) return;
  record = read();
  tell();
  for (const one of document.querySelectorAll('confidant-switches')) one.said('');
});

const body = new Promise((ready) => {
  if (document.readyState !== 'loading') ready();
  else document.addEventListener('DOMContentLoaded', ready);
});

if (Object.keys(record.yes).length) tell();
step();
load()
  .then(async () => {
    tell();
    await revisit().catch(() => {});
    await body;
    const asks = notice.show === 'honored' || (notice.show === 'banner' && tag.dataset.show !== 'manual' && unanswered());
    if (asks && !closed()) await show();
    isReady = true;
    emit('ready');
    await catchUp();
  })
  // Without an answer nothing is shown, and nothing is allowed that was not before.
  .catch((error) => console.warn(error));

body.then(() => {
  unblock();
  new MutationObserver(unblock).observe(document.documentElement, { childList: true, subtree: true });
});
