/**
 * Draws the default cover, templates/brand/cover.jpg: a stage seen from above and the house around it, which is also a
 * broadcast. Deterministic, by headless Chromium (playwright-core; BROWSER_PATH names another than /usr/bin/chromium). The
 * small copy of it that pages show, cover-small.webp, is made by ffmpeg.
 */
import { execFile } from 'node:child_process';
import { rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const SIDE_PX = 1400; // Apple takes 1400 to 3000
const MAX_BYTES = 300_000; // the same picture is embedded in every audio file
const SMALL_PX = 448; // pages show it at 336 at most
const SMALL_QUALITY = '70';
const STAGE = { x: 700, y: 1400, radiusPx: 262 };
const ROWS = 9;
const FIRST_ROW_PX = 400;
const ROW_STEP_PX = 124;
const SEAT_STEP_PX = 104;

const target = new URL('../templates/brand/cover.jpg', import.meta.url);

/** Seats in half rings; the light on a seat falls off with its distance from the beam. */
function seats(): string {
  const dots: string[] = [];
  for (let row = 0; row < ROWS; row += 1) {
    const radius = FIRST_ROW_PX + row * ROW_STEP_PX;
    const count = Math.round((Math.PI * radius) / SEAT_STEP_PX);
    for (let seat = 0; seat <= count; seat += 1) {
      const angle = Math.PI * (seat / count);
      const x = STAGE.x - Math.cos(angle) * radius;
      const y = STAGE.y - Math.sin(angle) * radius;
      const offBeam = Math.abs(angle - Math.PI / 2) / (Math.PI / 2);
      const light = Math.max(0, 1 - offBeam * 1.6) * (1 - (row / ROWS) ** 1.4 * 0.75);
      const fill = light > 0.02 ? '#f6bd68' : '#8a6f86';
      const opacity = light > 0.02 ? 0.22 + light * 0.78 : 0.22;
      dots.push(
        `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${(15 + light * 17).toFixed(1)}"` +
          ` fill="${fill}" opacity="${opacity.toFixed(2)}"/>`,
      );
    }
  }
  return dots.join('');
}

function drawing(): string {
  return `<!doctype html><style>html,body{margin:0;background:#17121b}</style>
<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE_PX}" height="${SIDE_PX}" viewBox="0 0 ${SIDE_PX} ${SIDE_PX}">
  <defs>
    <radialGradient id="house" cx="50%" cy="100%" r="110%">
      <stop offset="0" stop-color="#4a2130"/><stop offset=".45" stop-color="#271824"/><stop offset="1" stop-color="#130f17"/>
    </radialGradient>
  </defs>
  <rect width="${SIDE_PX}" height="${SIDE_PX}" fill="url(#house)"/>
  ${seats()}
  <circle cx="${STAGE.x}" cy="${STAGE.y}" r="${STAGE.radiusPx}" fill="#cc4331"/>
  <circle cx="${STAGE.x}" cy="${STAGE.y - STAGE.radiusPx * 0.52}" r="54" fill="#fff3dc"/>
</svg>`;
}

const browser = await chromium.launch({
  executablePath: process.env.BROWSER_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
});
try {
  const page = await browser.newPage({ viewport: { width: SIDE_PX, height: SIDE_PX }, deviceScaleFactor: 1 });
  await page.setContent(drawing());
  const jpeg = await page.screenshot({ type: 'jpeg', quality: 88 });
  if (jpeg.byteLength > MAX_BYTES)
    throw new Error(
      `The cover has ${jpeg.byteLength} bytes, more than ${MAX_BYTES}: lower the JPEG quality.`,
    );
  await writeFile(new URL('cover.tmp', target), jpeg);
  await rename(new URL('cover.tmp', target), target);
  const scale = `scale=${SMALL_PX}:${SMALL_PX}:flags=lanczos`;
  const small = fileURLToPath(new URL('cover-small.webp', target));
  const input = ['-v', 'error', '-y', '-i', fileURLToPath(target)];
  await promisify(execFile)('ffmpeg', [...input, '-vf', scale, '-q:v', SMALL_QUALITY, small]);
  console.log(`${target.pathname}: ${SIDE_PX} x ${SIDE_PX}, ${jpeg.byteLength} bytes`);
} finally {
  await browser.close();
}
