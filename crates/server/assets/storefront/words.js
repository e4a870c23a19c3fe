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
    line: 'Uses what you looked at and bought here. Keeps it at the shop, sealed under a key of its own, until you erase it.',
    kept: 'Your history is kept at the shop, sealed under a key of its own.',
  },
};

const plural = (count, one, many) => (count === 1 ? one : many.replace('#', count));

/** What an answer was made from, in plain words. */
export const INPUTS = {
  current_item: (n) => plural(n, 'The item on this page', 'The # items on this page'),
  cart_items: (n) => plural(n, 'One item in your cart', '# items in your cart'),
  recent_items: (n) => plural(n, 'One item you looked at in this visit', 'The last # items you looked at in this visit'),
  history: (n) => plural(n, 'One item of your history', '# items of your history'),
  popular: () => 'What many people look at',
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

export const NOTICE =
  'If you say yes, the shop gives this browser a random number and keeps the items you look at, put in the cart and buy here, ' +
  'for at most 90 days. It uses them to choose clothes for you, and for nothing else. They are sealed under a key that exists ' +
  'only for you; no name, no address and no device data is kept with them. You can change your mind or erase everything at any time.';

export const TEACH =
  'Also teach the shop: my finished visits may count when the shop learns which clothes go together. Erasing takes that back, too.';
