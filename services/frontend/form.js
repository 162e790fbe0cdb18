import { Refused, Unreachable } from './api.js';
import { say } from './language.js';
import { clone, part } from './page.js';
import { go } from './router.js';

const KNOWN = [401, 403, 404, 412, 413, 422]; // statuses that have their own words, in both languages

/**
 * Do something with a form, once at a time. What was typed stays in it whatever happens.
 * @param {HTMLElement} view with the form, or with a button, and a place for the error
 * @param {() => Promise<void>} act
 * @param {Record<number, string>} [words] messages for the statuses that mean something special here
 */
export async function attempt(view, act, words = {}) {
  const buttons = view.querySelectorAll('button');
  part(view, 'error').replaceChildren();
  for (const button of buttons) button.disabled = true;
  try {
    await act();
  } catch (error) {
    explain(view, error, words);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

/**
 * @param {HTMLElement} view
 * @param {(form: HTMLFormElement) => Promise<void>} act
 * @param {Record<number, string>} [words]
 */
export function onSubmit(view, act, words) {
  const form = /** @type {HTMLFormElement} */ (view.querySelector('form'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(view, () => act(form), words);
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {string} what was typed
 */
export const typed = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value;

/**
 * Say what went wrong, and bring the reader there.
 * @param {HTMLElement} view
 * @param {unknown} error
 * @param {Record<number, string>} words
 */
function explain(view, error, words) {
  if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
  const summary = clone('error');
  if (error instanceof Unreachable) say(part(summary, 'said'), 'form-unreachable');
  else describe(summary, error, words[error.problem.status]);
  part(view, 'error').replaceChildren(summary);
  summary.focus();
}

/**
 * @param {HTMLElement} summary
 * @param {Refused} refused
 * @param {string} [key]
 */
function describe(summary, { problem, retryAfter }, key) {
  const ours = KNOWN.includes(problem.status) ? `form-${problem.status}` : 'form-refused';
  say(part(summary, 'said'), key ?? ours, { seconds: retryAfter });
  part(summary, 'title').hidden = (key ?? ours) !== 'form-refused';
  part(summary, 'title').textContent = problem.title;
  const wrong = (problem.errors ?? []).map(({ field, reason }) => {
    const line = document.createElement('li');
    line.textContent = `${field}: ${reason}`;
    return line;
  });
  part(summary, 'fields').hidden = wrong.length === 0;
  part(summary, 'fields').append(...wrong);
  if (problem.status !== 401 || key) return;
  part(summary, 'login').hidden = false;
  part(summary, 'login').addEventListener('click', () => go()); // the same address, now with the login before it
}
