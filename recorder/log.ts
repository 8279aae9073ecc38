/** The part of a pino logger that the recorder uses: tagged fields first, then a message that never changes. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
