/** Values in the words that feeds have for them. */
import { cleanLine } from './xml.ts';

/** PSP-1 and Apple take exactly these two words. */
export const trueOrFalse = (value: boolean): string => (value ? 'true' : 'false');

/** Apple: any value of itunes:block and itunes:complete other than `Yes` has no effect. */
export const YES = 'Yes';

/** PSP-1 asks for these to be there, and a reader for them to be visible. */
export const titleOf = (text: string): string => cleanLine(text) || 'Untitled';
