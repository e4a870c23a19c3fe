// Size and favorite departments: chosen in the browser, used by the shelves there.

import * as state from './state.js';
import { el } from './view.js';

const SIZES = ['XS', 'S', 'M', 'L', 'XL'];

/** Departments, and the sides of the shop that have them. */
const DEPARTMENTS = {
  Dresses: ['Women'],
  Skirts: ['Women'],
  Shirts: ['Women', 'Men'],
  Trousers: ['Women', 'Men'],
  Knitwear: ['Women', 'Men'],
  Jackets: ['Women', 'Men'],
  Shoes: ['Women', 'Men'],
  Accessories: ['Women', 'Men'],
};

/** What the shop is told of it by consent: categories as the catalog spells them. */
export const traits = ({ size, categories }) => ({
  sizes: size ? [size] : [],
  preferred_categories: categories.flatMap((name) => (DEPARTMENTS[name] ?? []).map((side) => `${side}/${name}`)),
});

/** The form; calls `changed` after each change. */
export function form(changed) {
  const { size, categories } = state.preferences();
  const select = el('select', { id: 'size', name: 'size' }, el('option', { value: '' }, 'No size'), ...SIZES.map((name) => el('option', { value: name }, name)));
  select.value = size;
  const boxes = Object.keys(DEPARTMENTS).map((name) => {
    const box = el('input', { type: 'checkbox', name: 'department', value: name });
    box.checked = categories.includes(name);
    return el('label', { class: 'check' }, box, el('span', {}, name));
  });
  const whole = el(
    'form',
    { class: 'preferences', 'aria-labelledby': 'preferences-title' },
    el('h3', { id: 'preferences-title' }, 'Your size and departments ', el('span', { class: 'place' }, 'stays in your browser')),
    el('p', {}, 'Orders the shop’s shelves for you right here. Only with “Remember me” the shop is told, for its suggestions.'),
    el('label', { for: 'size' }, 'Size'),
    select,
    el('fieldset', { class: 'boxes' }, el('legend', {}, 'Departments'), ...boxes),
  );
  whole.addEventListener('submit', (event) => event.preventDefault());
  whole.addEventListener('change', () => {
    const data = new FormData(whole);
    state.setPreferences({ size: data.get('size'), categories: data.getAll('department') });
    changed();
  });
  return whole;
}
