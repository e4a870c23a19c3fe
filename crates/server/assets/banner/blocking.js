// Scripts and frames that wait for a yes:
//
//     <script type="text/plain" data-confidant-purpose="Measurement" data-src="…"></script>
//     <iframe data-confidant-purpose="Marketing" data-src="…"></iframe>
//
// Several purposes are parted by blanks and needed all. Scripts run once, in the order of the page.

const BLOCKED = 'script[type="text/plain"][data-confidant-purpose],iframe[data-confidant-purpose][data-src]';
const OWN = ['type', 'src', 'data-src', 'data-type', 'data-confidant-purpose'];

const queued = new WeakSet();
const framed = new WeakSet();
let line = Promise.resolve();
let policy;

const may = (node) => node.dataset.confidantPurpose.trim().split(/\s+/).every((purpose) => PURPOSES.includes(purpose) && allowed(purpose));

/** What stands in the shop's own page is passed on as it stands; needed with trusted types only. */
function trusted(kind, text) {
  if (!window.trustedTypes) return text;
  const same = (value) => value;
  policy ??= trustedTypes.createPolicy('confidant', { createScript: same, createScriptURL: same });
  return policy[kind](text);
}

function unblock() {
  // Until the page is read, a script may not be whole.
  if (document.readyState === 'loading') return;
  for (const node of document.querySelectorAll(BLOCKED)) {
    if (node.localName === 'iframe') frame(node);
    else if (!queued.has(node) && may(node)) {
      queued.add(node);
      line = line.then(() => run(node)).catch((error) => console.error(error));
    }
  }
}

function frame(node) {
  const yes = may(node);
  if (yes === framed.has(node)) return;
  framed[yes ? 'add' : 'delete'](node);
  node.src = yes ? node.dataset.src : 'about:blank';
}

function run(blocked) {
  // A no can come while a script waits for its turn.
  if (!may(blocked)) {
    queued.delete(blocked);
    return undefined;
  }
  const script = document.createElement('script');
  for (const { name, value } of blocked.attributes) {
    if (!OWN.includes(name) && !name.startsWith('on')) script.setAttribute(name, value);
  }
  const { src, type } = blocked.dataset;
  if (type) script.type = type;
  script.nonce = blocked.nonce;
  script.async = false;
  if (!src) {
    script.text = trusted('createScript', blocked.text);
    blocked.replaceWith(script);
    return undefined;
  }
  return new Promise((done) => {
    script.onload = script.onerror = () => done();
    script.src = trusted('createScriptURL', src);
    blocked.replaceWith(script);
  });
}
