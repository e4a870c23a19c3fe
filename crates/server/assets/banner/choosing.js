// Talks to the shop's privacy server: the notice, and choices once there is a yes.
// Showing, closing and refusing without an id send nothing.

const CALL_MS_MAX = 8000;

async function call(path, query, more) {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  const signal = AbortSignal.timeout(CALL_MS_MAX);
  const answer = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer', signal, ...more });
  if (!answer.ok) throw Object.assign(new Error(`confidant: the server answered ${answer.status}`), { status: answer.status });
  return answer.json();
}

let loading;

/** The notice, asked for once; again after a failure. */
function load() {
  loading ??= call('notice', { language: language(), jurisdiction, gpc: gpc() && 'true' }).then(
    (answer) => (notice = answer),
    (error) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}

const headers = { authorization: `Bearer ${writeKey}` };

const send = (method, path, query, body) =>
  call(path, query, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** What is left out of a yes is said with every yes: an id may be new. */
const left = (choices) => Object.fromEntries(parts().flatMap(({ purpose, feature }) => (choices[purpose] && record.off.includes(feature) ? [[feature, false]] : [])));

const put = (choices, how, { days, visit, features } = {}) =>
  send('PUT', 'consents', { jurisdiction }, {
    browser: record.browser ?? null,
    choices: Object.keys(choices).length ? choices : undefined,
    features: { ...left(choices), ...features },
    notice: { digest: notice.digest, language: notice.language },
    acknowledged_signals: gpc() ? ['gpc'] : [],
    ...(visit ? { for: 'visit' } : { for_days: Math.min(days ?? notice.yes_days, notice.yes_days) }),
    how,
  });

const again = () => [today(), notice.ask_again_days === null ? null : today() + notice.ask_again_days];

/**
 * Carries a choice out. A no counts here at once; a yes when the server has it on record. Says
 * `stopped` when a yes was taken back here and the server does not know yet, `failed` when nothing
 * changed. `more`: for how many `days` or whether for the `visit` only, and `features` on or off.
 */
async function choose(choices, how, more = {}) {
  const before = structuredClone(record);
  const names = Object.keys(choices);
  const noes = names.filter((name) => !choices[name]);
  const known = record.browser;
  const features = Object.entries(more.features ?? {});
  const asks = names.some((name) => choices[name]);
  for (const [name, on] of features) if (!on || !(known || asks)) leave(name, !on);
  for (const name of noes) {
    delete record.yes[name];
    delete record.open[name];
    delete record.paused[name];
    record.no[name] = again();
  }
  if (known) record.late = [...new Set([...record.late, ...noes])];
  keep();
  tell();
  // Nobody gets an id for saying no.
  if (!known && !asks) return 'saved';
  try {
    took(await put(choices, how, more), names, more.visit);
    return 'saved';
  } catch {
    if (noes.some((name) => before.yes[name])) return 'stopped';
    record = before;
    keep();
    tell();
    return 'failed';
  }
}

/**
 * Lets yeses rest: nothing of them is used from now on, and what was kept stays sealed until the
 * pause is over. A yes before that brings it back, so the id stays.
 */
async function pause(names) {
  const before = structuredClone(record);
  for (const name of names) {
    delete record.yes[name];
    record.no[name] = again();
    record.paused[name] = { until: today() + 1 };
  }
  keep();
  tell();
  try {
    const answer = await send('PUT', 'consents', { jurisdiction }, { browser: before.browser, pause: names, how: 'preferences' });
    for (const name of names) record.paused[name] = { until: Math.floor(answer.consents[name].expires_ms / DAY_MS) };
    keep();
    return 'saved';
  } catch {
    // Here everything has stopped; who comes back finds it as it was.
    record = before;
    keep();
    tell();
    return 'failed';
  }
}

/** Notes that a part is left out, or is not any more. */
function leave(feature, out) {
  record.off = record.off.filter((name) => name !== feature).concat(out ? feature : []);
}

/** Notes what the server has on record now. */
function took(answer, names, visit) {
  record.browser = answer.browser ?? record.browser;
  record.handle = answer.erase_handle ?? record.handle;
  record.late = record.late.filter((name) => !names.includes(name));
  for (const name of names) {
    const { state, expires_ms } = answer.consents[name] ?? {};
    if (state !== 'given') continue;
    record.yes[name] = { until: Math.floor(expires_ms / DAY_MS), told: gpc(), visit };
    delete record.no[name];
    delete record.open[name];
    delete record.paused[name];
  }
  if (visit) record.seen = Date.now();
  for (const [name, { state }] of Object.entries(answer.features ?? {})) leave(name, state === 'off');
  keep();
  tell();
}

/** Asks whether a yes for the visit still stands: the server ends it by what it was told. */
async function revisit() {
  const names = visiting();
  if (!names.length) return;
  const { consents: now } = await call('consents', { browser: record.browser, jurisdiction }, { headers });
  for (const name of names) if (now[name]?.state !== 'given') delete record.yes[name];
  keep();
  tell();
}

/** Tells the server what it could not be told before. */
async function catchUp() {
  if (!record.late.length || !record.browser) return;
  const names = record.late;
  // What was left out in the same moment may not be known either.
  const features = Object.fromEntries(record.off.map((name) => [name, false]));
  took(await put(Object.fromEntries(names.map((name) => [name, false])), 'late', { features }), names);
}
