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

const send = (method, path, query, body) =>
  call(path, query, {
    method,
    headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const put = (choices, how, days) =>
  send('PUT', 'consents', { jurisdiction }, {
    browser: record.browser ?? null,
    choices,
    notice: { digest: notice.digest, language: notice.language },
    acknowledged_signals: gpc() ? ['gpc'] : [],
    for_days: Math.min(days ?? notice.yes_days, notice.yes_days),
    how,
  });

const again = () => [today(), notice.ask_again_days === null ? null : today() + notice.ask_again_days];

/**
 * Carries a choice out. A no counts here at once; a yes when the server has it on record. Says
 * `stopped` when a yes was taken back here and the server does not know yet, `failed` when nothing
 * changed.
 */
async function choose(choices, how, days) {
  const before = structuredClone(record);
  const names = Object.keys(choices);
  const noes = names.filter((name) => !choices[name]);
  const known = record.browser;
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
  if (!known && noes.length === names.length) return 'saved';
  try {
    took(await put(choices, how, days), names);
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

/** Notes what the server has on record now. */
function took(answer, names) {
  record.browser = answer.browser ?? record.browser;
  record.handle = answer.erase_handle ?? record.handle;
  record.late = record.late.filter((name) => !names.includes(name));
  for (const name of names) {
    const { state, expires_ms } = answer.consents[name] ?? {};
    if (state !== 'given') continue;
    record.yes[name] = { until: Math.floor(expires_ms / DAY_MS), told: gpc() };
    delete record.no[name];
    delete record.open[name];
    delete record.paused[name];
  }
  keep();
  tell();
}

/** Tells the server what it could not be told before. */
async function catchUp() {
  if (!record.late.length || !record.browser) return;
  const names = record.late;
  took(await put(Object.fromEntries(names.map((name) => [name, false])), 'late'), names);
}
