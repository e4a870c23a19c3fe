// A shop's own page with the banner on it: another origin than the server's, and a strict policy.

import http from 'node:http';

/** Attributes of the tag, from the query of the page. */
const said = (query) =>
  [['in', 'jurisdiction'], ['say', 'language'], ['show', 'show']].map(([name, data]) => (query.has(name) ? ` data-${data}="${query.get(name)}"` : '')).join('');

/** What a shop would write; nothing inline but what waits for a yes. */
const page = ({ server, writeKey, query, language, tags }) => `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>A shop</title>
    <script src="${server}/v1/banner.js" data-write-key="${writeKey}"${said(query)}></script>
    <link rel="stylesheet" href="/shop.css">
  </head>
  <body>
    <main>
      <h1>A shop</h1>
      <p>Things to buy, and <a href="#more">more of them</a>.</p>
      <p><button type="button" data-confidant-open>Privacy settings</button></p>
      ${tags}
      ${query.has('switches') ? SWITCHES : ''}
    </main>
    <script src="/late.js"></script>
  </body>
</html>`;

/** The link stands until the switches are there, and where they cannot be. */
const SWITCHES = '<confidant-switches><a href="/privacy">How we treat data</a></confidant-switches>';

const TAGS = `
  <script type="text/plain" data-confidant-purpose="Measurement" data-src="/tag.js?first"></script>
  <script type="text/plain" data-confidant-purpose="Measurement" nonce="of-this-page">ran.push('inline')</script>
  <script type="text/plain" data-confidant-purpose="Measurement Marketing" data-src="/tag.js?both"></script>
  <script type="text/plain" data-confidant-purpose="Measurement" data-src="/tag.js?slow"></script>
  <script type="text/plain" data-confidant-purpose="Measurement" data-type="module" data-src="/tag.js?module"></script>
  <script type="text/plain" data-confidant-purpose="Nonsense" data-src="/tag.js?never"></script>
  <iframe title="A map" data-confidant-purpose="Marketing" data-src="/frame.html"></iframe>`;

/** With `?pushy` the page tries to say yes for its visitors. */
const LATE = `globalThis.ran = [];
  globalThis.changes = [];
  confidant.on('change', (now) => changes.push(now.Personalization));
  const pushy = () => confidant.show().then(() => confidant.set({ Marketing: true }));
  if (location.search.includes('pushy')) confidant.on('ready', () => pushy().catch((error) => console.log(error.message)));`;

const STYLE = `
  :root { color-scheme: light dark; scrollbar-gutter: stable; }
  body { margin: 0; font-family: system-ui, sans-serif; background: #fafafa; color: #202020; }
  main { padding: 1rem; max-width: 60rem; margin: auto; }
  a { color: #0b57a4; }
  iframe { display: block; border: 1px solid; }
  @media (prefers-color-scheme: dark) { body { background: #101114; color: #eee; } a { color: #9ecbff; } }`;

/** The policy that docs/banner.md names, and no more. */
const policy = (server) =>
  `default-src 'none'; script-src 'self' ${server} 'nonce-of-this-page'; style-src 'self'; connect-src ${server}; ` +
  `frame-src 'self'; img-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types confidant`;

/** Serves the shop; `origin` is there at once, `use` says where the server is. */
export async function shop() {
  let at = null;
  const asked = [];
  const answer = (request, response) => {
    const { pathname, searchParams, search } = new URL(request.url, 'http://shop');
    asked.push(pathname + search);
    const send = (type, body) => {
      response.writeHead(200, { 'content-type': type, 'content-security-policy': policy(at.server) });
      response.end(body);
    };
    if (pathname === '/shop.css') return send('text/css', STYLE);
    if (pathname === '/late.js') return send('text/javascript', LATE);
    if (pathname === '/tag.js') return send('text/javascript', `globalThis.ran.push('${search.slice(1)}')`);
    if (pathname === '/frame.html') return send('text/html', '<!doctype html><html lang="en"><title>A map</title><p>A map');
    if (pathname === '/favicon.ico') return send('image/x-icon', '');
    const language = searchParams.get('lang') ?? 'en';
    return send('text/html; charset=utf-8', page({ ...at, query: searchParams, language, tags: searchParams.has('tags') ? TAGS : '' }));
  };
  const listening = http.createServer(answer);
  await new Promise((ready) => listening.listen(0, '127.0.0.1', ready));
  return {
    origin: `http://127.0.0.1:${listening.address().port}`,
    asked,
    use: (server, writeKey) => (at = { server, writeKey }),
    close() {
      listening.close();
      listening.closeAllConnections();
    },
  };
}
