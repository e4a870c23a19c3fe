// Our record, shown to others: Consent Mode, version 2, and the data layer.
// The purposes that a type needs are those of `consent::consent_mode`; a test compares them.

const TYPES = {
  ad_storage: ['Marketing'],
  ad_user_data: ['Marketing'],
  ad_personalization: ['Marketing', 'Personalization'],
  analytics_storage: ['Measurement'],
  functionality_storage: ['Personalization'],
  personalization_storage: ['Personalization'],
  security_storage: [],
};

/** A tool that knows no parts of a purpose is told yes where none is left out. */
const whole = (purpose) => allowed(purpose) && !(purpose === 'Personalization' && record.off.length);

const layer = (window.dataLayer ??= []);

/** Tag managers tell commands from events by `arguments`. */
function gtag() {
  layer.push(arguments);
}

function mode(command, granted, more) {
  const types = Object.entries(TYPES).map(([type, needs]) => [type, granted && needs.every(whole) ? 'granted' : 'denied']);
  gtag('consent', command, { ...Object.fromEntries(types), ...more });
}

// Before anything else runs: nothing is granted.
mode('default', false, { wait_for_update: 500 });

const listeners = { ready: new Set(), change: new Set() };
const counts = (now) => JSON.stringify([now, whole('Personalization')]);
let known = counts(consents());
let told = false;

function emit(name) {
  for (const listener of listeners[name]) {
    try {
      listener(consents());
    } catch (error) {
      // One listener's fault is not the next one's.
      console.error(error);
    }
  }
}

/** Says what is allowed now: once at the start, then when it is something else than before. */
function tell() {
  const now = consents();
  const text = counts(now);
  const same = text === known;
  if (told && same) return;
  told = true;
  known = text;
  mode('update', true);
  layer.push({ event: 'confidant_consent', confidant: now });
  unblock();
  if (!same) emit('change');
}
