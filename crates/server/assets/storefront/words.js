// The words for tiers, inputs and purposes. What is shown before consent is also what the consent
// record's digest is taken of, so the words of the notice change only together with it.

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
  consent_withdrawn: 'You took your yes back, and the shop keeps to it.',
  signal_consent_mode: 'The shop’s consent tool says no for you (Google Consent Mode), so your history was not opened.',
  signal_consent_tool: 'Your privacy tool says no, so your history was not opened.',
  signal_gpc: 'Your browser’s opt-out signal (Global Privacy Control) is honored, so your history was not opened.',
  signal_gpp: 'Your privacy choices (Global Privacy Platform) say no, so your history was not opened.',
  signal_shopify: 'Your privacy choices in the shop (Shopify) say no, so your history was not opened.',
  signal_tcf: 'Your privacy choices (Transparency and Consent Framework) say no, so your history was not opened.',
  signal_us_privacy: 'You opted out of sale and sharing (US privacy), so your history was not opened.',
};

/** What is said of a refusal that is not on the list. */
export const REFUSED = 'The shop’s rules kept your history closed.';

/** What is said before a yes, with a title each. */
export const NOTICE = [
  [
    'What is kept',
    'A random number for this browser. What you look at, put in the cart and order here, for at most 90 days. Your size and ' +
      'favorite departments, if you choose any, for at most 13 months.',
  ],
  ['What for', 'To choose clothes for you, and for nothing else.'],
  ['How', 'Sealed under a key that exists only for you. No name, no address and no device data is kept with it.'],
  [
    'Your say',
    'You can change your mind at any time: then it is erased at once, together with its key. Only the record of your choice ' +
      'stays, as proof, for at most four years.',
  ],
];

/** Part of the notice where the browser sends the signal: a yes would outrank it, so it is said. */
export const GPC_NOTICE =
  'Your browser sends an opt-out signal (Global Privacy Control), and the shop honors it: without your answer here nothing is ' +
  'remembered. If you say yes, your yes counts above the signal for this one use. Nothing is sold or shared either way.';

export const TEACH =
  'Also teach the shop: my finished visits may count when the shop learns which clothes go together. Erasing takes that back, too.';
