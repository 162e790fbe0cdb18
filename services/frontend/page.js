import { localize, say } from './language.js';

/**
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 * @returns {E} the element of index.html
 */
export const byId = (id) => /** @type {E} */ (document.getElementById(id));

/**
 * @param {string} id a `<template>` of index.html
 * @returns {HTMLElement} a copy of what it holds, in the reader's language
 */
export function clone(id) {
  const { content } = /** @type {HTMLTemplateElement} */ (byId(id));
  const copy = document.importNode(content, true);
  localize(copy);
  return /** @type {HTMLElement} */ (copy.firstElementChild);
}

/**
 * @template {HTMLElement} [E=HTMLElement]
 * @param {ParentNode} root
 * @param {string} name
 * @returns {E} the element with that `data-part`
 */
export const part = (root, name) => /** @type {E} */ (root.querySelector(`[data-part="${name}"]`));

/**
 * @param {ParentNode} root
 * @returns {HTMLHeadingElement} the heading that a view has
 */
export const heading = (root) => /** @type {HTMLHeadingElement} */ (root.querySelector('h1'));

/**
 * @param {string} text
 * @param {string} address
 * @returns {HTMLAnchorElement}
 */
export function link(text, address) {
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.textContent = text;
  return anchor;
}

/**
 * Blank lines part paragraphs; single line breaks stay (style.css, `.prose`).
 * @param {HTMLElement} element
 * @param {string} text
 */
export function prose(element, text) {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => {
    const p = document.createElement('p');
    p.textContent = paragraph.trim();
    return p;
  });
  element.replaceChildren(...paragraphs);
}

/**
 * Say something that is over soon: read out at once, gone with the next page.
 * @param {string} key
 * @param {import('./language.js').Values} [values]
 */
export const notice = (key, values) => say(byId('notice'), key, values);
