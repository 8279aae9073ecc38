/** One rising percentage out of tracks that are written beside each other. */

/** 99 is the most: 100 is left to the end. */
export function progressOf(tracks: number, report: (percent: number) => void) {
  const shares = new Array<number>(tracks).fill(0);
  let last = -1;
  return (track: number, share: number) => {
    shares[track] = share;
    const percent = Math.min(99, Math.floor((shares.reduce((sum, each) => sum + each, 0) / tracks) * 99));
    if (percent <= last) return;
    last = percent;
    report(percent);
  };
}
