import { en } from './en.js';
import { ko } from './ko.js';

/** @typedef {Record<string, string | number>} Values what a message names */
/** @typedef {Record<string, string | ((values: Values) => string)>} Messages */

/** @type {Record<string, Messages>} */
const MESSAGES = { en, ko };
const KEPT = 'language';

/** @returns {string} the reader's choice, else the browser's language, else English */
function preferred() {
  const wanted = localStorage.getItem(KEPT) ?? navigator.language.slice(0, 2);
  return wanted in MESSAGES ? wanted : 'en';
}

let language = preferred();

/** @returns {string} `en` or `ko` */
export const current = () => language;

/** @returns {string} the one that the switch leads to */
export const other = () => (language === 'ko' ? 'en' : 'ko');

/**
 * Speak another language from now on, in the page as it stands: nothing that was typed is lost.
 * @param {string} wanted `en` or `ko`
 */
export function choose(wanted) {
  language = wanted;
  localStorage.setItem(KEPT, wanted);
  localize(document);
}

/**
 * Write a message, in a way that `localize` can write it again.
 * @param {Element} element its only content will be the message
 * @param {string} key
 * @param {Values} [values] what the message names
 */
export function say(element, key, values = {}) {
  if (!(element instanceof HTMLElement)) return;
  element.dataset.t = key;
  element.dataset.values = JSON.stringify(values);
  const message = MESSAGES[language][key] ?? key;
  element.textContent = typeof message === 'string' ? message : message(values);
}

/**
 * Say no more.
 * @param {HTMLElement} element
 */
export function hush(element) {
  element.textContent = '';
  delete element.dataset.t;
}

/**
 * Write a date in the reader's language and time zone. A day alone is the same day everywhere.
 * @param {HTMLTimeElement} element
 * @param {string} iso
 */
export function date(element, iso) {
  const alone = !iso.includes('T');
  const precise = alone ? {} : /** @type {const} */ ({ timeStyle: 'short' });
  const timeZone = alone ? 'UTC' : undefined; // JavaScript reads a day as UTC's
  element.dateTime = iso;
  element.textContent = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone }).format(new Date(iso));
  element.title = new Intl.DateTimeFormat(language, { dateStyle: 'full', ...precise, timeZone }).format(new Date(iso));
}

/**
 * Write every message and date under a node in the language of now.
 * @param {ParentNode} root
 */
export function localize(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll('[data-t]')) {
    const { t, values } = /** @type {HTMLElement} */ (element).dataset;
    say(element, t ?? '', JSON.parse(values ?? '{}'));
  }
  for (const time of root.querySelectorAll('time')) if (time.dateTime) date(time, time.dateTime);
}
