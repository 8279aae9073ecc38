/** Files that people send, and the address at which Discord's CDN hands them out. */
import type { APIAttachment } from 'discord-api-types/v10';
import type { World } from './world.ts';

export interface SentFile {
  name: string;
  contentType: string;
  bytes: Uint8Array;
  /** Read to people who cannot see a picture. */
  description?: string | undefined;
}

/** What a person picked to send with a command; it is uploaded at once, as Discord's client does. */
export function upload({ attachments, makeId }: World, file: SentFile): { id: string } {
  const id = makeId();
  attachments.set(id, file);
  return { id };
}

/** As interactions carry it. Only whoever was told the address gets the file. */
export function wireAttachment({ attachments, cdnUrl }: World, id: string): APIAttachment | undefined {
  const file = attachments.get(id);
  if (file === undefined) return undefined;
  const url = `${cdnUrl}/ephemeral-attachments/${id}/${encodeURIComponent(file.name)}`;
  return {
    ...{ id, filename: file.name, size: file.bytes.length, content_type: file.contentType },
    ...(file.description === undefined ? {} : { description: file.description }),
    ...{ url, proxy_url: url, ephemeral: true },
  };
}
