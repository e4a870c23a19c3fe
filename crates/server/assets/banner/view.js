// Builds what is shown. Text is set as text, never as markup; styles are a sheet of their own, so
// that a policy of the page without inline styles holds.

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

/** An element; `on…` are listeners, null children are left out. */
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

const button = (text, onclick, look = 'main') => el('button', { type: 'button', class: look, onclick }, text);

/** The shadow root of a component, in the notice's language. */
function rootOf(host) {
  host.lang = notice.language;
  host.dir = notice.direction;
  const shadow = host.attachShadow({ mode: 'open' });
  shadow.adoptedStyleSheets = [sheet];
  return shadow;
}

const all = (yes) => Object.fromEntries(notice.purposes.map(({ purpose }) => [purpose, yes]));

/** The parts of purposes that can be left out. */
const parts = () => notice.purposes.flatMap(({ purpose, features = [] }) => features.map(({ feature }) => ({ purpose, feature })));

/** Carries a choice out. */
const carry = (host, status, choices, how, more) => act(host, status, () => choose(choices, how, more));

/** Does something once, however often a button is pressed; says in `status` what failed. */
async function act(host, status, work) {
  if (host.busy) return undefined;
  host.busy = true;
  status.textContent = '';
  const became = await work();
  host.busy = false;
  if (became === 'saved') return done();
  if (became === 'stopped') host.sync?.();
  status.textContent = notice.status[became];
  return undefined;
}
