import { fetch } from './api.js';
import { attempt } from './form.js';
import { date } from './language.js';
import { byline } from './list.js';
import { byId, clone, heading, part, prose } from './page.js';
import { leave } from './router.js';
import * as session from './session.js';

/** @typedef {import('./api.js').Post} Post */

/**
 * One post, to read.
 * @param {import('./router.js').Place} place
 * @returns {Promise<HTMLElement>}
 */
export async function post({ name }) {
  const address = `/api/posts/${encodeURIComponent(name)}`;
  const answer = await fetch(address);
  /** @type {Post} */
  const read = await answer.json();
  const view = clone('post');
  heading(view).textContent = read.title;
  byline(view, read);
  displayName(read.author).then((shown) => (part(view, 'author').textContent = shown));
  date(part(view, 'written'), read.created_at);
  date(part(view, 'updated'), read.updated_at);
  part(view, 'edited').hidden = read.version === 1;
  prose(part(view, 'body'), read.body);
  part(view, 'own').hidden = !mayChange(read);
  part(view, 'edit').setAttribute('href', `#/edit/${read.id}`);
  part(view, 'delete').addEventListener('click', async () => {
    if (await sure(read.title)) attempt(view, () => remove(address));
  });
  return view;
}

/**
 * @param {string} name
 * @returns {Promise<string>} what the author wants to be called; the name while user-service doesn't answer
 */
async function displayName(name) {
  const answer = await fetch(`/api/users/${name}`).catch(() => null);
  return answer ? (await answer.json()).display_name : name;
}

/** @param {Post} post */
function mayChange(post) {
  const me = session.current();
  return me !== null && (me.admin || me.name === post.author);
}

/**
 * @param {string} title
 * @returns {Promise<boolean>} whether the reader means it
 */
function sure(title) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('confirm'));
  dialog.returnValue = 'no'; // Escape leaves it so
  part(dialog, 'title').textContent = title;
  dialog.showModal();
  return new Promise((decided) => {
    dialog.addEventListener('close', () => decided(dialog.returnValue === 'yes'), { once: true });
  });
}

/** @param {string} address */
async function remove(address) {
  await fetch(address, { method: 'DELETE' });
  leave('#/', 'deleted');
}
