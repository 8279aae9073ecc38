/** Why a job failed, in words for people in Discord: where things stand on this machine is not theirs to know. */
import { DISK_FULL } from '../mastering/index.ts';

/** Of the system's errors, and of `strerror(3)`. */
const DISK_IS_FULL = /\b(?:ENOSPC|EDQUOT)\b|No space left on device/;
/** Quoted as Node.js does, where a path may hold spaces; and bare. The path of an address is no file's. */
const QUOTED_FOLDERS = /(['"])\/(?:[^'"\n]*\/)?([^'"/\n]*)\1/g;
const BARE_FOLDERS = /(?<![\w/:.])\/(?:[^\s'"/]+\/)+/g;

/** A full disk by its name and remedy; everything else without the folders that its files stand in. */
export function forHosts(reason: string): string {
  if (reason === DISK_FULL || DISK_IS_FULL.test(reason)) return DISK_FULL;
  return reason.replace(QUOTED_FOLDERS, '$1$2$1').replace(BARE_FOLDERS, '');
}
