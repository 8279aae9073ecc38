/** The commands that need the catalog and the media store, by name, with what each may be given. */
import { z } from 'zod';
import { StoreError } from '../../publisher/media/store-error.ts';
import { exportSiteArgs, exportSiteCommand } from './export-site-command.ts';
import { healthArgs, healthCommand } from './health-command.ts';
import { importArgs, importCommand } from './import-command.ts';
import { leaveArgs, leaveCommand } from './leave-command.ts';
import { type Operator, OperatorError } from './operator.ts';
import { takeDownArgs, takeDownCommand } from './take-down-command.ts';

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
  'export-site': command(exportSiteArgs, exportSiteCommand),
  health: command(healthArgs, healthCommand),
  leave: command(leaveArgs, leaveCommand),
  'take-down': command(takeDownArgs, takeDownCommand),
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
    if (error instanceof StoreError) {
      operator.say(`${error.message} To do: ${error.remedy}. Then give the same command again.`);
      return 1;
    }
    if (!(error instanceof OperatorError)) throw error;
    operator.say(error.message);
    return 2;
  }
}
