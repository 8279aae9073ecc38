/** The commands that need the catalog and the media store, by name, with what each may be given. */
import { z } from 'zod';
import { importArgs, importCommand } from './import-command.ts';
import { type Operator, OperatorError } from './operator.ts';

const command = <Schema extends z.ZodType>(
  schema: Schema,
  run: (operator: Operator, args: z.output<Schema>) => Promise<number>,
) => ({
  run(operator: Operator, args: unknown): Promise<number> {
    const parsed = schema.safeParse(args);
    if (!parsed.success) throw new OperatorError(z.prettifyError(parsed.error));
    return run(operator, parsed.data);
  },
});

const commands = {
  import: command(importArgs, importCommand),
};

export type OperatorCommandName = keyof typeof commands;
export const isOperatorCommand = (name: string): name is OperatorCommandName => Object.hasOwn(commands, name);

/** Answers the exit code; what cannot be done is said. */
export async function carryOut(
  operator: Operator,
  name: OperatorCommandName,
  args: unknown,
): Promise<number> {
  try {
    return await commands[name].run(operator, args);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    operator.say(error.message);
    return 2;
  }
}
