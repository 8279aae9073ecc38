/** What a person at the terminal reads when all is up; the log beside it is for machines. */
import type { Config } from '../config.ts';
import type { Role } from './roles.ts';

export function upSentence({ http }: Pick<Config, 'http'>, roles: readonly Role[]): string {
  const where = roles.includes('api') ? ` Pages and feeds: ${http.baseUrl}/ (port ${http.port}).` : '';
  return `Stagecast is up (${roles.join(', ')}).${where} Ctrl-C ends it in order.`;
}
