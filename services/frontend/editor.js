import { onSubmit, typed } from './form.js';
import { say } from './language.js';
import { clone, heading, part } from './page.js';
import { go } from './router.js';

/** @typedef {import('./drafts.js').Draft} Draft */

/** @type {('title' | 'body' | 'tags')[]} */
const FIELDS = ['title', 'body', 'tags'];

/**
 * The form for a post. What is typed is kept until it is saved.
 * @param {{title: string, button: string, back: string}} words messages, and where Cancel leads
 * @param {Draft} stored what the form begins with, unless something unsaved was kept
 * @param {ReturnType<typeof import('./drafts.js').draft>} kept
 * @param {(text: Draft, view: HTMLElement) => Promise<void>} save
 * @returns {HTMLElement}
 */
export function editor(words, stored, kept, save) {
  const view = clone('editor');
  const form = /** @type {HTMLFormElement} */ (view.querySelector('form'));
  const unsaved = kept.read();
  const text = unsaved ?? stored;
  say(heading(view), words.title);
  say(part(view, 'save'), words.button);
  part(view, 'restored').hidden = !unsaved;
  for (const name of FIELDS) /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = text[name];
  form.addEventListener('input', () => {
    for (const name of FIELDS) text[name] = typed(form, name);
    kept.keep(text);
  });
  part(view, 'discard').addEventListener('click', () => {
    kept.drop();
    go();
  });
  part(view, 'cancel').setAttribute('href', words.back);
  part(view, 'cancel').addEventListener('click', kept.drop);
  onSubmit(view, () => save(text, view));
  return view;
}
