// The words for tiers, inputs and purposes. What is said before a yes are the banner's words.

export const TIERS = {
  anonymous: {
    name: 'Anonymous',
    line: 'Uses this page and what is popular in the shop. Keeps nothing about you, anywhere.',
    kept: 'Nothing about you is kept.',
  },
  visit: {
    name: 'This visit',
    line: 'Uses the last items you looked at. Keeps them in this tab only, until you end the visit or close it.',
    kept: 'Your last items are kept in this tab only.',
  },
  history: {
    name: 'Remember me',
    line: 'Uses what you look at, order and like here. Keeps it at the shop, sealed under a key of its own, until you change your mind.',
    kept: 'Your history is kept at the shop, sealed under a key of its own.',
  },
};

const plural = (count, one, many) => (count === 1 ? one : many.replace('#', count));

/** What an answer was made from, in plain words. */
export const INPUTS = {
  current_item: (n) => plural(n, 'The item on this page', 'The # items on this page'),
  recent_items: (n) => plural(n, 'One item you looked at in this visit', 'The last # items you looked at in this visit'),
  history: (n) => plural(n, 'One item of your history', '# items of your history'),
  cart_items: (n) => plural(n, 'One item in your cart', '# items in your cart'),
  purchases: (n) => plural(n, 'One item you ordered', '# items you ordered'),
  category: () => 'The department of this page',
  search: () => 'The words of your search',
  preferred_categories: () => 'Your favorite departments',
};

export const PURPOSES = {
  Personalization: 'To show you clothes that fit what you like (your consent, which you can take back at any time)',
  SharedLearning: 'To teach the shop what goes well together (your separate consent)',
};

/** Where an answer names no purpose. */
export const PLAIN_PURPOSES = {
  anonymous: 'None that needs personal data.',
  visit: 'To choose clothes for you in this visit. Nothing of it is kept by the shop.',
};

/** Why the shop answered in a more private mode than was asked for. */
export const REFUSALS = {
  child: 'The shop remembers nothing of children.',
  consent_expired: 'Your yes ran out, so your history was not opened.',
  consent_missing: 'The shop has no yes of yours on record, so it opened nothing.',
  consent_refused: 'You said no, and the shop keeps to it.',
  restricted: 'You had the use of your data restricted, and the shop keeps to it.',
  consent_paused: 'You paused this, and the shop keeps to it.',
  feature_not_asked: 'Nobody asked you about this part yet, so the shop does not use it.',
  feature_off: 'You switched this part off, so it was left out and what it kept is deleted.',
  older_than_kept: 'It is older than you let the shop keep such things, so it was not taken.',
  stranger: 'You are a stranger to the shop for this visit, so it opened nothing of yours.',
  consent_withdrawn: 'You took your yes back, and the shop keeps to it.',
  signal_consent_mode: 'The shop’s consent tool says no for you (Google Consent Mode), so your history was not opened.',
  signal_consent_tool: 'Your privacy tool says no, so your history was not opened.',
  signal_gpc: 'Your browser’s opt-out signal (Global Privacy Control) is honored, so your history was not opened.',
  signal_gpp: 'Your privacy choices (Global Privacy Platform) say no, so your history was not opened.',
  signal_shopify: 'Your privacy choices in the shop (Shopify) say no, so your history was not opened.',
  signal_tcf: 'Your privacy choices (Transparency and Consent Framework) say no, so your history was not opened.',
  signal_us_privacy: 'You opted out of sale and sharing (US privacy), so your history was not opened.',
};

/** The parts of a history that can be switched off. */
export const FEATURES = {
  browsing_history: 'What you looked at',
  purchase_history: 'What you bought',
  stated_preferences: 'What you told the shop you like',
};

/** What is said of a refusal that is not on the list. */
export const REFUSED = 'The shop’s rules kept your history closed.';
