/** What of a message can be pressed or picked, and what of a form can be filled. */
import { ComponentType } from 'discord-api-types/v10';
import type { OpenForm } from '../state/model.ts';
import { NotPossibleError } from './options.ts';

interface Component {
  type: ComponentType;
  id?: number;
  custom_id?: string;
  disabled?: boolean;
  options?: { value: string }[];
  min_values?: number;
  max_values?: number;
  min_length?: number;
  max_length?: number;
  required?: boolean;
  components?: Component[];
  component?: Component;
  accessory?: Component;
}

/** Every component of a tree: rows and labels before what stands in them. */
function flatten(components: readonly Component[]): Component[] {
  return components.flatMap((each) => [
    each,
    ...flatten([...(each.components ?? []), ...[each.component, each.accessory].filter((one) => !!one)]),
  ]);
}

const withinCount = (picked: readonly string[], { min_values: least = 1, max_values: most = 1 }: Component) =>
  picked.length >= least && picked.length <= most;

/**
 * The data of a component interaction. Throws NotPossibleError for what Discord's client would not offer: a component
 * that is not there or is disabled, a choice that is not among the options.
 */
export function pressData(
  components: readonly unknown[],
  customId: string,
  picked?: readonly string[],
): { custom_id: string; component_type: ComponentType; values?: readonly string[] } {
  const component = flatten(components as readonly Component[]).find((each) => each.custom_id === customId);
  if (component === undefined) throw new NotPossibleError(`the message has no component "${customId}"`);
  if (component.disabled) throw new NotPossibleError(`"${customId}" is disabled`);
  const { type, options } = component;
  if (type === ComponentType.Button) {
    if (picked) throw new NotPossibleError(`"${customId}" is a button; there is nothing to pick`);
    return { custom_id: customId, component_type: type };
  }
  if (picked === undefined) throw new NotPossibleError(`"${customId}" is a menu; pick something`);
  if (!withinCount(picked, component))
    throw new NotPossibleError(`"${customId}" does not take ${picked.length} choices`);
  const stray = options && picked.find((value) => !options.some((option) => option.value === value));
  if (stray !== undefined) throw new NotPossibleError(`"${customId}" does not offer "${stray}"`);
  return { custom_id: customId, component_type: type, values: picked };
}

function fillField(field: Component, given: string | readonly string[] | undefined): Record<string, unknown> {
  const { type, id, custom_id: customId = '', required = true } = field;
  const common = { type, id, custom_id: customId };
  if (type !== ComponentType.TextInput) {
    const values = [given ?? []].flat();
    if ((required || values.length > 0) && !withinCount(values, field))
      throw new NotPossibleError(`"${customId}" does not take ${values.length} choices`);
    return { ...common, values };
  }
  const value = String(given ?? '');
  if (required && value === '') throw new NotPossibleError(`"${customId}" must be filled in`);
  const { min_length: least = 0, max_length: most = 4000 } = field;
  if (value !== '' && (value.length < least || value.length > most))
    throw new NotPossibleError(`"${customId}" takes ${least} to ${most} characters, not ${value.length}`);
  return { ...common, value };
}

/** Custom ids of a form's fields, in their order. */
export const fieldsOf = (components: readonly unknown[]): string[] =>
  flatten(components as readonly Component[]).flatMap(({ custom_id }) =>
    custom_id === undefined ? [] : [custom_id],
  );

/** The components of a form's submission: the same rows and labels, with what was filled in. */
export function filledForm(
  { components }: OpenForm,
  values: Record<string, string | readonly string[]>,
): unknown[] {
  const known = fieldsOf(components);
  const stray = Object.keys(values).find((field) => !known.includes(field));
  if (stray !== undefined)
    throw new NotPossibleError(`the form has no field "${stray}"; it has: ${known.join(', ')}`);
  const fill = (each: Component): Record<string, unknown> => {
    const { type, id, components: inner, component } = each;
    if (inner) return { type, id, components: inner.map(fill) };
    if (component) return { type, id, component: fill(component) };
    return each.custom_id === undefined ? { type, id } : fillField(each, values[each.custom_id]);
  };
  return (components as readonly Component[]).map(fill);
}
