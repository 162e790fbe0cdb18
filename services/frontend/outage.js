import { hush, say } from './language.js';
import { byId, notice } from './page.js';

const PAUSE = 3; // seconds: a pod that starts is ready within a few, and a try every three is no load

/** @type {ReturnType<typeof setInterval> | undefined} */
let clock;
let tryAgain = () => {};

const lasts = () => byId('outage-said').textContent !== '';

/**
 * Say that posts can't be reached, and try again by itself.
 * @param {() => void} again leads to `begin` or `end`
 */
export function begin(again) {
  tryAgain = again;
  if (!lasts()) say(byId('outage-said'), 'unreachable'); // once, or it would be read out every three seconds
  byId('outage-next').hidden = false;
  let seconds = PAUSE;
  say(byId('countdown'), 'trying-in', { seconds });
  clearInterval(clock);
  clock = setInterval(() => {
    seconds -= 1;
    if (seconds > 0) say(byId('countdown'), 'trying-in', { seconds });
    else now();
  }, 1000);
}

/** @param {boolean} over posts are there again; else nobody waits for them any more */
export function end(over) {
  if (!lasts()) return;
  clearInterval(clock);
  byId('outage-next').hidden = true;
  hush(byId('outage-said'));
  if (over) notice('reachable');
}

function now() {
  clearInterval(clock);
  say(byId('countdown'), 'trying');
  tryAgain();
}

byId('again').addEventListener('click', now);
window.addEventListener('online', () => lasts() && now());
