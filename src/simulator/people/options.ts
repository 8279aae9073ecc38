/** What a person types after a slash, turned into the data of an interaction by the commands that the bot registered. */
import {
  ApplicationCommandOptionType as OptionType,
  PermissionFlagsBits,
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

const FITS: Record<OptionType, (value: OptionValue) => boolean> = {
  [OptionType.Subcommand]: () => false,
  [OptionType.SubcommandGroup]: () => false,
  [OptionType.String]: (value) => typeof value === 'string',
  [OptionType.Integer]: Number.isSafeInteger,
  [OptionType.Boolean]: (value) => typeof value === 'boolean',
  [OptionType.Number]: Number.isFinite,
  [OptionType.User]: (value) => typeof value === 'object',
  [OptionType.Channel]: (value) => typeof value === 'object',
  [OptionType.Role]: (value) => typeof value === 'object',
  [OptionType.Mentionable]: (value) => typeof value === 'object',
  [OptionType.Attachment]: (value) => typeof value === 'object',
};

interface Limits {
  min_value?: number;
  max_value?: number;
  min_length?: number;
  max_length?: number;
}

/** Kind, range and length, which Discord's client checks before it sends anything. */
function checkValue(option: APIApplicationCommandOption, value: OptionValue): void {
  const { name, type } = option;
  if (!FITS[type](value))
    throw new NotPossibleError(`option "${name}" takes no ${typeof value} (${JSON.stringify(value)})`);
  const limits = option as Limits;
  const size = typeof value === 'string' ? value.length : Number(value);
  const [least, most] =
    typeof value === 'string'
      ? [limits.min_length, limits.max_length ?? 6000]
      : [limits.min_value, limits.max_value];
  if (typeof value !== 'string' && typeof value !== 'number') return;
  if (size < (least ?? -Infinity) || size > (most ?? Infinity))
    throw new NotPossibleError(`option "${name}" takes ${least ?? 'any'} to ${most ?? 'any'}, not ${size}`);
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
    if (isFocused && !('autocomplete' in option && option.autocomplete))
      throw new NotPossibleError(`option "${option.name}" offers no choices while it is typed`);
    if (!isFocused) checkValue(option, value);
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
  const needsSubcommand = options.some(
    ({ type }) => type === OptionType.Subcommand || type === OptionType.SubcommandGroup,
  );
  if (needsSubcommand) throw new NotPossibleError(`/${path}: a subcommand is needed`);
  const filled = wrappers.reduceRight<unknown[]>(
    (inner, wrapper) => [{ ...wrapper, options: inner }],
    fill(options, values, focused),
  );
  return { id: command.id, name: command.name, type: 1, options: filled };
}

/**
 * Docs, Application Commands, "Permissions": a command is hidden from those who lack any of its default permissions; "0"
 * shows it to administrators only.
 */
export function seesCommand(
  { default_member_permissions: needed }: Pick<APIApplicationCommand, 'default_member_permissions'>,
  held: bigint,
): boolean {
  if (needed === null || (held & PermissionFlagsBits.Administrator) !== 0n) return true;
  return BigInt(needed) !== 0n && (held & BigInt(needed)) === BigInt(needed);
}

/** Ids of channels, users and roles in filled options, so that the interaction can carry the objects. */
export function referencedIds(options: readonly unknown[] = []): { type: OptionType; id: string }[] {
  return (options as { type: OptionType; value?: unknown; options?: unknown[] }[]).flatMap((option) => [
    ...(typeof option.value === 'string' ? [{ type: option.type, id: option.value }] : []),
    ...referencedIds(option.options),
  ]);
}
