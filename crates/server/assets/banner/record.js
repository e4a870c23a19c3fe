// What this browser keeps of a person's choices, under one key of localStorage:
//
// - `no`: purposes refused, each with the day of the no and the day from which it may be asked again
// - `open`: purposes left open in the preferences, each likewise
// - `paused`: purposes that rest, each with the last day of its pause
// - after a yes only: `yes` (purposes with their last day), the random `browser` id, its erase `handle`
// - `late`: purposes whose no the server could not be told yet
// - `off`: parts of purposes that are left out of a yes
// - `seen`: the last step here, while there is a yes for this visit only
// - `strange`: since when the person is a stranger for this visit, and the last step here
//
// And `closed` of this tab in sessionStorage, when the banner was closed without a choice.

const KEY = 'confidant';
const CLOSED = 'confidant-closed';
const DAY_MS = 864e5;
const IDLE_MS = 18e5;

const today = () => Math.floor(Date.now() / DAY_MS);

/** Whether a yes was for a visit that is over: half an hour without a step. */
const over = ({ visit }, seen) => visit && !(Date.now() - seen < IDLE_MS);

function read() {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(KEY));
  } catch {
    // Storage is off or broken: nothing was chosen.
  }
  const { yes = {}, no = {}, open = {}, paused = {}, late = [], off = [], seen, strange, browser, handle } = kept ?? {};
  for (const ends of [yes, paused])
    for (const [purpose, entry] of Object.entries(ends)) if (entry.until <= today() || over(entry, seen)) delete ends[purpose];
  return { yes, no, open, paused, late, off, seen, strange, browser, handle };
}

let record = read();

/** The purposes with a yes for this visit only. */
const visiting = () => Object.keys(record.yes).filter((name) => record.yes[name].visit);

/** Whether the person is a stranger until this visit is over. */
const strange = () => {
  const { since, seen } = record.strange ?? {};
  return Date.now() - since < DAY_MS && Date.now() - seen < IDLE_MS;
};

/** A step: the visit goes on, or it was over. */
function step() {
  if (record.strange) {
    if (strange()) record.strange.seen = Date.now();
    else delete record.strange;
    keep();
    tell();
  }
  const names = visiting();
  if (!names.length) return;
  const ended = names.filter((name) => over(record.yes[name], record.seen));
  for (const name of ended) delete record.yes[name];
  record.seen = Date.now();
  keep();
  if (ended.length) tell();
}

/** Writes the record down. Without a yes or a pause there is no id to keep, unless a no is on its way. */
function keep() {
  const { yes, no, open, paused, late, off } = record;
  if (!Object.keys(yes).length && !Object.keys(paused).length && !late.length) {
    delete record.browser;
    delete record.handle;
  }
  if (!visiting().length) delete record.seen;
  const nothing = !record.strange && !late.length && !off.length && ![yes, no, open].some((one) => Object.keys(one).length);
  try {
    if (nothing) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(record));
  } catch {
    // Storage is off: the choice counts on this page.
  }
}

/** Whether a purpose is allowed now: by a choice, or by silence where the law pack says so. */
function allowed(purpose) {
  if (strange()) return false;
  const yes = record.yes[purpose];
  if (yes && over(yes, record.seen)) return false;
  if (yes) return !gpc() || (yes.told && notice?.yes_counts !== false);
  if (gpc() || record.no[purpose]) return false;
  return notice?.purposes.find((one) => one.purpose === purpose)?.regime === 'opt_out';
}

const consents = () => Object.fromEntries(PURPOSES.map((purpose) => [purpose, Boolean(allowed(purpose))]));

/** Whether something is asked that was neither answered nor left open for now. */
function unanswered() {
  const rests = (entry) => entry && (entry[1] === null || entry[1] > today());
  return notice.purposes.some(({ purpose }) => !record.yes[purpose] && !rests(record.no[purpose]) && !rests(record.open[purpose]));
}

function closed(now) {
  try {
    if (now) sessionStorage.setItem(CLOSED, '1');
    return sessionStorage.getItem(CLOSED) === '1';
  } catch {
    return false;
  }
}
