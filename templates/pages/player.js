/* Chapters and ?t= links move the player in place; without this script they are plain links. */
/* global document, location, history, URL */
const audio = document.getElementById('audio');
const played = document.getElementById('played');
const chapters = [...document.querySelectorAll('[data-start]')];
const sentences = [...document.querySelectorAll('[data-at]')];
let spoken;

/** Seconds from `94`, `1:34` or `1:02:03`; undefined for anything else. */
function readTime(text) {
  return /^\d+(:\d\d?){0,2}(\.\d+)?$/.test(text ?? '')
    ? text.split(':').reduce((total, part) => total * 60 + Number(part), 0)
    : undefined;
}

const timeOf = (href) => readTime(new URL(href, location.href).searchParams.get('t'));

/** Before the file's length is known a seek would be lost, so it waits for that. */
function seek(seconds) {
  const go = () => {
    audio.currentTime = Math.min(seconds, audio.duration || seconds);
  };
  if (audio.readyState > 0) return go();
  audio.addEventListener('loadedmetadata', go, { once: true });
  audio.preload = 'metadata';
  audio.load();
}

function showPlace() {
  const now = audio.currentTime;
  const current = chapters.findLast((chapter) => Number(chapter.dataset.start) <= now);
  for (const chapter of chapters) {
    if (chapter === current && now > 0) chapter.setAttribute('aria-current', 'true');
    else chapter.removeAttribute('aria-current');
  }
  played?.setAttribute('width', String(now));
  const sentence = now > 0 ? sentences.findLast(({ dataset }) => Number(dataset.at) <= now) : undefined;
  if (sentence === spoken) return;
  spoken?.classList.remove('is-spoken');
  sentence?.classList.add('is-spoken');
  spoken = sentence;
}

/** Moves the player, the address along with it. */
function playFrom(seconds) {
  history.replaceState(null, '', `?t=${Math.floor(seconds)}`);
  seek(seconds);
  audio.play().catch(() => {});
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a');
  const href = link?.getAttribute('href');
  if (!href?.startsWith('?t=') || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  playFrom(timeOf(href));
});
document.querySelector('.transcript')?.addEventListener('click', ({ target }) => {
  const at = target.closest?.('[data-at]')?.dataset.at;
  // Whoever marks words to copy them does not want to hear them.
  if (at !== undefined && document.getSelection()?.isCollapsed !== false) playFrom(Number(at));
});
audio.addEventListener('timeupdate', showPlace);
audio.addEventListener('seeked', showPlace);

const asked = timeOf(location.href);
if (asked !== undefined) seek(asked);
