/*
 * The deck around the browser's own audio element. Without this script the page has that element's controls and plain links.
 * Other scripts ask for a place by the event `stagecast:play`, whose detail is in seconds.
 */
/* global document, history, location, localStorage, navigator, MediaMetadata, ResizeObserver, setTimeout, clearTimeout, setInterval, URL, window */
const byId = (id) => document.getElementById(id);
const player = document.querySelector('.player');
const audio = byId('audio');
const seekBar = byId('seek');
const played = byId('played');
const { id, title, show, author, cover, length } = player.dataset;
const chapters = [...document.querySelectorAll('.chapters a')];
const starts = chapters.map(({ search }) => Number(search.slice(3)));
const [BACK, ON] = [15, 30];

/** Where to begin once something of the file is known: before that a seek would be lost. */
let waiting;
let sleepTimer;
let sleepAt;

const two = (value) => String(value).padStart(2, '0');
function clock(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Seconds from `94`, `1:34` or `1:02:03`; undefined for anything else. */
function readTime(text) {
  return /^\d+(:\d\d?){0,2}(\.\d+)?$/.test(text ?? '')
    ? text.split(':').reduce((total, part) => total * 60 + Number(part), 0)
    : undefined;
}
const timeOf = (href) => readTime(new URL(href, location.href).searchParams.get('t'));

/** Storage is refused in private windows and in frames of other sites. */
const memory = {
  read(key) {
    try {
      return localStorage.getItem(`stagecast.${key}`);
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value === null) localStorage.removeItem(`stagecast.${key}`);
      else localStorage.setItem(`stagecast.${key}`, value);
    } catch {
      // Then it is not remembered.
    }
  },
};

const duration = () => (Number.isFinite(audio.duration) ? audio.duration : Number(length));
const place = () => (audio.readyState > 0 ? audio.currentTime : (waiting ?? 0));
const chapterAt = (seconds) => starts.findLastIndex((start) => start <= seconds);
const say = (text) => {
  byId('said').textContent = text;
};

function seek(seconds) {
  const to = Math.min(Math.max(0, seconds), duration());
  if (audio.readyState > 0) audio.currentTime = to;
  else waiting = to;
  showPlace();
}

/** Asks for the head of the file, so that the place stands before anybody plays. */
function load() {
  if (audio.readyState > 0) return;
  audio.preload = 'metadata';
  audio.load();
}

function play() {
  if (audio.readyState === 0) load();
  audio.play().catch(() => {});
}

/** Moves the player, the address along with it. */
function playFrom(seconds) {
  history.replaceState(null, '', `?t=${Math.floor(seconds)}`);
  seek(seconds);
  play();
}

function toChapter(step) {
  const now = chapterAt(place());
  // Back from the midst of a chapter is to its beginning.
  const back = step < 0 && place() - (starts[now] ?? 0) > 3 ? now : now + step;
  const start = starts[Math.max(0, back)];
  if (start === undefined) return;
  seek(start);
  say(chapters[Math.max(0, back)].querySelector('bdi').textContent);
}

function showPlace() {
  const now = place();
  const current = now > 0 ? chapterAt(now) : -1;
  for (const [index, chapter] of chapters.entries()) {
    if (index === current) chapter.setAttribute('aria-current', 'true');
    else chapter.removeAttribute('aria-current');
  }
  played?.setAttribute('width', String(now));
  byId('now').textContent = clock(now);
  byId('deck-chapter').textContent =
    chapters[Math.max(0, current)]?.querySelector('bdi').textContent ?? title;
  seekBar.value = String(now);
  seekBar.style.setProperty('--played', `${(100 * now) / duration()}%`);
  seekBar.setAttribute('aria-valuetext', `${clock(now)} of ${clock(duration())}`);
  if (sleepAt !== undefined && now >= sleepAt) goToSleep();
}

function showState() {
  const going = !audio.paused && !audio.ended;
  player.classList.toggle('is-playing', going);
  if (going) player.classList.add('is-started');
  player.querySelector('.play').setAttribute('aria-label', going ? 'Pause' : 'Play');
  tellSystem();
}

function remember() {
  const now = place();
  // Whoever heard it to its end begins anew.
  memory.write(id, now < 5 || now > duration() - 15 ? null : String(Math.floor(now)));
}

function setSpeed(speed) {
  audio.playbackRate = speed;
  audio.defaultPlaybackRate = speed;
  byId('speed').value = String(speed);
  memory.write('speed', speed === 1 ? null : String(speed));
}

function stepSpeed(step) {
  const select = byId('speed');
  const option = select.options[select.selectedIndex + step];
  if (option === undefined) return;
  setSpeed(Number(option.value));
  say(`Speed ${option.value}`);
}

function goToSleep() {
  sleepAt = undefined;
  byId('sleep').value = '';
  audio.pause();
  say('Paused by the sleep timer');
}

function setSleep(value) {
  clearTimeout(sleepTimer);
  sleepAt = undefined;
  if (value === 'chapter') sleepAt = starts[chapterAt(place()) + 1] ?? duration();
  else if (value !== '') sleepTimer = setTimeout(goToSleep, Number(value) * 60_000);
}

async function copyLink() {
  const url = new URL(
    player.closest('.embed') ? document.querySelector('link[rel=canonical]').href : location.href,
  );
  url.search = `?t=${Math.floor(place())}`;
  url.hash = '';
  const button = player.querySelector('[data-do=link]');
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(url.href);
    button.textContent = `Copied, from ${clock(place())}`;
  } catch {
    button.textContent = 'Not allowed here';
  }
  say(button.textContent);
  setTimeout(() => (button.textContent = before), 3000);
}

const actions = {
  play: () => (audio.paused ? play() : audio.pause()),
  back: () => seek(place() - BACK),
  on: () => seek(place() + ON),
  link: copyLink,
};

/* What the system shows on locked screens, and the keys of keyboards and headphones. */
const session = navigator.mediaSession;
function tellSystem() {
  if (!session) return;
  session.playbackState = audio.paused ? 'paused' : 'playing';
  if (audio.readyState > 0 && Number.isFinite(audio.duration))
    session.setPositionState?.({
      duration: audio.duration,
      playbackRate: audio.playbackRate,
      position: Math.min(audio.currentTime, audio.duration),
    });
}
if (session) {
  session.metadata = new MediaMetadata({ title, artist: author, album: show, artwork: [{ src: cover }] });
  const handlers = {
    play,
    pause: () => audio.pause(),
    seekbackward: ({ seekOffset }) => seek(place() - (seekOffset || BACK)),
    seekforward: ({ seekOffset }) => seek(place() + (seekOffset || ON)),
    seekto: ({ seekTime }) => seek(seekTime),
    ...(chapters.length > 1 ? { previoustrack: () => toChapter(-1), nexttrack: () => toChapter(1) } : {}),
  };
  for (const [action, handle] of Object.entries(handlers))
    try {
      session.setActionHandler(action, handle);
    } catch {
      // This browser knows fewer.
    }
}

const keys = {
  k: actions.play,
  j: actions.back,
  l: actions.on,
  n: () => toChapter(1),
  p: () => toChapter(-1),
  '-': () => stepSpeed(-1),
  '+': () => stepSpeed(1),
  '=': () => stepSpeed(1),
};
player.addEventListener('keydown', (event) => {
  // A list of choices is searched by letters, and what is held with another key is somebody else's.
  if (event.target.closest('select') || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = keys[event.key.toLowerCase()];
  if (action === undefined) return;
  event.preventDefault();
  action();
});
player.addEventListener('click', ({ target }) => actions[target.closest('[data-do]')?.dataset.do]?.());
seekBar.addEventListener('input', () => seek(Number(seekBar.value)));
byId('speed').addEventListener('change', ({ target }) => setSpeed(Number(target.value)));
byId('sleep').addEventListener('change', ({ target }) => setSleep(target.value));

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a');
  const href = link?.getAttribute('href');
  if (!href?.startsWith('?t=') || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  playFrom(timeOf(href));
});
document.addEventListener('stagecast:play', ({ detail }) => playFrom(detail));

audio.addEventListener('loadedmetadata', () => {
  seekBar.max = String(Math.floor(duration()));
  if (waiting !== undefined) audio.currentTime = waiting;
  waiting = undefined;
  showPlace();
});
for (const type of ['timeupdate', 'seeked']) audio.addEventListener(type, showPlace);
for (const type of ['play', 'pause', 'ended', 'ratechange']) audio.addEventListener(type, showState);
for (const type of ['pause', 'ended', 'seeked']) audio.addEventListener(type, remember);
setInterval(() => !audio.paused && remember(), 5000);
window.addEventListener('pagehide', remember);
audio.addEventListener('error', () => say('The audio cannot be played'), true);

audio.controls = false;
player.querySelector('.deck').hidden = false;
// What scrolls to a place leaves room for the player, which stays in sight once it was started.
new ResizeObserver(() =>
  document.documentElement.style.setProperty('--player', `${player.offsetHeight}px`),
).observe(player);

const remembered = readTime(memory.read(id) ?? '');
const speed = Number(memory.read('speed'));
if (speed > 0) setSpeed(speed);
const asked = timeOf(location.href);
if (asked !== undefined) {
  seek(asked);
  load();
} else if (remembered !== undefined) seek(remembered);
else showPlace();
