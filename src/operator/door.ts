/** The operator's commands inside a Stagecast that runs: with its catalog, its store and its workers. */
import { carryOut, isOperatorCommand } from './commands.ts';
import { openControl } from './control.ts';
import type { Operator } from './operator.ts';

type Running = Pick<Operator, 'config' | 'catalog' | 'media' | 'checkStore' | 'publishing' | 'logger'>;

/** Close it before workers and catalog. */
export const openOperatorDoor = (running: Running): Promise<{ close(): Promise<void> }> =>
  openControl(
    running.config.dataFolder,
    async ({ command, args, ...terminal }) => {
      if (isOperatorCommand(command))
        return carryOut(
          // Its workers take the jobs.
          { ...running, ...terminal, work: () => Promise.resolve({ close: () => Promise.resolve() }) },
          command,
          args,
        );
      terminal.say(
        `The Stagecast that runs does not know "${command}": it is of another version. Start it anew.`,
      );
      return 2;
    },
    running.logger,
  );
