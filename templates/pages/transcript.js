/*
 * The transcript follows what is heard, and can be searched. It asks the player for a place by the event `stagecast:play`.
 * Parts of a long transcript on pages of their own are fetched when somebody plays or searches.
 */
/* global CSS, CustomEvent, DOMParser, document, fetch, getSelection, Highlight, innerHeight, matchMedia, Range */
const heard = document.getElementById('audio');
const turns = document.querySelector('.turns');
const finder = document.querySelector('.finder');
const find = document.getElementById('find');
const steps = document.querySelector('.finder-steps');
let sentences = [];
let spoken;
let found = [];
let foundAt = -1;
let fetching;

const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
const scrollTo = (element) => element.scrollIntoView({ block: 'center', behavior });
const playFrom = (sentence) =>
  document.dispatchEvent(new CustomEvent('stagecast:play', { detail: Number(sentence.dataset.at) }));

function gather() {
  sentences = [...turns.querySelectorAll('[data-at]')];
}

/** The parts that stand elsewhere, each after the other. */
async function fetchParts() {
  for (const link of document.querySelectorAll('[data-part]')) {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(`${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const turn of page.querySelectorAll('.turn')) {
      const time = turn.querySelector('a.time');
      // On its own page it leads to this one.
      time?.setAttribute('href', `?${time.getAttribute('href').split('?')[1]}`);
      turns.append(document.adoptNode(turn));
    }
    link.removeAttribute('data-part');
    gather();
  }
  document.querySelector('.parts')?.remove();
}

const wholeTranscript = () =>
  (fetching ??= fetchParts().catch(() => {
    // The links to the parts still stand, and the next wish tries again.
    fetching = undefined;
  }));

const isInView = (element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};

/** The sentence that is heard is marked; whoever is reading along is taken along, and nobody else. */
function follow() {
  const now = heard.currentTime;
  const sentence = now > 0 ? sentences.findLast(({ dataset }) => Number(dataset.at) <= now) : undefined;
  if (sentence === spoken) return;
  const wasInView = spoken !== undefined && isInView(spoken);
  spoken?.classList.remove('is-spoken');
  sentence?.classList.add('is-spoken');
  spoken = sentence;
  if (wasInView && sentence && !isInView(sentence) && document.activeElement !== find) scrollTo(sentence);
}

/** A letter for each letter of the text, so that places in one are places in the other. */
const fold = (text) =>
  Array.from(text, (letter) => {
    const plain = letter.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    return plain.length === letter.length ? plain : letter;
  }).join('');

function placesIn(sentence, words) {
  const node = sentence.firstChild;
  const text = fold(node?.data ?? '');
  const ranges = [];
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
    const range = new Range();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    ranges.push(range);
  }
  return ranges;
}

function mark(name, ranges) {
  // Without highlights of words the sentence is marked all the same.
  if (typeof Highlight === 'undefined') return;
  if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges));
  else CSS.highlights.delete(name);
}

async function search() {
  const words = fold(find.value.trim());
  if (words.length > 1) await wholeTranscript();
  for (const { sentence } of found) sentence.classList.remove('is-found');
  found =
    words.length < 2
      ? []
      : sentences.flatMap((sentence) => placesIn(sentence, words).map((range) => ({ sentence, range })));
  for (const { sentence } of found) sentence.classList.add('is-found');
  mark(
    'found',
    found.map(({ range }) => range),
  );
  mark('found-now', []);
  foundAt = -1;
  steps.hidden = words.length < 2;
  for (const button of steps.querySelectorAll('button')) button.hidden = found.length === 0;
  document.getElementById('found').textContent = found.length === 0 ? 'Not found' : `${found.length} found`;
}

function step(by) {
  if (found.length === 0) return;
  foundAt = foundAt < 0 && by < 0 ? found.length - 1 : (foundAt + by + found.length) % found.length;
  const { sentence, range } = found[foundAt];
  mark('found-now', [range]);
  scrollTo(sentence);
  document.getElementById('found').textContent = `${foundAt + 1} of ${found.length}`;
}

find.addEventListener('input', search);
find.addEventListener('focus', wholeTranscript, { once: true });
finder.addEventListener('submit', (event) => event.preventDefault());
find.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
  else if (event.key === 'Escape') {
    find.value = '';
    search();
  } else return;
  event.preventDefault();
});
steps.addEventListener('click', ({ target }) => {
  const way = target.closest('[data-find]')?.dataset.find;
  if (way === 'play') playFrom(found[Math.max(0, foundAt)].sentence);
  else if (way !== undefined) step(Number(way));
});
turns.addEventListener('click', ({ target }) => {
  const sentence = target.closest?.('[data-at]');
  // Whoever marks words to copy them does not want to hear them.
  if (sentence && getSelection()?.isCollapsed !== false) playFrom(sentence);
});
heard.addEventListener('play', wholeTranscript, { once: true });
for (const type of ['timeupdate', 'seeked']) heard.addEventListener(type, follow);

gather();
finder.hidden = false;
