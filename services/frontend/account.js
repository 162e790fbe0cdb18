import { fetch, json } from './api.js';
import { onSubmit, typed } from './form.js';
import { say } from './language.js';
import { clone, part } from './page.js';
import { leave } from './router.js';
import * as session from './session.js';

/**
 * @param {string} username
 * @param {string} password
 */
async function logIn(username, password) {
  const body = new URLSearchParams({ grant_type: 'password', username, password });
  const answer = await fetch('/api/token', { method: 'POST', body });
  session.begin((await answer.json()).access_token);
}

/** Back to where somebody was sent from to log in; home from the pages that are only about that. */
function enter() {
  const here = /^#\/(login|register)\b/.test(location.hash) ? '#/' : location.hash;
  leave(here, 'welcome', { name: session.current()?.name ?? '' });
}

/**
 * @param {{reason?: string}} [why] message above the form
 * @returns {HTMLElement}
 */
export function login({ reason } = {}) {
  const view = clone('login');
  if (reason) {
    part(view, 'lead').hidden = false;
    say(part(view, 'lead'), reason);
  }
  const words = { 401: 'wrong-credentials', 429: 'too-many' };
  onSubmit(view, async (form) => {
    await logIn(typed(form, 'username').trim().toLowerCase(), typed(form, 'password'));
    enter();
  }, words);
  return view;
}

/** @returns {HTMLElement} */
export function register() {
  const view = clone('register');
  onSubmit(view, async (form) => {
    const [name, password, display] = ['name', 'password', 'display_name'].map((field) => typed(form, field));
    const profile = display.trim() ? { display_name: display.trim() } : {};
    await fetch('/api/users', { method: 'POST', ...json({ name, password, ...profile }) });
    await logIn(name, password);
    enter();
  }, { 409: 'name-taken', 429: 'too-many' });
  return view;
}
