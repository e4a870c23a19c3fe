// Everything that this browser keeps, in one place. No cookies.
//
// This tab (sessionStorage): the cart, and in the tier `visit` or above the last items.
// This browser (localStorage): size and departments when the visitor chose them. The choices and,
// after a yes, the random browser id with its erase handle are kept by the banner's script.

const RECENT_MAX = 20;

function box(store) {
  return {
    get(name, otherwise) {
      try {
        return JSON.parse(store().getItem(name)) ?? otherwise;
      } catch {
        return otherwise;
      }
    },
    set(name, value) {
      try {
        if (value === undefined) store().removeItem(name);
        else store().setItem(name, JSON.stringify(value));
      } catch {
        // Storage is switched off: the shop works, it only forgets at once.
      }
    },
  };
}

const tab = box(() => sessionStorage);
const browser = box(() => localStorage);

/** The banner's script; where it could not be loaded, nothing is allowed. */
const consent = () => globalThis.confidant;

/** The random number of this browser, after a yes. */
export const browserId = () => consent()?.browser ?? null;
export const teaches = () => Boolean(consent()?.consents().SharedLearning);
const remembers = () => Boolean(consent()?.consents().Personalization);

/** The tier the visitor chose; the answer of the server says which one was used. */
export const tier = () => (remembers() ? 'history' : tab.get('visit', false) ? 'visit' : 'anonymous');
export const setVisit = (on) => {
  tab.set('visit', on || undefined);
  if (!on) tab.set('recent', undefined);
};

/** Last items of this tab, the oldest first; empty when anonymous. */
export const recent = () => (tier() === 'anonymous' ? [] : tab.get('recent', []));

/** Notes a looked-at item; sensitive goods and anonymous visitors leave no trace. */
export function look(item) {
  if (tier() === 'anonymous' || item.sensitive) return;
  const others = recent().filter((id) => id !== item.id);
  tab.set('recent', [...others, item.id].slice(-RECENT_MAX));
}

export const cart = () => tab.get('cart', []);
export const setCart = (ids) => tab.set('cart', ids.length ? ids : undefined);

/** `{size, categories}` as chosen by the visitor. Leaves the browser only in the tier `history`. */
export const preferences = () => browser.get('preferences', { size: '', categories: [] });
export const setPreferences = ({ size, categories }) =>
  browser.set('preferences', size || categories.length ? { size, categories } : undefined);

/** The opt-out signals that this browser sends. */
export const signals = () => (navigator.globalPrivacyControl === true ? ['gpc'] : []);

/** Empties what is kept here; the cart of this tab stays. */
export function forget() {
  setVisit(false);
  browser.set('preferences', undefined);
}
