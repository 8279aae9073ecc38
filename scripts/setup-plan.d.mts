export const MINIMUM_FFMPEG: string;
export const EXTRAS: Record<string, { present: string; byHand: string } & Record<string, string | string[]>>;
export function parseArguments(args: string[]): {
  extras: string[];
  quiet: boolean;
  packagesOnly: boolean;
  unknown: string | undefined;
};
export function isRecentEnough(versionText: string): boolean;
export function packagesFor(manager: string, tools: string[]): string[];
export function namesOf(tools: string[]): string;
export function unknownTo(manager: string, tools: string[]): string[];
export function installPlan(
  manager: string,
  packages: string[],
  user: { isRoot: boolean; sudo: boolean },
): string[][] | undefined;
