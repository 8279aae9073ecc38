/** What one process of an installation does. */
export const ROLES = ['bot', 'worker', 'api'] as const;
export type Role = (typeof ROLES)[number];
