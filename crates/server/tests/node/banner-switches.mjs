// What must be true of the switches that stand in a shop's own page, and of a stranger.

import assert from 'node:assert/strict';

const focused = (guest) =>
  guest.page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at.textContent;
  });
const inside = (guest) => guest.page.locator('confidant-switches section');

/** Goes on by the keyboard until something has the focus. */
async function tabTo(guest, text) {
  for (let steps = 0; steps < 60; steps += 1) {
    if ((await focused(guest)) === text) return;
    await guest.page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not reach ${text}`);
}

export const groups = {
  async 'switches in the page itself: accessible at every width, by pointer and by keyboard'({ arrive }) {
    for (const [width, dark, say] of [[320, false, 'de'], [1280, true, 'en'], [320, true, 'ar']]) {
      const guest = await arrive({ width, dark });
      await guest.open({ in: 'DE', show: 'manual', switches: 1, say });
      await inside(guest).waitFor();
      assert.equal(await guest.page.locator('confidant-switches input:checked').count(), 0, 'nothing is chosen before');
      assert.deepEqual(guest.puts(), []);
      await guest.accessible(`switches-${say}`);
      await guest.leaves();
    }
    const guest = await arrive();
    await guest.open({ in: 'DE', show: 'manual', switches: 1 });
    await guest.page.locator('confidant-switches input[name="Personalization"][value="yes"]').check();
    await guest.page.locator('confidant-switches input[name="purchase_history"]').check();
    await tabTo(guest, 'Save');
    await guest.page.keyboard.press('Enter');
    await guest.page.waitForFunction(() => confidant.consents().Personalization);
    const [{ body }] = guest.puts();
    assert.deepEqual([body.choices, body.features], [{ Personalization: true }, { purchase_history: false }]);
    assert.match(body.notice.digest, /^[0-9a-f]{64}$/);
    await guest.page.getByText('is saved').waitFor();
    assert.match(await focused(guest), /privacy|personal|data|choose/i, 'the focus is at the heading');
    await guest.accessible('switches-given');
    // What each way out does stands before its button.
    assert.match(await inside(guest).textContent(), /stays sealed and unread for at most 30 days/);
    await guest.press('Pause');
    await guest.page.waitForFunction(() => !confidant.consents().Personalization);
    const { browser } = await guest.stored();
    assert.equal((await guest.record(browser)).consents.Personalization.state, 'paused');
    // The panel and the page say the same, whichever was used.
    await guest.page.click('[data-confidant-open]');
    await guest.panel().locator('input[name="Personalization"][value="yes"]').check();
    await guest.panel().getByRole('button', { name: 'Save', exact: true }).click();
    await guest.panel().waitFor({ state: 'hidden' });
    assert.ok(await guest.page.locator('confidant-switches input[name="Personalization"][value="yes"]').isChecked());
    await guest.press('Withdraw and delete');
    await guest.page.waitForFunction(() => !confidant.consents().Personalization);
    assert.equal((await guest.record(browser)).consents.Personalization.state, 'withdrawn');
    await guest.leaves();
  },

  async 'without the server the page keeps what it put there itself'({ arrive }) {
    const guest = await arrive({ failing: '**/v1/notice*' });
    await guest.open({ in: 'DE', show: 'manual', switches: 1 });
    await guest.page.getByRole('link', { name: 'How we treat data' }).waitFor();
    assert.equal(await inside(guest).count(), 0);
    await guest.leaves();
  },

  async 'a stranger: nothing is used in this browser or by the server until the visit is over'({ arrive }) {
    const guest = await arrive();
    await guest.open({ in: 'DE' });
    await guest.press('Accept all');
    await guest.page.waitForFunction(() => confidant.consents().Marketing);
    const { browser } = await guest.stored();
    const answers = () => guest.page.evaluate(async ([server, id]) => {
      const key = document.querySelector('[data-write-key]').dataset.writeKey;
      const asked = await fetch(`${server}/v1/recommendations?browser=${id}`, { headers: { authorization: `Bearer ${key}` } });
      return (await asked.json()).basis;
    }, [guest.server, browser]);
    assert.equal((await answers()).tier, 'history');
    const now = await guest.page.evaluate(() => confidant.stranger());
    assert.deepEqual(new Set(Object.values(now)), new Set([false]));
    assert.equal(await guest.page.evaluate(() => confidant.browser), null);
    const { tier, refused } = await answers();
    assert.deepEqual([tier, refused], ['anonymous', 'stranger']);
    assert.equal((await guest.record(browser)).stranger, true);
    // Nothing was taken back: the record stands, and so does the id.
    assert.equal((await guest.record(browser)).consents.Marketing.state, 'given');
    assert.equal((await guest.stored()).browser, browser);
    await guest.page.reload();
    assert.deepEqual(await guest.allowed(), []);
    // Half an hour without a step, as this browser counts it.
    await guest.page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('confidant'));
      kept.strange.seen -= 31 * 60 * 1000;
      localStorage.setItem('confidant', JSON.stringify(kept));
    });
    await guest.page.reload();
    assert.equal((await guest.allowed()).length, 4);
    assert.equal((await guest.stored()).strange, undefined);
    await guest.page.evaluate(() => confidant.stranger(false));
    assert.equal((await answers()).tier, 'history');
    await guest.leaves();
  },
};
