import { fetch, Refused } from './api.js';
import { chart } from './chart.js';
import { date, say } from './language.js';
import { clone, link, part } from './page.js';

/** @typedef {{day: string, posts: number, users: number}} Day what was added on a day in Korea */
/** @typedef {{taken_at: string, posts: number, users: number, authors: {author: string, posts: number}[], tags: {tag: string, posts: number}[], days: Day[]}} Statistics */

const DAYS = 30; // a bar for each fits on a phone
const DAY = 24 * 3600_000; // ms
const KOREA = 9 * 3600_000; // ahead of UTC, without a summer time: days begin there (admin_backup/statistics.py)
const TWO = /** @type {const} */ (['posts', 'users']);

/** What the blog looks like in numbers, as the admin job has counted them. */
export async function statistics() {
  const view = clone('statistics');
  const counted = await newest();
  part(view, 'counted').hidden = counted === null;
  part(view, 'none').hidden = counted !== null;
  if (counted) show(view, counted);
  return view;
}

/** @returns {Promise<Statistics | null>} null before the first night */
async function newest() {
  try {
    return await (await fetch('/api/stats')).json();
  } catch (error) {
    if (error instanceof Refused && error.problem.status === 404) return null;
    throw error;
  }
}

/**
 * @param {HTMLElement} view
 * @param {Statistics} counted
 */
function show(view, counted) {
  const days = calendar(counted);
  date(part(view, 'taken'), counted.taken_at);
  for (const what of TWO) {
    part(view, what).textContent = figure(counted[what]);
    draw(part(view, `${what}-chart`), what, days);
  }
  part(view, 'days').append(...counted.days.toReversed().map(({ day, posts, users }) => row(dated(day), posts, users)));
  part(view, 'authors').append(...counted.authors.map(({ author, posts }) => row(link(author, `#/authors/${author}`), posts)));
  part(view, 'tag-counts').append(
    ...counted.tags.map(({ tag, posts }) => row(link(tag, `#/tags/${encodeURIComponent(tag)}`), posts)),
  );
}

/**
 * @param {Statistics} counted names only the days on which there was something
 * @returns {Day[]} every day up to the one on which it was counted
 */
function calendar({ taken_at, days }) {
  const something = new Map(days.map((day) => [day.day, day]));
  const last = Date.parse(taken_at) + KOREA;
  return Array.from({ length: DAYS }, (_, place) => {
    const day = new Date(last - (DAYS - 1 - place) * DAY).toISOString().slice(0, 10);
    return something.get(day) ?? { day, posts: 0, users: 0 };
  });
}

/**
 * @param {HTMLElement} figure with a caption that says what is drawn
 * @param {'posts' | 'users'} what
 * @param {Day[]} days
 */
function draw(figure, what, days) {
  const counts = days.map((day) => day[what]);
  const sum = counts.reduce((before, count) => before + count, 0);
  say(part(figure, 'caption'), `${what}-a-day`, { days: DAYS, sum, most: Math.max(...counts) });
  part(figure, 'bars').append(chart(days.map((day) => ({ name: day.day, value: day[what] }))));
  date(part(figure, 'first'), days[0].day);
  date(part(figure, 'last'), days[DAYS - 1].day);
}

/** @param {number} count */
const figure = (count) => count.toLocaleString('en'); // Korean groups digits in the same way

/** @param {string} day */
function dated(day) {
  const time = document.createElement('time');
  date(time, day);
  return time;
}

/**
 * @param {HTMLElement} name
 * @param {...number} counts
 * @returns {HTMLTableRowElement}
 */
function row(name, ...counts) {
  const line = document.createElement('tr');
  const heading = document.createElement('th');
  heading.scope = 'row';
  heading.append(name);
  line.append(heading);
  for (const count of counts) line.insertCell().textContent = figure(count);
  return line;
}
