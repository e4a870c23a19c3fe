// The banner: asks, or confirms that an opt-out signal was honored. It lies over the page at its
// foot and moves nothing. Refusing and accepting are one click each, with the same button; closing
// is no choice. It is the same for everyone: nothing here depends on what others chose.

class Banner extends HTMLElement {
  connectedCallback() {
    if (!notice || this.shadowRoot) return;
    const { title, lines, ok, refuse, accept, choose: more, close } = notice.banner;
    const status = el('p', { role: 'status', class: 'status' });
    const says = (text, yes) => button(text, () => carry(this, status, all(yes), 'banner'));
    const panel = el(
      'div',
      { class: 'banner', role: 'dialog', 'aria-labelledby': 'title', 'aria-describedby': 'lines' },
      el('div', { class: 'words' }, el('h2', { id: 'title' }, title), el('div', { id: 'lines' }, ...lines.map((line) => el('p', {}, line))), status),
      ok ? el('div', { class: 'pair' }, button(ok, () => this.close())) : el('div', { class: 'pair' }, says(refuse, false), says(accept, true)),
      el('div', { class: 'row' }, button(more, open, 'quiet'), ok ? null : button(close, () => this.close(), 'quiet')),
    );
    panel.addEventListener('keydown', (event) => event.key === 'Escape' && this.close());
    rootOf(this).append(panel);
    // What has the focus must not lie under the banner.
    this.page = document.documentElement.style;
    this.page.scrollPaddingBlockEnd = `${panel.offsetHeight}px`;
  }

  disconnectedCallback() {
    this.page?.removeProperty('scroll-padding-block-end');
  }

  /** Closes without a choice, for this tab. */
  close() {
    closed(true);
    this.remove();
  }
}

customElements.define('confidant-banner', Banner);

let shown = false;

/** Shows the banner; the first thing that the keyboard reaches. */
async function show() {
  await load();
  if (!notice.purposes.length || document.querySelector('confidant-banner')) return;
  shown = true;
  document.body.prepend(document.createElement('confidant-banner'));
}

/** After a choice: the banner goes, and what shows the choices shows them anew. */
function done() {
  document.querySelector('confidant-banner')?.remove();
  for (const one of document.querySelectorAll('confidant-preferences,confidant-switches')) one.said(notice.status.saved);
}
