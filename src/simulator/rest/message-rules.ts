/** Limits of a message that Discord's documentation states in prose (docs, Message, "Create Message", "Embed Limits"). */
import type { FormFault } from './errors.ts';

interface EmbedBody {
  title?: string;
  description?: string;
  fields?: { name?: string; value?: string }[];
  footer?: { text?: string };
  author?: { name?: string };
}

const CONTENT_CHARACTERS = 2000;
const EMBEDS = 10;
/** Over all embeds of a message together. */
const EMBED_CHARACTERS = 6000;
const ROWS = 5;
const BUTTONS_IN_A_ROW = 5;
/** MessageFlags.IsComponentsV2. */
const COMPONENTS_V2 = 1 << 15;

const lengthOf = (embed: EmbedBody): number =>
  [
    embed.title,
    embed.description,
    embed.footer?.text,
    embed.author?.name,
    ...(embed.fields ?? []).flatMap(({ name, value }) => [name, value]),
  ].reduce((sum, text) => sum + (text?.length ?? 0), 0);

export function messageFaults(body: Record<string, unknown>, isNew: boolean): FormFault[] {
  const faults: FormFault[] = [];
  const tooLong = (path: string, most: number) =>
    faults.push({ path, code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${most} or fewer in length.` });
  const content = (body['content'] ?? '') as string;
  const embeds = (body['embeds'] ?? []) as EmbedBody[];
  const components = (body['components'] ?? []) as { components?: unknown[] }[];
  const isV2 = (Number(body['flags'] ?? 0) & COMPONENTS_V2) !== 0;
  if (content.length > CONTENT_CHARACTERS) tooLong('content', CONTENT_CHARACTERS);
  if (embeds.length > EMBEDS) tooLong('embeds', EMBEDS);
  if (embeds.reduce((sum, embed) => sum + lengthOf(embed), 0) > EMBED_CHARACTERS)
    tooLong('embeds', EMBED_CHARACTERS);
  if (!isV2 && components.length > ROWS) tooLong('components', ROWS);
  if (!isV2)
    components.forEach((row, index) => {
      if ((row.components?.length ?? 0) > BUTTONS_IN_A_ROW)
        tooLong(`components.${index}.components`, BUTTONS_IN_A_ROW);
    });
  const isEmpty =
    content === '' && embeds.length === 0 && components.length === 0 && body['poll'] === undefined;
  if (isNew && isEmpty && body['attachments'] === undefined && body['sticker_ids'] === undefined)
    faults.push({ path: '', code: 'MESSAGE_EMPTY', message: 'Cannot send an empty message' });
  return faults;
}
