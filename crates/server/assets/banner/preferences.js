// The preferences: one no and one yes per purpose, side by side and alike, neither of them chosen
// before the person does. Escape and closing change nothing.

/** What the panel and the switches of a page have in common; each draws into its `box`. */
class Choosing extends HTMLElement {
  /** Shows what counts now, after a choice that was not carried out whole. */
  sync() {
    for (const input of this.box.querySelectorAll('input')) {
      const { type, name, value } = input;
      if (type === 'checkbox') input.checked = record.off.includes(name);
      else if (record[value]) input.checked = Boolean(record[value][name]);
    }
  }

  form() {
    const words = notice.settings;
    const { refuse, accept } = notice.banner;
    const status = el('p', { role: 'status', class: 'status' });
    const says = (text, yes) => button(text, () => carry(this, status, all(yes), 'preferences', yes ? this.more(all(yes)) : {}));
    return el(
      'form',
      { onsubmit: (event) => event.preventDefault() },
      el('header', {}, el('h2', { id: 'title', tabindex: '-1', autofocus: Boolean(this.cross) }, words.title), this.cross ?? null),
      words.signal ? el('p', { class: 'signal' }, words.signal) : null,
      ...notice.purposes.map(choice),
      notice.yes_counts ? lasting() : null,
      ...ways((work) => act(this, status, work)),
      el('h3', {}, words.facts_title),
      el('ul', { class: 'small' }, ...words.facts.map((fact) => el('li', {}, fact))),
      el(
        'footer',
        {},
        status,
        el(
          'div',
          { class: 'pair' },
          says(refuse, false),
          notice.yes_counts ? says(accept, true) : null,
          button(words.save, () => this.save(status)),
        ),
      ),
    );
  }

  /** Saves what was chosen; what was left open stays open, and is not asked again for now. */
  save(status) {
    const chosen = {};
    for (const { purpose } of notice.purposes) {
      const picked = this.box.querySelector(`[name="${purpose}"]:checked`);
      if (picked) chosen[purpose] = picked.value === 'yes';
      else record.open[purpose] = again();
    }
    keep();
    const more = this.more(chosen);
    if (Object.keys({ ...chosen, ...more.features }).length) carry(this, status, chosen, 'preferences', more);
    else done();
  }

  /** For how long, and what is left out or let in again; nothing is let in where its purpose is off. */
  more(chosen) {
    const [picked] = this.box.querySelectorAll('[name="lasting"]:checked');
    const features = {};
    for (const { purpose, feature } of parts()) {
      const out = this.box.querySelector(`[name="${feature}"]`).checked;
      if (out !== record.off.includes(feature) && (out || (chosen[purpose] ?? allowed(purpose)))) features[feature] = !out;
    }
    return { features, days: Number(picked?.value) || undefined, visit: picked?.value === 'visit' };
  }
}

class Preferences extends Choosing {
  connectedCallback() {
    if (!notice || this.shadowRoot) return;
    this.live = el('p', { role: 'status', class: 'unseen' });
    this.box = el('dialog', { 'aria-labelledby': 'title' });
    this.cross = button('×', () => this.box.close(), 'cross');
    this.cross.setAttribute('aria-label', notice.banner.close);
    // A click beside the panel closes it: the dialog has no padding of its own.
    this.box.addEventListener('click', (event) => event.target === this.box && this.box.close());
    rootOf(this).append(this.box, this.live);
  }

  /** Draws the state of now and opens. */
  open() {
    this.live.textContent = '';
    this.box.replaceChildren(this.form());
    if (!this.box.open) this.box.showModal();
  }

  /** Closes after a choice and says so. */
  said(text) {
    this.box.close();
    this.live.textContent = text;
  }
}

customElements.define('confidant-preferences', Preferences);

/** The same switches in the shop's own page. Until there are words, what the page put inside stands. */
class Switches extends Choosing {
  async connectedCallback() {
    await load().catch(() => {});
    if (!notice?.purposes.length || this.shadowRoot || !this.isConnected) return;
    this.live = el('p', { role: 'status', class: 'status' });
    this.box = el('section', { 'aria-labelledby': 'title' });
    rootOf(this).append(this.box, this.live);
    this.box.append(this.form());
    shown = true;
  }

  /** Draws the state after a choice, with the focus where it can go on from. */
  said(text) {
    if (!this.box) return;
    const focused = this.matches(':focus-within');
    this.box.replaceChildren(this.form());
    this.live.textContent = focused ? text : '';
    if (focused) this.box.querySelector('h2').focus();
  }
}

customElements.define('confidant-switches', Switches);

/** One purpose with its two choices. */
function choice({ purpose, title, text, silence, data, nothing_kept: nothing, features = [] }) {
  const { no, yes, leave_out: words } = notice.settings;
  const radio = (value, label, checked) =>
    el('label', {}, el('input', { type: 'radio', name: purpose, value, checked, disabled: value === 'yes' && !notice.yes_counts }), label);
  const kept = data.length ? el('ul', { class: 'small' }, ...data.map((one) => el('li', {}, one.text))) : el('p', { class: 'small' }, nothing);
  const about = `about-${purpose}`;
  const out = `out-${purpose}`;
  const part = ({ feature, title: name }) => el('label', {}, el('input', { type: 'checkbox', name: feature, checked: record.off.includes(feature) }), name);
  return el(
    'fieldset',
    { 'aria-describedby': about },
    el('legend', {}, title),
    el('div', { id: about }, el('p', {}, text), kept, el('p', { class: 'small' }, silence)),
    el('div', { class: 'pair' }, radio('no', no, Boolean(record.no[purpose])), radio('yes', yes, Boolean(record.yes[purpose]))),
    features.length ? el('div', { role: 'group', 'aria-labelledby': out, class: 'parts' }, el('p', { id: out, class: 'small' }, words), ...features.map(part)) : null,
  );
}

/** How long a yes counts. None is chosen before; what counts then stands among the facts. */
function lasting() {
  const { title, choices } = notice.settings.lasting;
  const radio = ({ days, way, text }) => el('label', {}, el('input', { type: 'radio', name: 'lasting', value: days ?? way }), text);
  return el('fieldset', {}, el('legend', {}, title), el('div', { class: 'parts' }, ...choices.map(radio)));
}

/** The ways out, there once there is a yes; what each does is said before its button. */
function ways(go) {
  const given = Object.keys(record.yes);
  if (!given.length) return [];
  const noes = Object.fromEntries(given.map((purpose) => [purpose, false]));
  const works = { pause: () => pause(given), withdraw: () => choose(noes, 'preferences') };
  const { out_title: title, out } = notice.settings;
  return [el('h3', {}, title), ...out.flatMap(({ way, text, button: name }) => [el('p', { class: 'small' }, text), button(name, () => go(works[way]))])];
}

/** Opens the preferences. Where even their words cannot be had, says so. */
async function open() {
  try {
    await load();
  } catch (error) {
    const dialog = el(
      'dialog',
      { onclose: () => dialog.remove() },
      el('p', {}, 'The privacy settings could not be loaded. Nothing was changed. Please try again later.'),
      button('Close', () => dialog.close()),
    );
    dialog.lang = 'en';
    document.body.append(dialog);
    dialog.showModal();
    throw error;
  }
  shown = true;
  let panel = document.querySelector('confidant-preferences');
  if (!panel) {
    panel = document.createElement('confidant-preferences');
    document.body.append(panel);
  }
  panel.open();
}
