/** What a person types after a slash, turned into the data of an interaction by the commands that the bot registered. */
import {
  ApplicationCommandOptionType as OptionType,
  type APIApplicationCommand,
  type APIApplicationCommandOption,
} from 'discord-api-types/v10';

export type OptionValue = string | number | boolean | { id: string };
export type OptionValues = Record<string, OptionValue>;

export interface CommandData {
  id: string;
  name: string;
  type: 1;
  options?: unknown[];
  resolved?: Record<string, unknown>;
}

type Commands = readonly APIApplicationCommand[];

/** A person sees only what is registered and can send nothing that Discord's client would not; such a call throws. */
export class NotPossibleError extends Error {
  override name = 'NotPossibleError';
}

const idOf = (value: OptionValue) => (typeof value === 'object' ? value.id : value);

function fill(
  options: readonly APIApplicationCommandOption[],
  values: OptionValues,
  focused?: string,
): unknown[] {
  const known = new Set(options.map(({ name }) => name));
  const stray = Object.keys(values).find((name) => !known.has(name));
  if (stray !== undefined)
    throw new NotPossibleError(
      `there is no option "${stray}"; there are: ${[...known].join(', ') || 'none'}`,
    );
  return options.flatMap((option) => {
    const value = values[option.name];
    if (value === undefined) {
      if ('required' in option && option.required && focused === undefined)
        throw new NotPossibleError(`option "${option.name}" is required`);
      return [];
    }
    const choices = 'choices' in option ? option.choices : undefined;
    if (choices && choices.length > 0 && !choices.some((choice) => choice.value === value))
      throw new NotPossibleError(`${JSON.stringify(value)} is not among the choices of "${option.name}"`);
    const isFocused = option.name === focused;
    return [
      { name: option.name, type: option.type, value: idOf(value), ...(isFocused ? { focused: true } : {}) },
    ];
  });
}

/**
 * @param path - as typed, without the slash: `webinar schedule`
 * @param focused - the option being typed, for autocomplete
 */
export function commandData(
  commands: Commands,
  path: string,
  values: OptionValues,
  focused?: string,
): CommandData {
  const [name, ...below] = path.split(' ');
  const command = commands.find((each) => each.name === name);
  if (command === undefined)
    throw new NotPossibleError(
      `/${path}: not registered; there are: ${commands.map((each) => each.name).join(', ')}`,
    );
  let options: readonly APIApplicationCommandOption[] = command.options ?? [];
  const wrappers: { name: string; type: number }[] = [];
  for (const part of below) {
    const option = options.find((each) => each.name === part);
    if (option?.type !== OptionType.Subcommand && option?.type !== OptionType.SubcommandGroup)
      throw new NotPossibleError(`/${path}: there is no subcommand "${part}"`);
    wrappers.push({ name: part, type: option.type });
    options = option.options ?? [];
  }
  const needsSubcommand = options.some(({ type }) => type === OptionType.Subcommand);
  if (needsSubcommand) throw new NotPossibleError(`/${path}: a subcommand is needed`);
  const filled = wrappers.reduceRight<unknown[]>(
    (inner, wrapper) => [{ ...wrapper, options: inner }],
    fill(options, values, focused),
  );
  return { id: command.id, name: command.name, type: 1, options: filled };
}

/** Ids of channels, users and roles in filled options, so that the interaction can carry the objects. */
export function referencedIds(options: readonly unknown[] = []): { type: OptionType; id: string }[] {
  return (options as { type: OptionType; value?: unknown; options?: unknown[] }[]).flatMap((option) => [
    ...(typeof option.value === 'string' ? [{ type: option.type, id: option.value }] : []),
    ...referencedIds(option.options),
  ]);
}
