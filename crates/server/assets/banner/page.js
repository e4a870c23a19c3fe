// What the script tag says, and what every part uses.
// The parts of this folder become one script; `src/banner/script.rs` lists their order.

if (window.confidant) return;

const tag = document.currentScript ?? document.querySelector('script[data-write-key]');
const { writeKey, jurisdiction } = tag.dataset;
// Beside the script lies the API, whatever a proxy puts before both.
const base = new URL('.', tag.src);

const PURPOSES = ['Personalization', 'SharedLearning', 'PrivateAggregates', 'Measurement', 'Marketing', 'PersonalizedPricing'];

/** What the server says is shown; null until it has answered. */
let notice = null;

/** Whether the browser sends Global Privacy Control. */
const gpc = () => navigator.globalPrivacyControl === true;

/** The tag's language, else the page's, else the browser's. */
function language() {
  const found = tag.dataset.language || document.documentElement.lang || navigator.language || '';
  const clean = found.replace(/[^a-z0-9]/gi, '-').slice(0, 35);
  return clean.length > 1 ? clean : '';
}
